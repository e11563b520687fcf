"""Random instances in which all rules of the model are mixed, each from its seed.

Every rule draws from dice of its own, so a rule that is switched on changes nothing in what the others draw.
"""

from dataclasses import replace
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tests.engines.solver.promises import with_frozen, with_groups, with_pairs, with_published
from tests.engines.solver.rule_names import ALL, SEARCHED
from zaguan.engines.solver import Battery, Break, Client, DrivingHours, Problem, Station, Travel, Vehicle

HOUR: Final = 3_600
SPAN_M: Final = 20_000
SKILLS: Final = ("cold", "lift", "two-person")
NO_WAY_S: Final = 10_000_000


class Dice:
    """Which rules a seed mixes, how large it is, and random numbers for each rule."""

    def __init__(self, seed: int, rules: frozenset[str]) -> None:
        assert rules <= ALL, rules - ALL
        self.seed = seed
        rng = np.random.default_rng(seed)
        share = rng.choice([0.1, 0.5, 0.5, 0.5, 0.9])  # few rules, many, nearly all
        self.rules = {name for name in sorted(ALL) if rng.random() < share} & rules
        most_clients, most_vehicles = (120, 12) if rng.random() < 0.03 else (25, 6)
        self.clients, self.vehicles = int(rng.integers(1, most_clients)), int(rng.integers(1, most_vehicles))
        self.depots, self.stations = 1, 0
        if "depots" in self.rules:
            self.depots = int(rng.integers(1, 4))
        if "batteries" in self.rules:
            self.stations = int(rng.integers(0, 4))
        self.dimensions = int(rng.integers(1, 4)) if "loads" in self.rules else 0

    def has(self, rule: str) -> bool:
        """Tell whether the seed mixes this rule in."""
        return rule in self.rules

    def throw(self, rule: str, number: int = 0) -> np.random.Generator:
        """Return the dice of one rule for one client or vehicle."""
        return np.random.default_rng([self.seed, crc32(rule.encode()), number])

    @property
    def locations(self) -> int:
        """Depots, then a place for each client, then the stations."""
        return self.depots + self.clients + self.stations


def random_instance(seed: int, *, rules: frozenset[str] = SEARCHED) -> Problem:
    """Return a valid problem that mixes some of the rules; mostly up to 24 clients and 5 vehicles, seldom larger."""
    dice = Dice(seed, rules)
    at = dice.throw("town").integers(0, SPAN_M, (dice.locations, 2))
    clients = [_client(dice, i, at) for i in range(dice.clients)]
    travel = _travel(dice, at)
    rng = dice.throw("preference")
    problem = Problem(
        clients=clients,
        vehicles=[_vehicle(dice, i, travel.profiles) for i in range(dice.vehicles)],
        travel=travel,
        preference=rng.random((dice.clients, dice.vehicles)) * 500 if dice.has("preference") else None,
        stations=[_station(dice, i) for i in range(dice.stations)],
    )
    for rule, promise in (
        ("pairs", with_pairs),
        ("frozen", with_frozen),
        ("groups", with_groups),
        ("published", with_published),
    ):
        if dice.has(rule):
            problem = promise(problem, dice.throw(rule))
    return problem


def _travel(dice: Dice, at: NDArray[np.int64]) -> Travel:
    rng = dice.throw("travel")
    if dice.has("planar"):
        return Travel.planar(at, scale=float(rng.choice([0.05, 0.125, 0.3])), rounding=float(rng.choice([0.0, 0.5])))
    metres = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)).astype(np.int32)
    slots, profiles = 3 if dice.has("slots") else 1, 2 if dice.has("profiles") else 1
    factors = [1 + 0.4 * slot * (p + 1) for p in range(profiles) for slot in rng.permutation(slots)]
    knots = tuple((8 * HOUR + k * 2 * HOUR, int(rng.integers(0, slots))) for k in range(5)) if slots > 1 else ()
    one_way = rng.uniform(1, 1.3, metres.shape) if dice.has("one_way_streets") else 1.0
    durations = np.stack([(metres // 8 * one_way * factor).astype(np.int32) for factor in factors])
    if dice.has("islands"):
        for island in dice.throw("islands").integers(dice.depots, dice.depots + dice.clients, 1 + dice.clients // 10):
            away = np.arange(dice.locations) != island
            durations[:, island, away] = durations[:, away, island] = NO_WAY_S
    return Travel(durations_s=durations, distances_m=np.stack([metres] * len(factors)), slots=slots, knots_s=knots)


def _windows(dice: Dice, number: int) -> tuple[tuple[int, int], ...]:
    rng, windows, now = dice.throw("windows", number), [], 8 * HOUR
    for _ in range(int(rng.integers(0, 3 if dice.has("several_windows") else 2))):
        opens = now + int(rng.integers(0, 4 * HOUR))
        closes = opens + int(rng.integers(0, 2 * HOUR))
        windows.append((opens, closes))
        now = closes + 1
    return tuple(windows)


def _loads(rng: np.random.Generator, dimensions: int) -> tuple[int, ...]:
    return tuple(int(load) for load in rng.integers(0, 20, dimensions))


def _client(dice: Dice, number: int, at: NDArray[np.int64]) -> Client:
    rng = dice.throw("client", number)
    elsewhere, chance = int(rng.integers(0, dice.clients)), rng.random(12)
    location = dice.depots + (elsewhere if dice.has("shared_doors") and chance[0] < 0.15 else number)
    x, y = (int(coordinate) for coordinate in at[location])
    windows = _windows(dice, number) if dice.has("windows") else ()
    facts: dict[str, Any] = {"location": location, "windows": windows, "service_s": int(rng.integers(0, 900))}
    if dice.has("soft_windows") and chance[1] < 0.5:
        facts["late_cost_per_s"] = float(rng.random())
    if dice.has("latest") and chance[2] < 0.5:
        first = windows[0][0] if windows else 8 * HOUR
        facts["latest_s"] = first + int(dice.throw("latest", number).integers(0, 6 * HOUR))
    if dice.has("releases") and chance[3] < 0.5:
        facts["release_s"] = int(dice.throw("releases", number).integers(6 * HOUR, 12 * HOUR))
    if dice.has("setups"):
        facts["setup_s"] = int(rng.integers(0, 300))
    if not dice.has("pickups") or chance[4] < 0.7:
        facts["delivery"] = _loads(dice.throw("loads", number), dice.dimensions)
    if dice.has("pickups") and chance[4] > 0.4:
        facts["pickup"] = _loads(dice.throw("pickups", number), dice.dimensions)
    if dice.has("skills"):
        facts["skills"] = frozenset(str(s) for s in rng.choice(SKILLS, rng.integers(0, 2)))
    if dice.has("exclusions") and chance[5] < 0.2:
        facts["vehicles"] = frozenset(int(v) for v in rng.integers(0, dice.vehicles, 2))
    if dice.has("prizes") and chance[6] < 0.6:
        facts["prize"] = float(rng.integers(0, 30_000))
    if dice.has("zones") and chance[7] < 0.9:
        facts["zone"] = x // 7_000 - y // 7_000
    if dice.has("sprawl") and chance[8] < 0.9:
        facts["point"] = (x, y)
    return Client(**facts)


def _breaks(rng: np.random.Generator) -> tuple[Break, ...]:
    breaks, now = [], 10 * HOUR
    for _ in range(int(rng.choice([0, 1, 1, 2]))):
        earliest = now + int(rng.integers(0, HOUR))
        latest = earliest + int(rng.integers(0, 2 * HOUR))
        breaks.append(Break(earliest_s=earliest, latest_s=latest, duration_s=int(rng.integers(300, HOUR))))
        now = latest + HOUR
    return tuple(breaks)


def _driving(rng: np.random.Generator) -> DrivingHours:
    return DrivingHours(
        max_total_s=int(rng.integers(HOUR, 30_000)) if rng.random() < 0.8 else None,
        max_without_rest_s=int(rng.integers(2_400, 9_000)) if rng.random() < 0.8 else None,
        rest_s=int(rng.integers(600, 2_700)),
    )


def _vehicle(dice: Dice, number: int, profiles: int) -> Vehicle:
    rng = dice.throw("vehicle", number)
    chance, depots = rng.random(12), rng.integers(0, dice.depots, 2)
    facts: dict[str, Any] = {
        "start": int(depots[0]),
        "end": int(depots[1]),
        "fixed_cost": float(rng.integers(0, 3_000)),
        "cost_per_m": float(rng.choice([0.5, 1.0])),
        "profile": int(rng.integers(0, profiles)),
    }
    if dice.has("paid_time"):
        facts["cost_per_s"] = float(rng.choice([0.0, 0.5]))
    if dice.has("open_ends"):
        facts |= {end: None for end, one in zip(("start", "end"), chance[:2], strict=True) if one < 0.3}
    if dice.has("shifts"):
        facts["shift_s"] = (8 * HOUR - int(rng.integers(0, HOUR)), int(rng.integers(12, 19)) * HOUR)
    if dice.has("loads"):
        facts["capacity"] = tuple(int(r) for r in dice.throw("capacity", number).integers(20, 120, dice.dimensions))
    if dice.has("overtime") and dice.has("shifts"):
        facts |= {"overtime_s": int(rng.choice([0, HOUR])), "overtime_cost_per_s": float(rng.choice([0.5, 1.0]))}
    if dice.has("max_duration") and chance[2] < 0.5:
        facts["max_duration_s"] = int(rng.integers(4, 10) * HOUR)
    if dice.has("max_clients") and chance[3] < 0.4:
        facts["max_clients"] = int(rng.integers(1, 10))
    if dice.has("breaks"):
        facts["breaks"] = _breaks(dice.throw("breaks", number))
    if dice.has("driving_hours") and chance[4] < 0.7:
        facts["driving"] = _driving(dice.throw("driving_hours", number))
    if dice.has("skills"):
        facts["skills"] = frozenset(str(s) for s in rng.choice(SKILLS, rng.integers(0, 4)))
    return replace(Vehicle(**facts), **_newer(dice, number, facts["start"]))


def _newer(dice: Dice, number: int, start: int | None) -> dict[str, Any]:
    """Draw what one vehicle has of trips, battery, pace and the prices on a route's form."""
    facts: dict[str, Any] = {}
    if dice.has("trips"):
        rng = dice.throw("trips", number)
        elsewhere = start is None or rng.random() < 0.3
        facts |= {"trips": int(rng.integers(1, 5)), "reload_s": int(rng.choice([0, rng.integers(0, 1_800)]))}
        facts["reload_at"] = int(rng.integers(0, dice.depots)) if elsewhere else None
    if dice.has("batteries"):
        rng = dice.throw("batteries", number)
        full = int(rng.integers(8_000, 40_000))
        reserve = int(rng.choice([0, full // 10]))
        begins = int(rng.integers(reserve, full + 1)) if rng.random() < 0.5 else None
        uses = int(rng.integers(150, 400))
        battery = Battery(capacity_wh=full, wh_per_km=uses, start_wh=begins, reserve_wh=reserve)
        facts["battery"] = battery if rng.random() < 0.8 else None
    if dice.has("service_percent"):
        facts["service_percent"] = int(dice.throw("service_percent", number).choice([50, 75, 100, 133, 250]))
    if dice.has("fair"):
        rng = dice.throw("fair", number)
        facts |= {"fair_s": int(rng.integers(0, 8 * HOUR)), "unfair_cost_per_s": float(rng.choice([0.25, 2.0]))}
    if dice.has("sprawl"):
        facts["sprawl_cost_per_m"] = float(dice.throw("sprawl", number).choice([0.0, 0.5, 2.0]))
    if dice.has("zones"):
        facts["zone_change_cost"] = float(dice.throw("zones", number).integers(0, 2_000))
    return facts


def _station(dice: Dice, number: int) -> Station:
    power = int(dice.throw("stations", number).choice([3_700, 11_000, 50_000]))
    return Station(location=dice.depots + dice.clients + number, power_w=power)
