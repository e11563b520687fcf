"""`zaguan solve`: a problem file in, a verified solution of the same form out."""

from pathlib import Path
from typing import Annotated, Final

import typer

from zaguan.app.cli.solve_formats import FileFormat
from zaguan.base.kit.words import say

MAX_SECONDS: Final = 24 * 3600
MAX_ITERATIONS: Final = 10**12
DEFAULT_SECONDS: Final = 30


def register(app: typer.Typer) -> None:
    """Add `zaguan solve`."""

    @app.command("solve", help=say("solve_cli.help"))
    def solve(
        file: Annotated[Path, typer.Argument(help=say("solve_cli.help.file"), show_default=False)],
        seconds: Annotated[
            float | None,
            typer.Option(
                "--seconds", min=0.1, max=MAX_SECONDS, help=say("solve_cli.help.seconds", seconds=DEFAULT_SECONDS)
            ),
        ] = None,
        cpu_seconds: Annotated[
            float | None,
            typer.Option("--cpu-seconds", min=0.1, max=MAX_SECONDS, help=say("solve_cli.help.cpu_seconds")),
        ] = None,
        iterations: Annotated[
            int | None, typer.Option("--iterations", min=1, max=MAX_ITERATIONS, help=say("solve_cli.help.iterations"))
        ] = None,
        threads: Annotated[int, typer.Option("--threads", min=1, max=64, help=say("solve_cli.help.threads"))] = 2,
        seed: Annotated[int, typer.Option("--seed", min=0, help=say("solve_cli.help.seed"))] = 0,
        form: Annotated[FileFormat | None, typer.Option("--format", help=say("solve_cli.help.format"))] = None,
        straight_lines: Annotated[
            float | None,
            typer.Option("--straight-lines", min=0.1, max=1000, help=say("solve_cli.help.straight_lines")),
        ] = None,
        to: Annotated[Path | None, typer.Option("--out", help=say("solve_cli.help.out"), show_default=False)] = None,
    ) -> None:
        # the solver and its libraries take a second to load: not for the help of other commands
        from zaguan.app.cli.solve_run import run_solve
        from zaguan.engines.solver.budget import Budget

        if seconds is None and cpu_seconds is None and iterations is None:
            seconds = DEFAULT_SECONDS
        run_solve(
            file,
            form,
            budget=Budget(seconds=seconds, cpu_seconds=cpu_seconds, iterations=iterations),
            threads=threads,
            seed=seed,
            straight_kmh=straight_lines,
            to=to,
        )
