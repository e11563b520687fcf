"""Pairs: fetched here, brought there, on one trip, in this order, or not at all."""

from itertools import permutations

import numpy as np
import pytest

from tests.engines.solver.towns import HOUR, STEP_M, STEP_S, paths, solved, town
from zaguan.engines.solver import Break, Client, Problem, Reason, RemedyKind, Travel, Vehicle, check, evaluate, explain
from zaguan.engines.solver.solve import ImpossibleRoute

MORNING = 8 * HOUR


def _client(**facts: object) -> Client:
    return Client(location=0, **facts)  # type: ignore[arg-type]


def _pair(load: int = 1, **facts: object) -> dict[str, Client]:
    """Write A, from whom a load is fetched, and B, to whom it is brought."""
    return {"A": _client(pickup=(load,), **facts), "B": _client(delivery=(load,), **facts)}


def test_what_is_brought_is_fetched_before() -> None:
    """The first client of a pair is served before the second one, however long the way gets."""
    problem = town("D.B.C.A", clients=_pair(), pairs=[(0, 1)])
    solution = solved(problem)
    assert paths(solution) <= {"0:CAB", "0:ACB"}
    assert solution.cost == 12 * STEP_M


def test_one_vehicle_serves_both() -> None:
    """Two vehicles, each at the door of one client: one of them serves both."""
    vehicles = [Vehicle(start=1, end=1), Vehicle(start=2, end=2)]
    assert paths(solved(town("A.D.B", clients=_pair(), vehicles=vehicles, pairs=[(0, 1)]))) <= {"0:AB", "1:AB"}


def test_the_goods_are_aboard_from_the_one_to_the_other() -> None:
    """Two pairs that fill the vehicle go one after the other, not interleaved; its peak is one of them."""
    clients = {"A": _client(pickup=(5,)), "B": _client(delivery=(5,)), "C": _client(pickup=(5,))}
    clients["E"] = _client(delivery=(5,))
    pairs = [(0, 1), (2, 3)]
    wide = solved(town("D.A.C.B.E", clients=clients, vehicles=[Vehicle(capacity=(10,))], pairs=pairs))
    assert paths(wide) == {"0:ACBE"}
    assert wide.routes[0].peak == (10,)
    narrow = solved(town("D.A.C.B.E", clients=clients, vehicles=[Vehicle(capacity=(5,))], pairs=pairs))
    assert paths(narrow) <= {"0:ABCE", "0:CEAB"}
    assert narrow.routes[0].peak == (5,)


def test_the_goods_of_a_pair_never_lie_at_the_depot() -> None:
    """A full van delivers what it brought from the depot, then fetches and brings as much again (loads combine)."""
    problem = town("D.C.A.B", clients=_pair(5) | {"C": _client(delivery=(5,))}, pairs=[(0, 1)])
    solution = solved(_with(problem, Vehicle(capacity=(5,))))
    assert paths(solution) == {"0:CAB"}
    assert solution.routes[0].peak == (5,)


def test_a_pair_is_left_out_whole() -> None:
    """The prizes of both are weighed against the way to both: half a pair is never served."""
    cheap, dear = (town("D.A......B", clients=_pair(prize=p * STEP_M), pairs=[(0, 1)]) for p in (8.9, 9.1))
    assert solved(cheap).unassigned == (0, 1)
    assert solved(cheap).cost == pytest.approx(17.8 * STEP_M)
    assert paths(solved(dear)) == {"0:AB"}


def test_a_pair_that_one_client_rules_out_stays_out() -> None:
    """What the vehicle lacks for one of the two keeps both out: skill, capacity, number of clients, window."""
    skilled = _pair(prize=9_999.0) | {"B": _client(delivery=(1,), prize=9_999.0, skills=frozenset({"lift"}))}
    assert solved(town("D.A.B", clients=skilled, pairs=[(0, 1)])).unassigned == (0, 1)
    plain = town("D.A.B", clients=_pair(4, prize=9_999.0), pairs=[(0, 1)])
    for vehicle in (Vehicle(capacity=(3,)), Vehicle(max_clients=1)):
        assert solved(_with(plain, vehicle)).unassigned == (0, 1)
    windows = ((MORNING, MORNING + 4 * STEP_S - 1),)
    late = _pair(prize=9_999.0) | {"B": _client(delivery=(1,), prize=9_999.0, windows=windows)}
    shift = (MORNING, 12 * HOUR)
    assert solved(town("D.A.B", clients=late, vehicles=[Vehicle(shift_s=shift)], pairs=[(0, 1)])).unassigned == (0, 1)


def test_pairs_keep_their_order_round_breaks_and_soft_windows() -> None:
    """Where routes need the exact schedule, pairs hold as well."""
    pause = Break(earliest_s=MORNING, latest_s=9 * HOUR, duration_s=1_800)
    late = _client(delivery=(1,), windows=((MORNING, MORNING),), late_cost_per_s=1.0)
    problem = town("D.B.A", clients=_pair() | {"B": late}, pairs=[(0, 1)])
    solution = solved(_with(problem, Vehicle(shift_s=(MORNING, 12 * HOUR), breaks=(pause,))))
    assert paths(solution) == {"0:AB"}
    assert solution.routes[0].late_s == 6 * STEP_S


@pytest.mark.parametrize("seed", range(3))
def test_a_trip_never_ends_between_the_two(seed: int) -> None:
    """A vehicle that loads again does so before or behind a pair, although half way would be nearer."""
    clients = _pair() | {name: _client(delivery=(3,)) for name in "CE"}
    problem = town("C.A.D.B.E", clients=clients, vehicles=[Vehicle(capacity=(5,), trips=2)], pairs=[(0, 1)])
    solution = solved(problem, seed=seed)
    assert solution.cost == 20 * STEP_M
    assert len(solution.routes[0].halts) == 1


def test_whoever_gets_what_was_fetched_already_is_served_by_that_vehicle() -> None:
    """What a vehicle has aboard it brings: the second client stays on its route, others may come before it."""
    vehicles = [Vehicle(frozen=(0,), capacity=(2,)), Vehicle(start=2, end=2, capacity=(2,))]
    problem = town("D.A.C.B", clients=_pair() | {"C": _client(delivery=(1,))}, vehicles=vehicles, pairs=[(0, 1)])
    assert paths(solved(problem)) <= {"0:ACB", "0:ABC"}


def test_both_of_a_pair_left_out_are_told_why() -> None:
    """The reason is that of the pair; a remedy stands where the one client's change lets both in (C27)."""
    shift = (MORNING, 12 * HOUR)
    windows = ((MORNING, MORNING + 3 * STEP_S),)
    clients = _pair(prize=9_999.0) | {"B": _client(delivery=(1,), prize=9_999.0, windows=windows)}
    problem = town("D.A.B", clients=clients, vehicles=[Vehicle(shift_s=shift)], pairs=[(0, 1)])
    fetched, brought = explain(problem, solved(problem))
    assert (fetched.reason, brought.reason) == (Reason.WINDOW, Reason.WINDOW)
    assert [remedy.kind for remedy in fetched.remedies] == [RemedyKind.EARLIER_SHIFT]
    wider = {remedy.kind: remedy.facts for remedy in brought.remedies}[RemedyKind.WIDER_WINDOW]
    assert wider["closes_s"] == MORNING + 4 * STEP_S
    cheap = town("D.A......B", clients=_pair(prize=850.0), pairs=[(0, 1)])
    for left in explain(cheap, solved(cheap)):
        assert left.reason is Reason.PRICE
        assert left.remedies[0].facts == {"by": 1_800.0 - 1_700.0}


def _with(problem: Problem, vehicle: Vehicle) -> Problem:
    return Problem(clients=problem.clients, vehicles=[vehicle], travel=problem.travel, pairs=problem.pairs)


@pytest.mark.parametrize("seed", range(12))
def test_of_all_orders_the_cheapest_is_found(seed: int) -> None:
    """Three pairs and a single client on one vehicle: no order that holds is cheaper than the plan."""
    rng = np.random.default_rng(seed)
    at = rng.integers(0, 40, (8, 2))
    steps = np.abs(at[:, None] - at[None]).sum(axis=2)
    loads = [int(load) for load in rng.integers(1, 6, 4)]
    opens = [MORNING + int(moment) for moment in rng.integers(0, HOUR, 7)]
    windows = [((start, start + 3 * HOUR),) if rng.random() < 0.5 else () for start in opens]
    clients = [Client(location=1 + i, pickup=(loads[i],), windows=windows[i]) for i in range(3)]
    clients += [Client(location=4 + i, delivery=(loads[i],), windows=windows[3 + i]) for i in range(3)]
    clients += [Client(location=7, delivery=(loads[3],), windows=windows[6])]
    problem = Problem(
        clients=clients,
        vehicles=[Vehicle(capacity=(8,), shift_s=(MORNING, 20 * HOUR), cost_per_s=float(seed % 2))],
        travel=Travel.static(steps * STEP_S, steps * STEP_M),
        pairs=[(i, 3 + i) for i in range(3)],
    )
    costs = []
    for order in permutations(range(7)):
        if all(order.index(i) < order.index(3 + i) for i in range(3)):
            try:
                plan = evaluate(problem, [(0, order)])
            except ImpossibleRoute:
                continue
            if not check(problem, plan):
                costs.append(plan.cost)
    assert solved(problem, 400).cost == min(costs)
