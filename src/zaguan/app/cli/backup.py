"""`zaguan backup` and `zaguan restore`: an installation in one file, and back."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer

from zaguan.app.cli.terminal import TerminalProgress, out
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.settings import read_settings
from zaguan.base.kit.words import say

_MEGABYTE = 1_000_000


def register(app: typer.Typer) -> None:
    """Add `zaguan backup` and `zaguan restore`."""
    app.command("backup", help=say("backup_cli.backup.help"))(backup)
    app.command("restore", help=say("backup_cli.restore.help"))(restore)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("backup_cli.file.help"), show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help=say("backup_cli.json.help"))] = False,
) -> None:
    """Write the installation to a file."""
    from zaguan.app.backup import make_backup

    manifest = make_backup(file, read_settings(), clock=SystemClock(), progress=TerminalProgress())
    if as_json:
        typer.echo(orjson.dumps({"path": str(file.absolute()), **asdict(manifest)}).decode())
        return
    said = "backup_cli.backup.done_bucket" if manifest.objects is None else "backup_cli.backup.done"
    size_mb = f"{file.stat().st_size / _MEGABYTE:,.1f}"
    _tell(say(said, path=file, size_mb=size_mb, revision=manifest.revision, objects=manifest.objects))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("backup_cli.restore.file.help"), show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help=say("backup_cli.yes.help"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("backup_cli.json.help"))] = False,
) -> None:
    """Replace the installation by what a file holds."""
    from zaguan.app.backup import read_manifest, restore_backup

    manifest = read_manifest(file)
    if not yes and not typer.confirm(say("backup_cli.restore.ask", made_at=manifest.made_at), err=True):
        _tell(say("backup_cli.restore.left"))
        raise typer.Exit(1)
    done = restore_backup(file, read_settings(), clock=SystemClock(), progress=TerminalProgress())
    if as_json:
        replaced = None if done.replaced is None else str(done.replaced)
        facts = {**asdict(done.manifest), "replaced": replaced, "revision_now": done.migrated.after}
        typer.echo(orjson.dumps(facts).decode())
        return
    _tell(say("backup_cli.restore.done", made_at=manifest.made_at, revision=done.migrated.after))
    if done.replaced is not None:
        _tell(say("backup_cli.restore.replaced", path=done.replaced))


def _tell(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)
