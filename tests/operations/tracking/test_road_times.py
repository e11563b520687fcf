"""Road times: the roads at the time of day, asked for once where they can be kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.operations.tracking.builders import DEPOT, MORNING, a_route, east
from zaguan.base.geo.point import Point
from zaguan.engines.roads.great_circle import GreatCircleNetwork, estimated_leg
from zaguan.engines.roads.network import UNREACHABLE_S, Leg, Matrix, Profile
from zaguan.engines.roads.slots import SLOTS, Slot
from zaguan.operations.tracking.road_times import NetworkTimes, slot_at

SANTIAGO = ZoneInfo("America/Santiago")
SLOW = {"morning": 3, "late-morning": 2}


class BusyRoads(GreatCircleNetwork):
    """Roads that take whole minutes, more in the morning; one place is on an island. Notes what it is asked."""

    def __init__(self, island: Point | None = None) -> None:
        self.island = island
        self.matrices: list[tuple[str, int]] = []
        self.ways: list[tuple[Point, ...]] = []

    def matrix(self, points: Sequence[Point], *, profile: Profile, slots: Sequence[Slot]) -> Matrix:  # noqa: ARG002
        """Return a minute between all places, times the slot."""
        self.matrices.append((slots[0].name, len(points)))
        seconds = np.full((1, len(points), len(points)), 60 * SLOW.get(slots[0].name, 1), np.int32)
        for index, point in enumerate(points):
            if point == self.island:
                seconds[0, index, :] = seconds[0, :, index] = UNREACHABLE_S
        return Matrix(
            durations_s=seconds,
            distances_m=np.zeros_like(seconds),
            slots=tuple(slots),
            estimated=np.zeros(len(points), np.bool_),
        )

    def route(self, points: Sequence[Point], *, profile: Profile, slot: Slot) -> tuple[Leg, ...]:  # noqa: ARG002
        """Return straight legs, and note that they were asked for."""
        self.ways.append(tuple(points))
        return tuple(estimated_leg(start, end, profile=profile) for start, end in pairwise(points))


def test_the_time_of_day_counts() -> None:
    """The same leg takes as long as the roads say for the slot in which it is left, by local time."""
    route, roads = a_route(), BusyRoads()
    times = NetworkTimes(route, roads, zone=SANTIAGO)
    at_eight = datetime(2026, 3, 2, 8, 0, tzinfo=SANTIAGO)
    first = route.stops[0].point
    taken = [times.travel_s(DEPOT, first, leaves_at=at_eight + timedelta(hours=hours)) for hours in (0, 2, 6)]
    assert taken == [180, 120, 60]


def test_places_of_the_route_are_asked_for_once_a_slot() -> None:
    """All ways between places of the route cost one matrix a slot; a way from elsewhere is asked for by itself."""
    route, roads = a_route(), BusyRoads()
    times = NetworkTimes(route, roads, zone=UTC)
    for here in route.stops:
        for there in route.stops:
            times.travel_s(here.point, there.point, leaves_at=MORNING)
    times.travel_s(east(1_234), route.stops[1].point, leaves_at=MORNING)
    assert roads.matrices == [("morning", 5)]
    assert roads.ways == [(east(1_234), route.stops[1].point)]


def test_where_no_road_leads_there_is_an_estimate() -> None:
    """A stop that no road reaches is expected after a straight way, not after four months."""
    route = a_route()
    times = NetworkTimes(route, BusyRoads(island=route.stops[2].point), zone=UTC)
    assert 0 < times.travel_s(DEPOT, route.stops[2].point, leaves_at=MORNING) < 3_600


@pytest.mark.parametrize("day", range(2, 9))
def test_each_moment_of_the_week_has_its_slot(day: int) -> None:
    """Whatever the day and the hour, there is a slot, and it is one of that day."""
    for hour in range(24):
        slot = slot_at(datetime(2026, 3, day, hour, 59, 59, tzinfo=SANTIAGO))
        assert slot in SLOTS
        assert datetime(2026, 3, day, tzinfo=SANTIAGO).weekday() in slot.weekdays
