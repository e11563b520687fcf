"""`zaguan organisation`, `user`, `key`, `driver` and `audit`: what there is, loaded when it is used."""

from typing import Final

import typer

from zaguan.app.cli.late import late_group
from zaguan.base.kit.words import say

_GROUPS: Final = (
    ("organisation", "zaguan.app.cli.accounts", "organisations"),
    ("user", "zaguan.app.cli.accounts", "users"),
    ("key", "zaguan.app.cli.access", "keys"),
    ("driver", "zaguan.app.cli.access", "drivers"),
    ("audit", "zaguan.app.cli.access", "trail"),
)


def register(app: typer.Typer) -> None:
    """Add the groups."""
    for name, module, make in _GROUPS:
        commands = typer.Typer(cls=late_group(module, make), help=say(f"accounts_cli.{name}"), no_args_is_help=True)
        app.add_typer(commands, name=name)
