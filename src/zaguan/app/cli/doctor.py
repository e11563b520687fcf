"""`zaguan doctor`: what is wrong with this installation, and how to mend it."""

import os
from typing import Annotated, Final

import orjson
import typer
from rich.markup import escape

from zaguan.app.cli.terminal import out
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.words import say

_MARKS: Final = {"well": "[green]✓[/]", "warning": "[yellow]![/]", "failed": "[bold red]✗[/]"}


def register(app: typer.Typer) -> None:
    """Add `zaguan doctor`."""
    app.command("doctor", help=say("doctor.help"))(doctor)


def doctor(as_json: Annotated[bool, typer.Option("--json", help=say("doctor.json.help"))] = False) -> None:
    """Look at everything; leave with status 1 where something is wrong."""
    from zaguan.app.doctor import State, examine

    findings = []
    for finding in examine(os.environ, SystemClock()):
        findings.append(finding)
        if not as_json:
            label = say(f"doctor.check.{finding.check}")
            out.print(f"{_MARKS[finding.state]} [bold]{label}[/] {escape(finding.message())}", soft_wrap=True)
            if (hint := finding.hint()) is not None:
                out.print(f"  {escape(say('cli.hint'))} {escape(hint)}", soft_wrap=True)
    if as_json:
        shown = [
            {
                "check": finding.check,
                "state": finding.state,
                "code": finding.code,
                "message": finding.message(),
                "hint": finding.hint(),
            }
            for finding in findings
        ]
        typer.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
    if any(finding.state is State.FAILED for finding in findings):
        raise typer.Exit(1)
