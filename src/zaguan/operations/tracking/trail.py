"""What is remembered of a vehicle from one fix to the next: the newest, where it stands, which fences hold it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from zaguan.base.geo.point import Point, distance_m
from zaguan.operations.tracking.corridor import Corridor
from zaguan.operations.tracking.filters import Doubt
from zaguan.operations.tracking.fixes import Fix
from zaguan.operations.tracking.geofences import (
    DEPOT_RADIUS_M,
    STOP_RADIUS_M,
    Crossing,
    Fence,
    FenceKind,
    FenceMap,
    Presence,
    cross,
)
from zaguan.operations.tracking.model import RouteActuals, StopState, TrackedRoute

STANDS_WITHIN_M: Final = 60.0  # as receivers in a street of high houses wander
ON_LINE_M: Final = 150.0
OFF_LINE_M: Final = 300.0
JUDGED_FIXES: Final = 20  # of a batch, its last: whether one strayed an hour ago helps nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Stillness:
    """Where a vehicle stands, and since when."""

    point: Point
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Astray:
    """Since when a vehicle is off its line, and how far the last fix was."""

    since: datetime
    distance_m: float
    fixes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The state of one vehicle. Only fixes later than the newest move it: what comes late fills the past alone."""

    newest: Fix | None = None
    doubt: Doubt | None = None
    inside: tuple[Presence, ...] = ()
    still: Stillness | None = None
    astray: Astray | None = None


class RouteWatch:
    """A followed route made ready to be watched: its fences by cell, its lines as arrays."""

    def __init__(self, route: TrackedRoute) -> None:
        self.route: Final = route
        depot = Fence(fence_id=route.depot_id, kind=FenceKind.DEPOT, point=route.depot_point, radius_m=DEPOT_RADIUS_M)
        stops = [
            Fence(fence_id=stop.stop_id, kind=FenceKind.STOP, point=stop.point, radius_m=STOP_RADIUS_M)
            for stop in route.stops
        ]
        self.fences: Final = FenceMap([*stops, depot])
        self.corridor: Final = Corridor(route)


NO_FENCES: Final = FenceMap(())


def advance(
    trail: Trail, fixes: Sequence[Fix], watch: RouteWatch | None, *, reached: int | None
) -> tuple[Trail, list[Crossing]]:
    """Return the trail after further fixes, in the order of their times, and what happened at the fences.

    `reached` is the index of the first stop that is not done with; None: the route is not under way.
    """
    crossings: list[Crossing] = []
    inside, still, astray = trail.inside, trail.still, trail.astray
    fresh = [fix for fix in fixes if trail.newest is None or fix.at > trail.newest.at]
    for left, fix in zip(range(len(fresh), 0, -1), fresh, strict=True):
        inside, happened = cross(fix, inside, watch.fences if watch else NO_FENCES)
        crossings += happened
        if still is None or distance_m(still.point, fix.point) > STANDS_WITHIN_M:
            still = Stillness(point=fix.point, since=fix.at)
        if left <= JUDGED_FIXES:
            astray = None if inside or watch is None or reached is None else _astray(astray, fix, watch, reached)
    if not fresh:
        return trail, []
    return replace(trail, newest=fresh[-1], inside=inside, still=still, astray=astray), crossings


def first_open(route: TrackedRoute, actuals: RouteActuals) -> int:
    """Return the index of the first stop that is not done with; the number of stops when all are."""
    over = {StopState.DONE, StopState.SKIPPED}
    open_stops = (index for index, stop in enumerate(route.stops) if actuals.of(stop.stop_id).state not in over)
    return next(open_stops, len(route.stops))


def _astray(before: Astray | None, fix: Fix, watch: RouteWatch, reached: int) -> Astray | None:
    """Judge a fix: off the line beyond the outer bound, on it again within the inner one."""
    # the leg behind counts too: an act is often told while the vehicle still rolls out
    distance = watch.corridor.distance_m(fix.point, from_leg=reached - 1)
    if distance is None:
        return None
    distance = max(0.0, distance - (fix.accuracy_m or 0.0))
    if before is None:
        return Astray(since=fix.at, distance_m=distance) if distance > OFF_LINE_M else None
    if distance < ON_LINE_M:
        return None
    return Astray(since=before.since, distance_m=distance, fixes=before.fixes + 1)
