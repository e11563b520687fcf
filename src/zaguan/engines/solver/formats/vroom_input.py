"""VROOM's JSON as objects: https://github.com/VROOM-Project/vroom/blob/master/docs/API.md, version 1.15."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import MAX_BATTERY_WH
from zaguan.engines.solver.formats.document import Fields, MissingField, Place
from zaguan.engines.solver.formats.vroom_refusals import (
    GivenSteps,
    IdTwice,
    NoEnds,
    NoTasks,
    NoVehicles,
    NoWindows,
    OlderName,
    OtherWidth,
    OverlappingWindows,
    ReversedWindow,
)
from zaguan.engines.solver.limits import HORIZON_S, MAX_DIMENSIONS

MAX_ID: Final = (1 << 64) - 1
MAX_INDEX: Final = (1 << 16) - 1
MAX_PRIORITY: Final = 100
MAX_SPEED_FACTOR: Final = 5.0
MAX_LIMIT: Final = (1 << 32) - 1
MAX_AT_DOOR_S: Final = HORIZON_S // 2  # set-up and service together fit the horizon
MAX_DISTANCE_M: Final = MAX_BATTERY_WH  # a range is kept as a battery, see vroom.py
PER_HOUR: Final = 3_600
PROFILE: Final = "car"

STEP_FIELDS: Final = (
    *("id", "description", "location", "location_index", "setup", "service"),
    *("setup_per_type", "service_per_type", "time_windows"),
)
JOB_FIELDS: Final = (*STEP_FIELDS, "amount", "delivery", "pickup", "skills", "priority")
VEHICLE_FIELDS: Final = (
    *("id", "profile", "description", "start", "start_index", "end", "end_index", "capacity", "costs", "skills"),
    *("type", "time_window", "breaks", "speed_factor", "max_tasks", "max_travel_time", "max_distance", "steps"),
)

Window = tuple[int, int]


class TaskKind(StrEnum):
    """What a task is in VROOM's words."""

    JOB = "job"
    PICKUP = "pickup"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where something is: a row of the matrices, coordinates, or both."""

    at: str
    index: int | None
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A job, or one end of a shipment."""

    at: str
    kind: TaskKind
    id: int
    description: str
    spot: Spot
    setup: int
    service: int
    setup_per_type: dict[str, int]
    service_per_type: dict[str, int]
    windows: tuple[Window, ...]
    delivery: tuple[int, ...]
    pickup: tuple[int, ...]
    skills: frozenset[int]
    priority: int

    def setup_for(self, kind: str) -> int:
        """Return the set-up time of a type of vehicle."""
        return self.setup_per_type.get(kind, self.setup)

    def service_for(self, kind: str) -> int:
        """Return the service time of a type of vehicle."""
        return self.service_per_type.get(kind, self.service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pausing:
    """A break of a vehicle; no windows: at any time."""

    at: str
    id: int
    description: str
    windows: tuple[Window, ...]
    service: int
    max_load: tuple[int, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VroomVehicle:
    """A vehicle as VROOM describes it."""

    at: str
    id: int
    description: str
    profile: str
    start: Spot | None
    end: Spot | None
    capacity: tuple[int, ...]
    skills: frozenset[int]
    type: str
    window: Window | None
    breaks: tuple[Pausing, ...]
    speed_factor: float
    max_tasks: int | None
    max_travel_time: int | None
    max_distance: int | None
    fixed: int
    per_hour: int
    per_task_hour: int
    per_km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrices:
    """The matrices of one profile, each (n, n)."""

    at: str
    durations: NDArray[np.int64] | None
    distances: NDArray[np.int64] | None
    costs: NDArray[np.int64] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VroomInput:
    """Everything that a file says. `pairs` are positions of pickups and deliveries in `tasks`, `width` counts loads."""

    tasks: tuple[Task, ...]
    pairs: tuple[tuple[int, int], ...]
    vehicles: tuple[VroomVehicle, ...]
    matrices: dict[str, Matrices]
    width: int


def read_input(top: Place) -> VroomInput:
    """Read a problem of VROOM; whatever is missing, unknown or contradicts itself is refused with its place."""
    fields = top.fields("jobs", "shipments", "vehicles", "matrices", "matrix")
    vehicles = tuple(_vehicle(place) for place in fields.need("vehicles").members())
    if not vehicles:
        raise NoVehicles()
    tasks = [_job(place) for place in fields.list("jobs")]
    pairs = []
    for place in fields.list("shipments"):
        pairs.append((len(tasks), len(tasks) + 1))
        tasks += _both_ends(place)
    if not tasks:
        raise NoTasks()
    for kind in TaskKind:
        _require_own_ids((task.at, task.id) for task in tasks if task.kind is kind)
    width = _require_one_width(tasks, vehicles)
    return VroomInput(
        tasks=tuple(tasks), pairs=tuple(pairs), vehicles=vehicles, matrices=_all_matrices(fields), width=width
    )


def _require_own_ids(named: Iterable[tuple[str, int]]) -> None:
    found = list(named)
    counts = Counter(number for _, number in found)
    for at, number in found:
        if counts[number] > 1:
            others = [other for other, same in found if same == number]
            raise IdTwice(at=f"{others[1]}.id", id=number, first=f"{at}.id")


def _require_one_width(tasks: Sequence[Task], vehicles: Sequence[VroomVehicle]) -> int:
    """As in VROOM the first vehicle says how many dimensions there are."""
    width = len(vehicles[0].capacity)
    if width > MAX_DIMENSIONS:
        raise OtherWidth(at=f"{vehicles[0].at}.capacity", wanted=MAX_DIMENSIONS, found=width)
    for vehicle in vehicles:
        if len(vehicle.capacity) != width:
            raise OtherWidth(at=f"{vehicle.at}.capacity", wanted=width, found=len(vehicle.capacity))
        for pause in vehicle.breaks:
            if pause.max_load is not None and len(pause.max_load) != width:
                raise OtherWidth(at=f"{pause.at}.max_load", wanted=width, found=len(pause.max_load))
    for task in tasks:
        for name, load in (("delivery", task.delivery), ("pickup", task.pickup)):
            if load and len(load) != width:
                at = f"{task.at}.{name}" if task.kind is TaskKind.JOB else f"{task.at.rpartition('.')[0]}.amount"
                raise OtherWidth(at=at, wanted=width, found=len(load))
    return width


def _job(place: Place) -> Task:
    fields = place.fields(*JOB_FIELDS)
    delivery = _amounts(fields, "delivery")
    if "delivery" not in fields and "pickup" not in fields:
        delivery = _amounts(fields, "amount")
    elif (older := fields.find("amount")) is not None:
        raise OlderName(at=older.at, newer="delivery" if "delivery" in fields else "pickup")
    return _task(
        place,
        fields,
        kind=TaskKind.JOB,
        delivery=delivery,
        pickup=_amounts(fields, "pickup"),
        skills=_skills(fields),
        priority=fields.whole("priority", otherwise=0, most=MAX_PRIORITY),
    )


def _both_ends(place: Place) -> list[Task]:
    fields = place.fields("pickup", "delivery", "amount", "skills", "priority")
    amount, skills = _amounts(fields, "amount"), _skills(fields)
    priority = fields.whole("priority", otherwise=0, most=MAX_PRIORITY)
    steps = []
    for kind in (TaskKind.PICKUP, TaskKind.DELIVERY):
        step = fields.need(kind.value)
        fetched, brought = (amount, ()) if kind is TaskKind.PICKUP else ((), amount)
        steps.append(
            _task(
                step,
                step.fields(*STEP_FIELDS),
                kind=kind,
                delivery=brought,
                pickup=fetched,
                skills=skills,
                priority=priority,
            )
        )
    return steps


def _task(
    place: Place,
    fields: Fields,
    *,
    kind: TaskKind,
    delivery: tuple[int, ...],
    pickup: tuple[int, ...],
    skills: frozenset[int],
    priority: int,
) -> Task:
    spot = _spot(fields, place, "location", "location_index")
    if spot is None:
        raise MissingField(at=place.field_path("location"))
    return Task(
        at=place.at,
        kind=kind,
        id=fields.need("id").whole(0, MAX_ID),
        description=fields.text("description"),
        spot=spot,
        setup=fields.whole("setup", otherwise=0, most=MAX_AT_DOOR_S),
        service=fields.whole("service", otherwise=0, most=MAX_AT_DOOR_S),
        setup_per_type=_per_type(fields, "setup_per_type"),
        service_per_type=_per_type(fields, "service_per_type"),
        windows=_windows(fields),
        delivery=delivery,
        pickup=pickup,
        skills=skills,
        priority=priority,
    )


def _spot(fields: Fields, place: Place, point_name: str, index_name: str) -> Spot | None:
    point, index = fields.find(point_name), fields.find(index_name)
    if point is None and index is None:
        return None
    return Spot(
        at=place.field_path(index_name if point is None else point_name),
        index=None if index is None else index.whole(0, MAX_INDEX),
        point=None if point is None else _point(point),
    )


def _point(place: Place) -> tuple[float, float]:
    lon, lat = place.members(count=2)
    return lon.number(-180, 180), lat.number(-90, 90)


def _amounts(fields: Fields, name: str) -> tuple[int, ...]:
    return tuple(place.whole() for place in fields.list(name))


def _skills(fields: Fields) -> frozenset[int]:
    return frozenset(place.whole() for place in fields.list("skills"))


def _per_type(fields: Fields, name: str) -> dict[str, int]:
    place = fields.find(name)
    return {} if place is None else {kind: value.whole(0, MAX_AT_DOOR_S) for kind, value in place.entries().items()}


def _window(place: Place) -> Window:
    opens, closes = (each.whole() for each in place.members(count=2))
    if opens > closes:
        raise ReversedWindow(at=place.at, opens=opens, closes=closes)
    return opens, closes


def _windows(fields: Fields) -> tuple[Window, ...]:
    """Return the windows in ascending order; none where the field is not there."""
    place = fields.find("time_windows")
    if place is None:
        return ()
    windows = sorted(_window(each) for each in place.members())
    if not windows:
        raise NoWindows(at=place.at)
    for before, after in pairwise(windows):
        if after[0] <= before[1]:
            raise OverlappingWindows(at=place.at, first=list(before), second=list(after))
    return tuple(windows)


def _vehicle(place: Place) -> VroomVehicle:
    fields = place.fields(*VEHICLE_FIELDS)
    start, end = (_spot(fields, place, name, f"{name}_index") for name in ("start", "end"))
    if start is None and end is None:
        raise NoEnds(at=place.at)
    if fields.list("steps"):
        raise GivenSteps(at=place.field_path("steps"))
    window, speed = fields.find("time_window"), fields.find("speed_factor")
    empty = Place({}, place.field_path("costs"))
    costs = (fields.find("costs") or empty).fields("fixed", "per_hour", "per_task_hour", "per_km")
    breaks = sorted((_pausing(each) for each in fields.list("breaks")), key=lambda pause: pause.windows[:1])
    _require_own_ids((pause.at, pause.id) for pause in breaks)
    return VroomVehicle(
        at=place.at,
        id=fields.need("id").whole(0, MAX_ID),
        description=fields.text("description"),
        profile=fields.text("profile") or PROFILE,
        start=start,
        end=end,
        capacity=_amounts(fields, "capacity"),
        skills=_skills(fields),
        type=fields.text("type"),
        window=None if window is None else _window(window),
        breaks=tuple(breaks),
        speed_factor=1.0 if speed is None else speed.number(0.01, MAX_SPEED_FACTOR),
        max_tasks=_limit(fields, "max_tasks", 0),
        max_travel_time=_limit(fields, "max_travel_time", 1),
        max_distance=_limit(fields, "max_distance", 0, MAX_DISTANCE_M),
        fixed=costs.whole("fixed", otherwise=0),
        per_hour=costs.whole("per_hour", otherwise=PER_HOUR),
        per_task_hour=costs.whole("per_task_hour", otherwise=0),
        per_km=costs.whole("per_km", otherwise=0),
    )


def _limit(fields: Fields, name: str, least: int, most: int = MAX_LIMIT) -> int | None:
    place = fields.find(name)
    return None if place is None else place.whole(least, most)


def _pausing(place: Place) -> Pausing:
    fields = place.fields("id", "time_windows", "service", "description", "max_load")
    return Pausing(
        at=place.at,
        id=fields.need("id").whole(0, MAX_ID),
        description=fields.text("description"),
        windows=_windows(fields),
        service=fields.whole("service", otherwise=0),
        max_load=_amounts(fields, "max_load") if "max_load" in fields else None,
    )


def _all_matrices(fields: Fields) -> dict[str, Matrices]:
    if (older := fields.find("matrix")) is not None:
        if "matrices" in fields:
            raise OlderName(at=older.at, newer="matrices")
        return {PROFILE: Matrices(at=older.at, durations=older.matrix(), distances=None, costs=None)}
    if (place := fields.find("matrices")) is None:
        return {}
    return {profile: _matrices(each) for profile, each in place.entries().items()}


def _matrices(place: Place) -> Matrices:
    fields = place.fields("durations", "distances", "costs")
    found = {name: fields.need(name).matrix() for name in fields}
    return Matrices(
        at=place.at,
        durations=found.get("durations"),
        distances=found.get("distances"),
        costs=found.get("costs"),
    )
