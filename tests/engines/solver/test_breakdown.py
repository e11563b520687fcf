"""The day under way, searched on: what is done stays done, and a vehicle that breaks down is replaced."""

from dataclasses import replace

import numpy as np
import pytest

from tests.engines.solver.towns import HOUR, STEP_M, STEP_S, paths, solved, town
from zaguan.engines.solver import (
    Budget,
    Client,
    HaltKind,
    ImpossibleRoute,
    Problem,
    Reason,
    Served,
    Solution,
    Standing,
    Travel,
    Vehicle,
    check,
    evaluate,
    frozen_at,
    improve,
    loaded_orders_of,
    solve,
    stranded_at,
    without_vehicle,
)

AT = 8 * HOUR
VAN = Vehicle(shift_s=(AT, 18 * HOUR), capacity=(9,))
PARCEL = Client(location=0, delivery=(1,), service_s=STEP_S)


def _random_day(seed: int) -> Problem:
    """Return a day of 20 deliveries and pickups with some windows for four vans with a break."""
    rng = np.random.default_rng(seed)
    at = rng.integers(0, 12_000, (21, 2))
    metres = np.abs(at[:, None] - at[None]).sum(axis=2)
    opens = [int(o) * HOUR for o in rng.integers(9, 15, 20)]
    clients = [
        Client(
            location=i + 1,
            windows=((opens[i], opens[i] + 3 * HOUR),) if rng.random() < 0.5 else (),
            service_s=int(rng.integers(60, 900)),
            delivery=(1,) if i % 4 else (),
            pickup=() if i % 4 else (1,),
        )
        for i in range(20)
    ]
    van = Vehicle(shift_s=(AT, 18 * HOUR), capacity=(8,), cost_per_s=0.1, fixed_cost=500.0)
    return Problem(clients=clients, vehicles=[van] * 4, travel=Travel.static(metres // 7, metres))


@pytest.mark.parametrize("seed", range(8))
def test_a_plan_goes_on_from_any_moment(seed: int) -> None:
    """C30: at any moment the rest of a day is planned again; what is done keeps its vehicle, order and moment."""
    problem = _random_day(seed)
    plan = solved(problem)
    for now in range(AT - HOUR, 18 * HOUR, 2 * HOUR):
        running = frozen_at(problem, plan, now)
        as_it_is = evaluate(running, loaded_orders_of(plan))
        assert check(running, as_it_is) == ()
        after = solve(running, budget=Budget(iterations=100), threads=1, start=loaded_orders_of(plan))
        assert check(running, after) == ()
        assert after.cost <= as_it_is.cost + 1e-6
        done = {v.client: v.starts_s for route in plan.routes for v in route.visits if v.leaves_s <= now}
        kept = {v.client: v.starts_s for route in after.routes for v in route.visits if v.client in done}
        assert kept == done
        new = [v for route in after.routes for v in route.visits if v.client not in done]
        assert all(visit.leaves_s > now for visit in new)


def test_a_price_on_changes_keeps_the_plan() -> None:
    """C30: without a price the cheaper order is taken; with one above the gain everybody keeps place and vehicle."""
    problem = town("A.D.B.C", every=PARCEL, vehicles=[VAN, VAN])
    plan = evaluate(problem, [(0, [0]), (1, [2, 1])])
    change = evaluate(problem, [(0, [0]), (1, [1, 2])])
    assert plan.cost == change.cost  # there and back is as long either way
    dear = evaluate(problem, [(0, [0, 1]), (1, [2])])
    free = frozen_at(problem, dear, AT - HOUR)
    bound = frozen_at(problem, dear, AT - HOUR, move_cost=5_000.0, order_cost=5_000.0)
    cheaper = solve(free, budget=Budget(iterations=200), threads=1, start=loaded_orders_of(dear))
    kept = solve(bound, budget=Budget(iterations=200), threads=1, start=loaded_orders_of(dear))
    assert cheaper.cost < dear.cost
    assert paths(kept) == paths(dear)


def test_a_late_van_keeps_its_delay() -> None:
    """A stop reported late makes the stops behind it later, as far as they are kept on this van."""
    problem = town("D.A.B", every=PARCEL, vehicles=[VAN])
    plan = evaluate(problem, [(0, [0, 1])])
    late = Served(starts_s=AT + HOUR, leaves_s=AT + HOUR + STEP_S)
    running = frozen_at(problem, plan, AT + HOUR + 2 * STEP_S, served={0: late})
    after = solve(running, budget=Budget(iterations=50), threads=1, start=[(0, [0, 1])])
    first, second = after.routes[0].visits
    assert (first.starts_s, first.leaves_s) == (late.starts_s, late.leaves_s)
    assert second.arrives_s == late.leaves_s + 2 * STEP_S


def test_a_broken_vehicle_is_replaced_from_the_yard() -> None:
    """C38: what is served stays, the rest goes to another van, and the change tells who moves and who is later."""
    problem = town("D.A.B.C", every=PARCEL, vehicles=[VAN, VAN])
    plan = evaluate(problem, [(0, [0, 1, 2])])
    answer = without_vehicle(problem, plan, 0, AT + 4 * STEP_S, budget=Budget(iterations=200))
    assert check(answer.stranded.problem, answer.plan) == ()
    assert "0:A" in paths(answer.plan)
    assert answer.change.moved == (1, 2)
    assert {each.client for each in answer.change.arrivals if each.by_s > 0} == {1, 2}
    assert answer.unassigned == ()


def test_goods_are_fetched_at_the_broken_vehicle_first() -> None:
    """C38: with goods aboard the other van drives to where the vehicle stands, takes them over, then delivers them."""
    problem = town("D.A.B.C", every=PARCEL, vehicles=[VAN, VAN])
    plan = evaluate(problem, [(0, [0, 1, 2])])
    answer = without_vehicle(problem, plan, 0, AT + 4 * STEP_S, location=1, budget=Budget(iterations=300))
    assert check(answer.stranded.problem, answer.plan) == ()
    (route,) = [route for route in answer.plan.routes if route.vehicle == 1]
    order = [visit.client for visit in route.visits]
    for fetched, brought in answer.stranded.fetches:
        assert order.index(fetched) < order.index(brought)
    assert answer.change.moved == (1, 2)
    assert answer.change.added == ()


def test_who_finds_no_other_vehicle_is_told_why() -> None:
    """C38: an orphan that only the broken vehicle could serve is left out with its reason."""
    cold = replace(PARCEL, skills=frozenset({"cold"}))
    able = replace(VAN, skills=frozenset({"cold"}))
    problem = town("D.A.B", clients={"A": PARCEL, "B": cold}, vehicles=[able, VAN])
    plan = evaluate(problem, [(0, [0, 1])])
    answer = without_vehicle(problem, plan, 0, AT + 4 * STEP_S, budget=Budget(iterations=50))
    (left,) = answer.unassigned
    assert (left.client, left.reason) == (1, Reason.SKILLS)
    assert answer.change.dropped == (1,)
    assert answer.change.distance_m == -4 * STEP_M - 2 * STEP_M


def _early_reload() -> tuple[Problem, Solution]:
    """Return a day on which B's goods are ready at ten, so that the van comes back for them: nothing else is in time.

    Waiting for them and then serving both would end a minute after the shift, which ends when B is served alone.
    """
    ready = AT + 2 * HOUR
    van = replace(VAN, trips=2, shift_s=(AT, ready + 9 * STEP_S))
    late = replace(PARCEL, release_s=ready)
    problem = town("D.A.B", clients={"A": PARCEL, "B": late}, vehicles=[van, van])
    with pytest.raises(ImpossibleRoute):
        evaluate(problem, [(0, [0, 1])])
    plan = evaluate(problem, [(0, [0, -1, 1])])
    assert check(problem, plan) == ()
    return problem, plan


@pytest.mark.parametrize("minutes", [-60, 1, 30, 121])
def test_a_reload_for_late_goods_is_gone_on_from(minutes: int) -> None:
    """C30: a vehicle that loads again for goods that come late still does when the day is planned on, at any moment."""
    problem, plan = _early_reload()
    running = frozen_at(problem, plan, AT + minutes * 60, move_cost=5_000.0)
    after = solve(running, budget=Budget(iterations=50), threads=1, start=loaded_orders_of(plan))
    assert check(running, after) == ()
    assert loaded_orders_of(after) == [(0, (0, -1, 1))]


def test_a_frozen_beginning_loads_again_for_late_goods() -> None:
    """C30: without a plan to go on from, a frozen beginning with goods that came late has its second trip as well."""
    problem, plan = _early_reload()
    running = frozen_at(problem, plan, AT + 122 * 60)
    after = solve(running, budget=Budget(iterations=50), threads=1)
    assert check(running, after) == ()
    assert loaded_orders_of(after) == [(0, (0, -1, 1))]


def test_trips_that_were_driven_are_not_joined() -> None:
    """C30: trips that are behind the vehicle are never joined, even where it loaded again without need."""
    problem = town("D.A.B.C", every=PARCEL, vehicles=[replace(VAN, trips=2)])
    plan = evaluate(problem, [(0, [0, -1, 1, 2])])
    second = plan.routes[0].visits[1]
    running = frozen_at(problem, plan, second.starts_s)
    after = solve(running, budget=Budget(iterations=50), threads=1, start=loaded_orders_of(plan))
    assert check(running, after) == ()
    assert running.vehicles[0].frozen == (0, 1)
    assert loaded_orders_of(after) == [(0, (0, -1, 1, 2))]


def test_one_more_stop_leaves_the_reload_where_it_is() -> None:
    """A stop is added to a plan with a reload for late goods; who loads again for it still does."""
    problem, plan = _early_reload()
    answer = improve(Standing(problem, plan), replace(PARCEL, location=1), budget=Budget(iterations=50))
    assert check(answer.problem, answer.plan) == ()
    assert answer.plan.unassigned == ()
    assert answer.change.moved == ()
    assert [halt.kind for route in answer.plan.routes if route.vehicle == 0 for halt in route.halts] == [
        HaltKind.RELOAD
    ]


def test_a_breakdown_leaves_the_other_reloads() -> None:
    """C38: another vehicle breaks down; the one that loads again for late goods still does."""
    problem, plan = _early_reload()
    more = replace(problem, clients=[*problem.clients, replace(PARCEL, location=1)], vehicles=[*problem.vehicles] * 2)
    both = evaluate(more, [*loaded_orders_of(plan), (1, [2])])
    answer = without_vehicle(more, both, 1, AT + STEP_S, budget=Budget(iterations=50), move_cost=5_000.0)
    assert check(answer.stranded.problem, answer.plan) == ()
    assert answer.stranded.start == ((0, (0, -1, 1)), (1, ()))
    assert answer.unassigned == ()


def test_a_vehicle_that_breaks_down_keeps_the_trips_it_made() -> None:
    """C38: a vehicle stops on its second trip: what it has loaded and served until then stays as it was."""
    problem, plan = _early_reload()
    leaves = plan.routes[0].visits[-1].leaves_s
    stranded = stranded_at(problem, plan, 0, leaves + 60)
    assert stranded.start == ((0, (0, -1, 1)),)
    assert check(stranded.problem, evaluate(stranded.problem, stranded.start)) == ()
