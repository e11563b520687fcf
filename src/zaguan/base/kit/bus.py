"""Live news between those who make it and those who watch. What must last is in the journal: this may be lost."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol


class Told(Protocol):
    """What was told: about what, and in which bytes."""

    @property
    def subject(self) -> str:
        """Dotted: `position.<organisation>.<hub>.<vehicle>`."""
        ...

    @property
    def message(self) -> bytes:
        """Empty where it only wakes who waits."""
        ...


class Following(Protocol):
    """What one follower has not taken yet."""

    def take(self) -> Sequence[Told]:
        """Return what was told since the last time."""
        ...

    def close(self) -> None:
        """Follow no longer."""
        ...


class Bus(Protocol):
    """Where live news is told; never inside a transaction, and never what somebody relies on."""

    def publish(self, subject: str, message: bytes = b"") -> None:
        """Tell a subject such as `position.<organisation>.<hub>.<vehicle>`; an empty message only wakes who waits."""
        ...


class News(Protocol):
    """Where live news is followed."""

    def follow(
        self, subjects: Iterable[str], *, newest_only: bool = False, wake: Callable[[], None] | None = None
    ) -> Following:
        """Follow subjects and all that begins with them at a dot; `wake` is called, from any thread, at news."""
        ...


class SilentBus:
    """A bus that nobody listens to: the command line, tests."""

    def publish(self, subject: str, message: bytes = b"") -> None:
        """Tell nobody."""
