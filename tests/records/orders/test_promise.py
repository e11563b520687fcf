"""Windows in local time, calendars and service levels."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.orders.builders import ZONE
from zaguan.base.kit.wall_time import find_zone, moment_on, wall_s_of
from zaguan.operations.planning.service_day import ServiceDay
from zaguan.records.orders.promise import Calendar, LocalWindow, ServiceLevel, promise_of
from zaguan.records.orders.refusals import BadWindow, NoServiceDay

SANTIAGO = ZoneInfo(ZONE)
HOUR = 3_600
NINE_TO_FIVE = Calendar(
    code="week",
    time_zone=ZONE,
    weekdays=frozenset(range(5)),
    holidays=frozenset({date(2026, 9, 18)}),
    extra_days=frozenset({date(2026, 9, 19)}),
    opens_s=9 * HOUR,
    closes_s=17 * HOUR,
)


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SANTIAGO)


@settings(deadline=None)
@given(
    day=st.dates(date(2015, 1, 1), date(2030, 12, 31)),
    wall_s=st.integers(0, 2 * 86_400),
    zone=st.sampled_from(["America/Santiago", "America/Sao_Paulo", "America/New_York", "Europe/Madrid", "UTC"]),
)
def test_promises_and_plans_read_the_same_clock(day: date, wall_s: int, zone: str) -> None:
    """A local time means the same moment to who promises and to who plans, also on days on which clocks change."""
    info = ZoneInfo(zone)
    service_day = ServiceDay(on=day, zone=info)
    planned = service_day.moment(service_day.elapsed_s(wall_s))
    assert abs(moment_on(day, wall_s, info) - planned) < timedelta(seconds=1)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 4, 4), 25), (date(2026, 9, 5), 23), (date(2026, 3, 10), 24)])
def test_a_day_is_as_long_as_the_clock_makes_it(day: date, hours: int) -> None:
    """Where the clock goes back at midnight, a window over midnight is an hour longer; where it jumps, shorter."""
    window = LocalWindow(on=day, opens_s=12 * HOUR, closes_s=36 * HOUR, time_zone=ZONE)
    assert window.closes_at - window.opens_at == timedelta(hours=hours)
    assert wall_s_of(window.closes_at, day, SANTIAGO) == 36 * HOUR


def test_a_window_holds_its_ends() -> None:
    """A window holds the moments of its ends and what lies between, whatever zone they are told in."""
    window = LocalWindow(on=date(2026, 3, 10), opens_s=10 * HOUR, closes_s=12 * HOUR, time_zone=ZONE)
    assert window.holds(datetime(2026, 3, 10, 13, 0, tzinfo=UTC))
    assert window.holds(datetime(2026, 3, 10, 15, 0, tzinfo=UTC))
    assert not window.holds(datetime(2026, 3, 10, 15, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("opens_s", "closes_s", "zone"), [(5, 5, ZONE), (-1, 5, ZONE), (0, 172_801, ZONE), (0, 5, "Mars"), (0, 5, "../x")]
)
def test_a_window_that_cannot_be_is_refused(opens_s: int, closes_s: int, zone: str) -> None:
    """A window that closes before it opens, or in a zone that does not exist, is refused."""
    with pytest.raises(BadWindow):
        LocalWindow(on=date(2026, 3, 10), opens_s=opens_s, closes_s=closes_s, time_zone=zone)


def test_zones_are_found_without_the_machines() -> None:
    """The zone of a name is found, that of another text is not."""
    assert find_zone(ZONE) is not None
    assert find_zone("") is None
    assert find_zone("/etc/passwd") is None


@pytest.mark.parametrize(
    ("received_at", "days", "promised_on"),
    [
        (at(10, 11), 0, date(2026, 3, 10)),  # a Tuesday, before the cut-off
        (at(10, 15), 0, date(2026, 3, 11)),  # at the very cut-off: too late
        (at(10, 14, 59), 1, date(2026, 3, 11)),
        (at(13, 16), 0, date(2026, 3, 16)),  # Friday after the cut-off: Monday
        (at(13, 11), 1, date(2026, 3, 16)),
        (at(14, 11), 0, date(2026, 3, 16)),  # Saturday: as if received on Monday
        (at(14, 11), 1, date(2026, 3, 17)),
        (at(17, 16, month=9), 0, date(2026, 9, 19)),  # the 18th is a holiday, the 19th an extra Saturday
        (at(18, 11, month=9), 1, date(2026, 9, 21)),
    ],
)
def test_the_cut_off_decides_the_day(received_at: datetime, days: int, promised_on: date) -> None:
    """An order counts for today before the cut-off of a day of service, else for the next such day (C06, C68)."""
    level = ServiceLevel(code="x", name="x", cut_off_s=15 * HOUR, days=days)
    assert promise_of(level, NINE_TO_FIVE, received_at.astimezone(UTC)).on == promised_on


def test_what_is_left_of_the_day_is_promised() -> None:
    """On the same day the window begins with the order; where none of it is left, it is the next day's."""
    level = ServiceLevel(code="evening", name="Evening", cut_off_s=23 * HOUR, opens_s=18 * HOUR, closes_s=22 * HOUR)
    today, tomorrow = promise_of(level, NINE_TO_FIVE, at(10, 19)), promise_of(level, NINE_TO_FIVE, at(10, 22, 30))
    assert (today.on.day, today.opens_s, today.closes_s) == (10, 19 * HOUR, 22 * HOUR)
    assert (tomorrow.on.day, tomorrow.opens_s) == (11, 18 * HOUR)


def test_within_hours_begins_with_the_order() -> None:
    """A level of a few hours promises so many from the order on, or from the opening of the next day (C34)."""
    level = ServiceLevel(code="fast", name="Fast", cut_off_s=15 * HOUR, within_s=3 * HOUR)
    now, early, late = (promise_of(level, NINE_TO_FIVE, moment) for moment in (at(10, 11), at(10, 6), at(10, 15)))
    assert (now.on.day, now.opens_s, now.closes_s) == (10, 11 * HOUR, 14 * HOUR)
    assert (early.on.day, early.opens_s, early.closes_s) == (10, 9 * HOUR, 12 * HOUR)
    assert (late.on.day, late.opens_s, late.closes_s) == (11, 9 * HOUR, 12 * HOUR)


@settings(deadline=None)
@given(
    minutes=st.integers(0, 60 * 24 * 400),
    cut_off_s=st.integers(0, 86_400),
    days=st.integers(0, 5),
    within_s=st.none() | st.integers(60, 8 * HOUR),
)
def test_nothing_is_promised_for_the_past(minutes: int, cut_off_s: int, days: int, within_s: int | None) -> None:
    """Whenever an order comes, its window closes later, on a day of service."""
    received_at = at(1, 0, month=1).astimezone(UTC) + timedelta(minutes=minutes)
    level = ServiceLevel(code="x", name="x", cut_off_s=cut_off_s, days=days, within_s=within_s)
    window = promise_of(level, NINE_TO_FIVE, received_at)
    assert window.closes_at > received_at
    assert NINE_TO_FIVE.serves_on(window.on)


def test_a_calendar_without_days_is_refused() -> None:
    """A calendar that never serves is said to, instead of being searched for ever."""
    with pytest.raises(NoServiceDay):
        Calendar(code="never", time_zone=ZONE, weekdays=frozenset()).service_day(date(2026, 3, 10))
