"""A solution as VROOM writes it: code, summary, unassigned tasks, routes with their steps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

import orjson

from zaguan.engines.solver.check import check
from zaguan.engines.solver.formats.vroom import VroomCase
from zaguan.engines.solver.formats.vroom_input import PER_HOUR, Pausing, Spot, Task, TaskKind
from zaguan.engines.solver.formats.vroom_travel import COST_UNITS
from zaguan.engines.solver.solution import Pause, Route, Solution
from zaguan.engines.solver.solve import evaluate

SUMS: Final = ("cost", "setup", "service", "duration", "waiting_time", "priority")


def write_vroom(case: VroomCase, solution: Solution, *, loading_ms: int = 0, solving_ms: int = 0) -> bytes:
    """Return the solution as UTF-8 JSON in VROOM's form. What cannot be wrong in a verified plan is an empty list."""
    routes = [_Written(case, route).told() for route in leaving_late(case, solution).routes]
    summary: dict[str, Any] = {"cost": 0, "routes": len(routes), "unassigned": len(solution.unassigned)}
    loads = [name for name in ("delivery", "amount", "pickup") if case.given.width]
    summary |= {name: _added([route[name] for route in routes], case.given.width) for name in loads}
    summary |= {name: sum(route[name] for route in routes) for name in SUMS}
    if case.has_metres:
        summary["distance"] = sum(route["distance"] for route in routes)
    summary |= {"violations": [], "computing_times": {"loading": loading_ms, "solving": solving_ms, "routing": 0}}
    told = {
        "code": 0,
        "summary": summary,
        "unassigned": [_left_out(case.given.tasks[client]) for client in solution.unassigned],
        "routes": routes,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def leaving_late(case: VroomCase, solution: Solution) -> Solution:
    """Return the same routes with departures put off as far as that avoids waiting, as VROOM reports them."""
    vehicles = [replace(vehicle, cost_per_s=1.0) for vehicle in case.problem.vehicles]
    priced = replace(case.problem, vehicles=vehicles)
    order = [(route.vehicle, [visit.client for visit in route.visits]) for route in solution.routes]
    late = evaluate(priced, order)
    assert not check(priced, late), "the same routes, timed again, hold as before"
    return late


def _left_out(task: Task) -> dict[str, Any]:
    told: dict[str, Any] = {"id": task.id, **_placed(task.spot), "type": task.kind.value}
    return told | ({"description": task.description} if task.description else {})


def _placed(spot: Spot) -> dict[str, Any]:
    told: dict[str, Any] = {} if spot.point is None else {"location": list(spot.point)}
    return told | ({} if spot.index is None else {"location_index": spot.index})


def _added(loads: Iterable[Sequence[int]], width: int) -> list[int]:
    total = [0] * width
    for load in loads:
        total = [a + b for a, b in zip(total, load, strict=True)]
    return total


class _Written:
    """One route, told step by step."""

    def __init__(self, case: VroomCase, route: Route) -> None:
        self._case, self._route = case, route
        self._vehicle = case.given.vehicles[route.vehicle]
        self._block = case.ways.blocks[case.ways.block_of[route.vehicle]]
        self._tasks = [case.given.tasks[visit.client] for visit in route.visits]
        self._places = [case.ways.task_places[visit.client] for visit in route.visits]
        self._steps: list[dict[str, Any]] = []
        self._driven = self._metres = 0
        self._breaks = iter(self._vehicle.breaks)
        self._spare = case.problem.vehicles[route.vehicle].breaks[sum(not p.is_rest for p in route.pauses) :]
        self._shift_s = self._room_to_wait()
        self._load = _added((self._loads(task.delivery) for task in self._tasks if task.kind is TaskKind.JOB),
                            case.given.width)  # fmt: skip

    def _room_to_wait(self) -> int:
        """Return by how much the whole route may be later, so that one does not wait for a break at its end."""
        if not self._spare or self._route.waiting_s:
            return 0
        room = [self._spare[0].earliest_s - self._route.returns_s]
        for visit in self._route.visits:
            if windows := self._case.problem.clients[visit.client].windows:
                room.append(windows[visit.window][1] - visit.starts_s)
        taken = [pause for pause in self._route.pauses if not pause.is_rest]
        for wanted, pause in zip(self._case.problem.vehicles[self._route.vehicle].breaks, taken, strict=False):
            room.append(wanted.latest_s - pause.starts_s)
        return max(0, min(room))

    def _loads(self, load: Sequence[int]) -> list[int]:
        return [*load, *[0] * (self._case.given.width - len(load))]

    def told(self) -> dict[str, Any]:
        """Return the route."""
        now = self._walk()
        self._end(now)
        steps = self._steps
        service, setup = (sum(step[name] for step in steps) for name in ("service", "setup"))
        resting = sum(step["service"] for step in steps if step["type"] == "break")
        told: dict[str, Any] = {"vehicle": self._vehicle.id, "cost": self._cost(setup + service - resting)}
        if self._vehicle.description:
            told["description"] = self._vehicle.description
        if width := self._case.given.width:
            brought = _added((self._loads(task.delivery) for task in self._tasks), width)
            told["delivery"] = told["amount"] = brought
            told["pickup"] = _added((self._loads(task.pickup) for task in self._tasks), width)
        told |= {
            "setup": setup,
            "service": service,
            "duration": self._driven,
            "waiting_time": sum(step["waiting_time"] for step in steps),
            "priority": sum(task.priority for task in self._tasks),
        }
        if self._case.has_metres:
            told["distance"] = self._metres
        return told | {"steps": steps, "violations": []}

    def _cost(self, at_doors_s: int) -> int:
        """Return the cost in VROOM's whole numbers: fixed, travel and tasks, each cut to a whole number."""
        start, end = self._case.ways.ends[self._route.vehicle]
        nodes = [place for place in (start, *self._places, end) if place is not None]
        priced = self._case.ways.travel.distances_m[self._case.ways.block_of[self._route.vehicle]]
        units = sum(int(priced[a, b]) for a, b in pairwise(nodes))
        travel = units * self._block.unit // COST_UNITS
        return self._vehicle.fixed + travel + at_doors_s * self._vehicle.per_task_hour // PER_HOUR

    def _pauses(self, after: int, *, before_leg: bool) -> Iterator[Pause]:
        for pause in self._route.pauses:
            if pause.after == after and pause.before_leg == before_leg and not pause.is_rest:
                yield pause

    def _walk(self) -> int:
        """Tell start and stops; return the moment at which the last stop is left."""
        start, _ = self._case.ways.ends[self._route.vehicle]
        spot = self._vehicle.start or self._tasks[0].spot
        now, at = self._route.departs_s + self._shift_s, start
        self._add({"type": "start", **_placed(spot)}, now)
        for position, (visit, task) in enumerate(zip(self._route.visits, self._tasks, strict=True)):
            place = self._places[position]
            now = self._rest(position, now, before_leg=True)
            now += self._drive(at, place)
            now = self._rest(position, now, before_leg=False)
            setup = task.setup_for(self._vehicle.type) if at != place else 0
            service = task.service_for(self._vehicle.type)
            leaves = visit.leaves_s + self._shift_s
            begins = leaves - service - setup
            fetched, brought = self._loads(task.pickup), self._loads(task.delivery)
            self._load = [a + b - c for a, b, c in zip(self._load, fetched, brought, strict=True)]
            self._add(
                {"type": task.kind.value, **_described(task.description), **_placed(task.spot), "id": task.id,
                 "job": task.id},
                now, setup=setup, service=service, waiting=begins - now,
            )  # fmt: skip
            now, at = leaves, place
        return now

    def _end(self, now: int) -> None:
        """Tell the breaks before the way home, the way, those on arrival, and those that the route did not need."""
        position, (_, end) = len(self._tasks), self._case.ways.ends[self._route.vehicle]
        now = self._rest(position, now, before_leg=True)
        now += self._drive(self._places[-1], end)
        now = self._rest(position, now, before_leg=False)
        for spare in self._spare:
            begins = max(now, spare.earliest_s)
            self._pause(next(self._breaks), now, begins)
            now = begins + spare.duration_s
        self._add({"type": "end", **_placed(self._vehicle.end or self._tasks[-1].spot)}, now)

    def _rest(self, position: int, now: int, *, before_leg: bool) -> int:
        """Tell the breaks at a moment of the route; return when it goes on."""
        for pause in self._pauses(position, before_leg=before_leg):
            begins = max(now, pause.starts_s + self._shift_s)
            self._pause(next(self._breaks), now, begins)
            now = begins + pause.ends_s - pause.starts_s
        return now

    def _pause(self, pausing: Pausing, now: int, begins: int) -> None:
        told = {"type": "break", **_described(pausing.description), "id": pausing.id}
        self._add(told, now, service=pausing.service, waiting=begins - now)

    def _drive(self, origin: int | None, goal: int | None) -> int:
        """Count a leg and return its seconds."""
        if origin is None or goal is None:
            return 0
        seconds = int(self._case.ways.travel.durations_s[self._case.ways.block_of[self._route.vehicle], origin, goal])
        self._driven += seconds
        if self._case.has_metres:
            self._metres += int(self._case.ways.metres[self._vehicle.profile][origin, goal])
        return seconds

    def _add(self, told: dict[str, Any], now: int, *, setup: int = 0, service: int = 0, waiting: int = 0) -> None:
        told |= {"setup": setup, "service": service, "waiting_time": waiting}
        if self._case.given.width:
            told["load"] = list(self._load)
        told |= {"arrival": now + self._case.origin_s, "duration": self._driven, "violations": []}
        if self._case.has_metres:
            told["distance"] = self._metres
        self._steps.append(told)


def _described(text: str) -> dict[str, Any]:
    return {"description": text} if text else {}
