"""How long work tells how far it is. The terminal's bars live on the roof; engines know only this."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Step(Protocol):
    """One running step of long work."""

    def advance(self, amount: float = 1) -> None:
        """Move on by an amount, in the unit of the step's total."""
        ...

    def note(self, text: str) -> None:
        """Show a short remark beside the bar."""
        ...


class Progress(Protocol):
    """Opens steps; `total` is None where the end is not known."""

    def step(self, title: str, *, total: float | None = None) -> AbstractContextManager[Step]:
        """Open a step that is finished when the block ends."""
        ...


class _SilentStep:
    def advance(self, amount: float = 1) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""


class SilentProgress:
    """Progress that nobody watches: tests, libraries, scripts."""

    def step(self, title: str, *, total: float | None = None) -> AbstractContextManager[Step]:  # noqa: ARG002
        """Open a step that says nothing."""
        return nullcontext(_SilentStep())
