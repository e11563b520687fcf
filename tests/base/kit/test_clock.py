"""The clock: what day it is where."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from zaguan.base.kit.clock import SystemClock, cpu_s, elapsed_s, today_in


@dataclass(frozen=True)
class StoppedClock:
    """A clock that always shows the same moment."""

    at: datetime

    def now(self) -> datetime:
        """Return that moment."""
        return self.at


@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/Santiago", date(2025, 12, 31)), ("UTC", date(2026, 1, 1)), ("Pacific/Auckland", date(2026, 1, 1))],
)
def test_the_day_is_that_of_the_time_zone(zone: str, day: date) -> None:
    """At half past one of New Year's Day in London it is still the old year in Santiago."""
    assert today_in(ZoneInfo(zone), StoppedClock(datetime(2026, 1, 1, 1, 30, tzinfo=UTC))) == day


def test_the_systems_clock_knows_its_zone() -> None:
    """The machine's clock gives timezone-aware moments."""
    assert SystemClock().now().utcoffset() is not None


def test_elapsed_times_never_go_back() -> None:
    """Two looks at the stop-watches never give less the second time."""
    wall, cpu = elapsed_s(), cpu_s()
    assert elapsed_s() >= wall
    assert cpu_s() >= cpu
