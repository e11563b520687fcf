"""How the product speaks in a terminal: bars on long work, refusals with their hint, in the user's language."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bars

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.progress import Step
from zaguan.base.kit.words import say

out = Console()
err = Console(stderr=True)

EXIT_STATUS = {
    Kind.INVALID: 2,
    Kind.NOT_FOUND: 3,
    Kind.CONFLICT: 4,
    Kind.FORBIDDEN: 5,
    Kind.GONE: 6,
    Kind.UNAVAILABLE: 7,
}


class _Bar:
    def __init__(self, bars: Bars, bar: TaskID) -> None:
        self._bars, self._bar = bars, bar

    def advance(self, amount: float = 1) -> None:
        """Move the bar."""
        self._bars.advance(self._bar, amount)

    def note(self, text: str) -> None:
        """Show a remark behind the bar."""
        self._bars.update(self._bar, remark=text)


class TerminalProgress:
    """Bars on standard error: moving ones in a terminal, a line at the end of each step elsewhere."""

    @contextmanager
    def step(self, title: str, *, total: float | None = None) -> Iterator[Step]:
        """Show a step until the block ends."""
        with Bars(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn() if total is not None and total > 1 else TextColumn(""),
            TimeElapsedColumn(),
            TextColumn("{task.fields[remark]}"),
            console=err,
        ) as bars:
            bar = bars.add_task(title, total=total, remark="")
            yield _Bar(bars, bar)
            bars.update(bar, total=total or 1, completed=total or 1)


def refusing_clearly(act: Callable[[], None]) -> int:
    """Run an act; show a refusal as message and hint instead of a traceback. Return the exit status."""
    try:
        act()
    except ZaguanError as refusal:
        err.print(f"[bold red]{say('cli.refused')}[/] {refusal.message()}", highlight=False, soft_wrap=True)
        if (hint := refusal.hint()) is not None:
            err.print(f"[bold]{say('cli.hint')}[/] {hint}", highlight=False, soft_wrap=True)
        return EXIT_STATUS[refusal.kind]
    except KeyboardInterrupt:
        err.print(say("cli.interrupted"))
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    return 0
