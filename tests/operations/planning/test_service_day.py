"""Wall time and elapsed time, on days on which the clocks change as well."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.operations.planning.builders import an_order
from zaguan.operations.planning.service_day import ServiceDay, busiest_day, clock_text, is_wanted_on

HOUR = 3600
SANTIAGO = ZoneInfo("America/Santiago")


def test_an_ordinary_day_has_no_surprise() -> None:
    """Elapsed seconds are wall seconds, there and back."""
    day = ServiceDay(on=date(2026, 3, 10), zone=SANTIAGO)
    assert [day.elapsed_s(hour * HOUR) for hour in (0, 9, 26)] == [0, 9 * HOUR, 26 * HOUR]
    assert day.wall_s(9 * HOUR) == 9 * HOUR
    assert day.moment(9 * HOUR).isoformat() == "2026-03-10T09:00:00-03:00"


def test_a_day_that_begins_with_a_jump() -> None:
    """In Chile the clock jumps from midnight to one: nine o'clock is eight hours into the day."""
    day = ServiceDay(on=date(2026, 9, 6), zone=SANTIAGO)
    assert day.begins_at.isoformat() == "2026-09-06T04:00:00+00:00"
    assert day.elapsed_s(9 * HOUR) == 8 * HOUR
    assert day.elapsed_s(HOUR // 2) == 0  # half past midnight is never shown
    assert day.wall_s(8 * HOUR) == 9 * HOUR
    assert day.moment(8 * HOUR).isoformat() == "2026-09-06T09:00:00-03:00"


def test_a_day_that_jumps_in_its_midst() -> None:
    """A time that the clock leaves out becomes the moment of the jump; times stay in order."""
    day = ServiceDay(on=date(2026, 3, 29), zone=ZoneInfo("Europe/Madrid"))
    walls = [90 * 60, 2 * HOUR, 150 * 60, 3 * HOUR, 9 * HOUR]
    assert [day.elapsed_s(wall) for wall in walls] == [5400, 7200, 7200, 7200, 8 * HOUR]


def test_a_day_with_an_hour_twice() -> None:
    """An hour that comes twice is read as its first coming; what follows is an hour later than the wall says."""
    day = ServiceDay(on=date(2026, 10, 25), zone=ZoneInfo("Europe/Madrid"))
    assert day.elapsed_s(150 * 60) == 150 * 60
    assert day.elapsed_s(9 * HOUR) == 10 * HOUR
    assert day.wall_s(10 * HOUR) == 9 * HOUR


def test_recurring_orders_come_on_their_weekdays() -> None:
    """An order that recurs is wanted on each of its weekdays, from its date on; others once or any day (C32)."""
    tuesday, thursday, friday = date(2026, 3, 10), date(2026, 3, 12), date(2026, 3, 13)
    weekly = an_order("w", 0, 0, recurs="Tue, thu")
    assert [is_wanted_on(weekly, day) for day in (tuesday, thursday, friday)] == [True, True, False]
    later = an_order("l", 0, 0, recurs="tue,thu", service_on=thursday)
    assert [is_wanted_on(later, day) for day in (tuesday, thursday)] == [False, True]
    assert is_wanted_on(an_order("any", 0, 0), friday)
    assert not is_wanted_on(an_order("once", 0, 0, service_on=tuesday), friday)


def test_the_day_that_most_orders_want() -> None:
    """Without a date the busiest day ahead is planned, else the busiest of all, else today."""
    today = date(2026, 3, 10)
    orders = [an_order(str(i), 0, 0, service_on=date(2026, 3, day)) for i, day in enumerate((9, 9, 9, 11, 12, 12))]
    assert busiest_day(orders, today=today) == date(2026, 3, 12)
    assert busiest_day(orders[:3], today=today) == date(2026, 3, 9)
    assert busiest_day([an_order("any", 0, 0)], today=today) == today


@pytest.mark.parametrize(("wall_s", "text"), [(0, "00:00"), (9.5 * HOUR, "09:30"), (24.5 * HOUR, "00:30+1")])
def test_times_as_people_write_them(wall_s: float, text: str) -> None:
    """Times after midnight of the next day say so."""
    assert clock_text(int(wall_s)) == text
