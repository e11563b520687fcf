"""How long the ways still to be driven take: from the roads by time of day, or from the plan alone."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from zaguan.base.geo.point import Point, distance_m
from zaguan.engines.roads.great_circle import DETOURS
from zaguan.engines.roads.network import UNREACHABLE_S, Profile, RoadNetwork
from zaguan.engines.roads.slots import SLOTS, Slot
from zaguan.operations.tracking.model import TrackedRoute


class PlannedTimes:
    """The legs as planned; ways that the plan does not know are the great circle times a detour. For trials and tests,
    and where an operator has no region of roads.
    """

    def __init__(self, route: TrackedRoute) -> None:
        self._detour: Final = DETOURS[Profile(route.profile)]
        places = [route.depot_point, *(stop.point for stop in route.stops)]
        legs = [stop.leg_duration_s for stop in route.stops]
        if route.ends_at_depot:
            places.append(route.depot_point)
            legs.append(route.back_duration_s)
        self._legs: Final[Mapping[tuple[Point, Point], float]] = {
            pair: float(seconds) for pair, seconds in zip(pairwise(places), legs, strict=True)
        }

    def travel_s(self, origin: Point, target: Point, *, leaves_at: datetime) -> float:  # noqa: ARG002
        """Return the planned seconds of a planned leg, else an estimate; whatever the time of day."""
        planned = self._legs.get((origin, target))
        if planned is not None:
            return planned
        return distance_m(origin, target) * self._detour.factor * 3.6 / self._detour.speed_kmh


class NetworkTimes:
    """The roads at the time of day. Between the places of the route one matrix a slot, from elsewhere a way of its own:
    the caches of the roads then hold places that come back, not each spot that a vehicle was at.
    """

    def __init__(self, route: TrackedRoute, network: RoadNetwork, *, zone: tzinfo) -> None:
        self._network: Final = network
        self._profile: Final = Profile(route.profile)
        self._zone: Final = zone
        places = dict.fromkeys([route.depot_point, *(stop.point for stop in route.stops)])
        self._index: Final[Mapping[Point, int]] = {place: index for index, place in enumerate(places)}
        self._seconds: Final[dict[str, Callable[[int, int], int]]] = {}

    def travel_s(self, origin: Point, target: Point, *, leaves_at: datetime) -> float:
        """Return the seconds of a way at the time of day; where no road leads, an estimate."""
        slot = slot_at(leaves_at.astimezone(self._zone))
        if origin in self._index and target in self._index:
            seconds = self._matrix(slot)(self._index[origin], self._index[target])
            if seconds < UNREACHABLE_S:
                return float(seconds)
        return sum(leg.duration_s for leg in self._network.route((origin, target), profile=self._profile, slot=slot))

    def _matrix(self, slot: Slot) -> Callable[[int, int], int]:
        if slot.name not in self._seconds:
            matrix = self._network.matrix(tuple(self._index), profile=self._profile, slots=(slot,))
            durations = matrix.durations_s[0]
            self._seconds[slot.name] = lambda origin, target: int(durations[origin, target])
        return self._seconds[slot.name]


def slot_at(moment: datetime) -> Slot:
    """Return the slot of the week that holds a moment of local time."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    seconds = (moment - midnight) / timedelta(seconds=1)
    return next(
        slot
        for slot in SLOTS
        if moment.weekday() in slot.weekdays and any(start <= seconds < end for start, end in slot.spans)
    )
