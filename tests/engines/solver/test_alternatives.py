"""Why this driver, and what every other one would cost."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.engines.solver.instances import random_instance
from tests.engines.solver.rule_names import SEARCHED
from tests.engines.solver.towns import HOUR, STEP_M, STEP_S, solved, town
from zaguan.engines.solver import (
    Alternative,
    Client,
    Hurdle,
    ImpossibleRoute,
    InvalidProblem,
    Problem,
    Solution,
    Vehicle,
    alternatives,
    check,
    evaluate,
)

ONE_TRIP = SEARCHED - {"trips"}  # clients in order alone do not say where a plan loads again
AT = 8 * HOUR
DAY = Vehicle(shift_s=(AT, 18 * HOUR))


def _plan(problem: Problem, *orders: tuple[int, Sequence[int]]) -> Solution:
    plan = evaluate(problem, orders)
    assert check(problem, plan) == ()
    return plan


def _hurdle(problem: Problem, plan: Solution, client: int = 0) -> tuple[Hurdle | None, bool]:
    """Return what keeps the client from the one vehicle that is not its own."""
    (row,) = (row for row in alternatives(problem, plan, client) if not row.is_chosen)
    return row.hurdle, row.alone


def test_the_chosen_vehicle_stands_beside_the_others() -> None:
    """C27: each vehicle is told with what it would cost there, the plan's own choice among them, cheapest first."""
    problem = town("A.D.B", vehicles=[DAY, DAY, replace(DAY, fixed_cost=500.0)])
    table = alternatives(problem, _plan(problem, (0, [0]), (1, [1])), 0)
    assert [(row.vehicle, row.is_chosen, row.added_cost, row.more) for row in table] == [
        (0, True, 4 * STEP_M, 0.0),
        (1, False, 4 * STEP_M, 0.0),
        (2, False, 500 + 4 * STEP_M, 500.0),
    ]


@pytest.mark.parametrize("seed", range(30))
def test_every_line_is_a_whole_plan_that_holds(seed: int) -> None:
    """C27: on random days each cost is that of a plan that was evaluated anew, and "impossible" is true everywhere."""
    problem, rng = random_instance(seed, rules=ONE_TRIP), np.random.default_rng(seed)
    plan = solved(problem, 50)
    bound = {client for pair in problem.pairs for client in pair} | {c for v in problem.vehicles for c in v.frozen}
    free = [client for client in range(len(problem.clients)) if client not in bound]
    if not free:
        return
    client = int(rng.choice(free))
    orders = {route.vehicle: [visit.client for visit in route.visits] for route in plan.routes}
    without = {vehicle: [each for each in order if each != client] for vehicle, order in orders.items()}
    for row in alternatives(problem, plan, client):
        others = without.get(row.vehicle, [])
        if row.is_chosen:
            assert client in orders[row.vehicle]
            continue
        places = [row.position] if row.position is not None else range(len(others) + 1)
        trials = [_try(problem, without | {row.vehicle: [*others[:at], client, *others[at:]]}) for at in places]
        if row.hurdle is None:
            (changed,) = trials
            assert changed is not None
            assert row.more == pytest.approx(changed.cost - plan.cost, abs=1e-6 * max(1.0, plan.cost))
        else:
            assert trials == [None] * len(trials)


def _try(problem: Problem, orders: dict[int, list[int]]) -> Solution | None:
    try:
        plan = evaluate(problem, [(vehicle, order) for vehicle, order in orders.items() if order])
    except ImpossibleRoute:
        return None
    return plan if check(problem, plan) == () else None


@pytest.mark.parametrize(
    ("other", "client", "hurdle"),
    [
        (DAY, Client(location=0, vehicles=frozenset({0})), Hurdle.VEHICLE),
        (replace(DAY, skills=frozenset()), Client(location=0, skills=frozenset({"cold"})), Hurdle.SKILLS),
        (replace(DAY, capacity=(2,)), Client(location=0, delivery=(3,)), Hurdle.CAPACITY),
        (replace(DAY, max_clients=0), Client(location=0), Hurdle.CLIENTS),
        (replace(DAY, shift_s=(AT, AT + 3 * STEP_S)), Client(location=0), Hurdle.SHIFT),
        (replace(DAY, shift_s=(10 * HOUR, 18 * HOUR)), Client(location=0, windows=((AT, 9 * HOUR),)), Hurdle.WINDOW),
    ],
)
def test_what_an_idle_vehicle_lacks_is_named(other: Vehicle, client: Client, hurdle: Hurdle) -> None:
    """C27: a vehicle that could not serve the client even alone is told with the reason."""
    able = replace(DAY, skills=frozenset({"cold"}))
    problem = town("D.A", every=client, vehicles=[able, other])
    assert _hurdle(problem, _plan(problem, (0, [0]))) == (hurdle, True)


@pytest.mark.parametrize(
    ("other", "pattern", "hurdle"),
    [
        (replace(DAY, capacity=(5,)), Client(location=0, delivery=(3,)), Hurdle.CAPACITY),
        (replace(DAY, max_clients=1), Client(location=0), Hurdle.CLIENTS),
        (replace(DAY, shift_s=(AT, AT + 4 * STEP_S)), Client(location=0), Hurdle.SHIFT),
        (DAY, Client(location=0, windows=((AT, AT + 2 * STEP_S),)), Hurdle.WINDOW),
    ],
)
def test_what_the_other_stops_prevent_is_named(other: Vehicle, pattern: Client, hurdle: Hurdle) -> None:
    """C27: a vehicle that could serve the client alone, but not beside its other stops, is told with the reason."""
    problem = town("A.D.B", every=pattern, vehicles=[DAY, other])
    assert _hurdle(problem, _plan(problem, (0, [0]), (1, [1]))) == (hurdle, False)


def test_who_is_left_out_is_asked_about_too() -> None:
    """For a client on no route the table tells what it would cost, minus the price for leaving it out."""
    problem = town("D.A.B", clients={"B": Client(location=0, prize=300.0)}, vehicles=[DAY])
    (row,) = alternatives(problem, _plan(problem, (0, [0])), 1)
    assert row == Alternative(vehicle=0, added_cost=400.0, more=100.0, position=row.position, route=row.route)


def test_an_unknown_client_and_half_a_pair_are_refused() -> None:
    """A client that the problem does not have, or one that cannot move without its other half, is refused."""
    fetched, brought = Client(location=0, pickup=(1,)), Client(location=0, delivery=(1,))
    problem = town("D.A.B", clients={"A": fetched, "B": brought}, vehicles=[DAY])
    plan = _plan(problem, (0, [0, 1]))
    with pytest.raises(InvalidProblem, match="there is no client 7"):
        alternatives(problem, plan, 7)
    with pytest.raises(InvalidProblem, match="client 1 is half of a pair"):
        alternatives(replace(problem, pairs=[(0, 1)]), plan, 1)
