"""What one more stop costs against a standing plan."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.engines.solver.instances import random_instance
from tests.engines.solver.rule_names import SEARCHED
from tests.engines.solver.towns import HOUR, STEP_M, STEP_S, paths, solved, town
from zaguan.engines.solver import (
    Budget,
    Client,
    ImpossibleRoute,
    InvalidProblem,
    NewPlace,
    Problem,
    Quote,
    Route,
    Solution,
    Standing,
    Travel,
    Vehicle,
    check,
    evaluate,
    grown,
    improve,
    quote,
)

ONE_TRIP = SEARCHED - {"trips"}  # clients in order alone do not say where a plan loads again
PLAIN = ONE_TRIP - {"planar", "batteries", "frozen", "published", "groups", "pairs"}  # no numbers of clients in them
DAY = Vehicle(shift_s=(8 * HOUR, 18 * HOUR), cost_per_s=0.01)


def _plan(problem: Problem, *orders: tuple[int, Sequence[int]]) -> Solution:
    plan = evaluate(problem, orders)
    assert check(problem, plan) == ()
    return plan


def _one(standing: Standing, client: Client, **asked: object) -> Quote:
    (answer,) = quote(standing, client, **asked)  # type: ignore[arg-type]
    return answer


def _by_trial(problem: Problem, plan: Solution, client: Client, preference: Sequence[float] | None) -> dict[int, float]:
    """Return the least that a client adds to each vehicle's route, found by trying every place on the real problem."""
    wide = grown(problem, client, preference=preference)
    orders = {route.vehicle: [visit.client for visit in route.visits] for route in plan.routes}
    before = sum(route.cost for route in plan.routes)
    found: dict[int, float] = {}
    for vehicle in range(len(problem.vehicles)):
        order = orders.get(vehicle, [])
        for at in range(len(order) + 1):
            changed = orders | {vehicle: [*order[:at], len(problem.clients), *order[at:]]}
            try:
                trial = evaluate(wide, list(changed.items()))
            except ImpossibleRoute:
                continue
            if check(wide, trial) == ():
                more = sum(route.cost for route in trial.routes) - before
                found[vehicle] = min(more, found.get(vehicle, np.inf))
    return found


def _more(problem: Problem, plan: Solution, client: Client, route: Route, preference: Sequence[float] | None) -> float:
    """Return what a plan with the route costs more, after the checker has read it."""
    orders = {each.vehicle: [visit.client for visit in each.visits] for each in (*plan.routes, route)}
    wide = grown(problem, client, preference=preference)
    changed = evaluate(wide, list(orders.items()))
    assert check(wide, changed) == ()
    return sum(each.cost for each in changed.routes) - sum(each.cost for each in plan.routes)


@pytest.mark.parametrize("seed", range(30))
def test_a_quote_is_what_trying_every_place_finds(seed: int) -> None:
    """C30: on random days with all rules, every offer is the cheapest place of its vehicle, and none is missing."""
    problem, rng = random_instance(seed, rules=ONE_TRIP), np.random.default_rng(seed)
    plan = solved(problem, 50)
    standing = Standing(problem, plan)
    for _ in range(3):
        client = replace(problem.clients[int(rng.integers(len(problem.clients)))], service_s=int(rng.integers(0, 600)))
        priced = problem.preference is not None and rng.random() < 0.5
        preference = [float(price) for price in rng.integers(0, 900, len(problem.vehicles))] if priced else None
        answer = _one(standing, client, best=len(problem.vehicles), preference=preference)
        wanted = _by_trial(problem, plan, client, preference)
        offered = {offer.vehicle: offer.added_cost for offer in answer.offers}
        for offer in answer.offers:
            assert offer.added_cost == pytest.approx(_more(problem, plan, client, offer.route, preference))
        for vehicle, cost in offered.items():
            # with travel by the hour a place is chosen before the departure is tried over the day
            assert cost == pytest.approx(wanted[vehicle]) or (problem.travel.slots > 1 and cost > wanted[vehicle])
        idle = wanted.keys() - {route.vehicle for route in plan.routes}
        assert wanted.keys() - idle <= offered.keys() <= wanted.keys()
        assert bool(wanted) == bool(offered)


def test_an_offer_adds_what_the_way_round_costs() -> None:
    """A stop one step off the road costs two steps and its service."""
    problem = town("D.A\n.B.", vehicles=[Vehicle(cost_per_m=1.0)])
    standing = Standing(problem, _plan(problem, (0, [0])))
    offer = _one(standing, replace(problem.clients[1], service_s=300)).offers[0]
    assert (offer.vehicle, offer.position, offer.added_cost) == (0, 0, 2 * STEP_M)
    assert (offer.added_distance_m, offer.added_duration_s) == (2 * STEP_M, 2 * STEP_S + 300)


def test_an_offer_tells_whose_arrival_moves() -> None:
    """C30: the clients behind the new stop arrive later by its detour, and one with a soft window becomes late."""
    at = 8 * HOUR
    soft = Client(location=0, windows=((at, at + 2 * STEP_S),), late_cost_per_s=1.0)
    problem = town("D.A.C\n.B...", clients={"A": soft}, vehicles=[Vehicle(shift_s=(at, 18 * HOUR))])
    standing = Standing(problem, _plan(problem, (0, [0, 2])))
    fixed = replace(problem.clients[1], windows=((at, at + 2 * STEP_S),))
    offer = _one(standing, fixed).offers[0]
    assert [visit.client for visit in offer.route.visits] == [3, 0, 2]
    assert [(m.client, m.by_s, m.late_s) for m in offer.moved] == [(0, 2 * STEP_S, 2 * STEP_S), (2, 2 * STEP_S, 0)]


def test_every_window_is_asked_by_itself() -> None:
    """C66: each of several windows has its own best offers, and one that nobody can keep has none."""
    problem = town("D..A.B", vehicles=[DAY])
    standing = Standing(problem, _plan(problem, (0, [0])))
    windows = [(9 * HOUR, 10 * HOUR), (19 * HOUR, 20 * HOUR), (16 * HOUR, 17 * HOUR)]
    morning, night, afternoon = quote(standing, problem.clients[1], windows=windows)
    assert [answer.windows for answer in (morning, night, afternoon)] == [((a, b),) for a, b in windows]
    assert night.offers == ()
    assert 9 * HOUR <= morning.offers[0].starts_s <= 10 * HOUR
    assert 16 * HOUR <= afternoon.offers[0].starts_s <= 17 * HOUR


def test_the_best_offers_come_cheapest_first_and_idle_twins_once() -> None:
    """Vehicles in use are told one by one, those in the yard that are all the same only once."""
    problem = town("A..D..B.C", vehicles=[replace(DAY, fixed_cost=900.0)] * 5)
    standing = Standing(problem, _plan(problem, (1, [0]), (3, [1])))
    offers = _one(standing, problem.clients[2], best=5).offers
    assert [offer.vehicle for offer in offers] == [3, 1, 0]
    assert [offer.added_cost for offer in offers] == sorted(offer.added_cost for offer in offers)
    assert len(_one(standing, problem.clients[2], best=1).offers) == 1


def test_a_quote_keeps_loads_and_skills() -> None:
    """A vehicle that is full, or lacks a skill, makes no offer (C04, C27)."""
    full, able = Vehicle(capacity=(3,)), Vehicle(capacity=(9,), skills=frozenset({"cold"}))
    problem = town("D.A.B.C", every=Client(location=0, delivery=(2,)), vehicles=[full, able, Vehicle(capacity=(9,))])
    standing = Standing(problem, _plan(problem, (0, [0]), (1, [1])))
    cold = replace(problem.clients[2], skills=frozenset({"cold"}))
    assert [offer.vehicle for offer in _one(standing, problem.clients[2]).offers] == [1, 2]
    assert [offer.vehicle for offer in _one(standing, cold).offers] == [1]
    assert [offer.vehicle for offer in _one(standing, replace(cold, delivery=(8,))).offers] == []


def test_questions_leave_no_trace() -> None:
    """Asking about another client in between does not change an answer."""
    problem = random_instance(7)
    standing = Standing(problem, solved(problem, 50))
    first = quote(standing, problem.clients[0])
    odd = Client(location=problem.clients[1].location, windows=((1, 2), (3, 4), (30_000, 60_000)), service_s=60)
    quote(standing, odd)
    quote(standing, problem.clients[1], windows=[(30_000, 40_000), (40_000, 50_000)])
    assert quote(standing, problem.clients[0]) == first


def test_a_rule_that_nobody_had_is_kept_too() -> None:
    """A client with more windows than anybody in the plan is quoted as exactly as any other."""
    problem = town("D..A.B", vehicles=[DAY])
    plan = _plan(problem, (0, [0]))
    windows = ((1, 2), (3, 4), (5, 6), (12 * HOUR, 13 * HOUR))
    client = replace(problem.clients[1], windows=windows)
    (offer,) = _one(Standing(problem, plan), client).offers
    assert 12 * HOUR <= offer.starts_s <= 13 * HOUR
    assert offer.added_cost == pytest.approx(_by_trial(problem, plan, client, None)[0])


@pytest.mark.parametrize("seed", [3, 4, 11])
def test_a_place_off_the_matrix_is_quoted_like_one_on_it(seed: int) -> None:
    """Rows and columns of travel are enough: the offers are those of a problem that knows the place (C30)."""
    wide = random_instance(seed, rules=PLAIN)
    n = wide.travel.locations
    last = n - 1
    stay = [i for i, client in enumerate(wide.clients) if client.location != last]
    travel = wide.travel
    inner = replace(
        travel, durations_s=travel.durations_s[:, :last, :last], distances_m=travel.distances_m[:, :last, :last]
    )
    clients = [replace(wide.clients[i], windows=wide.clients[i].windows) for i in stay]
    preference = None if wide.preference is None else wide.preference[stay]
    vehicles = [replace(v, start=_in(v.start, last), end=_in(v.end, last)) for v in wide.vehicles]
    known = Problem(clients=clients, vehicles=vehicles, travel=travel, preference=preference)
    narrow = replace(known, travel=inner)
    plan = solved(narrow, 50)
    place = NewPlace(
        to_s=travel.durations_s[:, :last, last],
        from_s=travel.durations_s[:, last, :last],
        to_m=travel.distances_m[:, :last, last],
        from_m=travel.distances_m[:, last, :last],
    )
    client = replace(wide.clients[0], location=last)
    standing = Standing(narrow, plan)
    for _ in range(2):
        assert quote(standing, client, place=place) == quote(Standing(known, plan), client)
        assert quote(standing, clients[0]) == quote(Standing(known, plan), clients[0])


def _in(location: int | None, last: int) -> int | None:
    return 0 if location == last else location


def test_a_place_of_the_wrong_shape_is_refused() -> None:
    """Travel to a new place from too few locations, or a place without a number of its own, is told."""
    problem = town("D.A")
    standing = Standing(problem, _plan(problem, (0, [0])))
    short = NewPlace(to_s=[60], from_s=[60], to_m=[100], from_m=[100])
    with pytest.raises(InvalidProblem):
        quote(standing, Client(location=2), place=short)
    with pytest.raises(InvalidProblem):
        quote(standing, Client(location=2))
    with pytest.raises(InvalidProblem):
        quote(standing, Client(location=1), place=NewPlace(to_s=[0, 60], from_s=[0, 60], to_m=[0, 1], from_m=[0, 1]))


def test_a_plan_that_cannot_be_driven_is_refused() -> None:
    """A standing plan that breaks a window says which route."""
    late = Client(location=0, windows=((8 * HOUR, 8 * HOUR),))
    problem = town("D..A", every=late, vehicles=[DAY])
    impossible = _plan(replace(problem, clients=[replace(problem.clients[0], windows=())]), (0, [0]))
    with pytest.raises(ImpossibleRoute) as refused:
        Standing(problem, impossible)
    assert refused.value.facts["vehicle"] == 0


def test_an_improved_plan_serves_the_new_client() -> None:
    """C30: inserting and searching on gives a plan with the client, no dearer than the best offer, and what changes."""
    problem = town("A.D.B\nC....", vehicles=[replace(DAY, fixed_cost=50.0)] * 2)
    plan = solved(problem)
    standing = Standing(problem, plan)
    client = replace(problem.clients[2], service_s=60)
    (answer,) = quote(standing, client)
    improved = improve(standing, client, budget=Budget(iterations=300))
    assert check(improved.problem, improved.plan) == ()
    assert improved.plan.unassigned == ()
    assert improved.change.added == (3,)
    assert improved.change.cost <= answer.offers[0].added_cost + 1e-6
    assert improved.change.cost == pytest.approx(improved.plan.cost - plan.cost)


def test_who_has_no_place_may_get_one_by_moving_others() -> None:
    """A client that fits nowhere as the routes are is served after others have moved."""
    room = Vehicle(capacity=(4,))
    loads = {
        "A": Client(location=0, delivery=(3,)),
        "B": Client(location=0, delivery=(1,)),
        "C": Client(location=0, delivery=(2,)),
    }
    problem = town("D.A.B.C", clients=loads, vehicles=[room, room])
    plan = _plan(problem, (0, [0]), (1, [1, 2]))
    standing = Standing(problem, plan)
    more = replace(problem.clients[1], delivery=(2,))
    assert _one(standing, more).offers == ()
    improved = improve(standing, more, budget=Budget(iterations=300))
    assert improved.plan.unassigned == ()
    assert {"".join(sorted(path[2:])) for path in paths(improved.plan)} == {"AB", "CE"}
    assert improved.change.moved


def test_a_place_between_points_needs_only_its_point() -> None:
    """Where travel is measured between points, a new place is a point."""
    travel = Travel.planar([[0, 0], [1_000, 0], [2_000, 0]])
    problem = Problem(clients=[Client(location=1), Client(location=2)], vehicles=[Vehicle()], travel=travel)
    standing = Standing(problem, _plan(problem, (0, [0, 1])))
    place = NewPlace(point=(1_500, 0))
    for service_s in (60, 120):
        (offer,) = _one(standing, Client(location=3, service_s=service_s), place=place).offers
        assert (offer.position, offer.added_cost, offer.added_duration_s) == (1, 0.0, service_s)
