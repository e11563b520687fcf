"""The port to the roads: what planning, ETA and navigation ask of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import Point
from zaguan.engines.roads.slots import Slot


class Profile(StrEnum):
    """How one moves; each profile is a graph of its own."""

    VAN = "van"
    BICYCLE = "bicycle"
    FOOT = "foot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Travel between n points in s slots of the week.

    Attributes
    ----------
    durations_s : int32 array of shape (s, n, n)
        Seconds from row to column; `UNREACHABLE_S` where no road leads.
    distances_m : int32 array of shape (s, n, n)
        Metres along the same paths.
    slots : the s slots, in the order of the first axis
    estimated : bool array of shape (n,)
        Points that no road could be used for: their rows and columns are great-circle estimates.
    """

    durations_s: NDArray[np.int32]
    distances_m: NDArray[np.int32]
    slots: tuple[Slot, ...]
    estimated: NDArray[np.bool_]


UNREACHABLE_S = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Manoeuvre:
    """A turn, as a code that the phone puts into words: OSRM's type and modifier."""

    kind: str  # "turn", "depart", "roundabout", ...
    modifier: str  # "left", "slight right", ... or empty
    street: str
    point: Point
    distance_m: float  # to the next manoeuvre
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """The way from one point to the next."""

    distance_m: float
    duration_s: float
    geometry: tuple[Point, ...]
    manoeuvres: tuple[Manoeuvre, ...]
    estimated: bool = False  # a straight line, because no road could be used


@dataclass(frozen=True, slots=True, kw_only=True)
class Snap:
    """The nearest spot of the network to a point."""

    point: Point
    distance_m: float
    street: str
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A position with its moment, as map matching wants it."""

    point: Point
    at: datetime
    accuracy_m: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Where the fixes really drove; None for a fix that fits no road."""

    snaps: tuple[Snap | None, ...]
    geometry: tuple[Point, ...]
    confidence: float


class RoadNetwork(Protocol):
    """Roads of one region. Implementations: OSRM, and the great circle times a detour factor."""

    def matrix(self, points: Sequence[Point], *, profile: Profile, slots: Sequence[Slot]) -> Matrix:
        """Return travel times and distances between all pairs, for each slot."""
        ...

    def route(self, points: Sequence[Point], *, profile: Profile, slot: Slot) -> tuple[Leg, ...]:
        """Return the legs of the way through the points, in their order: one fewer than points."""
        ...

    def nearest(self, point: Point, *, profile: Profile) -> Snap:
        """Return the nearest spot that can be reached."""
        ...

    def match(self, fixes: Sequence[Fix], *, profile: Profile) -> Matched:
        """Return the roads that the fixes drove on."""
        ...
