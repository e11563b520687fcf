"""One more stop in the plan, and a short search from there."""

from collections.abc import Sequence
from dataclasses import dataclass

from zaguan.engines.solver.budget import Budget
from zaguan.engines.solver.comparison import Change, compare
from zaguan.engines.solver.layout import loaded_order_of, loaded_orders_of
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.quote import grown, quote
from zaguan.engines.solver.solution import Solution
from zaguan.engines.solver.solve import solve
from zaguan.engines.solver.standing import NewPlace, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Improved:
    """A plan with the new client in it, after a short search: the grown problem, its plan, what changed."""

    problem: Problem
    plan: Solution
    change: Change


def improve(
    standing: Standing,
    client: Client,
    *,
    budget: Budget,
    seed: int = 0,
    threads: int = 1,
    place: NewPlace | None = None,
    preference: Sequence[float] | None = None,
) -> Improved:
    """Insert one more client at its cheapest place and search on from there for a short while.

    Whoever must not move is frozen in the problem, and changes are priced by its `published` plan. A client for
    which there is no place is tried again by the search, which may move others for it.
    """
    (answer,) = quote(standing, client, place=place, preference=preference, best=1)
    orders = dict(loaded_orders_of(standing.plan))
    for offer in answer.offers:
        orders[offer.vehicle] = loaded_order_of(offer.route)
    problem = grown(standing.problem, client, place=place, preference=preference)
    plan = solve(problem, budget=budget, seed=seed, threads=threads, start=list(orders.items()))
    return Improved(problem=problem, plan=plan, change=compare(standing.plan, plan))
