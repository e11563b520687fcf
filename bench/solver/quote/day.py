"""A generated day to ask questions about: stops in towns around a depot, vans with breaks, windows of two hours."""

from typing import Final

import numpy as np

from zaguan.engines.solver import Break, Client, Problem, Travel, Vehicle

HOUR: Final = 3_600
SPEED_M_PER_S: Final = 7
SIDE_M: Final = 24_000
TOWNS: Final = 12


def day(stops: int, vans: int, seed: int) -> Problem:
    """Return a day; the location after the last client's is one more place of the town, for a new order."""
    rng = np.random.default_rng(seed)
    centres = rng.integers(0, SIDE_M, (TOWNS, 2))
    at = centres[rng.integers(0, TOWNS, stops + 2)] + rng.normal(0, 1_500, (stops + 2, 2))
    at[0] = SIDE_M / 2, SIDE_M / 2
    metres = (1.3 * np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))).astype(np.int32)
    clients = [_client(rng, 1 + i) for i in range(stops)]
    van = Vehicle(
        capacity=(1_500, 60),
        shift_s=(8 * HOUR, 18 * HOUR),
        overtime_s=HOUR,
        overtime_cost_per_s=0.01,
        breaks=(Break(earliest_s=12 * HOUR, latest_s=14 * HOUR, duration_s=HOUR // 2),),
        fixed_cost=30.0,
        cost_per_m=0.0004,
        cost_per_s=0.003,
    )
    return Problem(clients=clients, vehicles=[van] * vans, travel=Travel.static(metres // SPEED_M_PER_S, metres))


def _client(rng: np.random.Generator, location: int) -> Client:
    opens = int(rng.integers(9, 16)) * HOUR
    return Client(
        location=location,
        windows=((opens, opens + 2 * HOUR),) if rng.random() < 0.5 else (),
        service_s=int(rng.integers(120, 480)),
        setup_s=60,
        delivery=(int(rng.integers(1, 60)), 1),
    )
