"""The only place that asks what time it is."""

import time
from datetime import UTC, date, datetime, tzinfo
from typing import Protocol


class Clock(Protocol):
    """What tells the time; tests bring their own."""

    def now(self) -> datetime:
        """Return the present moment, timezone-aware."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


def today_in(zone: tzinfo, clock: Clock) -> date:
    """Return the day that it is in a time zone."""
    return clock.now().astimezone(zone).date()


def elapsed_s() -> float:
    """Return seconds of wall time since some fixed moment, never going back."""
    return time.monotonic()


def cpu_s() -> float:
    """Return the CPU seconds that this process has used, all threads together."""
    return time.process_time()
