"""Live news between those who make it and those who watch. What must last is in the journal: this may be lost."""

from typing import Protocol


class Bus(Protocol):
    """Where live news is told; never inside a transaction, and never what somebody relies on."""

    def publish(self, subject: str, message: bytes = b"") -> None:
        """Tell a subject such as `position.<organisation>.<hub>.<vehicle>`; an empty message only wakes who waits."""
        ...


class SilentBus:
    """A bus that nobody listens to: the command line, tests."""

    def publish(self, subject: str, message: bytes = b"") -> None:
        """Tell nobody."""
