"""What each key figure counts."""

from datetime import datetime
from fractions import Fraction

import pytest

from tests.operations.analytics.builders import (
    DRIVER,
    ELEVEN,
    EVENING,
    NINE,
    SHIPPER,
    TEN,
    amended,
    cancelled,
    delivered,
    disputed,
    done,
    ended,
    failed,
    figure,
    handed_over,
    minutes,
    number,
    promised,
    published,
    ratio,
    received,
    rescheduled,
    route_cancelled,
    started,
    stop_amended,
)
from zaguan.base.events.driver import DriverSaved
from zaguan.base.events.order import OrderLeftAtPoint
from zaguan.operations.analytics.model import Bounds, By

SECOND = minutes(1 / 60)


@pytest.mark.parametrize(
    ("at", "kept"),
    [(TEN - SECOND, 0), (TEN, 1), (ELEVEN, 1), (ELEVEN + SECOND, 0)],
    ids=["early", "open", "shut", "late"],
)
def test_both_edges_of_a_window_are_on_time(at: datetime, kept: int) -> None:
    """M01: on time is from the opening to the closing of the window, by the second."""
    assert ratio("on_time", received(1, promised()), delivered(1, at)) == (kept, 1)


def test_bounds_widen_the_window() -> None:
    """What is early or late within the bounds that were given is on time."""
    facts = (received(1, promised()), delivered(1, TEN - minutes(5)), received(2, promised()))
    late = delivered(2, ELEVEN + minutes(10))
    assert ratio("on_time", *facts, late) == (0, 2)
    assert ratio("on_time", *facts, late, bounds=Bounds(early=minutes(5), late=minutes(9))) == (1, 2)


def test_a_new_promise_does_not_make_the_first_one_kept() -> None:
    """An order that was put off is late by its first promise, and on time by its last."""
    later = promised(TEN + minutes(120))
    facts = (received(1, promised()), rescheduled(1, later, promised()), delivered(1, TEN + minutes(150)))
    assert ratio("on_time", *facts) == (0, 1)
    assert ratio("on_time_last", *facts) == (1, 1)


def test_the_driver_s_time_decides() -> None:
    """The door's device time holds, also when an act told late moves it, whatever the order said."""
    facts = (received(1, promised()), handed_over(1, ELEVEN + minutes(20)), delivered(1, ELEVEN + minutes(20)))
    assert ratio("on_time", *facts) == (0, 1)
    assert ratio("on_time", *facts, amended(1, ELEVEN - minutes(1), "delivered")) == (1, 1)


def test_what_was_not_brought_counts_once_its_window_is_over() -> None:
    """An open window is not judged; once it is over the order is not on time."""
    assert ratio("on_time", received(1, promised()), as_of=ELEVEN) == (0, 0)
    assert ratio("on_time", received(1, promised()), as_of=ELEVEN + SECOND) == (0, 1)


def test_only_a_cancellation_in_time_takes_an_order_out() -> None:
    """Cancelled before its window closed it was promised to nobody; afterwards it stays late."""
    assert ratio("on_time", received(1, promised()), (cancelled(1), TEN)) == (0, 0)
    assert ratio("on_time", received(1, promised()), (cancelled(1), ELEVEN + SECOND)) == (0, 1)


def test_the_rest_of_an_order_is_no_second_order() -> None:
    """An order that was split by a partial delivery counts once, and is not on time."""
    facts = (received(1, promised()), handed_over(1, TEN, whole=False), received(2, promised(), rest_of=1))
    assert ratio("on_time", *facts, handed_over(2, TEN), delivered(2, TEN)) == (0, 1)
    assert ratio("first_attempt", *facts, handed_over(2, TEN), delivered(2, TEN)) == (0, 1)


def test_left_at_a_point_is_brought() -> None:
    """An order was brought when it was left at the point, not when the recipient came for it."""
    left = OrderLeftAtPoint(
        order_id=number(1),
        external_id="",
        shipper_id=SHIPPER,
        state="",
        previous_state="",
        by="driver",
        point_ref="L1",
    )
    assert ratio("on_time", received(1, promised()), (left, TEN), delivered(1, EVENING)) == (1, 1)


def test_first_attempts() -> None:
    """M04: a second attempt that succeeds does not mend the first, and the recipient's failures are shown apart."""
    absent = (received(1, None), failed(1, TEN), handed_over(1, ELEVEN, at_stop=11, count=2), delivered(1, ELEVEN))
    ours = (received(2, None), failed(2, TEN, party="carrier"))
    well = (received(3, None), handed_over(3, TEN), delivered(3, TEN))
    assert ratio("first_attempt", *absent, *ours, *well) == (1, 3)
    assert ratio("first_attempt_ours", *absent, *ours, *well) == (1, 2)


def test_a_later_word_about_a_stop_holds() -> None:
    """A failure after which the parcels were handed over at the same stop is a success of the first attempt."""
    facts = (received(1, None), failed(1, TEN))
    assert ratio("first_attempt", *facts) == (0, 1)
    late = (handed_over(1, TEN), delivered(1, TEN, attempt_number=2))
    assert ratio("first_attempt", *facts, *late) == (1, 1)


def test_an_amended_failure_keeps_its_party() -> None:
    """An amendment tells no reason: the recipient's failure stays the recipient's."""
    facts = (received(1, None), failed(1, TEN), amended(1, ELEVEN, "failed"))
    assert ratio("first_attempt", *facts) == (0, 1)
    assert ratio("first_attempt_ours", *facts) == (0, 0)


def test_a_disputed_attempt_is_not_counted() -> None:
    """Where the door and the order disagree nobody knows yet, and an amendment does not settle it."""
    facts = (received(1, None), handed_over(1, TEN), disputed(1, TEN, "delivered"))
    assert ratio("first_attempt", *facts) == (0, 0)
    assert ratio("first_attempt", *facts, amended(1, ELEVEN, "delivered")) == (0, 0)
    route = (published(1), started(NINE), ended(ELEVEN))
    assert ratio("deliveries_per_hour", *route, *facts) == (0, 7_200)


def test_the_day_of_an_attempt_is_local() -> None:
    """An attempt at ten in the evening belongs to that day in Santiago, though it is tomorrow in UTC."""
    assert ratio("first_attempt", received(1, None), handed_over(1, NINE + minutes(13 * 60))) == (1, 1)


def test_deliveries_per_hour() -> None:
    """M03: each order once for its route, against the hours of routes that are over."""
    facts = (published(1, 2, 3), started(NINE), handed_over(1, TEN), handed_over(1, TEN), failed(2, TEN))
    part = handed_over(3, TEN, whole=False, skewed=True)
    assert ratio("deliveries_per_hour", *facts, part) == (0, 0)
    found = figure("deliveries_per_hour", *facts, part, ended(NINE + minutes(90)), by=By.DRIVER, part="ana")
    assert (found.numerator, found.denominator, found.value) == (2, 5_400, Fraction(4, 3))
    assert found.counted_ids == (number(1), number(3))
    assert found.order_ids == (number(1), number(2), number(3))
    assert found.skewed == 1


def test_a_route_that_ends_before_it_starts_has_no_hours() -> None:
    """Clocks that contradict each other give no hours, and its deliveries are left out with them."""
    assert ratio("deliveries_per_hour", published(1), started(ELEVEN), handed_over(1, TEN), ended(TEN)) == (0, 0)


def test_planned_distance_is_that_of_the_last_course() -> None:
    """M08: a route that was changed has its new metres, and a cancelled one none."""
    facts = (published(1, 2), published(2, 1, distance_m=13_000))
    assert figure("planned_distance", *facts).value == 13
    assert ratio("planned_distance", *facts, route_cancelled()) == (0, 0)


@pytest.mark.parametrize(
    ("driven", "kept"), [((1, 2, 3, 4), 4), ((4, 1, 2, 3), 3), ((4, 3, 2, 1), 1), ((2, 1, 4, 3), 2), ((3,), 1)]
)
def test_stops_in_planned_order(driven: tuple[int, ...], kept: int) -> None:
    """M30: one stop out of its place costs one stop, and never more than all stops count."""
    acts = [done(which, TEN + minutes(place)) for place, which in enumerate(driven)]
    found = figure("plan_followed", published(1, 2, 3, 4), *acts)
    assert (found.numerator, found.denominator) == (kept, len(driven))
    assert len(found.counted_ids) == kept


def test_a_late_word_moves_a_stop() -> None:
    """A stop whose arrival is amended takes its true place; one that is off the course does not count."""
    facts = (published(1, 2), done(1, ELEVEN), done(2, TEN), done(5, NINE))
    assert ratio("plan_followed", *facts) == (1, 2)
    assert ratio("plan_followed", *facts, stop_amended(1, NINE)) == (2, 2)


@pytest.mark.parametrize(
    ("by", "part"), [(By.DAY, "2026-11-03"), (By.DRIVER, "ana"), (By.SHIPPER, str(SHIPPER)), (By.ZONE, "norte")]
)
def test_splits(by: By, part: str) -> None:
    """A figure of orders is split by day, driver, shipper and zone, with the orders of each part."""
    ana = DriverSaved(driver_id=DRIVER, ref="ana", version=1, change="created")
    facts = (ana, received(1, promised()), handed_over(1, TEN), delivered(1, TEN))
    found = figure("on_time", *facts, by=by, part=part)
    assert found.value == 1
    assert found.order_ids == (number(1),)


def test_nothing_is_no_figure() -> None:
    """Of nothing there is neither a hundred per cent nor none."""
    found = figure("on_time")
    assert (found.value, found.denominator) == (None, 0)
