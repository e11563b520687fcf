"""What if this vehicle breaks down: its remaining clients spread over the others, and what that changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from zaguan.engines.solver.budget import Budget
from zaguan.engines.solver.comparison import Change, compare
from zaguan.engines.solver.explain import explain
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.running import Served
from zaguan.engines.solver.solution import Solution, Unassigned
from zaguan.engines.solver.solve import solve
from zaguan.engines.solver.stranded import Stranded, stranded_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A breakdown and the plan that answers it: what changes against the plan before, and who is left out and why."""

    stranded: Stranded
    plan: Solution
    change: Change
    unassigned: tuple[Unassigned, ...]


def without_vehicle(
    problem: Problem,
    plan: Solution,
    vehicle: int,
    at_s: int,
    *,
    budget: Budget,
    seed: int = 0,
    threads: int = 1,
    location: int | None = None,
    hand_over_s: int = 120,
    served: Mapping[int, Served] | None = None,
    loaded: Collection[int] | None = None,
    move_cost: float = 0.0,
    order_cost: float = 0.0,
) -> Breakdown:
    """Spread the remaining clients of a vehicle that breaks down over the others and tell what that changes.

    Parameters are those of `stranded_at` and `solve`. `change` is against the plan as it was to be driven to its end:
    what the broken vehicle would still have driven counts as saved. Its lists name the clients of the problem alone,
    not the stops where goods are fetched.
    """
    stranded = stranded_at(
        problem,
        plan,
        vehicle,
        at_s,
        location=location,
        hand_over_s=hand_over_s,
        served=served,
        loaded=loaded,
        move_cost=move_cost,
        order_cost=order_cost,
    )
    after = solve(stranded.problem, budget=budget, seed=seed, threads=threads, start=stranded.start)
    known = range(len(problem.clients))
    reasons = tuple(left for left in explain(stranded.problem, after) if left.client in known)
    return Breakdown(stranded=stranded, plan=after, change=_of_clients(compare(plan, after), known), unassigned=reasons)


def _of_clients(change: Change, known: range) -> Change:
    """Return the change without the clients at whom goods are fetched."""
    return replace(change, added=tuple(client for client in change.added if client in known))
