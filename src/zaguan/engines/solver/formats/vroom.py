"""Problems of VROOM as ours, field by field; what our model cannot say is refused, see `vroom_refusals`.

Three things are the same only after a word of explanation: durations scaled by a speed factor are rounded up to whole
seconds (VROOM keeps hundredths), breaks are taken at stops (VROOM also takes them on the road), and a break for which
a route is home too early is written at its end.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import MAX_SERVICE_PERCENT, Battery, DrivingHours, Vehicle
from zaguan.engines.solver.formats.document import Place
from zaguan.engines.solver.formats.vroom_breaks import breaks_of
from zaguan.engines.solver.formats.vroom_input import PER_HOUR, Task, VroomInput, Window, read_input
from zaguan.engines.solver.formats.vroom_refusals import PricedSharedSetup, SetupInWindow, TimesPerType, TooFarApart
from zaguan.engines.solver.formats.vroom_travel import COST_UNITS, Ways, ways_of
from zaguan.engines.solver.limits import HORIZON_S
from zaguan.engines.solver.problem import Client, Problem

WH_PER_KM: Final = 1_000  # a range in metres is a battery from which each metre takes 1 Wh
PRIZE_FACTOR: Final = 10.0  # of the dearest way to serve one task


@dataclass(frozen=True, slots=True, kw_only=True)
class VroomCase:
    """A problem of VROOM and ours: client i is task i, vehicle v is vehicle v, our moment 0 is VROOM's `origin_s`."""

    given: VroomInput
    ways: Ways
    problem: Problem
    origin_s: int

    @property
    def has_metres(self) -> bool:
        """Whether distances of all vehicles are known."""
        return all(vehicle.profile in self.ways.metres for vehicle in self.given.vehicles)


def read_vroom(top: Place, *, straight_kmh: float | None = None) -> VroomCase:
    """Return the problem of a parsed file; without matrices along straight lines at a speed, if one is given.

    Refused: InvalidDocument and InvalidVroom where the file is wrong, NotExpressible where our model has no words.
    """
    given = read_input(top)
    ways = ways_of(given, straight_kmh)
    origin_s = _origin(given)
    times = _TimesAtTheDoor(given, ways)
    clients = [
        Client(
            location=ways.task_places[i],
            windows=tuple(shifted(window, origin_s) for window in task.windows),
            service_s=times.service[i],
            setup_s=times.setup[i],
            delivery=task.delivery,
            pickup=task.pickup,
            skills=frozenset(map(str, task.skills)),
        )
        for i, task in enumerate(given.tasks)
    ]
    vehicles = [_vehicle(given, ways, v, origin_s, times.percent) for v in range(len(given.vehicles))]
    preference = times.prices()
    if any(task.priority for task in given.tasks):
        prizes = _prizes(given, ways, vehicles, preference)
        clients = [replace(client, prize=prize) for client, prize in zip(clients, prizes, strict=True)]
    problem = Problem(clients=clients, vehicles=vehicles, travel=ways.travel, preference=preference, pairs=given.pairs)
    return VroomCase(given=given, ways=ways, problem=problem, origin_s=origin_s)


def shifted(window: Window, origin_s: int) -> Window:
    """Return a window as we count; what lies beyond the horizon no route reaches."""
    return window[0] - origin_s, min(window[1] - origin_s, HORIZON_S)


def _windows(given: VroomInput) -> Iterator[tuple[str, Window]]:
    for task in given.tasks:
        yield from ((f"{task.at}.time_windows", window) for window in task.windows)
    for vehicle in given.vehicles:
        if vehicle.window is not None:
            yield f"{vehicle.at}.time_window", vehicle.window
        for pause in vehicle.breaks:
            yield from ((f"{pause.at}.time_windows", window) for window in pause.windows)


def _origin(given: VroomInput) -> int:
    """Return the moment that we call 0: 0 itself, or for timestamps one with room before and after all windows."""
    windows = list(_windows(given))
    if max((window[1] for _, window in windows), default=0) <= HORIZON_S:
        return 0
    first, last = (pick(windows, key=lambda each: each[1][0]) for pick in (min, max))
    span = last[1][0] - first[1][0]
    if span > HORIZON_S:
        raise TooFarApart(at=last[0], other=first[0], days=HORIZON_S // 86_400)
    return max(0, first[1][0] - (HORIZON_S - span) // 2)


def _vehicle(given: VroomInput, ways: Ways, v: int, origin_s: int, percent: dict[str, int]) -> Vehicle:
    vehicle, block = given.vehicles[v], ways.blocks[ways.block_of[v]]
    shift = Vehicle().shift_s if vehicle.window is None else shifted(vehicle.window, origin_s)
    start, end = ways.ends[v]
    reach = vehicle.max_distance
    return Vehicle(
        start=start,
        end=end,
        capacity=vehicle.capacity,
        shift_s=shift,
        max_clients=vehicle.max_tasks,
        breaks=breaks_of(vehicle, shift, origin_s),
        driving=DrivingHours(max_total_s=vehicle.max_travel_time),
        skills=frozenset(map(str, vehicle.skills)),
        profile=ways.block_of[v],
        fixed_cost=float(vehicle.fixed),
        cost_per_m=block.unit / COST_UNITS,
        cost_per_s=0.0,
        service_percent=percent.get(vehicle.type, 100),
        battery=None if reach is None else Battery(capacity_wh=reach, wh_per_km=WH_PER_KM),
    )


class _TimesAtTheDoor:
    """Set-up and service of each task as our model has them.

    VROOM's set-up begins inside the window, ours ends before it. Where nobody else is at the place it is always spent,
    so it is service; elsewhere it is the same only if there is no window. Times by type of vehicle are percentages.
    """

    def __init__(self, given: VroomInput, ways: Ways) -> None:
        self._given = given
        self._types = [self._types_of(task) for task in given.tasks]
        self.setup = self._setups_apart(ways)
        self._doors = [
            {kind: task.service_for(kind) + (0 if self.setup[i] else task.setup_for(kind)) for kind in self._types[i]}
            for i, task in enumerate(given.tasks)
        ]
        self.percent, self.service = self._shares()

    def _types_of(self, task: Task) -> list[str]:
        """Return the types of the vehicles that may come; of all where none may, for it is left out anyway."""
        fleet = self._given.vehicles
        allowed = [vehicle.type for vehicle in fleet if task.skills <= vehicle.skills]
        return list(dict.fromkeys(allowed or [vehicle.type for vehicle in fleet]))

    def _setups_apart(self, ways: Ways) -> list[int]:
        """Return the set-up that depends on the stop before, 0 where it is always spent."""
        tasks, apart = self._given.tasks, [0] * len(self._given.tasks)
        used = Counter(ways.task_places) + Counter({start for start, _ in ways.ends if start is not None})
        for i, task in enumerate(tasks):
            setups = {task.setup_for(kind) for kind in self._types[i]}
            if not any(setups) or used[ways.task_places[i]] == 1:
                continue
            if len(setups) > 1:
                raise TimesPerType(at=f"{task.at}.setup_per_type")
            if task.windows:
                raise SetupInWindow(at=f"{task.at}.setup")
            for vehicle in self._given.vehicles:
                if vehicle.per_task_hour and task.skills <= vehicle.skills:
                    raise PricedSharedSetup(at=f"{task.at}.setup", price=f"{vehicle.at}.costs.per_task_hour")
            apart[i] = setups.pop()
        return apart

    def _shares(self) -> tuple[dict[str, int], list[int]]:
        """Return the percentage of each type and the time of each task that give all times exactly."""
        varied = [i for i, door in enumerate(self._doors) if len(set(door.values())) > 1]
        if not varied:
            return {}, [next(iter(door.values())) for door in self._doors]
        for reference in dict.fromkeys(vehicle.type for vehicle in self._given.vehicles):
            if (percent := self._percent(reference)) is not None:
                full = [self._full(door, percent) for door in self._doors]
                if all(time is not None for time in full):
                    return percent, [time for time in full if time is not None]
        task = self._given.tasks[varied[0]]
        raise TimesPerType(at=f"{task.at}.{'service_per_type' if task.service_per_type else 'setup_per_type'}")

    def _percent(self, reference: str) -> dict[str, int] | None:
        """Return each type's times in percent of one type's, or None where they are not the same for all tasks."""
        percent: dict[str, int] = {}
        for kind in dict.fromkeys(vehicle.type for vehicle in self._given.vehicles):
            both = [(door[kind], door[reference]) for door in self._doors if kind in door and reference in door]
            if any(base == 0 and time for time, base in both):
                return None
            ratios = {Fraction(100 * time, base) for time, base in both if base} or {Fraction(100)}
            ratio = ratios.pop()
            if ratios or ratio.denominator != 1 or ratio > MAX_SERVICE_PERCENT:
                return None
            percent[kind] = int(ratio)
        return percent

    @staticmethod
    def _full(door: dict[str, int], percent: dict[str, int]) -> int | None:
        """Return the time of which the percentages give a task's times, or None where there is none."""
        candidates = {Fraction(100 * time, percent[kind]) for kind, time in door.items() if percent[kind]}
        full = candidates.pop() if candidates else Fraction(0)
        exact = all(full * percent[kind] == 100 * time for kind, time in door.items())
        return int(full) if exact and full.denominator == 1 else None

    def prices(self) -> NDArray[np.float64] | None:
        """Return what the time at each door costs by each vehicle, or None if nothing."""
        fleet = self._given.vehicles
        if not any(vehicle.per_task_hour for vehicle in fleet):
            return None
        return np.array(
            [
                [door.get(vehicle.type, 0) * vehicle.per_task_hour / PER_HOUR for vehicle in fleet]
                for door in self._doors
            ]
        )


def _prizes(
    given: VroomInput, ways: Ways, vehicles: Sequence[Vehicle], preference: NDArray[np.float64] | None
) -> list[float]:
    """Return prizes that put VROOM's goals in its order: most priority, then most tasks, then least cost."""
    legs = ways.travel.distances_m.max(axis=(1, 2))
    dearest = max(vehicle.fixed_cost + 2 * vehicle.cost_per_m * int(legs[vehicle.profile]) for vehicle in vehicles)
    dearest += 0.0 if preference is None else float(preference.max())
    task = ceil(PRIZE_FACTOR * (dearest + 1.0))
    return [float(task * (each.priority * (len(given.tasks) + 1) + 1)) for each in given.tasks]
