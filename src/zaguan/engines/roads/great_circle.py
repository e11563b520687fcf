"""Estimates without roads: the great circle times a detour factor. Whatever is made here says that it is estimated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import Point, distance_m, distances_m
from zaguan.engines.roads.network import Fix, Leg, Manoeuvre, Matched, Matrix, Profile, Snap
from zaguan.engines.roads.slots import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Detour:
    """How much longer the roads are than the great circle, and how fast one moves on them, stops at lights included."""

    factor: float
    speed_kmh: float


# measured on Porto Alegre (bench/roads/matrix), a little on the safe side; the van's speed is that of a working day
DETOURS: Final[Mapping[Profile, Detour]] = {
    Profile.VAN: Detour(factor=1.35, speed_kmh=27.0),
    Profile.BICYCLE: Detour(factor=1.30, speed_kmh=13.0),
    Profile.FOOT: Detour(factor=1.20, speed_kmh=4.8),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Seconds and metres between n points, both int32 of shape (n, n)."""

    durations_s: NDArray[np.int32]
    distances_m: NDArray[np.int32]


def estimate(points: Sequence[Point], *, profile: Profile) -> Estimate:
    """Return what travel between all pairs of points may take."""
    lon = np.array([point.lon for point in points], np.float64)
    lat = np.array([point.lat for point in points], np.float64)
    detour = DETOURS[profile]
    metres = distances_m(lon[:, None], lat[:, None], lon[None, :], lat[None, :]) * detour.factor
    return Estimate(
        durations_s=np.rint(metres * (3.6 / detour.speed_kmh)).astype(np.int32),
        distances_m=np.rint(metres).astype(np.int32),
    )


def estimated_leg(start: Point, end: Point, *, profile: Profile) -> Leg:
    """Return a straight line with what driving it by roads may take."""
    detour = DETOURS[profile]
    metres = distance_m(start, end) * detour.factor
    seconds = metres * 3.6 / detour.speed_kmh
    depart = Manoeuvre(kind="depart", modifier="", street="", point=start, distance_m=metres, duration_s=seconds)
    arrive = Manoeuvre(kind="arrive", modifier="", street="", point=end, distance_m=0.0, duration_s=0.0)
    return Leg(
        distance_m=metres, duration_s=seconds, geometry=(start, end), manoeuvres=(depart, arrive), estimated=True
    )


class GreatCircleNetwork:
    """The port to the roads without any: for tests, and for trials without a region."""

    def matrix(self, points: Sequence[Point], *, profile: Profile, slots: Sequence[Slot]) -> Matrix:
        """Return estimates between all pairs, alike in each slot; every point is flagged."""
        found = estimate(points, profile=profile)
        shape = (len(slots), len(points), len(points))
        return Matrix(
            durations_s=np.ascontiguousarray(np.broadcast_to(found.durations_s, shape)),
            distances_m=np.ascontiguousarray(np.broadcast_to(found.distances_m, shape)),
            slots=tuple(slots),
            estimated=np.ones(len(points), np.bool_),
        )

    def route(self, points: Sequence[Point], *, profile: Profile, slot: Slot) -> tuple[Leg, ...]:  # noqa: ARG002
        """Return straight legs; every one is flagged."""
        return tuple(estimated_leg(start, end, profile=profile) for start, end in pairwise(points))

    def nearest(self, point: Point, *, profile: Profile) -> Snap:  # noqa: ARG002
        """Return the point itself, flagged."""
        return Snap(point=point, distance_m=0.0, street="", estimated=True)

    def match(self, fixes: Sequence[Fix], *, profile: Profile) -> Matched:
        """Return the fixes themselves, flagged, and no confidence."""
        return Matched(
            snaps=tuple(self.nearest(fix.point, profile=profile) for fix in fixes),
            geometry=tuple(fix.point for fix in fixes),
            confidence=0.0,
        )
