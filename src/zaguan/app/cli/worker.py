"""`zaguan worker`: one more worker beside the web, on this machine or another."""

from typing import Annotated, Final

import typer

from zaguan.app.cli.terminal import err
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.settings import read_settings
from zaguan.base.kit.words import say

MAX_THREADS: Final = 64


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("worker", help=say("worker_cli.help"))
    def worker(
        threads: Annotated[
            int, typer.Option("--threads", min=1, max=MAX_THREADS, help=say("worker_cli.threads.help"))
        ] = 4,
    ) -> None:
        # the platform's libraries take half a second to load: not for the help of other commands
        from zaguan.app.worker import work

        settings = read_settings()
        err.print(say("worker_cli.starting", threads=threads), highlight=False, soft_wrap=True)
        work(settings, SystemClock(), threads=threads)
