"""How the product speaks in a terminal: bars on long work, refusals with their hint, in the user's language."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from zaguan.base.kit.clock import elapsed_s
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.progress import Step
from zaguan.base.kit.words import say

out = Console()
err = Console(stderr=True)

EXIT_STATUS: Final = {
    Kind.INVALID: 2,
    Kind.NOT_FOUND: 3,
    Kind.CONFLICT: 4,
    Kind.FORBIDDEN: 5,
    Kind.GONE: 6,
    Kind.UNAVAILABLE: 7,
    Kind.UNKNOWN_CALLER: 8,
    Kind.TOO_MANY: 9,
}
FAILED: Final = 1
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141


class _Bar:
    """A step as a moving bar."""

    def __init__(self, bars: Bars, bar: TaskID, total: float | None) -> None:
        self._bars, self._bar, self._total, self._done = bars, bar, total, 0.0

    def advance(self, amount: float = 1) -> None:
        """Move the bar."""
        self._done += amount
        self._bars.update(self._bar, advance=amount, count=_count(self._done, self._total))

    def note(self, text: str) -> None:
        """Show a remark behind the bar."""
        self._bars.update(self._bar, remark=text)

    def finish(self) -> None:
        """Fill the bar."""
        total = self._total or 1
        self._bars.update(self._bar, total=total, completed=total, count=_count(self._total or 0, self._total))


class _Line:
    """A step as text: a line with its first remark, if it makes any, and one at its end."""

    def __init__(self, title: str, total: float | None, show: Callable[[str], None]) -> None:
        self._title, self._total, self._show = title, total, show
        self._done, self._remark, self._began_s = 0.0, "", elapsed_s()

    def advance(self, amount: float = 1) -> None:
        """Count, silently."""
        self._done += amount

    def note(self, text: str) -> None:
        """Show the first remark, keep the last one for the end."""
        if not self._remark:
            self._show(f"… {self._title} {text}")
        self._remark = text

    def end(self, *, well: bool) -> None:
        """Show how it ended, its title, how much, how long, the last remark."""
        count = _count(self._done if not well else self._total or 0, self._total)
        parts = ("✓" if well else "✗", self._title, count, f"{elapsed_s() - self._began_s:.1f} s", self._remark)
        self._show(" ".join(part for part in parts if part))


class TerminalProgress:
    """Shows steps on standard error: moving bars in a terminal, plain lines elsewhere.

    Steps may be opened inside steps; their bars stand below each other.
    """

    def __init__(self, console: Console = err) -> None:
        self._console = console
        self._bars: Bars | None = None

    @contextmanager
    def step(self, title: str, *, total: float | None = None) -> Iterator[Step]:
        """Show a step until the block ends."""
        if not self._console.is_terminal:
            yield from self._line(title, total)
        elif self._bars is not None:
            yield from self._bar(self._bars, title, total)
        else:
            with self._opened() as bars:
                yield from self._bar(bars, title, total)

    @contextmanager
    def _opened(self) -> Iterator[Bars]:
        columns = (
            SpinnerColumn(finished_text="[green]✓"),
            # titles and remarks are texts, not markup: a file called [a].csv is shown as it is
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[count]}", style="green"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[remark]}", markup=False),
        )
        with Bars(*columns, console=self._console) as bars:
            self._bars = bars
            try:
                yield bars
            finally:
                self._bars = None

    def _bar(self, bars: Bars, title: str, total: float | None) -> Iterator[Step]:
        bar = bars.add_task(title, total=total, remark="", count=_count(0, total))
        step = _Bar(bars, bar, total)
        try:
            yield step
            step.finish()
        finally:
            bars.stop_task(bar)

    def _line(self, title: str, total: float | None) -> Iterator[Step]:
        line = _Line(
            title, total, lambda text: self._console.print(text, markup=False, highlight=False, soft_wrap=True)
        )
        well = False
        try:
            yield line
            well = True
        finally:
            line.end(well=well)


def _count(done: float, total: float | None) -> str:
    """Return how far a step is, for steps that count things."""
    return f"{done:,.0f}/{total:,.0f}" if total is not None and total > 1 else ""


def show_refusal(refusal: ZaguanError) -> None:
    """Show what is wrong and, below, what to do next."""
    _tell(say("cli.refused"), refusal.message(), style="bold red")
    if (hint := refusal.hint()) is not None:
        _tell(say("cli.hint"), hint, style="bold")


def refusing_clearly(act: Callable[[], None]) -> int:
    """Run an act and return the exit status.

    A refusal, and a machine that does not give a file, a port or room on the disk, are shown as message and hint.
    What else goes wrong is a fault of ours and keeps its traceback.
    """
    try:
        act()
    except ZaguanError as refusal:
        show_refusal(refusal)
        return EXIT_STATUS[refusal.kind]
    except KeyboardInterrupt:
        err.print(say("cli.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read has gone: nobody is left to tell, and the interpreter must not try at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as failure:
        if "ZAGUAN_TRACEBACK" in os.environ:
            raise
        place = f": {failure.filename}" if failure.filename else ""
        _tell(say("cli.refused"), f"{failure.strerror or failure}{place}", style="bold red")
        _tell(say("cli.hint"), say("cli.os_error.hint"), style="bold")
        return FAILED
    return 0


def _tell(label: str, text: str, *, style: str) -> None:
    err.print(f"[{style}]{label}[/] {escape(text)}", highlight=False, soft_wrap=True)


@contextmanager
def interrupt_heard(told: str, *, may_end: Callable[[], bool] = lambda: True) -> Iterator[Callable[[], bool]]:
    """Hear the first Ctrl-C where it may end work early, and tell so; elsewhere, and again, it interrupts as ever."""
    heard = False

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        if heard or not may_end():
            signal.default_int_handler(number, frame)
        heard = True
        err.print(told)

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield lambda: heard
    finally:
        signal.signal(signal.SIGINT, before)
