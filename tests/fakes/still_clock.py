"""A clock that stands until it is moved."""

from datetime import datetime, timedelta


class StillClock:
    """Tells the same moment until it is moved on."""

    def __init__(self, at: datetime) -> None:
        assert at.tzinfo is not None
        self._at = at

    def now(self) -> datetime:
        """Return the moment that it stands at."""
        return self._at

    def move(self, by: timedelta) -> None:
        """Move the hands on."""
        self._at += by
