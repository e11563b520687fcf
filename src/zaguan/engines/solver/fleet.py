"""The vehicles: their shifts, prices, limits, breaks, batteries, and what of their routes is fixed already."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from zaguan.engines.solver.limits import HORIZON_S, require

MAX_BATTERY_WH: Final = 2_000_000
MAX_TRIPS: Final = 20
MAX_SERVICE_PERCENT: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A pause that starts inside its window; if the route ends before `latest_s` is up it may fall away.

    A break is due on every route that is still under way when its window closes.
    """

    earliest_s: int
    latest_s: int
    duration_s: int

    def __post_init__(self) -> None:
        require(0 <= self.earliest_s <= self.latest_s <= HORIZON_S, "a break's window is reversed")
        require(0 < self.duration_s <= HORIZON_S, "a break has no length")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivingHours:
    """Limits at the wheel. `rest_s` at a stretch makes fresh; a break that long counts as a rest.

    Rests are taken at stops. A single leg longer than `max_without_rest_s` cannot be driven.
    """

    max_total_s: int | None = None
    max_without_rest_s: int | None = None
    rest_s: int = 0

    def __post_init__(self) -> None:
        require(self.max_total_s is None or self.max_total_s > 0, "the driving limit is not positive")
        require(self.max_without_rest_s is None or self.rest_s > 0, "a rest without length")


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """What an electric vehicle has aboard. A leg uses `wh_per_km` times its kilometres, which is exact in thousandths
    of a watt-hour: metres times `wh_per_km`.

    The level never falls below `reserve_wh`. At a station it is charged to `capacity_wh`.
    """

    capacity_wh: int
    wh_per_km: int
    start_wh: int | None = None  # None: full
    reserve_wh: int = 0

    def __post_init__(self) -> None:
        start = self.capacity_wh if self.start_wh is None else self.start_wh
        require(0 <= self.reserve_wh <= start <= self.capacity_wh <= MAX_BATTERY_WH, "a battery's levels are reversed")
        require(0 <= self.wh_per_km <= MAX_BATTERY_WH, "the consumption is negative")


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
    service_percent : how long this vehicle's driver takes at the door, in percent of the client's service time, cut
        to whole seconds; parking (`setup_s`) takes everybody as long
    trips, reload_at, reload_s : how often it may leave with goods, where it loads again (None: at its start), and how
        long that takes. A capacity holds for each trip
    battery : None: range is no matter
    fair_s, unfair_cost_per_s : each second from departure to return beyond the fair length costs so much
    sprawl_cost_per_m : price of each metre of width and of height of the box around its clients' points; a client
        without a point does not count
    zone_change_cost : price of each client that follows one of another zone, whatever halt lies between them; a
        client without a zone does not count as another one
    frozen : clients that it has served, loaded or is under way to: its route begins with them, in this order
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
    service_percent: int = 100
    trips: int = 1
    reload_at: int | None = None
    reload_s: int = 0
    battery: Battery | None = None
    fair_s: int | None = None
    unfair_cost_per_s: float = 0.0
    sprawl_cost_per_m: float = 0.0
    zone_change_cost: float = 0.0
    frozen: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        starts, ends = self.shift_s
        require(0 <= starts <= ends <= HORIZON_S, f"the shift {starts}..{ends} is reversed")
        require(0 <= self.overtime_s <= HORIZON_S, "the overtime is negative")
        require(all(room >= 0 for room in self.capacity), "a capacity is negative")
        require(self.start is None or self.start >= 0, "the start is negative")
        require(self.end is None or self.end >= 0, "the end is negative")
        self._check_extras()
        prices = (
            self.fixed_cost, self.cost_per_m, self.cost_per_s, self.overtime_cost_per_s,
            self.unfair_cost_per_s, self.sprawl_cost_per_m, self.zone_change_cost,
        )  # fmt: skip
        require(all(np.isfinite(price) and price >= 0 for price in prices), "a price is negative or not a number")
        require(
            all(a.latest_s <= b.earliest_s for a, b in pairwise(self.breaks)),
            "breaks overlap or are out of order",
        )

    def _check_extras(self) -> None:
        require(0 <= self.service_percent <= MAX_SERVICE_PERCENT, "the share of the service time is out of bounds")
        require(1 <= self.trips <= MAX_TRIPS, f"a vehicle makes 1 to {MAX_TRIPS} trips")
        require(0 <= self.reload_s <= HORIZON_S, "the time to load again is negative")
        require(self.reload_at is None or self.reload_at >= 0, "the place to load again is negative")
        reloads = self.trips == 1 or self.reload_at is not None or self.start is not None
        require(reloads, "a vehicle with several trips and an open start must say where it loads again")
        require(self.fair_s is None or self.fair_s >= 0, "the fair length is negative")
        require(len(set(self.frozen)) == len(self.frozen), "a client is frozen twice")
