"""What is to be solved: clients to serve, vehicles to serve them with, travel between locations.

Times are whole seconds after some midnight, distances whole metres, loads whole numbers in any unit, prices
floats in any currency. A location is a row of the travel matrices; depots and clients share them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.limits import HORIZON_S, MAX_DIMENSIONS, MAX_NUMBER, require
from zaguan.engines.solver.travel import Travel


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
    latest_s : service starts no later than this, however soft the windows are
    release_s : its goods are ready at the depot from this moment on: the trip that serves it leaves no earlier, be it
        the route's departure or the end of a reload
    zone : any number; going on to another zone may cost extra (`Vehicle.zone_change_cost`)
    point : (x, y) in metres, for `Vehicle.sprawl_cost_per_m`
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
    latest_s: int | None = None
    release_s: int = 0
    zone: int | None = None
    point: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        require(self.location >= 0, f"location {self.location} is negative")
        last = -1
        for opens, closes in self.windows:
            require(last < opens <= closes <= HORIZON_S, f"window {opens}..{closes} is reversed or out of order")
            last = closes
        require(0 <= self.service_s <= HORIZON_S and 0 <= self.setup_s <= HORIZON_S, "a service time is negative")
        require(all(load >= 0 for load in (*self.delivery, *self.pickup)), "a load is negative")
        late, prize = self.late_cost_per_s, self.prize
        require(late is None or 0 <= late < np.inf, "the price of lateness is negative or not a number")
        require(prize is None or 0 <= prize < np.inf, "the prize is negative or not a number")
        opens = self.windows[0][0] if self.windows else 0
        require(self.latest_s is None or self.latest_s >= opens, "the latest moment lies before the first window")
        require(0 <= self.release_s <= HORIZON_S, "the release is negative")
        require(self.zone is None or abs(self.zone) <= MAX_NUMBER, "the zone's number is too large")
        require(self.point is None or max(map(abs, self.point)) <= MAX_NUMBER, "a point is too far away")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Clients that belong on one vehicle (`together`), or each on another one."""

    clients: frozenset[int]
    together: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A place where batteries are charged, from any level to full at this power, as soon as one is there.

    That takes the missing watt-hours, in thousandths, times 3,600 / `power_w`, rounded up to a whole second.
    """

    location: int
    power_w: int

    def __post_init__(self) -> None:
        require(self.location >= 0 and self.power_w > 0, "a station without place or power")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A plan that people rely on: (vehicle, clients in order), and what it costs to change it.

    A client of it that another vehicle serves costs `move_cost`; one that its vehicle still serves, but right behind
    another node than in the plan (a client or the route's start; halts do not count), costs `order_cost`. Both are
    part of the cost of the route that serves the client; one that is left out costs its prize alone.
    """

    routes: tuple[tuple[int, tuple[int, ...]], ...]
    move_cost: float = 0.0
    order_cost: float = 0.0

    def __post_init__(self) -> None:
        prices = (self.move_cost, self.order_cost)
        require(all(0 <= price < np.inf for price in prices), "the price of a change is negative or not a number")
        named = [client for _, clients in self.routes for client in clients]
        require(len(named) == len(set(named)), "the published plan serves a client twice")
        vehicles = [vehicle for vehicle, _ in self.routes]
        require(len(vehicles) == len(set(vehicles)), "the published plan names a vehicle twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Clients, vehicles and travel, refused with InvalidProblem where they contradict each other.

    Attributes
    ----------
    preference : None, or a float array of shape (clients, vehicles): a price for serving a client by a vehicle, such
        as a driver who does not know the zone
    pairs : (fetched, brought): what the first client's `pickup` puts aboard is the second one's `delivery`; one trip
        of one vehicle serves both in this order, or neither is served. Such loads never lie at a depot
    groups : who belongs on one vehicle, and who on different ones; clients left out do not count
    stations : where batteries can be charged
    published : what is promised already
    """

    clients: Sequence[Client]
    vehicles: Sequence[Vehicle]
    travel: Travel
    preference: NDArray[np.float64] | None = None
    pairs: Sequence[tuple[int, int]] = ()
    groups: Sequence[Group] = ()
    stations: Sequence[Station] = ()
    published: Published | None = None

    def __post_init__(self) -> None:
        n, clients = self.travel.locations, range(len(self.clients))
        require(self.dimensions <= MAX_DIMENSIONS, f"more than {MAX_DIMENSIONS} dimensions of load")
        for i, client in enumerate(self.clients):
            require(client.location < n, f"client {i} is at location {client.location} of {n}")
            allowed = client.vehicles or ()
            require(all(0 <= v < len(self.vehicles) for v in allowed), f"client {i} names an unknown vehicle")
        for v, vehicle in enumerate(self.vehicles):
            ends = (vehicle.start or 0, vehicle.end or 0, vehicle.reload_at or 0)
            require(max(ends) < n, f"vehicle {v} starts, ends or loads at an unknown location")
            require(0 <= vehicle.profile < self.travel.profiles, f"vehicle {v} has an unknown profile")
            require(all(client in clients for client in vehicle.frozen), f"vehicle {v} has an unknown client frozen")
        if self.preference is not None:
            shape = (len(self.clients), len(self.vehicles))
            require(self.preference.shape == shape, f"preference is not of shape {shape}")
            require(bool(np.isfinite(self.preference).all()), "a preference is not a number")
        for station in self.stations:
            require(station.location < n, f"a station is at location {station.location} of {n}")
        places = {station.location for station in self.stations}
        require(len(places) == len(self.stations), "two stations are at one location")
        for group in self.groups:
            require(all(client in clients for client in group.clients), "a group names an unknown client")
        self._check_pairs()
        self._check_plans()

    def _check_pairs(self) -> None:
        paired = [client for pair in self.pairs for client in pair]
        require(len(paired) == len(set(paired)), "a client is in two pairs")
        require(all(0 <= client < len(self.clients) for client in paired), "a pair names an unknown client")
        for fetched, brought in self.pairs:
            first, second = self.clients[fetched], self.clients[brought]
            same = first.pickup == second.delivery and not any(first.delivery) and not any(second.pickup)
            require(same, f"clients {fetched} and {brought} are a pair, but do not fetch and bring the same")
            whole = (first.prize is None) == (second.prize is None)
            require(whole, f"clients {fetched} and {brought} are a pair: both must be served, or neither")

    def _check_plans(self) -> None:
        frozen = [client for vehicle in self.vehicles for client in vehicle.frozen]
        require(len(frozen) == len(set(frozen)), "a client is frozen on two vehicles")
        for vehicle, clients in self.published.routes if self.published else ():
            require(0 <= vehicle < len(self.vehicles), "the published plan names an unknown vehicle")
            require(all(0 <= i < len(self.clients) for i in clients), "the published plan names an unknown client")

    def pair_of(self, client: int) -> tuple[int, int] | None:
        """Return the pair that a client is one of, None if it is in none."""
        return next((pair for pair in self.pairs if client in pair), None)

    @property
    def dimensions(self) -> int:
        """How many dimensions of load there are."""
        loads = [len(client.delivery) for client in self.clients] + [len(client.pickup) for client in self.clients]
        return max([*loads, *(len(vehicle.capacity) for vehicle in self.vehicles)], default=0)
