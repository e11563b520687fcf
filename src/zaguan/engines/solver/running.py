"""A plan and the clock as a problem: what is done, loaded or under way stays, the rest may be planned again."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.layout import orders_of
from zaguan.engines.solver.limits import HORIZON_S, require
from zaguan.engines.solver.problem import Client, Problem, Published
from zaguan.engines.solver.solution import HaltKind, Route, Solution, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What really happened at a client: when the service started and when the vehicle left."""

    starts_s: int
    leaves_s: int

    def __post_init__(self) -> None:
        require(0 <= self.starts_s <= self.leaves_s <= HORIZON_S, "a client is left before its service started")


def frozen_at(
    problem: Problem,
    plan: Solution,
    now_s: int,
    *,
    served: Mapping[int, Served] | None = None,
    loaded: Collection[int] | None = None,
    move_cost: float = 0.0,
    order_cost: float = 0.0,
) -> Problem:
    """Return the problem as it stands at a moment of the day, with the same clients and vehicles.

    - Clients that are served, or whose vehicle stands at their door or is on its way to them, are frozen at the
      beginning of their vehicle's route. Who is served keeps the moment of the service; who is on the way to
      somebody does not arrive earlier than planned.
    - Goods that are aboard stay with their vehicle; goods at the depot do not get on a vehicle that has left and
      does not come back to load (`Client.vehicles`), and leave the depot no earlier than now (`Client.release_s`).
    - A vehicle that has not left leaves no earlier than now. One that is on its way home, or back, with no trip
      left gets nothing more; one whose route has an open end goes on from where it stands, no earlier than now.
    - The plan is published with the given prices on changes.

    Parameters
    ----------
    problem, plan : as planned; every moment before `now_s` counts as it stands in the plan
    now_s : the moment
    served : what was reported. Of a vehicle with a report its last one tells how far it has come, whatever the plan
        says; of one without any the plan is believed. A start earlier than the travel times allow cannot be kept:
        such a client is served as early as they allow
    loaded : clients whose goods are aboard their vehicle; None: those with a `delivery` on each trip that has begun
    move_cost, order_cost : as in `Published`

    Returns
    -------
    Problem : to go on from `loaded_orders_of(plan)`; its `published.routes` are the same without the -1 of a reload
    """
    require(0 <= now_s <= HORIZON_S, f"the moment {now_s} is not of this horizon")
    routes = _progress(problem, plan, now_s, served)
    aboard = _aboard(problem, routes.values()) if loaded is None else frozenset(loaded)
    closed = frozenset(v for v, progress in routes.items() if progress.has_left and not progress.loads_again)
    clients = list(problem.clients)
    home = {visit.client: v for v, progress in routes.items() for visit in progress.route.visits}
    frozen = {client for progress in routes.values() for client in progress.frozen}
    for i, client in enumerate(clients):
        if i in frozen:
            continue
        if i in aboard and i in home:
            clients[i] = replace(client, vehicles=frozenset({home[i]}))
        elif any(client.delivery) and not _is_brought(problem, i):
            allowed = frozenset(range(len(problem.vehicles))) if client.vehicles is None else client.vehicles
            left = allowed - closed if allowed & closed else client.vehicles
            clients[i] = replace(client, vehicles=left, release_s=max(client.release_s, now_s))
    for progress in routes.values():
        for i, client in progress.pinned():
            clients[i] = client
    vehicles = [
        routes[v].vehicle_now() if v in routes else waiting(vehicle, now_s)
        for v, vehicle in enumerate(problem.vehicles)
    ]
    published = Published(routes=tuple(orders_of(plan)), move_cost=move_cost, order_cost=order_cost)
    return replace(problem, clients=clients, vehicles=vehicles, published=published)


def aboard_at(
    problem: Problem, plan: Solution, now_s: int, *, served: Mapping[int, Served] | None = None
) -> frozenset[int]:
    """Return the clients whose goods left the depot, or the place where they are fetched, by a moment of the plan."""
    return _aboard(problem, _progress(problem, plan, now_s, served).values())


def _progress(
    problem: Problem, plan: Solution, now_s: int, served: Mapping[int, Served] | None
) -> dict[int, "_Progress"]:
    return {route.vehicle: _Progress(problem, route, now_s, served or {}) for route in plan.routes}


def waiting(vehicle: Vehicle, now_s: int) -> Vehicle:
    """Return a vehicle that has not left yet and does not leave before now."""
    starts, ends = vehicle.shift_s
    if now_s <= ends:
        return replace(vehicle, shift_s=(max(starts, now_s), ends))
    return replace(vehicle, shift_s=(now_s, now_s), overtime_s=max(0, ends + vehicle.overtime_s - now_s))


def _is_brought(problem: Problem, client: int) -> bool:
    """Tell whether its goods are fetched on the way, not at the depot."""
    return any(brought == client for _, brought in problem.pairs)


def _aboard(problem: Problem, routes: Collection["_Progress"]) -> frozenset[int]:
    """Return the clients with a delivery on every trip that has begun, and those whose goods were fetched."""
    frozen = {client for progress in routes for client in progress.frozen}
    fetched = {brought for first, brought in problem.pairs if first in frozen}
    begun = {client for progress in routes for client in progress.begun if any(problem.clients[client].delivery)}
    return frozenset(fetched | {client for client in begun if not _is_brought(problem, client)})


class _Progress:
    """How far a route has come."""

    def __init__(self, problem: Problem, route: Route, now_s: int, served: Mapping[int, Served]) -> None:
        self.problem, self.route, self.now_s = problem, route, now_s
        self.vehicle = problem.vehicles[route.vehicle]
        here = {visit.client for visit in route.visits}
        self.served = {client: times for client, times in served.items() if client in here}
        self.has_left = route.departs_s <= now_s or bool(self.served)
        self.done = self._done()
        self.frozen = tuple(visit.client for visit in route.visits[: self._reached()])
        self.begun = tuple(visit.client for visit in route.visits[: self._begun()]) if self.has_left else ()

    def _done(self) -> int:
        """Count the clients whose service has started: by report if there is any of this vehicle, else by plan."""
        reported = [at for at, visit in enumerate(self.route.visits, start=1) if visit.client in self.served]
        if reported:
            return max(reported)
        planned = [at for at, visit in enumerate(self.route.visits, start=1) if self._starts(visit) <= self.now_s]
        return max(planned, default=0)

    def _starts(self, visit: Visit) -> int:
        report = self.served.get(visit.client)
        return visit.starts_s if report is None else report.starts_s

    def _reached(self) -> int:
        """Count the clients that are served or on the way to: a stop or halt behind them is another matter."""
        if not self.has_left:
            return 0
        last = self.route.visits[self.done - 1] if self.done else None
        left = self.route.departs_s if last is None else last.leaves_s
        if last is not None and (report := self.served.get(last.client)) is not None:
            left = report.leaves_s
        # on the way to load again it is on the way to nobody
        on_the_way = left <= self.now_s and self.done < self._begun()
        return self.done + on_the_way

    def _begun(self) -> int:
        """Count the clients of the trips that have begun."""
        halts = sorted(self.route.halts, key=lambda halt: halt.after)
        for number, halt in enumerate(halts):
            if halt.kind is HaltKind.RELOAD and halt.leaves_s > self.now_s:
                return halt.after - number
        return len(self.route.visits)

    @property
    def loads_again(self) -> bool:
        """Whether there is a trip that has not begun."""
        begun = 1 + sum(halt.kind is HaltKind.RELOAD and halt.leaves_s <= self.now_s for halt in self.route.halts)
        return self.vehicle.trips > begun

    @property
    def is_through(self) -> bool:
        """Whether the last client was left."""
        last = self.route.visits[-1]
        report = self.served.get(last.client)
        leaves = last.leaves_s if report is None else report.leaves_s
        return len(self.frozen) == len(self.route.visits) and leaves <= self.now_s

    def vehicle_now(self) -> Vehicle:
        """Return the vehicle with its frozen beginning."""
        if not self.has_left:
            return waiting(self.vehicle, self.now_s)
        vehicle = replace(self.vehicle, frozen=self.frozen)
        if self.is_through and vehicle.end is not None and not self.loads_again:
            return replace(vehicle, max_clients=len(self.frozen))
        if self.is_through and vehicle.end is None and not self._may_wait():
            return replace(vehicle, max_clients=len(self.frozen))
        return vehicle

    def _may_wait(self) -> bool:
        """Tell whether shift and duty allow the vehicle to stand until now."""
        longest = self.vehicle.max_duration_s
        in_time = self.now_s <= self.vehicle.shift_s[1] + self.vehicle.overtime_s
        return in_time and (longest is None or self.now_s - self.route.departs_s <= longest)

    def pinned(self) -> Iterator[tuple[int, Client]]:
        """Yield the frozen clients as they must be served from now on."""
        for at, visit in enumerate(self.route.visits[: len(self.frozen)]):
            client = self.problem.clients[visit.client]
            if at >= self.done:
                yield visit.client, _no_earlier(client, visit.starts_s)
                continue
            starts = self._starts(visit)
            report = self.served.get(visit.client)
            service = None if report is None else report.leaves_s - report.starts_s
            if at + 1 == len(self.route.visits) and self.is_through and self.vehicle.end is None and self._may_wait():
                service = self.now_s - starts
            if service is not None:
                client = replace(client, service_s=round(service * 100 / max(1, self.vehicle.service_percent)))
            if report is not None and starts < visit.starts_s:
                # earlier than planned may be earlier than the travel times allow
                yield visit.client, replace(client, windows=((starts, visit.starts_s),), latest_s=None)
            else:
                yield visit.client, replace(client, windows=((starts, starts),), late_cost_per_s=None, latest_s=None)


def _no_earlier(client: Client, moment_s: int) -> Client:
    """Return the client with what lies before a moment cut off its windows."""
    latest = None if client.latest_s is None else max(client.latest_s, moment_s)
    if not client.windows:
        return replace(client, windows=((moment_s, HORIZON_S),), latest_s=latest)
    later = tuple((max(opens, moment_s), closes) for opens, closes in client.windows if closes >= moment_s)
    if later:
        return replace(client, windows=later, latest_s=latest)
    # planned after its last soft window: it stays late, counted from the window's end
    return replace(client, windows=client.windows[-1:], latest_s=latest)
