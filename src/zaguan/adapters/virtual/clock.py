"""A clock that is moved by hand: days pass as fast as they can be computed."""

from datetime import datetime


class VirtualClock:
    """A clock that stands still until somebody moves it on."""

    def __init__(self, at: datetime) -> None:
        assert at.tzinfo is not None, "a moment must know its time zone"
        self._at = at

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._at

    def move_to(self, at: datetime) -> None:
        """Move the clock on; it never goes back."""
        assert at >= self._at, "time does not go back"
        self._at = at
