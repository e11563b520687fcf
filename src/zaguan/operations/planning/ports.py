"""What planning asks of whoever watches its long work."""

from typing import Protocol


class Operation(Protocol):
    """Long work as somebody watches it: it hears how far the work is and may want it to end."""

    def move_on(self, progress: float) -> bool:
        """Tell how far the work is, 0 to 1; True: it was cancelled and ends as soon as it can."""
        ...


class Unwatched:
    """Work that nobody watches."""

    def move_on(self, progress: float) -> bool:  # noqa: ARG002
        """Go on."""
        return False
