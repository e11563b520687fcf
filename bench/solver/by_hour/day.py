"""A day of Porto Alegre as planning maps it: every order with a two-hour window, travel by the hour."""

import random
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from bench.solver.porto_alegre import porto_alegre, zaguan
from zaguan.app.bootstrap import city_of
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.solver import DrivingHours, Problem, Travel
from zaguan.operations.intake.locate import locate
from zaguan.operations.intake.service import read_orders
from zaguan.operations.planning.fleet_file import read_fleet
from zaguan.operations.planning.mapping.layout import lay_out
from zaguan.operations.planning.mapping.problem import late_per_second, map_day
from zaguan.operations.planning.mapping.travel import travel_of
from zaguan.operations.planning.service_day import ServiceDay
from zaguan.records.orders.model import TimeWindow

DAY: Final = date(2026, 3, 10)  # a Tuesday
SEED: Final = 1
OPENINGS_H: Final = (9, 11, 13, 15, 17)  # of the windows, as many orders in each
HOURS: Final = 2
STEP_S: Final = 300  # between the moments that the mean is taken of


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A problem with travel by the hour; its slots' names; what planning takes a second of lateness to be worth."""

    problem: Problem
    slots: tuple[str, ...]
    late_cost_per_s: float


def day(orders: int, vans: int) -> Day:
    """Return the day, breaks and limits of driving hours left off."""
    region = porto_alegre()
    with tempfile.TemporaryDirectory() as temporary, city_of(region) as city:
        book, yard = Path(temporary) / "orders.csv", Path(temporary) / "fleet.yaml"
        zaguan("sample", "orders", "--region", region.folder, "--count", orders, "--date", DAY, "--out", book)
        zaguan("sample", "fleet", "--region", region.folder, "--vehicles", vans, "--vans", "--out", yard)
        progress = SilentProgress()
        report = read_orders(book, country=region.country, time_zone=region.time_zone, progress=progress)
        located = locate(report.orders, geocoder=city.geocoder, box=region.box, progress=progress).orders
        fleet = read_fleet(yard, country=region.country)
        on = ServiceDay(on=DAY, zone=ZoneInfo(region.time_zone))
        dice = random.Random(SEED)
        wanted = [replace(order, windows=(_window(dice),), skills=frozenset()) for order in located]
        layout, _ = lay_out(wanted, fleet, on)
        travel, _ = travel_of(layout, city.network, progress)
        problem = map_day(wanted, fleet=fleet, day=on, layout=layout, travel=travel).problem
        free = [
            replace(vehicle, breaks=(), driving=DrivingHours(), max_duration_s=None) for vehicle in problem.vehicles
        ]
        return Day(
            problem=replace(problem, vehicles=free),
            slots=tuple(slot.name for slot in layout.slots),
            late_cost_per_s=late_per_second(fleet),
        )


def _window(dice: random.Random) -> TimeWindow:
    opens = dice.choice(OPENINGS_H)
    return TimeWindow(opens_s=opens * 3600, closes_s=(opens + HOURS) * 3600)


def span_s(problem: Problem) -> tuple[int, int]:
    """Return from when until when vehicles may be under way."""
    shifts = [vehicle.shift_s for vehicle in problem.vehicles]
    return min(opens for opens, _ in shifts), max(
        closes + vehicle.overtime_s for vehicle, (_, closes) in zip(problem.vehicles, shifts, strict=True)
    )


def mean_of_day(problem: Problem, factor: float = 1.0) -> Travel:
    """Return one matrix for all day: the mean over the working day of what a departure takes, times a factor."""
    travel = problem.travel
    moments = np.arange(*span_s(problem), STEP_S)
    knots = np.array([moment for moment, _ in travel.knots_s])
    weights = np.zeros(travel.slots)
    for number, (_, slot) in enumerate(travel.knots_s):
        weights[slot] += np.interp(moments, knots, np.eye(len(knots))[number]).mean()
    durations_s = np.tensordot(weights, travel.durations_s, 1) * factor
    return Travel.static(np.rint(durations_s), np.rint(np.tensordot(weights, travel.distances_m, 1)))


def of_slot(travel: Travel, slot: int) -> Travel:
    """Return the matrix of a slot, as if it held all day."""
    return Travel.static(travel.durations_s[slot], travel.distances_m[slot])
