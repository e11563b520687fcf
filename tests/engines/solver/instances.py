"""Random instances with every rule in every mixture, each from its seed."""

import numpy as np

from zaguan.engines.solver import Break, Client, DrivingHours, Problem, Travel, Vehicle

HOUR = 3_600
SKILLS = ("cold", "lift", "two-person")


def random_instance(seed: int) -> Problem:
    """Return a problem of up to 24 clients and 5 vehicles."""
    rng = np.random.default_rng(seed)
    clients, depots, vehicles = int(rng.integers(1, 25)), int(rng.integers(1, 3)), int(rng.integers(1, 6))
    dimensions = int(rng.integers(0, 4))
    travel = _travel(rng, clients + depots)
    habits = rng.random(3) < 0.5  # pickups, soft windows, setups
    preference = rng.random((clients, vehicles)) * 500 if rng.random() < 0.3 else None
    return Problem(
        clients=[_client(rng, depots, clients, i, vehicles, dimensions, habits) for i in range(clients)],
        vehicles=[_vehicle(rng, depots, dimensions, travel.profiles) for _ in range(vehicles)],
        travel=travel,
        preference=preference,
    )


def _travel(rng: np.random.Generator, locations: int) -> Travel:
    at = rng.integers(0, 20_000, (locations, 2))
    metres = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)).astype(np.int32)
    slots, profiles = int(rng.choice([1, 1, 3])), int(rng.choice([1, 2]))
    factors = [1 + 0.4 * slot * (p + 1) for p in range(profiles) for slot in rng.permutation(slots)]
    knots = tuple((8 * HOUR + k * 2 * HOUR, int(rng.integers(0, slots))) for k in range(5)) if slots > 1 else ()
    durations = np.stack([(metres // 8 * factor).astype(np.int32) for factor in factors])
    return Travel(durations_s=durations, distances_m=np.stack([metres] * len(factors)), slots=slots, knots_s=knots)


def _windows(rng: np.random.Generator) -> tuple[tuple[int, int], ...]:
    windows, now = [], 8 * HOUR
    for _ in range(int(rng.integers(0, 3))):
        opens = now + int(rng.integers(0, 4 * HOUR))
        closes = opens + int(rng.integers(0, 2 * HOUR))
        windows.append((opens, closes))
        now = closes + 1
    return tuple(windows)


def _loads(rng: np.random.Generator, dimensions: int) -> tuple[int, ...]:
    return tuple(int(load) for load in rng.integers(0, 20, dimensions))


def _client(  # type: ignore[no-untyped-def]
    rng: np.random.Generator, depots: int, clients: int, number: int, vehicles: int, dimensions: int, habits
) -> Client:
    pickups, soft, setups = habits
    return Client(
        location=depots + (number if rng.random() < 0.9 else int(rng.integers(0, clients))),
        windows=_windows(rng),
        late_cost_per_s=float(rng.random()) if soft and rng.random() < 0.5 else None,
        service_s=int(rng.integers(0, 900)),
        setup_s=int(rng.integers(0, 300)) if setups else 0,
        delivery=_loads(rng, dimensions),
        pickup=_loads(rng, dimensions) if pickups and rng.random() < 0.5 else (),
        skills=frozenset(str(s) for s in rng.choice(SKILLS, rng.integers(0, 2))),
        vehicles=None if rng.random() < 0.8 else frozenset(int(v) for v in rng.integers(0, vehicles, 2)),
        prize=None if rng.random() < 0.6 else float(rng.integers(0, 30_000)),
    )


def _breaks(rng: np.random.Generator) -> tuple[Break, ...]:
    breaks, now = [], 10 * HOUR
    for _ in range(int(rng.choice([0, 0, 1, 2]))):
        earliest = now + int(rng.integers(0, HOUR))
        latest = earliest + int(rng.integers(0, 2 * HOUR))
        breaks.append(Break(earliest_s=earliest, latest_s=latest, duration_s=int(rng.integers(300, HOUR))))
        now = latest + HOUR
    return tuple(breaks)


def _vehicle(rng: np.random.Generator, depots: int, dimensions: int, profiles: int) -> Vehicle:
    hours = DrivingHours()
    if rng.random() < 0.4:
        hours = DrivingHours(
            max_total_s=int(rng.integers(HOUR, 30_000)),
            max_without_rest_s=int(rng.integers(2_400, 9_000)),
            rest_s=int(rng.integers(600, 2_700)),
        )
    return Vehicle(
        start=int(rng.integers(0, depots)) if rng.random() < 0.8 else None,
        end=int(rng.integers(0, depots)) if rng.random() < 0.8 else None,
        capacity=tuple(int(room) for room in rng.integers(20, 120, dimensions)),
        shift_s=(8 * HOUR - int(rng.integers(0, HOUR)), int(rng.integers(12, 19)) * HOUR),
        overtime_s=int(rng.choice([0, HOUR])),
        overtime_cost_per_s=1.0,
        max_duration_s=None if rng.random() < 0.7 else int(rng.integers(4, 10) * HOUR),
        max_clients=None if rng.random() < 0.8 else int(rng.integers(1, 10)),
        breaks=_breaks(rng),
        driving=hours,
        skills=frozenset(str(s) for s in rng.choice(SKILLS, rng.integers(0, 4))),
        profile=int(rng.integers(0, profiles)),
        fixed_cost=float(rng.integers(0, 3_000)),
        cost_per_m=float(rng.choice([0.5, 1.0])),
        cost_per_s=float(rng.choice([0.0, 0.5])),
    )
