"""Who is near whom, with matrices and between points."""

import numpy as np
import pytest
from numpy.typing import NDArray

from zaguan.engines.solver import Budget, Client, Problem, Travel, Vehicle, check, solve
from zaguan.engines.solver.search.data import Data, flatten

HOUR = 3_600


def _problem(clients: int, seed: int, *, windows: bool, explicit: bool) -> Problem:
    rng = np.random.default_rng(seed)
    at = rng.integers(0, 3_000, (clients + 2, 2)).astype(float)
    at[5:20] = at[4]  # a block of flats
    travel = Travel.planar(at, scale=1.7, rounding=0.5)
    if explicit:
        every = np.arange(len(at))
        travel = Travel.static(travel.part(0, every, every)[0])
    opens = rng.integers(0, 6 * HOUR, clients)
    wanted = [
        Client(
            location=i + 2,
            delivery=(1,),
            service_s=60,
            windows=((int(opens[i]), int(opens[i]) + HOUR),) if windows and i % 3 else (),
        )
        for i in range(clients)
    ]
    fleet = [Vehicle(start=v % 2, end=v % 2, capacity=(12,), shift_s=(0, 10 * HOUR)) for v in range(clients // 6)]
    return Problem(clients=wanted, vehicles=fleet, travel=travel)


def _by_hand(data: Data, legs: NDArray[np.int32]) -> NDArray[np.int32]:
    """Rank everybody by proximity, then by number."""
    n = data.clients
    apart = legs[np.ix_(data.location[:n], data.location[:n])].astype(float)
    lead = data.service[:n, None] + apart
    early, late = data.earliest[:n].astype(float), data.latest[:n].astype(float)
    waits = np.maximum(early[None] - lead - late[:, None], 0)
    misses = np.maximum(early[:, None] + lead - late[None], 0)
    after = apart + 0.2 * waits + misses
    cost = np.minimum(after, after.T)
    np.fill_diagonal(cost, np.inf)
    return cost.argsort(axis=1, kind="stable")[:, : data.near.shape[1]].astype(np.int32)


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("explicit", [False, True])
def test_a01_the_nearest_by_proximity_are_found(windows: bool, explicit: bool) -> None:
    """Each client's neighbours are those of least proximity, in order, as ranking everybody finds them."""
    data = flatten(_problem(400, 3, windows=windows, explicit=explicit))
    legs = _problem(400, 3, windows=windows, explicit=True).travel.durations_s[0]
    assert (data.near == _by_hand(data, legs)).all()


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
def test_a02_points_and_their_matrix_give_one_plan(windows: bool, threads: int) -> None:
    """A problem between points is planned to the last second like the same problem with its explicit matrix."""
    plans = []
    for explicit in (False, True):
        problem = _problem(450, 4, windows=windows, explicit=explicit)
        plans.append(solve(problem, budget=Budget(iterations=1_500), seed=3, threads=threads))
        assert check(problem, plans[-1]) == ()
    assert plans[0].routes == plans[1].routes
    assert plans[0].cost == plans[1].cost


def test_a03_clients_on_one_line_or_point_have_neighbours() -> None:
    """Points in a row, or all at one door, are no trouble."""
    for at in (np.column_stack([np.arange(50.0), np.zeros(50)]), np.zeros((50, 2))):
        clients = [Client(location=i) for i in range(1, 50)]
        problem = Problem(clients=clients, vehicles=[Vehicle()], travel=Travel.planar(at, scale=10.0))
        near = flatten(problem).near
        assert all(sorted({*row.tolist(), i}) == list(range(49)) for i, row in enumerate(near))


def test_a04_the_longest_leg_between_points_is_that_of_their_matrix() -> None:
    """The longest leg, which bounds the prize of a must, is found among the corners of the hull."""
    rng = np.random.default_rng(1)
    for size in (1, 2, 3, 40, 700):
        travel = Travel.planar(rng.integers(0, 1_000, (size, 2)), scale=3.0)
        legs = travel.part(0, np.arange(size), np.arange(size))[0]
        assert travel.extent(0) == (int(legs.max()), int(legs.max()))
        assert Travel.static(legs).extent(0) == travel.extent(0)
