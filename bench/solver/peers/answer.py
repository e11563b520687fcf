"""What every solver's run returns, and what keeps its time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.kit.clock import cpu_s, elapsed_s
from zaguan.engines.solver import Problem, Vehicle
from zaguan.engines.solver.limits import UNREACHABLE_S

ATTEMPTS: Final = 3
ENOUGH: Final = 0.9
FORBIDDEN: Final = 30
ROWS: Final = 256  # of a matrix, computed at a time

type Routes = list[tuple[int, list[list[int]]]]  # vehicle, and the clients of each of its trips


class NotTranslated(Exception):
    """The solver, or our translation for it, lacks something that the instance has."""


class NotInstalled(Exception):
    """The solver's library is not in the environment."""


@dataclass(slots=True)
class Stopwatch:
    """CPU seconds of this process since it was made, and the moments at which better plans were found."""

    began_s: float = field(default_factory=cpu_s)
    trace: list[tuple[float, float]] = field(default_factory=list)

    def now(self) -> float:
        """Return the CPU seconds since the start."""
        return cpu_s() - self.began_s

    def found(self, cost: float) -> None:
        """Note a plan that breaks no rule, if it is the best so far."""
        if not self.trace or cost < self.trace[-1][1]:
            self.trace.append((self.now(), cost))


@dataclass(slots=True, kw_only=True)
class Answer:
    """Routes (None if no plan was found), and how they were found; the trace is (CPU seconds, cost), best so far."""

    version: str
    routes: Routes | None
    cpu_s: float
    iterations: int | None = None
    trace: list[tuple[float, float]] = field(default_factory=list)


def within_cpu[Found](search: Callable[[float], Found], seconds: float) -> Found:
    """Search under a limit in wall seconds that comes to so many CPU seconds, for solvers that offer no other limit.

    If others used the machine meanwhile, the search is made again from the start with a longer limit.
    """
    limit = seconds
    for _ in range(ATTEMPTS):
        began, watch = elapsed_s(), Stopwatch()
        found = search(limit)
        used, ended_early = watch.now(), elapsed_s() - began < ENOUGH * limit
        if ended_early or used >= ENOUGH * seconds:
            break
        limit *= 1.1 * seconds / used
    return found


def refuse(because: dict[str, bool]) -> None:
    """Raise NotTranslated naming everything that holds."""
    if named := [what for what, holds in because.items() if holds]:
        raise NotTranslated(", ".join(named))


def refuse_beyond_benchmarks(problem: Problem) -> None:
    """Raise NotTranslated for what no benchmark file has, and so no translation looks at."""
    plain, clients, vehicles = Vehicle(), problem.clients, problem.vehicles
    refuse({
        "several windows": any(len(client.windows) > 1 for client in clients),
        "soft windows": any(client.late_cost_per_s is not None or client.latest_s is not None for client in clients),
        "setup times": any(client.setup_s for client in clients),
        "skills": any(client.skills or client.vehicles is not None for client in clients),
        "zones": any(client.zone is not None for client in clients),
        "preferences": problem.preference is not None,
        "groups": bool(problem.groups),
        "stations": bool(problem.stations),
        "a published plan": problem.published is not None,
        "slots or profiles": problem.travel.slots > 1 or problem.travel.profiles > 1,
        "other rules of vehicles": any(
            getattr(vehicle, name) != getattr(plain, name)
            for vehicle in set(vehicles)
            for name in (
                *("overtime_s", "max_clients", "breaks", "driving", "cost_per_s", "service_percent", "battery"),
                *("fair_s", "sprawl_cost_per_m", "zone_change_cost", "frozen", "profile"),
            )
        ),
        "open ends": any(vehicle.start is None or vehicle.end is None for vehicle in set(vehicles)),
        "prices that are not whole": any(
            not float(price).is_integer() for v in set(vehicles) for price in (v.fixed_cost, v.cost_per_m)
        ),
    })  # fmt: skip


def matrices(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return seconds and metres between all locations, one array where they are the same.

    A leg that leads nowhere is as long as FORBIDDEN of the longest others: dear enough never to be driven, and not so
    dear that sums overflow.
    """
    every = np.arange(problem.travel.locations)
    distances = np.empty((len(every), len(every)), np.int64)
    durations = distances if _alike(problem) else np.empty_like(distances)
    for at in range(0, len(every), ROWS):
        rows = every[at : at + ROWS]
        durations[rows], distances[rows] = problem.travel.part(0, rows, every)
    for matrix in {id(each): each for each in (durations, distances)}.values():
        nowhere = matrix >= UNREACHABLE_S
        if nowhere.any():
            matrix[nowhere] = FORBIDDEN * matrix[~nowhere].max()
    return durations, distances


def _alike(problem: Problem) -> bool:
    """Tell whether seconds and metres are the same numbers."""
    travel = problem.travel
    return travel.points is not None or np.array_equal(travel.durations_s[0], travel.distances_m[0])


def trips_of(clients: list[int]) -> list[list[int]]:
    """Return a route without reloads as its only trip."""
    return [clients]
