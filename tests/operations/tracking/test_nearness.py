"""Who sees the vehicle, and who is told that it comes."""

import pytest

from tests.operations.tracking.builders import after
from zaguan.base.kit.ids import new_id
from zaguan.operations.tracking.eta import StopForecast
from zaguan.operations.tracking.model import RouteActuals, StopState
from zaguan.operations.tracking.nearness import ApproachRule, ShareRule, approaches, may_see_vehicle

UNDER_WAY = RouteActuals(departed_at=after(0))


def expected(minutes: float, stops_before: int) -> StopForecast:
    arrives = after(60 * minutes)
    return StopForecast(
        stop_id=new_id(),
        arrives_at=arrives,
        leaves_at=arrives,
        earliest_at=arrives,
        latest_at=arrives,
        stops_before=stops_before,
    )


@pytest.mark.parametrize(
    ("minutes", "stops_before", "sees"),
    [(29, 3, True), (31, 3, False), (5, 4, False), (-2, 0, True)],
)
def test_a_recipient_sees_the_vehicle_only_while_the_stop_is_near(
    minutes: float, stops_before: int, sees: bool
) -> None:
    """The vehicle is shown when it is at most half an hour and three stops away: never the whole route."""
    near = expected(minutes, stops_before)
    assert may_see_vehicle(StopState.PENDING, near, UNDER_WAY, now=after(0), rule=ShareRule()) is sees


def test_at_the_door_it_is_seen_and_afterwards_never() -> None:
    """While the driver is at the door the recipient sees the vehicle; once served, or cancelled, no more."""
    sees = {
        state: may_see_vehicle(state, expected(1, 0), UNDER_WAY, now=after(0), rule=ShareRule()) for state in StopState
    }
    assert sees == {
        StopState.PENDING: True,
        StopState.ARRIVED: True,
        StopState.DONE: False,
        StopState.SKIPPED: False,
    }


def test_before_the_route_leaves_nobody_sees_it() -> None:
    """A vehicle that stands at its depot is not shown, however near the first stop is."""
    assert not may_see_vehicle(StopState.PENDING, expected(5, 0), RouteActuals(), now=after(0), rule=ShareRule())


@pytest.mark.parametrize(
    ("minutes", "stops_before", "rule", "told"),
    [
        (14, 9, ApproachRule(), True),
        (16, 0, ApproachRule(), False),
        (40, 2, ApproachRule(stops_before=2), True),
        (40, 3, ApproachRule(stops_before=2), False),
        (1, 0, ApproachRule(within_s=None), False),
    ],
)
def test_an_approach_is_told_by_minutes_or_stops(
    minutes: float, stops_before: int, rule: ApproachRule, told: bool
) -> None:
    """C62: the driver is announced so many minutes or so many stops before, whichever comes first."""
    assert approaches(expected(minutes, stops_before), UNDER_WAY, now=after(0), rule=rule) is told


def test_nobody_is_announced_before_the_route_leaves() -> None:
    """C62: a driver who has not left is not announced."""
    assert not approaches(expected(5, 0), RouteActuals(), now=after(0), rule=ApproachRule())
