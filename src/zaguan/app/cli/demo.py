"""`zaguan demo`: an invented town, a day of orders in it, and its plan, with nothing to prepare."""

import os
import webbrowser
from pathlib import Path
from typing import Annotated, Final

import typer

from zaguan.base.kit.words import say

DEFAULT_FOLDER: Final = "demo"
SEED: Final = 7
ADDRESSES: Final = 20_000
ORDERS: Final = 300
VEHICLES: Final = 12


def register(app: typer.Typer) -> None:
    """Add `zaguan demo`."""

    @app.command("demo", help=say("plan_cli.demo.help"))
    def demo(
        folder: Annotated[
            Path, typer.Option("--folder", envvar="ZAGUAN_DEMO_DIR", help=say("plan_cli.demo.folder"))
        ] = Path(DEFAULT_FOLDER),
        seconds: Annotated[
            float, typer.Option("--seconds", min=0.1, max=3600, help=say("plan_cli.demo.seconds"))
        ] = 10.0,
        opened: Annotated[bool, typer.Option("--open/--no-open", help=say("plan_cli.demo.open"))] = True,
    ) -> None:
        from zaguan.app.cli.demo_run import DemoSize, run_demo

        size = DemoSize(seed=SEED, addresses=ADDRESSES, orders=ORDERS, vehicles=VEHICLES)
        page = run_demo(folder, size=size, seconds=seconds)
        if opened and _has_display():
            webbrowser.open(page.as_uri())


def _has_display() -> bool:
    """Tell whether somebody sits before a screen."""
    if os.environ.get("CI"):
        return False
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
