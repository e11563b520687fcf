"""What is to be solved: clients to serve, vehicles to serve them with, travel between locations.

Times are whole seconds after some midnight, distances whole metres, loads whole numbers in any unit, prices
floats in any currency. A location is a row of the travel matrices; depots and clients share them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zaguan.base.kit.errors import ZaguanError

HORIZON_S: Final = 30 * 86_400
UNREACHABLE_S: Final = 10_000_000
MAX_DIMENSIONS: Final = 8


class InvalidProblem(ZaguanError):
    """The problem contradicts itself; `what` says where and how."""

    code = "solver.invalid_problem"


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise InvalidProblem(what=what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One order to serve, or leave out at the price of its prize.

    Attributes
    ----------
    location : row of the travel matrices
    windows : (opens, closes) pairs in ascending order, one of which the service must start in; none: any time
    late_cost_per_s : None keeps the windows hard. Otherwise a start after the last window costs this per second;
        starting before a window opens is never possible, one waits.
    service_s : seconds at the door
    setup_s : seconds for parking, spent only when the location before is another one
    delivery, pickup : load brought from, and taken to, the depot; one number per dimension
    skills : what the vehicle must have
    vehicles : indices of the only vehicles that may serve it; None: any
    prize : price of leaving it out. None: more than any plan could cost, so it is left out only if it cannot fit
    """

    location: int
    windows: tuple[tuple[int, int], ...] = ()
    late_cost_per_s: float | None = None
    service_s: int = 0
    setup_s: int = 0
    delivery: tuple[int, ...] = ()
    pickup: tuple[int, ...] = ()
    skills: frozenset[str] = frozenset()
    vehicles: frozenset[int] | None = None
    prize: float | None = None

    def __post_init__(self) -> None:
        _require(self.location >= 0, f"location {self.location} is negative")
        last = -1
        for opens, closes in self.windows:
            _require(last < opens <= closes <= HORIZON_S, f"window {opens}..{closes} is reversed or out of order")
            last = closes
        _require(0 <= self.service_s <= HORIZON_S and 0 <= self.setup_s <= HORIZON_S, "a service time is negative")
        _require(all(load >= 0 for load in (*self.delivery, *self.pickup)), "a load is negative")
        _require(self.late_cost_per_s is None or self.late_cost_per_s >= 0, "the price of lateness is negative")
        _require(self.prize is None or self.prize >= 0, "the prize is negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A pause that starts inside its window; if the route ends before `latest_s` is up it may fall away.

    A break is due on every route that is still under way when its window closes.
    """

    earliest_s: int
    latest_s: int
    duration_s: int

    def __post_init__(self) -> None:
        _require(0 <= self.earliest_s <= self.latest_s <= HORIZON_S, "a break's window is reversed")
        _require(0 < self.duration_s <= HORIZON_S, "a break has no length")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivingHours:
    """Limits at the wheel. `rest_s` at a stretch makes fresh; a break that long counts as a rest.

    Rests are taken at stops. A single leg longer than `max_without_rest_s` cannot be driven.
    """

    max_total_s: int | None = None
    max_without_rest_s: int | None = None
    rest_s: int = 0

    def __post_init__(self) -> None:
        _require(self.max_total_s is None or self.max_total_s > 0, "the driving limit is not positive")
        _require(self.max_without_rest_s is None or self.rest_s > 0, "a rest without length")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One vehicle with its driver and shift. An unused vehicle costs nothing.

    Attributes
    ----------
    start, end : locations; None opens that end: the route begins at its first, or ends at its last, client
    capacity : one number per dimension; missing dimensions are unlimited
    shift_s : (earliest departure, end of regular time)
    overtime_s : at most so long after the end of regular time, at `overtime_cost_per_s` on top
    max_duration_s : from departure to return, breaks included
    cost_per_m, cost_per_s, fixed_cost : prices; seconds are counted from departure to return
    profile : which block of the travel matrices
    """

    start: int | None = 0
    end: int | None = 0
    capacity: tuple[int, ...] = ()
    shift_s: tuple[int, int] = (0, HORIZON_S)
    overtime_s: int = 0
    overtime_cost_per_s: float = 0.0
    max_duration_s: int | None = None
    max_clients: int | None = None
    breaks: tuple[Break, ...] = ()
    driving: DrivingHours = field(default_factory=DrivingHours)
    skills: frozenset[str] = frozenset()
    profile: int = 0
    fixed_cost: float = 0.0
    cost_per_m: float = 1.0
    cost_per_s: float = 0.0

    def __post_init__(self) -> None:
        starts, ends = self.shift_s
        _require(0 <= starts <= ends <= HORIZON_S, f"the shift {starts}..{ends} is reversed")
        _require(0 <= self.overtime_s <= HORIZON_S, "the overtime is negative")
        _require(all(room >= 0 for room in self.capacity), "a capacity is negative")
        _require(self.start is None or self.start >= 0, "the start is negative")
        _require(self.end is None or self.end >= 0, "the end is negative")
        prices = (self.fixed_cost, self.cost_per_m, self.cost_per_s, self.overtime_cost_per_s)
        _require(all(np.isfinite(price) and price >= 0 for price in prices), "a price is negative or not a number")
        _require(
            all(a.latest_s <= b.earliest_s for a, b in pairwise(self.breaks)),
            "breaks overlap or are out of order",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """Travel between n locations, for p profiles and s slots of the day.

    Attributes
    ----------
    durations_s, distances_m : int32 arrays of shape (p * s, n, n), profile by profile
    slots : s, the number of slots
    knots_s : (moment, slot) pairs in ascending order. At a knot's moment the travel time is that slot's; between
        two knots it changes evenly, before the first and after the last it stays. Empty when there is one slot.
    """

    durations_s: NDArray[np.int32]
    distances_m: NDArray[np.int32]
    slots: int = 1
    knots_s: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        shape = self.durations_s.shape
        _require(len(shape) == 3 and shape[1] == shape[2], f"durations have the shape {shape}, not (m, n, n)")
        _require(self.distances_m.shape == shape, "durations and distances differ in shape")
        _require(self.slots >= 1 and shape[0] % self.slots == 0, "matrices are not a multiple of the slots")
        _require(self.slots == 1 or len(self.knots_s) >= 2, "several slots need at least two knots")
        _require(all(0 <= slot < self.slots for _, slot in self.knots_s), "a knot names an unknown slot")
        moments = [moment for moment, _ in self.knots_s]
        _require(all(a < b for a, b in pairwise(moments)), "knots are out of order")
        _require(bool((self.durations_s >= 0).all() and (self.distances_m >= 0).all()), "travel is negative")

    @classmethod
    def static(cls, durations_s: ArrayLike, distances_m: ArrayLike | None = None) -> Self:
        """Travel that is the same all day, from one (n, n) matrix of each kind; distances default to durations."""
        durations = np.ascontiguousarray(durations_s, np.int32)[None]
        distances = durations if distances_m is None else np.ascontiguousarray(distances_m, np.int32)[None]
        return cls(durations_s=durations, distances_m=distances)

    @property
    def locations(self) -> int:
        """How many locations there are."""
        return int(self.durations_s.shape[1])

    @property
    def profiles(self) -> int:
        """How many profiles there are."""
        return int(self.durations_s.shape[0]) // self.slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Clients, vehicles and travel, refused with InvalidProblem where they contradict each other.

    `preference` is an optional float array of shape (clients, vehicles): a price for serving a client by a vehicle,
    such as a driver who does not know the zone.
    """

    clients: Sequence[Client]
    vehicles: Sequence[Vehicle]
    travel: Travel
    preference: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        n = self.travel.locations
        _require(self.dimensions <= MAX_DIMENSIONS, f"more than {MAX_DIMENSIONS} dimensions of load")
        for i, client in enumerate(self.clients):
            _require(client.location < n, f"client {i} is at location {client.location} of {n}")
            allowed = client.vehicles or ()
            _require(all(0 <= v < len(self.vehicles) for v in allowed), f"client {i} names an unknown vehicle")
        for v, vehicle in enumerate(self.vehicles):
            ends = (vehicle.start or 0, vehicle.end or 0)
            _require(max(ends) < n, f"vehicle {v} starts or ends at an unknown location")
            _require(0 <= vehicle.profile < self.travel.profiles, f"vehicle {v} has an unknown profile")
        if self.preference is not None:
            shape = (len(self.clients), len(self.vehicles))
            _require(self.preference.shape == shape, f"preference is not of shape {shape}")
            _require(bool(np.isfinite(self.preference).all()), "a preference is not a number")

    @property
    def dimensions(self) -> int:
        """How many dimensions of load there are."""
        loads = [len(client.delivery) for client in self.clients] + [len(client.pickup) for client in self.clients]
        return max([*loads, *(len(vehicle.capacity) for vehicle in self.vehicles)], default=0)
