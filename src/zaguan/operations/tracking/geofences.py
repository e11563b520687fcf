"""Fences round stops and depots: entered, stayed, left, without flapping at the edge.

Which fences may be meant is one look-up by the cell of the fix; then the exact distance decides. One enters at the
inner radius and leaves at the outer one, each time confirmed by a second fix, so a receiver that jumps makes no noise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from zaguan.base.geo.cell import Cell, cell_of, cells_around
from zaguan.base.geo.point import Point, distance_m
from zaguan.operations.tracking.fixes import Fix

RESOLUTION: Final = 9  # cells of some 350 m: a fence touches a few of them
STOP_RADIUS_M: Final = 80.0
DEPOT_RADIUS_M: Final = 150.0
LEAVES_AT: Final = 1.6  # times the radius
CONFIRMING_FIXES: Final = 2
DWELL: Final = timedelta(seconds=45)  # inside for so long: one has arrived, not passed by


class FenceKind(StrEnum):
    """What stands in the middle."""

    STOP = "stop"
    DEPOT = "depot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A circle round a stop or a depot, under its id."""

    fence_id: UUID
    kind: FenceKind
    point: Point
    radius_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is known of a vehicle and one fence that it is in, or may be in."""

    fence_id: UUID
    since: datetime  # the first fix inside
    last_inside_at: datetime
    inside: int = 1  # fixes inside so far, counted up to what confirms
    outside: int = 0  # fixes beyond the outer radius in a row
    left_since: datetime | None = None  # the first of them
    suggested: bool = False

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the entering was told."""
        return self.inside >= CONFIRMING_FIXES


class CrossingKind(StrEnum):
    """What happened at a fence."""

    ENTERED = "entered"
    ARRIVED = "arrived"  # stays: the driver may be asked to confirm
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Something that happened at a fence, at the moment of the fix that showed it first."""

    kind: CrossingKind
    fence: Fence
    at: datetime


class FenceMap:
    """The fences of one route, found by cell."""

    def __init__(self, fences: Iterable[Fence]) -> None:
        self.by_id: Final[Mapping[UUID, Fence]] = {fence.fence_id: fence for fence in fences}
        by_cell: dict[Cell, list[Fence]] = {}
        for fence in self.by_id.values():
            for cell in cells_around(fence.point, radius_m=fence.radius_m, resolution=RESOLUTION):
                by_cell.setdefault(cell, []).append(fence)
        self._by_cell: Final[Mapping[Cell, list[Fence]]] = by_cell

    def around(self, point: Point) -> list[Fence]:
        """Return the fences that the point is inside of."""
        near = self._by_cell.get(cell_of(point, resolution=RESOLUTION), ())
        return [fence for fence in near if distance_m(fence.point, point) <= fence.radius_m]


def cross(fix: Fix, presences: Iterable[Presence], fences: FenceMap) -> tuple[tuple[Presence, ...], list[Crossing]]:
    """Return where the vehicle is after one more fix, later than those before, and what happened at the fences."""
    crossings: list[Crossing] = []
    # a fence that is no longer on the route is forgotten without a word
    known = {presence.fence_id: presence for presence in presences if presence.fence_id in fences.by_id}
    for fence in fences.around(fix.point):
        before = known.get(fence.fence_id)
        now = _inside(fix, before, fence)
        known[fence.fence_id] = now
        if now.is_confirmed and (before is None or not before.is_confirmed):
            crossings.append(Crossing(kind=CrossingKind.ENTERED, fence=fence, at=now.since))
        if now.is_confirmed and not now.suggested and fix.at - now.since >= DWELL:
            known[fence.fence_id] = replace(now, suggested=True)
            crossings.append(Crossing(kind=CrossingKind.ARRIVED, fence=fence, at=now.since))
    for presence in [known[fence_id] for fence_id in known if known[fence_id].last_inside_at != fix.at]:
        fence = fences.by_id[presence.fence_id]
        now = _not_inside(fix, presence, fence)
        if now.outside < (CONFIRMING_FIXES if now.is_confirmed else 1):
            known[fence.fence_id] = now
            continue
        del known[fence.fence_id]
        if now.is_confirmed:
            crossings.append(Crossing(kind=CrossingKind.LEFT, fence=fence, at=now.left_since or fix.at))
    return tuple(known.values()), crossings


def _inside(fix: Fix, before: Presence | None, fence: Fence) -> Presence:
    if before is None:
        return Presence(fence_id=fence.fence_id, since=fix.at, last_inside_at=fix.at)
    inside = min(before.inside + 1, CONFIRMING_FIXES)
    return replace(before, last_inside_at=fix.at, inside=inside, outside=0, left_since=None)


def _not_inside(fix: Fix, before: Presence, fence: Fence) -> Presence:
    """Count a fix beyond the outer radius; one between the two radii says neither that one left nor that one is in."""
    if distance_m(fence.point, fix.point) <= fence.radius_m * LEAVES_AT:
        return replace(before, outside=0, left_since=None)
    return replace(before, outside=before.outside + 1, left_since=before.left_since or fix.at)
