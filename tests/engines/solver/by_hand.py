"""Plans written by hand: the steps and prices are said by the test, the moments follow from them.

Knows no rule: it drives in the order given, waits for windows, and writes down what comes out. So a test can state a
plan that holds, and one that breaks exactly one promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.engines.solver.towns import HOUR
from zaguan.engines.solver import Halt, HaltKind, Pause, Problem, Route, Solution, Vehicle, Visit

MORNING = 8 * HOUR


@dataclass(frozen=True)
class Break:
    """A break; on arrival at the next step, or before one leaves for it."""

    seconds: int
    starts_s: int | None = None  # None: at once
    before_leg: bool = True
    is_rest: bool = False


def rest(seconds: int, *, before_leg: bool = True) -> Break:
    """Write a rest that begins at once."""
    return Break(seconds, before_leg=before_leg, is_rest=True)


@dataclass(frozen=True)
class Stay:
    """A reload or charge, so many seconds long, after a wait."""

    kind: HaltKind
    location: int
    seconds: int
    wait_s: int = 0
    level_wh: int = 0


def reload(seconds: int = 0, *, at: int = 0, wait_s: int = 0, level_wh: int = 0) -> Stay:
    """Write a reload."""
    return Stay(HaltKind.RELOAD, at, seconds, wait_s, level_wh)


def charge(seconds: int, *, at: int, level_wh: int, wait_s: int = 0) -> Stay:
    """Write a charge."""
    return Stay(HaltKind.CHARGE, at, seconds, wait_s, level_wh)


Step = int | str | Stay | Break


class _Pen:
    """Drives, and writes down the moments."""

    def __init__(self, problem: Problem, vehicle: Vehicle, departs_s: int) -> None:
        assert problem.travel.slots == 1, "only travel that is the same all day is written by hand"
        self.problem, self.vehicle = problem, vehicle
        self.now, self.at = departs_s, vehicle.start
        self.visits: list[Visit] = []
        self.halts: list[Halt] = []
        self.pauses: list[Pause] = []
        self.on_arrival: list[Break] = []
        self.legs: list[tuple[int, int]] = []
        self.waiting = 0

    def pause(self, step: Break, *, before_leg: bool) -> None:
        starts = self.now if step.starts_s is None else max(self.now, step.starts_s)
        self.waiting += starts - self.now
        self.now = starts + step.seconds
        after = len(self.visits) + len(self.halts)
        self.pauses.append(
            Pause(after=after, starts_s=starts, ends_s=self.now, is_rest=step.is_rest, before_leg=before_leg)
        )

    def go(self, goal: int | None) -> tuple[dict[str, int], bool]:
        """Drive to a location; return what a node states of its leg, and whether it is another place."""
        leg, moved = (0, 0), self.at != goal
        if self.at is not None and goal is not None:
            leg = self.problem.travel.leg(self.vehicle.profile, self.at, goal)
        self.legs.append(leg)
        self.now += leg[0]
        self.at = goal
        facts = {"leg_duration_s": leg[0], "leg_distance_m": leg[1], "arrives_s": self.now}
        for step in self.on_arrival:
            self.pause(step, before_leg=False)
        self.on_arrival.clear()
        return facts, moved

    def visit(self, number: int) -> None:
        client = self.problem.clients[number]
        facts, moved = self.go(client.location)
        ready = self.now + (client.setup_s if moved else 0)
        windows = client.windows or ((0, ready),)
        window = next((w for w, (_, closes) in enumerate(windows) if ready <= closes), len(windows) - 1)
        starts = max(ready, windows[window][0])
        self.waiting += starts - ready
        self.now = starts + client.service_s * self.vehicle.service_percent // 100
        late = max(0, starts - windows[-1][1])
        self.visits.append(
            Visit(client=number, starts_s=starts, leaves_s=self.now, window=window, late_s=late, **facts)
        )

    def halt(self, step: Stay) -> None:
        after = len(self.visits) + len(self.halts)
        facts, _ = self.go(step.location)
        starts = self.now + step.wait_s
        self.waiting += step.wait_s
        self.now = starts + step.seconds
        self.halts.append(
            Halt(
                kind=step.kind,
                after=after,
                location=step.location,
                starts_s=starts,
                leaves_s=self.now,
                level_wh=step.level_wh,
                **facts,
            )
        )


def numbers(steps: Sequence[Step]) -> list[int | Stay | Break]:
    """Return the steps with letters as numbers: `AB` are the clients 0 and 1 (towns have D for their depot)."""
    letters = "ABCEFGHIJKLMNOPQRSTUVWXYZ"
    return [
        known
        for step in steps
        for known in ([letters.index(letter) for letter in step] if isinstance(step, str) else [step])
    ]


def route(
    problem: Problem,
    *steps: Step,
    cost: float,
    vehicle: int = 0,
    departs_s: int = MORNING,
    peak: tuple[int, ...] = (),
    **otherwise: Any,
) -> Route:
    """Write one route; `cost` and `peak` are said by the test, `otherwise` overwrites what follows from the steps."""
    driver = problem.vehicles[vehicle]
    pen = _Pen(problem, driver, departs_s)
    for step in numbers(steps):
        if isinstance(step, Stay):
            pen.halt(step)
        elif isinstance(step, int):
            pen.visit(step)
        elif step.before_leg:
            pen.pause(step, before_leg=True)
        else:
            pen.on_arrival.append(step)
    pen.go(driver.end)
    written = Route(
        vehicle=vehicle,
        visits=tuple(pen.visits),
        pauses=tuple(pen.pauses),
        halts=tuple(pen.halts),
        departs_s=departs_s,
        returns_s=pen.now,
        last_leg_duration_s=pen.legs[-1][0],
        last_leg_distance_m=pen.legs[-1][1],
        distance_m=sum(metres for _, metres in pen.legs),
        driving_s=sum(seconds for seconds, _ in pen.legs),
        waiting_s=pen.waiting,
        overtime_s=max(0, pen.now - driver.shift_s[1]),
        late_s=sum(visit.late_s for visit in pen.visits),
        peak=peak,
        cost=cost,
    )
    return replace(written, **otherwise)


def plan(problem: Problem, *routes: Route, cost: float | None = None) -> Solution:
    """Put routes together; whom none serves is left out. `cost` is the sum of the routes unless it is said."""
    served = {visit.client for route in routes for visit in route.visits}
    return Solution(
        routes=routes,
        unassigned=tuple(client for client in range(len(problem.clients)) if client not in served),
        cost=sum(route.cost for route in routes) if cost is None else cost,
        iterations=0,
        seconds=0.0,
        cpu_seconds=0.0,
    )
