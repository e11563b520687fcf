"""Roads of a plain: straight lines driven at one speed, slower in the slots that a test makes slow."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from zaguan.base.geo.point import Point, distance_m
from zaguan.engines.roads.network import UNREACHABLE_S, Fix, Leg, Matched, Matrix, Profile, Snap
from zaguan.engines.roads.slots import Slot

SPEED_M_S = 10.0


class FlatRoads:
    """A RoadNetwork without roads.

    `slowness` makes the travel time of a slot longer by a factor; `islands` are points that no road leads to;
    `off_road` are points whose travel is estimated.
    """

    def __init__(
        self,
        *,
        slowness: Mapping[str, float] | None = None,
        islands: Sequence[Point] = (),
        off_road: Sequence[Point] = (),
    ) -> None:
        self.slowness = dict(slowness or {})
        self.islands, self.off_road = set(islands), set(off_road)
        self.asked: list[tuple[int, Profile, tuple[str, ...]]] = []

    def matrix(self, points: Sequence[Point], *, profile: Profile, slots: Sequence[Slot]) -> Matrix:
        """Return straight lines between all pairs."""
        self.asked.append((len(points), profile, tuple(slot.name for slot in slots)))
        metres = np.array([[distance_m(a, b) for b in points] for a in points]).reshape(len(points), len(points))
        durations = np.stack([metres / SPEED_M_S * self.slowness.get(slot.name, 1.0) for slot in slots])
        for row, point in enumerate(points):
            if point in self.islands:
                durations[:, row, :] = durations[:, :, row] = UNREACHABLE_S
                durations[:, row, row] = 0
        return Matrix(
            durations_s=np.ceil(durations).astype(np.int32),
            distances_m=np.round(np.stack([metres] * len(slots))).astype(np.int32),
            slots=tuple(slots),
            estimated=np.array([point in self.off_road for point in points], np.bool_),
        )

    def route(self, points: Sequence[Point], *, profile: Profile, slot: Slot) -> tuple[Leg, ...]:  # noqa: ARG002
        """Return straight legs."""
        return tuple(
            Leg(
                distance_m=distance_m(a, b),
                duration_s=distance_m(a, b) / SPEED_M_S * self.slowness.get(slot.name, 1.0),
                geometry=(a, b),
                manoeuvres=(),
                estimated=b in self.off_road,
            )
            for a, b in itertools.pairwise(points)
        )

    def nearest(self, point: Point, *, profile: Profile) -> Snap:  # noqa: ARG002
        """Return the point itself."""
        return Snap(point=point, distance_m=0.0, street="")

    def match(self, fixes: Sequence[Fix], *, profile: Profile) -> Matched:  # noqa: ARG002
        """Match nothing."""
        return Matched(snaps=(None,) * len(fixes), geometry=(), confidence=0.0)
