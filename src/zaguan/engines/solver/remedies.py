"""The smallest change of each kind that would let a client in.

A remedy is found by relaxing one thing in the arrays of the standing plan and trying every place exactly. It is
confirmed on a problem that really has the change: the route with the client in it is scheduled again and passes the
independent checker.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from zaguan.engines.solver.check import check
from zaguan.engines.solver.extract import timed_route
from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.layout import Layout, Place
from zaguan.engines.solver.limits import HORIZON_S
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.relaxation import begin_earlier, lengthen, missing_room, relaxed, widen
from zaguan.engines.solver.rules.trips import RELOAD, with_reloads
from zaguan.engines.solver.search.data import Data, flatten
from zaguan.engines.solver.search.scratch import new_scratch
from zaguan.engines.solver.solution import Remedy, RemedyKind, Solution
from zaguan.engines.solver.view import View

STEP_S: Final = 60
WIDEST_S: Final = 12 * 3_600


class Remedies:
    """A layout of the plan, relaxed in one way after the other."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.problem = layout, layout.problem

    def wider_window(self, client: int, _vehicles: Sequence[int]) -> Remedy | None:
        """Widen the client's windows."""
        if not self.problem.clients[client].windows:
            return None
        answer = self._least(client, lambda data, by: widen(data, client, by, by))
        if answer is None:
            return None
        by, _ = answer
        for before, after in ((0, by), (by, 0), (by, by)):  # one side is enough, unless both bind
            if (remedy := self._wider_by(client, before, after)) is not None:
                return remedy
        return None

    def longer_shift(self, client: int, _vehicles: Sequence[int]) -> Remedy | None:
        """Let a vehicle work longer."""
        answer = self._least(client, lengthen)
        if answer is None:
            return None
        by, place = answer
        changed = _longer(self.problem.vehicles[place.vehicle], by)
        facts = {"by_s": by, "vehicle": place.vehicle}
        return self._confirmed(RemedyKind.LONGER_SHIFT, facts, client, place, vehicle=changed)

    def earlier_shift(self, client: int, _vehicles: Sequence[int]) -> Remedy | None:
        """Let a vehicle begin earlier."""
        answer = self._least(client, begin_earlier)
        if answer is None:
            return None
        by, place = answer
        vehicle = self.problem.vehicles[place.vehicle]
        starts, ends = vehicle.shift_s
        changed = replace(vehicle, shift_s=(max(0, starts - by), ends))
        facts = {"by_s": by, "vehicle": place.vehicle}
        return self._confirmed(RemedyKind.EARLIER_SHIFT, facts, client, place, vehicle=changed)

    def one_more(self, client: int, vehicles: Sequence[int]) -> Remedy | None:
        """Send one more vehicle like the one that would be cheapest alone."""
        cheapest = min(vehicles, key=lambda v: self.layout.cost_alone(client, v))
        return self._alone(RemedyKind.ONE_MORE_VEHICLE, {"vehicle": cheapest}, client, cheapest)

    def more_capacity(self, client: int, vehicles: Sequence[int]) -> Remedy | None:
        """Give the vehicle that comes closest the room that it lacks."""
        wanted = self.problem.clients[client]
        for nearest in sorted(vehicles, key=lambda v: sum(missing_room(wanted, self.problem.vehicles[v]).values())):
            vehicle = self.problem.vehicles[nearest]
            missing = missing_room(wanted, vehicle)
            room = tuple(x + missing.get(k, 0) for k, x in enumerate(vehicle.capacity))
            dimension = max(missing, key=lambda k: missing[k])
            facts = {"vehicle": nearest, "dimension": dimension, "missing": missing[dimension]}
            changed = replace(vehicle, capacity=room)
            if remedy := self._alone(RemedyKind.MORE_CAPACITY, facts, client, nearest, vehicle=changed):
                return remedy
        return None

    def add_skill(self, client: int, vehicles: Sequence[int]) -> Remedy | None:
        """Give the vehicle that comes closest the skills that it lacks."""
        wanted = self.problem.clients[client]
        for nearest in sorted(vehicles, key=lambda v: len(wanted.skills - self.problem.vehicles[v].skills)):
            vehicle = self.problem.vehicles[nearest]
            lacking = ", ".join(sorted(wanted.skills - vehicle.skills))
            changed = replace(vehicle, skills=vehicle.skills | wanted.skills)
            facts: dict[str, int | float | str] = {"vehicle": nearest, "skill": lacking}
            if remedy := self._alone(RemedyKind.ADD_SKILL, facts, client, nearest, vehicle=changed):
                return remedy
        return None

    def allow_vehicle(self, client: int, vehicles: Sequence[int]) -> Remedy | None:
        """Allow a vehicle that the client excludes."""
        changed = replace(self.problem.clients[client], vehicles=None)
        for vehicle in vehicles:
            facts = {"vehicle": vehicle}
            if remedy := self._alone(RemedyKind.ALLOW_VEHICLE, facts, client, vehicle, changed=changed):
                return remedy
        return None

    def higher_prize(self, client: int, _vehicles: Sequence[int]) -> Remedy | None:
        """Raise the price of leaving the client out to what serving it costs."""
        place = self.layout.place_anywhere(client)
        assert place is not None, "a client left out for its price has a place"
        both = self.problem.pair_of(client) or (client,)
        by = place.price - sum(float(self.layout.data.fields.prize[each]) for each in both)
        return self._confirmed(RemedyKind.HIGHER_PRIZE, {"by": by}, client, place)

    def _least(self, client: int, relax: Callable[[Data, int], None]) -> tuple[int, Place] | None:
        """Return the least number of seconds, in steps, by which a relaxation opens a place."""

        def found_with(amount: int) -> Place | None:
            with relaxed(self.layout.data.fields, lambda data: relax(data, amount)):
                return self.layout.place_anywhere(client)

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

    def _wider_by(self, client: int, before: int, after: int) -> Remedy | None:
        wanted = self.problem.clients[client]
        with relaxed(self.layout.data.fields, lambda data: widen(data, client, before, after)):
            place = self.layout.place_anywhere(client)
        if place is None:
            return None
        windows = _widened(wanted.windows, before, after)
        facts = {"by_s": max(before, after), "opens_s": windows[0][0], "closes_s": windows[-1][1]}
        return self._confirmed(RemedyKind.WIDER_WINDOW, facts, client, place, changed=replace(wanted, windows=windows))

    def _alone(
        self,
        kind: RemedyKind,
        facts: Mapping[str, int | float | str],
        client: int,
        number: int,
        *,
        changed: Client | None = None,
        vehicle: Vehicle | None = None,
    ) -> Remedy | None:
        """Confirm a remedy on a vehicle that serves this client, or its pair, and nobody else."""
        alone = replace(vehicle or self.problem.vehicles[number], frozen=())
        trial = _Trial(
            number, self.problem.pair_of(client) or (client,), alone, {client: changed or self.problem.clients[client]}
        )
        return Remedy(kind=kind, facts=dict(facts)) if self._holds(trial) else None

    def _confirmed(
        self,
        kind: RemedyKind,
        facts: Mapping[str, int | float | str],
        client: int,
        place: Place,
        *,
        changed: Client | None = None,
        vehicle: Vehicle | None = None,
    ) -> Remedy | None:
        """Confirm a remedy at the place that it opens."""
        trial = _Trial(
            place.vehicle,
            self.layout.clients_with(client, place),
            vehicle or self.problem.vehicles[place.vehicle],
            {client: changed or self.problem.clients[client]},
        )
        return Remedy(kind=kind, facts=dict(facts)) if self._holds(trial) else None

    def _holds(self, trial: "_Trial") -> bool:
        """Tell whether a changed route holds, judged by schedule and checker on a problem of that route alone."""
        served = [client for client in trial.order if client != RELOAD]
        number = {client: at for at, client in enumerate(served)}
        clients = [trial.changed.get(client, self.problem.clients[client]) for client in served]
        preference = None
        if self.problem.preference is not None:
            preference = np.ascontiguousarray(self.problem.preference[served][:, [trial.vehicle]])
        small = Problem(
            clients=[replace(c, vehicles=_seen_from(c.vehicles, trial.vehicle)) for c in clients],
            vehicles=[replace(trial.limits, frozen=tuple(number[client] for client in trial.limits.frozen))],
            travel=self.problem.travel,
            preference=preference,
            pairs=[(number[a], number[b]) for a, b in self.problem.pairs if a in number and b in number],
            stations=self.problem.stations,
        )
        data = View(flatten(small, with_neighbours=False))
        nodes = with_reloads(data.fields, 0, (number.get(client, RELOAD) for client in trial.order))
        route = timed_route(data, new_scratch(data.fields), 0, nodes)
        if route is None:
            return False
        plan = Solution(routes=(route,), unassigned=(), cost=route.cost, iterations=0, seconds=0.0, cpu_seconds=0.0)
        return not check(small, plan)


@dataclass(frozen=True, slots=True)
class _Trial:
    """A route under changed conditions: its vehicle, its clients and reloads in order, whom the change is about."""

    vehicle: int
    order: tuple[int, ...]
    limits: Vehicle
    changed: dict[int, Client]


def _seen_from(vehicles: frozenset[int] | None, vehicle: int) -> frozenset[int] | None:
    """Translate a client's list of vehicles into a problem in which one vehicle is alone and has the number 0."""
    if vehicles is None:
        return None
    return frozenset({0}) if vehicle in vehicles else frozenset()


def _widened(windows: tuple[tuple[int, int], ...], before: int, after: int) -> tuple[tuple[int, int], ...]:
    """Open the first window earlier and close the last one later."""
    opens, closes = max(0, windows[0][0] - before), min(HORIZON_S, windows[-1][1] + after)
    if len(windows) == 1:
        return ((opens, closes),)
    return ((opens, windows[0][1]), *windows[1:-1], (windows[-1][0], closes))


def _longer(vehicle: Vehicle, by: int) -> Vehicle:
    starts, ends = vehicle.shift_s
    duration, driving = vehicle.max_duration_s, vehicle.driving.max_total_s
    return replace(
        vehicle,
        shift_s=(starts, ends + by),
        max_duration_s=None if duration is None else duration + by,
        driving=replace(vehicle.driving, max_total_s=None if driving is None else driving + by),
    )
