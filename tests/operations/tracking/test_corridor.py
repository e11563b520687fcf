"""The corridor: how far one is from the line that is still to be driven."""

from dataclasses import replace

import pytest

from tests.operations.tracking.builders import a_route, east
from zaguan.operations.tracking.corridor import Corridor


def test_the_distance_is_that_to_the_nearest_leg_to_come() -> None:
    """Beside the third leg one is near the line, as long as that leg is still to come, or is on the way back."""
    route = a_route()
    corridor, one_way = Corridor(route), Corridor(replace(route, ends_at_depot=False))
    place = east(2_500, north=100)
    assert one_way.distance_m(place, from_leg=0) == pytest.approx(100, abs=1)
    assert one_way.distance_m(place, from_leg=3) == pytest.approx((500**2 + 100**2) ** 0.5, abs=1)
    assert corridor.distance_m(place, from_leg=3) == pytest.approx(100, abs=1)
    assert corridor.distance_m(place, from_leg=-1) == pytest.approx(100, abs=1)


def test_beyond_the_end_the_distance_is_that_to_the_corner() -> None:
    """Beyond the end of a leg the distance is measured to its last point, not to its prolongation."""
    corridor = Corridor(replace(a_route(stops=1), ends_at_depot=False))
    assert corridor.distance_m(east(1_300), from_leg=0) == pytest.approx(300, abs=1)


@pytest.mark.parametrize("unknown", [{"line": ""}, {"line_is_straight": True}])
def test_a_leg_without_a_line_is_open_country(unknown: dict[str, object]) -> None:
    """While a leg without a known line is still to come nobody can stray; behind it, one can."""
    route = a_route()
    stops = [replace(stop, **unknown) if index == 1 else stop for index, stop in enumerate(route.stops)]
    corridor = Corridor(replace(route, stops=tuple(stops)))
    far = east(0, north=9_000)
    assert corridor.distance_m(far, from_leg=1) is None
    assert corridor.distance_m(far, from_leg=2) == pytest.approx(9_000, rel=0.01)


def test_behind_the_last_leg_there_is_no_line() -> None:
    """When everything is driven, there is nothing to stray from."""
    assert Corridor(a_route(stops=1)).distance_m(east(0), from_leg=5) is None


def test_a_line_of_one_point_is_a_place() -> None:
    """A leg between two stops at one place is as far away as that place."""
    route = a_route(stops=1)
    point = Corridor(replace(route, stops=(replace(route.stops[0], line="_p~iF~ps|U"),), ends_at_depot=False))
    assert point.distance_m(east(0), from_leg=0) is not None
