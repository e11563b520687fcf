"""Travel between locations: matrices by profile and slot of the day, or coordinates from which legs are computed."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zaguan.engines.solver.limits import UNREACHABLE_S, require

ROWS_AT_ONCE: Final = 256


def _chain(points: NDArray[np.float64], step: int) -> list[int]:
    """Return half of the hull of points: numbers of its corners from left to right, or from right to left."""
    order = np.lexsort((points[:, 1], points[:, 0]))[::step]
    corners: list[int] = []
    places = points.tolist()
    for at in order.tolist():
        x, y = places[at]
        while len(corners) > 1:
            (x1, y1), (x2, y2) = places[corners[-2]], places[corners[-1]]
            if (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) > 0:
                break
            corners.pop()
        corners.append(at)
    return corners


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """Travel between n locations, for p profiles and s slots of the day.

    Attributes
    ----------
    durations_s, distances_m : int32 arrays of shape (p * s, n, n), profile by profile
    slots : s, the number of slots
    knots_s : (moment, slot) pairs in ascending order. At a knot's moment the travel time is that slot's; between
        two knots it changes evenly, rounded down, before the first and after the last it stays. The distance is that
        of the nearest knot, of two the later. Empty when there is one slot.
    points : None, or a float array (n, 2): then there are no matrices. A leg is the straight line times `scale`, plus
        `rounding`, cut to a whole number; it takes as many seconds as it is long
    """

    durations_s: NDArray[np.int32]
    distances_m: NDArray[np.int32]
    slots: int = 1
    knots_s: tuple[tuple[int, int], ...] = ()
    points: NDArray[np.float64] | None = None
    scale: float = 1.0
    rounding: float = 0.0

    def __post_init__(self) -> None:
        if self.points is not None:
            require(self.points.ndim == 2 and self.points.shape[1] == 2, "points are not of shape (n, 2)")
            require(bool(np.isfinite(self.points).all()) and self.scale > 0, "a point is not a number")
            require(0 <= self.rounding < 1 and self.slots == 1, "points have one slot and a rounding below 1")
            require(
                float(np.ptp(self.points, axis=0).max(initial=0)) * self.scale < UNREACHABLE_S, "points too far apart"
            )
            return
        shape = self.durations_s.shape
        require(len(shape) == 3 and shape[1] == shape[2], f"durations have the shape {shape}, not (m, n, n)")
        require(self.distances_m.shape == shape, "durations and distances differ in shape")
        require(self.slots >= 1 and shape[0] % self.slots == 0, "matrices are not a multiple of the slots")
        require(self.slots == 1 or len(self.knots_s) >= 2, "several slots need at least two knots")
        require(all(0 <= slot < self.slots for _, slot in self.knots_s), "a knot names an unknown slot")
        moments = [moment for moment, _ in self.knots_s]
        require(all(a < b for a, b in pairwise(moments)), "knots are out of order")
        require(bool((self.durations_s >= 0).all() and (self.distances_m >= 0).all()), "travel is negative")

    @classmethod
    def static(cls, durations_s: ArrayLike, distances_m: ArrayLike | None = None) -> Self:
        """Travel that is the same all day, from one (n, n) matrix of each kind; distances default to durations."""
        durations = np.ascontiguousarray(durations_s, np.int32)[None]
        distances = durations if distances_m is None else np.ascontiguousarray(distances_m, np.int32)[None]
        return cls(durations_s=durations, distances_m=distances)

    @classmethod
    def planar(cls, points: ArrayLike, *, scale: float = 1.0, rounding: float = 0.5) -> Self:
        """Travel along straight lines between points (n, 2): memory grows with n, not with its square."""
        nothing = np.zeros((1, 0, 0), np.int32)
        return cls(
            durations_s=nothing,
            distances_m=nothing,
            points=np.ascontiguousarray(points, np.float64),
            scale=scale,
            rounding=rounding,
        )

    def part(self, matrix: int, origins: ArrayLike, goals: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return seconds and metres from some locations to others by one matrix, each of shape (origins, goals)."""
        rows, columns = np.asarray(origins, np.int64), np.asarray(goals, np.int64)
        if self.points is None:
            cut = np.ix_(rows, columns)
            return self.durations_s[matrix][cut], self.distances_m[matrix][cut]
        apart = self.points[rows][:, None] - self.points[columns][None]
        exact = np.sqrt(apart[..., 0] * apart[..., 0] + apart[..., 1] * apart[..., 1])
        legs = (exact * self.scale + self.rounding).astype(np.int32)
        return legs, legs

    def leg(self, matrix: int, origin: int, goal: int) -> tuple[int, int]:
        """Return seconds and metres of one leg by one matrix."""
        if self.points is None:
            return int(self.durations_s[matrix, origin, goal]), int(self.distances_m[matrix, origin, goal])
        seconds, metres = self.part(matrix, [origin], [goal])
        return int(seconds[0, 0]), int(metres[0, 0])

    def extent(self, profile: int) -> tuple[int, int]:
        """Return the seconds and the metres of a profile's longest legs that can be driven at all."""
        if self.points is not None:
            across = self._across()
            return across, across
        longest = farthest = 0
        for matrix in range(profile * self.slots, (profile + 1) * self.slots):
            for first in range(0, self.locations, ROWS_AT_ONCE):
                rows = slice(first, first + ROWS_AT_ONCE)
                durations, distances = self.durations_s[matrix, rows], self.distances_m[matrix, rows]
                if (most := int(durations.max(initial=0))) < UNREACHABLE_S:
                    longest, farthest = max(longest, most), max(farthest, int(distances.max(initial=0)))
                    continue
                drivable = durations < UNREACHABLE_S
                longest = max(longest, int(durations.max(initial=0, where=drivable)))
                farthest = max(farthest, int(distances.max(initial=0, where=drivable)))
        return longest, farthest

    def _across(self) -> int:
        """Return the longest leg between points: its ends are corners of the hull round all."""
        assert self.points is not None, "called for travel between points"
        corners = np.array(sorted({*_chain(self.points, 1), *_chain(self.points, -1)}))
        places = self.points[corners] if len(corners) else self.points
        longest = 0
        for first in range(0, len(places), ROWS_AT_ONCE):
            apart = places[first : first + ROWS_AT_ONCE, None] - places[None]
            exact = np.sqrt(apart[..., 0] * apart[..., 0] + apart[..., 1] * apart[..., 1])
            longest = max(longest, int(exact.max(initial=0.0) * self.scale + self.rounding))
        return longest

    @property
    def locations(self) -> int:
        """How many locations there are."""
        return int(self.durations_s.shape[1]) if self.points is None else len(self.points)

    @property
    def profiles(self) -> int:
        """How many profiles there are."""
        return int(self.durations_s.shape[0]) // self.slots
