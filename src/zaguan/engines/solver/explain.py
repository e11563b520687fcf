"""Why a client was left out, and the smallest changes that would let it in, each confirmed.

A remedy is found by relaxing one thing in the arrays of the standing plan and trying every place exactly. It is
confirmed on a problem that really has the change: the route with the client in it is scheduled again and passes the
independent checker.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from zaguan.engines.solver.check import check
from zaguan.engines.solver.columns import ROUTE
from zaguan.engines.solver.extract import timed_route
from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.limits import HORIZON_S, UNREACHABLE_S
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.search.data import Data, flatten
from zaguan.engines.solver.search.insertion import chains, rebuild
from zaguan.engines.solver.search.probe import cheapest_anywhere, cheapest_in
from zaguan.engines.solver.search.state import new_scratch, new_state
from zaguan.engines.solver.solution import Reason, Remedy, RemedyKind, Solution, Unassigned
from zaguan.engines.solver.view import View

STEP_S: Final = 60
WIDEST_S: Final = 12 * 3_600


def explain(problem: Problem, solution: Solution) -> tuple[Unassigned, ...]:
    """Return, for each client that the solution leaves out, the reason and the proved remedies."""
    if not solution.unassigned:
        return ()
    bench = _Bench(problem, solution)
    return tuple(bench.explain(client) for client in solution.unassigned)


@dataclass(frozen=True, slots=True)
class _Found:
    """A place that a relaxation opened: the vehicle and its clients in order."""

    vehicle: int
    clients: tuple[int, ...]


class _Bench:
    """The standing plan, laid out so that one thing at a time can be relaxed and put back."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem = problem
        routes = [(route.vehicle, [visit.client for visit in route.visits]) for route in solution.routes]
        self.orders = dict(routes)
        self.data = View(flatten(problem, with_neighbours=False))
        self.state = View(new_state(self.data.fields, 0))
        rebuild(self.data, self.state, chains(self.data.fields, routes))
        self.empty = View(new_state(self.data.fields, 0))

    def explain(self, client: int) -> Unassigned:
        """Name the reason, then collect what would help."""
        reason, vehicles = self._reason(client)
        return Unassigned(client=client, reason=reason, remedies=tuple(self._remedies(client, reason, vehicles)))

    def _reason(self, client: int) -> tuple[Reason, list[int]]:
        """Return the first hurdle that no vehicle takes, and the vehicles that took all before it."""
        wanted = self.problem.clients[client]
        fleet = list(range(len(self.problem.vehicles)))
        hurdles: tuple[tuple[Reason, Callable[[int], bool]], ...] = (
            (Reason.VEHICLE, lambda v: wanted.vehicles is None or v in wanted.vehicles),
            (Reason.SKILLS, lambda v: wanted.skills <= self.problem.vehicles[v].skills),
            (Reason.CAPACITY, lambda v: not _missing(wanted, self.problem.vehicles[v])),
            (Reason.UNREACHABLE, lambda v: _reachable(self.problem, wanted, self.problem.vehicles[v])),
        )
        for reason, takes in hurdles:
            passed = [v for v in fleet if takes(v)]
            if not passed:
                return reason, fleet
            fleet = passed
        alone = [v for v in fleet if self._fits_alone(client, v)]
        if not alone:
            with _relaxed(self.data.fields, lambda data: _widen(data, client, HORIZON_S, HORIZON_S)):
                untimed = [v for v in fleet if self._fits_alone(client, v)]
            return (Reason.WINDOW, untimed) if untimed else (Reason.SHIFT, fleet)
        price, _ = cheapest_anywhere(self.data, self.state, client)
        return (Reason.PRICE if np.isfinite(price) else Reason.FLEET_FULL), alone

    def _fits_alone(self, client: int, vehicle: int) -> bool:
        return bool(np.isfinite(cheapest_in(self.data, self.empty, client, vehicle)[0]))

    def _remedies(self, client: int, reason: Reason, vehicles: Sequence[int]) -> Iterator[Remedy]:
        makers: dict[Reason, tuple[Callable[[int, Sequence[int]], Remedy | None], ...]] = {
            Reason.VEHICLE: (self._allow_vehicle,),
            Reason.SKILLS: (self._add_skill,),
            Reason.CAPACITY: (self._more_capacity,),
            Reason.UNREACHABLE: (),
            Reason.WINDOW: (self._wider_window, self._longer_shift, self._earlier_shift),
            Reason.SHIFT: (self._longer_shift, self._earlier_shift),
            Reason.FLEET_FULL: (self._wider_window, self._longer_shift, self._earlier_shift, self._one_more),
            Reason.PRICE: (self._higher_prize,),
        }
        for make in makers[reason]:
            if (remedy := make(client, vehicles)) is not None:
                yield remedy

    def _place(self, client: int) -> _Found | None:
        """Find the cheapest place with the arrays as they now are."""
        price, before = cheapest_anywhere(self.data, self.state, client)
        if not np.isfinite(price):
            return None
        data = self.data.fields
        vehicle = int(self.state.fields.node[before, ROUTE])
        order = self.orders.get(vehicle, [])
        at = 0 if before >= data.clients else order.index(before) + 1
        return _Found(vehicle, (*order[:at], client, *order[at:]))

    def _least(self, client: int, relax: Callable[[Data, int], None]) -> tuple[int, _Found] | None:
        """Return the least number of seconds, in steps, by which a relaxation opens a place."""

        def found_with(amount: int) -> _Found | None:
            with _relaxed(self.data.fields, lambda data: relax(data, amount)):
                return self._place(client)

        most = WIDEST_S // STEP_S
        if (best := found_with(most * STEP_S)) is None:
            return None
        least, enough = 0, most
        while enough - least > 1:
            middle = (least + enough) // 2
            if (found := found_with(middle * STEP_S)) is None:
                least = middle
            else:
                enough, best = middle, found
        return enough * STEP_S, best

    def _wider_window(self, client: int, _vehicles: Sequence[int]) -> Remedy | None:
        wanted = self.problem.clients[client]
        if not wanted.windows:
            return None
        answer = self._least(client, lambda data, by: _widen(data, client, by, by))
        if answer is None:
            return None
        by, _ = answer
        for before, after in ((0, by), (by, 0), (by, by)):  # one side is enough, unless both bind
            if (remedy := self._wider_by(client, before, after)) is not None:
                return remedy
        return None

    def _wider_by(self, client: int, before: int, after: int) -> Remedy | None:
        wanted = self.problem.clients[client]
        with _relaxed(self.data.fields, lambda data: _widen(data, client, before, after)):
            found = self._place(client)
        if found is None:
            return None
        windows = _widened(wanted.windows, before, after)
        facts = {"by_s": max(before, after), "opens_s": windows[0][0], "closes_s": windows[-1][1]}
        return self._confirmed(RemedyKind.WIDER_WINDOW, facts, found, client=replace(wanted, windows=windows))

    def _longer_shift(self, client: int, _vehicles: Sequence[int]) -> Remedy | None:
        answer = self._least(client, _lengthen)
        if answer is None:
            return None
        by, found = answer
        vehicle = self.problem.vehicles[found.vehicle]
        facts = {"by_s": by, "vehicle": found.vehicle}
        return self._confirmed(RemedyKind.LONGER_SHIFT, facts, found, vehicle=_longer(vehicle, by))

    def _earlier_shift(self, client: int, _vehicles: Sequence[int]) -> Remedy | None:
        answer = self._least(client, _begin_earlier)
        if answer is None:
            return None
        by, found = answer
        vehicle = self.problem.vehicles[found.vehicle]
        starts, ends = vehicle.shift_s
        changed = replace(vehicle, shift_s=(max(0, starts - by), ends))
        facts = {"by_s": by, "vehicle": found.vehicle}
        return self._confirmed(RemedyKind.EARLIER_SHIFT, facts, found, vehicle=changed)

    def _one_more(self, client: int, vehicles: Sequence[int]) -> Remedy | None:
        cheapest = min(vehicles, key=lambda v: float(cheapest_in(self.data, self.empty, client, v)[0]))
        found = _Found(cheapest, (client,))
        return self._confirmed(RemedyKind.ONE_MORE_VEHICLE, {"vehicle": cheapest}, found)

    def _more_capacity(self, client: int, vehicles: Sequence[int]) -> Remedy | None:
        wanted = self.problem.clients[client]
        for nearest in sorted(vehicles, key=lambda v: sum(_missing(wanted, self.problem.vehicles[v]).values())):
            vehicle = self.problem.vehicles[nearest]
            missing = _missing(wanted, vehicle)
            room = tuple(x + missing.get(k, 0) for k, x in enumerate(vehicle.capacity))
            dimension = max(missing, key=lambda k: missing[k])
            facts = {"vehicle": nearest, "dimension": dimension, "missing": missing[dimension]}
            changed, found = replace(vehicle, capacity=room), _Found(nearest, (client,))
            if remedy := self._confirmed(RemedyKind.MORE_CAPACITY, facts, found, vehicle=changed):
                return remedy
        return None

    def _add_skill(self, client: int, vehicles: Sequence[int]) -> Remedy | None:
        wanted = self.problem.clients[client]
        for nearest in sorted(vehicles, key=lambda v: len(wanted.skills - self.problem.vehicles[v].skills)):
            vehicle = self.problem.vehicles[nearest]
            lacking = ", ".join(sorted(wanted.skills - vehicle.skills))
            facts: dict[str, int | float | str] = {"vehicle": nearest, "skill": lacking}
            changed = replace(vehicle, skills=vehicle.skills | wanted.skills)
            found = _Found(nearest, (client,))
            if remedy := self._confirmed(RemedyKind.ADD_SKILL, facts, found, vehicle=changed):
                return remedy
        return None

    def _allow_vehicle(self, client: int, vehicles: Sequence[int]) -> Remedy | None:
        changed = replace(self.problem.clients[client], vehicles=None)
        for vehicle in vehicles:
            found = _Found(vehicle, (client,))
            remedy = self._confirmed(RemedyKind.ALLOW_VEHICLE, {"vehicle": vehicle}, found, client=changed)
            if remedy is not None:
                return remedy
        return None

    def _higher_prize(self, client: int, _vehicles: Sequence[int]) -> Remedy | None:
        price, _ = cheapest_anywhere(self.data, self.state, client)
        found = self._place(client)
        by = float(price) - float(self.data.fields.prize[client])
        assert found is not None, "a client left out for its price has a place"
        return self._confirmed(RemedyKind.HIGHER_PRIZE, {"by": by}, found)

    def _confirmed(
        self,
        kind: RemedyKind,
        facts: Mapping[str, int | float | str],
        found: _Found,
        *,
        client: Client | None = None,
        vehicle: Vehicle | None = None,
    ) -> Remedy | None:
        """Return the remedy if the changed route really holds, judged by schedule and checker on a true problem."""
        added = next(c for c in found.clients if c not in self.orders.get(found.vehicle, ()))
        clients = [client if client is not None and c == added else self.problem.clients[c] for c in found.clients]
        vehicles = [vehicle or self.problem.vehicles[found.vehicle]]
        preference = None
        if self.problem.preference is not None:
            preference = np.ascontiguousarray(self.problem.preference[list(found.clients)][:, [found.vehicle]])
        clients = [replace(c, vehicles=_seen_from(c.vehicles, found.vehicle)) for c in clients]
        small = Problem(clients=clients, vehicles=vehicles, travel=self.problem.travel, preference=preference)
        data = View(flatten(small, with_neighbours=False))
        route = timed_route(data, new_scratch(data.fields), 0, range(len(clients)))
        if route is None:
            return None
        plan = Solution(routes=(route,), unassigned=(), cost=route.cost, iterations=0, seconds=0.0, cpu_seconds=0.0)
        return Remedy(kind=kind, facts=dict(facts)) if not check(small, plan) else None


def _seen_from(vehicles: frozenset[int] | None, vehicle: int) -> frozenset[int] | None:
    """Translate a client's list of vehicles into a problem in which one vehicle is alone and has the number 0."""
    if vehicles is None:
        return None
    return frozenset({0}) if vehicle in vehicles else frozenset()


def _missing(client: Client, vehicle: Vehicle) -> dict[int, int]:
    """Return how much room an empty vehicle lacks, by dimension."""
    loads = [max(pair) for pair in _pairs(client.delivery, client.pickup)]
    return {k: load - room for k, (load, room) in enumerate(zip(loads, vehicle.capacity, strict=False)) if load > room}


def _pairs(first: tuple[int, ...], second: tuple[int, ...]) -> list[tuple[int, int]]:
    width = max(len(first), len(second))
    return list(zip((*first, *[0] * (width - len(first))), (*second, *[0] * (width - len(second))), strict=True))


def _reachable(problem: Problem, client: Client, vehicle: Vehicle) -> bool:
    block = slice(vehicle.profile * problem.travel.slots, (vehicle.profile + 1) * problem.travel.slots)
    durations = problem.travel.durations_s[block]
    there = vehicle.start is None or bool((durations[:, vehicle.start, client.location] < UNREACHABLE_S).all())
    back = vehicle.end is None or bool((durations[:, client.location, vehicle.end] < UNREACHABLE_S).all())
    return there and back


class _relaxed:  # noqa: N801 - reads as a word in `with`
    """Change some arrays of the problem for a while."""

    NAMES: Final = ("opens", "closes", "earliest", "latest", "regular_end", "max_duration", "max_driving")

    def __init__(self, data: Data, change: Callable[[Data], None]) -> None:
        self.data, self.change = data, change

    def __enter__(self) -> None:
        self.kept = {name: getattr(self.data, name).copy() for name in self.NAMES}
        self.change(self.data)

    def __exit__(self, *_: object) -> None:
        for name, values in self.kept.items():
            getattr(self.data, name)[...] = values


def _widened(windows: tuple[tuple[int, int], ...], before: int, after: int) -> tuple[tuple[int, int], ...]:
    """Open the first window earlier and close the last one later."""
    opens, closes = max(0, windows[0][0] - before), min(HORIZON_S, windows[-1][1] + after)
    if len(windows) == 1:
        return ((opens, closes),)
    return ((opens, windows[0][1]), *windows[1:-1], (windows[-1][0], closes))


def _widen(data: Data, client: int, before: int, after: int) -> None:
    last = data.window_count[client] - 1
    data.opens[client, 0] = max(0, data.opens[client, 0] - before)
    data.closes[client, last] = min(HORIZON_S, data.closes[client, last] + after)
    data.earliest[client] = data.opens[client, 0]
    data.latest[client] = max(data.latest[client], data.closes[client, last])


def _lengthen(data: Data, by: int) -> None:
    ends = slice(data.clients + data.vehicles, None)
    data.closes[ends, 0] += by
    data.latest[ends] += by
    data.regular_end[:] += by
    data.max_duration[:] += by
    data.max_driving[:] += by


def _longer(vehicle: Vehicle, by: int) -> Vehicle:
    starts, ends = vehicle.shift_s
    duration, driving = vehicle.max_duration_s, vehicle.driving.max_total_s
    return replace(
        vehicle,
        shift_s=(starts, ends + by),
        max_duration_s=None if duration is None else duration + by,
        driving=replace(vehicle.driving, max_total_s=None if driving is None else driving + by),
    )


def _begin_earlier(data: Data, by: int) -> None:
    nodes = slice(data.clients, data.clients + data.vehicles)
    data.opens[nodes, 0] = np.maximum(0, data.opens[nodes, 0] - by)
    data.earliest[nodes] = data.opens[nodes, 0]
