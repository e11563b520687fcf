"""How the commands of accounts show what they found: a table or a sentence for people, JSON for programs."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zaguan.app.cli.terminal import out
from zaguan.base.kit.words import say

WIDE: Final = 300

Json = Annotated[bool, typer.Option("--json", help=say("accounts_cli.json"))]
Of = Annotated[str, typer.Option("--organisation", help=say("accounts_cli.of"))]


def show(values: dict[str, Any], told: str, *, as_json: bool) -> None:
    """Show one thing: as JSON, or what is to be said of it."""
    if as_json:
        write_json(values)
    else:
        out.print(escape(told), highlight=False, soft_wrap=True)


def table(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Show a list: as JSON, or as a table with a title over each column."""
    if as_json:
        write_json(list(rows))
        return
    if not rows:
        out.print(say("accounts_cli.none"), highlight=False)
        return
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in rows[0]:
        shown.add_column(say(f"accounts_cli.column_{name}"), overflow="fold")
    for row in rows:
        shown.add_row(*(escape(_cell(name, value)) for name, value in row.items()))
    # a file or a pipe has no width to keep to
    (out if out.is_terminal else Console(width=WIDE)).print(shown)


def write_json(values: Any) -> None:
    """Write JSON to standard output."""
    sys.stdout.write(orjson.dumps(values, option=orjson.OPT_INDENT_2).decode() + "\n")


def _cell(name: str, value: object) -> str:
    if name == "state":
        return say(f"accounts_cli.state_{value}")
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "–" if value in (None, "") else str(value)
