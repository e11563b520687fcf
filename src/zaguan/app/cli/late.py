"""Groups of commands that are loaded when they are used: a plan of orders need not wait for a database's libraries."""

import importlib
from collections.abc import Callable, MutableMapping
from functools import cache
from typing import Any

import typer
from typer.core import TyperGroup


def late_group(module: str, make: str) -> type[TyperGroup]:
    """Return a group whose commands are those of the `typer.Typer` that `make` of a module returns."""

    @cache
    def loaded() -> dict[str, Any]:
        maker: Callable[[], typer.Typer] = getattr(importlib.import_module(module), make)
        group: Any = typer.main.get_group(maker())
        found: dict[str, Any] = group.commands
        return found

    class Late(TyperGroup):
        """A group that knows its commands once somebody asks for them."""

        @property
        def commands(self) -> MutableMapping[str, Any]:
            """The commands by name."""
            return loaded()

        @commands.setter
        def commands(self, given: MutableMapping[str, Any]) -> None:
            assert not given, "the commands of a late group come from its module"

    return Late
