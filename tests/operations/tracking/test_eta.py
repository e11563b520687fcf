"""ETAs: the plan, what was done, and the roads to come; each with a window that says how sure it is."""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.operations.tracking.builders import (
    DEPOT,
    LEG_S,
    MORNING,
    SERVICE_S,
    EvenRoads,
    a_fix,
    a_route,
    after,
    east,
)
from zaguan.operations.tracking.causes import Cause
from zaguan.operations.tracking.eta import NEWS_S, RouteForecast, forecast, is_news
from zaguan.operations.tracking.fixes import Fix
from zaguan.operations.tracking.margins import Margins, Spread, StatedErrorModel, chance_of_later
from zaguan.operations.tracking.model import RouteActuals, StopActual, StopState, TrackedBreak, TrackedRoute
from zaguan.operations.tracking.road_times import PlannedTimes

MODEL = StatedErrorModel()


def done(arrived: float, left: float) -> StopActual:
    return StopActual(state=StopState.DONE, arrived_at=after(arrived), left_at=after(left))


def seen(
    route: TrackedRoute,
    *,
    now: float,
    departed: float | None = None,
    stops: dict[int, StopActual] | None = None,
    newest: Fix | None = None,
    arrived: dict[UUID, float] | None = None,
    slower: float = 1.0,
    breaks_taken: int = 0,
) -> RouteForecast:
    actuals = RouteActuals(
        departed_at=None if departed is None else after(departed),
        stops={route.stops[index].stop_id: actual for index, actual in (stops or {}).items()},
        breaks_taken=breaks_taken,
    )
    return forecast(
        route,
        actuals,
        newest=newest,
        arrived={stop: after(since) for stop, since in (arrived or {}).items()},
        now=after(now),
        roads=EvenRoads(slower),
        errors=MODEL,
    )


def arrivals(expected: RouteForecast) -> list[float]:
    return [(stop.arrives_at - MORNING).total_seconds() for stop in expected.stops]


def test_before_the_day_the_plan_stands() -> None:
    """A route that has not left yet is expected as planned, back at its depot as well."""
    route = a_route()
    expected = seen(route, now=-600)
    assert arrivals(expected) == pytest.approx([200, 700, 1200, 1700], abs=1)
    assert expected.returns_at is not None
    assert abs(expected.returns_at - route.returns_at) < timedelta(seconds=1)
    assert [stop.causes for stop in expected.stops] == [()] * 4


def test_a_late_departure_moves_all_stops() -> None:
    """A route that should have left ten minutes ago is ten minutes late at each stop, and says why."""
    expected = seen(a_route(), now=600)
    assert arrivals(expected) == pytest.approx([800, 1300, 1800, 2300], abs=1)
    assert all(stop.causes == ((Cause.LATE_DEPARTURE, 600),) for stop in expected.stops)


def test_slow_roads_add_up() -> None:
    """Roads that take half as long again delay the first stop by half a leg, the fourth by two legs."""
    expected = seen(a_route(), now=-600, slower=1.5)
    assert arrivals(expected) == pytest.approx([300, 900, 1500, 2100], abs=1)
    assert expected.stops[3].causes == ((Cause.SLOW_ROADS, 400),)


def test_roads_are_asked_for_the_moment_of_each_leg() -> None:
    """Each leg's time is asked for when that leg will be driven, not for now."""
    route, roads = a_route(), EvenRoads()
    forecast(route, RouteActuals(), newest=None, arrived={}, now=after(0), roads=roads, errors=MODEL)
    asked = [(moment - MORNING).total_seconds() for moment in roads.asked]
    assert asked == pytest.approx([0, 500, 1000, 1500, 2000], abs=1)


def test_under_way_the_position_counts() -> None:
    """Half-way to the second stop, the rest of the leg is driven from where the vehicle is."""
    route = a_route()
    newest = a_fix(600, east(1_500))
    expected = seen(route, now=600, departed=0, stops={0: done(200, 500)}, newest=newest)
    assert arrivals(expected) == pytest.approx([700, 1200, 1700], abs=1)
    assert expected.stops[0].stops_before == 0
    assert expected.stops[0].causes == ()


def test_time_lost_on_the_current_leg_has_a_cause() -> None:
    """Who is still at the start of a leg after five minutes drives slowly."""
    expected = seen(a_route(), now=800, departed=0, stops={0: done(200, 500)}, newest=a_fix(800, east(1_000)))
    assert arrivals(expected)[0] == pytest.approx(1000, abs=1)
    assert expected.stops[0].causes == ((Cause.SLOW_DRIVING, 300),)


def test_without_a_fresh_position_the_last_act_counts_and_the_window_widens() -> None:
    """When nothing was heard for ten minutes, the ETA follows from where the driver left last, less surely."""
    route = a_route()
    stale = a_fix(100, east(500))
    silent = seen(route, now=560, departed=0, stops={0: done(200, 500)}, newest=stale)
    heard = seen(route, now=560, departed=0, stops={0: done(200, 500)}, newest=a_fix(560, east(1_300)))
    assert arrivals(silent) == pytest.approx([700, 1200, 1700], abs=1)
    assert width(silent, 0) > width(heard, 0)


def test_who_should_be_there_already_will_be_soon() -> None:
    """A vehicle that is silent and overdue is expected within a minute, never in the past."""
    expected = seen(a_route(), now=900, departed=0, stops={0: done(200, 500)})
    assert arrivals(expected)[0] == pytest.approx(960, abs=1)
    assert expected.stops[0].causes == ((Cause.SLOW_DRIVING, 260),)


def test_at_the_door_the_rest_of_the_service_counts() -> None:
    """Two minutes into a service of five, the driver leaves in three."""
    arrived = StopActual(state=StopState.ARRIVED, arrived_at=after(200))
    expected = seen(a_route(), now=320, departed=0, stops={0: arrived})
    assert arrivals(expected) == pytest.approx([700, 1200, 1700], abs=1)


def test_a_service_that_takes_long_has_a_cause() -> None:
    """A driver who is ten minutes over the service time is expected to leave in a minute, and it shows why."""
    arrived = StopActual(state=StopState.ARRIVED, arrived_at=after(200))
    expected = seen(a_route(), now=1100, departed=0, stops={0: arrived})
    assert arrivals(expected)[0] == pytest.approx(1360, abs=1)
    assert expected.stops[0].causes == ((Cause.LONG_SERVICE, 660),)


def test_an_arrival_that_nobody_told_counts() -> None:
    """Who stands in the fence of the next stop is taken to be at its door."""
    route = a_route()
    expected = seen(route, now=320, departed=0, arrived={route.stops[0].stop_id: 200})
    assert [stop.stop_id for stop in expected.stops] == [stop.stop_id for stop in route.stops[1:]]
    assert arrivals(expected)[0] == pytest.approx(700, abs=1)


def test_stops_out_of_order_are_not_driven_to_again() -> None:
    """A driver who served the third stop first goes on to the first from there."""
    route = a_route()
    expected = seen(route, now=1000, departed=0, stops={2: done(600, 1000)})
    assert [stop.stop_id for stop in expected.stops] == [route.stops[index].stop_id for index in (0, 1, 3)]
    assert arrivals(expected) == pytest.approx([1400, 1900, 2600], abs=1)


def test_a_skipped_stop_costs_no_service() -> None:
    """A stop that was taken off is driven past."""
    expected = seen(a_route(), now=-60, stops={1: StopActual(state=StopState.SKIPPED)})
    assert arrivals(expected) == pytest.approx([200, 900, 1400], abs=1)


def test_a_break_to_come_delays_what_follows() -> None:
    """A break after the second stop delays the third; once taken, no more."""
    pause = TrackedBreak(after_stops=2, starts_at=after(1000), duration_s=1800)
    route = a_route(breaks=(pause,))
    assert arrivals(seen(route, now=0)) == pytest.approx([200, 700, 3000, 3500], abs=1)
    assert arrivals(seen(route, now=0, breaks_taken=1)) == pytest.approx([200, 700, 1200, 1700], abs=1)


def test_waiting_for_a_window_makes_up_for_delay() -> None:
    """A delay that a wait takes up does not reach the stops behind it, and has no cause there."""
    route = a_route(windows=(None, (2000, 4000)))
    expected = seen(route, now=300)
    assert arrivals(expected) == pytest.approx([500, 1000, 2500, 3000], abs=1)
    assert expected.stops[1].causes == ((Cause.LATE_DEPARTURE, 300),)
    assert expected.stops[2].causes == ()


def width(expected: RouteForecast, index: int) -> float:
    return (expected.stops[index].latest_at - expected.stops[index].earliest_at).total_seconds()


def test_windows_widen_along_the_route() -> None:
    """The farther away a stop is, the wider its window; the ETA always lies within."""
    expected = seen(a_route(stops=12), now=0)
    widths = [width(expected, index) for index in range(12)]
    assert widths == sorted(widths)
    assert all(stop.earliest_at <= stop.arrives_at <= stop.latest_at for stop in expected.stops)


def test_a_wait_narrows_the_window() -> None:
    """After a long wait the departure is sure again: the next window is as narrow as at the start of a route."""
    waiting, plain = a_route(stops=6, windows=(None, None, (4000, 9000))), a_route(stops=6)
    assert width(seen(waiting, now=0), 3) < width(seen(plain, now=0), 3)


def test_a_window_does_not_begin_in_the_past() -> None:
    """The earliest arrival is never before now."""
    expected = seen(a_route(), now=690, departed=0, stops={0: done(200, 500)}, newest=a_fix(690, east(1_950)))
    assert expected.stops[0].earliest_at == after(690)


def test_the_risk_of_being_late_grows_with_the_delay() -> None:
    """Well within its window a stop is at no risk; expected at its end, at even odds; behind it, nearly surely late."""
    risks = []
    for closes in (4000, 1700, 1200):
        stop = seen(a_route(windows=(None, None, None, (0, closes))), now=0).stops[3]
        assert stop.late_risk is not None
        risks.append(stop.late_risk)
    assert risks[0] < 0.01
    assert risks[1] == pytest.approx(0.5, abs=0.01)
    assert risks[2] > 0.9
    assert seen(a_route(windows=(None, None, None, (0, 1200))), now=0).stops[3].late_s == 500


def test_the_stated_model_covers_what_it_says() -> None:
    """If errors are as the model assumes, the share of arrivals within the window is what it promises, or more."""
    dice = random.Random(11)
    legs, services = [600.0] * 8, [300.0] * 7
    spread = Spread()
    for leg in legs:
        spread = spread.after_leg(leg)
    for service in services:
        spread = spread.after_service(service)
    margins = MODEL.margins(spread)
    inside = 0
    for _ in range(2_000):
        pace = dice.gauss(0, MODEL.pace_share)
        error = dice.gauss(0, MODEL.noise_s) + pace * sum(legs)
        error += sum(dice.gauss(0, MODEL.leg_share * leg) for leg in legs)
        error += sum(dice.gauss(0, MODEL.service_share * service) for service in services)
        inside += -margins.early_s <= error <= margins.late_s
    assert MODEL.coverage - 0.02 <= inside / 2_000 <= MODEL.coverage + 0.07


@given(some.floats(-5_000, 5_000), some.floats(1, 3_000), some.floats(1, 3_000))
def test_the_risk_is_a_probability(slack_s: float, early_s: float, late_s: float) -> None:
    """The risk lies between 0 and 1, and at the expected moment itself it is one half."""
    margins = Margins(early_s=early_s, late_s=late_s)
    risk = chance_of_later(after(slack_s), expected_at=MORNING, margins=margins, coverage=0.8)
    assert 0 <= risk <= 1
    assert (risk >= 0.5) == (after(slack_s) <= MORNING)


def test_only_a_change_that_matters_is_news() -> None:
    """An ETA is told again once it has moved by five minutes, either way, from what was told last."""
    assert not is_news(MORNING, after(NEWS_S - 1))
    assert is_news(MORNING, after(NEWS_S))
    assert is_news(MORNING, after(-NEWS_S))


def test_planned_times_know_the_plan_and_estimate_the_rest() -> None:
    """A planned leg takes what was planned; another way is estimated by its distance."""
    route = a_route()
    times = PlannedTimes(route)
    first, second = route.stops[0].point, route.stops[1].point
    assert times.travel_s(DEPOT, first, leaves_at=MORNING) == LEG_S
    assert times.travel_s(first, second, leaves_at=MORNING) == LEG_S
    assert times.travel_s(route.stops[3].point, DEPOT, leaves_at=MORNING) == 4 * LEG_S
    assert times.travel_s(second, east(2_100), leaves_at=MORNING) == pytest.approx(18, abs=1)


def test_a_served_route_only_returns() -> None:
    """When all stops are done, what is left is the way back, from where the vehicle is."""
    route = a_route(stops=1)
    expected = seen(route, now=600, departed=0, stops={0: done(200, 500)}, newest=a_fix(600, east(500)))
    assert expected.stops == ()
    assert expected.returns_at is not None
    assert abs(expected.returns_at - after(700)) < timedelta(seconds=1)


def test_an_open_route_returns_nowhere() -> None:
    """A route that ends at its last stop has no return."""
    assert seen(replace(a_route(), ends_at_depot=False), now=0).returns_at is None


def test_the_service_time_is_counted_in() -> None:
    """The driver is expected to leave a stop after its service time."""
    stop = seen(a_route(), now=0).stops[0]
    assert stop.leaves_at - stop.arrives_at == timedelta(seconds=SERVICE_S)
