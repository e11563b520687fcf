"""The independent verifier: reads a solution as a stranger would and recomputes everything from the problem.

It shares no code with the search: loads are added up from parcels, times are re-driven from the departure with the
pauses as stated, batteries are drained metre by metre, prices are summed anew. No plan leaves unverified.
"""

from zaguan.engines.solver.audit import assignment, duty, energy, loads, prices
from zaguan.engines.solver.audit.broken import Broken, Violation
from zaguan.engines.solver.audit.itinerary import Itinerary, lay_out, misplaced, terms_of
from zaguan.engines.solver.audit.times import drive
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.solution import Solution

__all__ = ["Broken", "Violation", "check"]


def check(problem: Problem, solution: Solution) -> tuple[Violation, ...]:
    """Return every promise that the solution breaks; none for a solution that may leave.

    A solution that names what does not exist, or whose halts and pauses stand nowhere, is not read any further.
    """
    found = list(assignment.named(problem, solution))
    if any(violation.code is Broken.UNKNOWN for violation in found):
        return tuple(found)
    unreadable = [text for i, route in enumerate(solution.routes) for text in misplaced(problem, i, route)]
    if unreadable:
        return (*found, *unreadable)
    terms = terms_of(problem)
    itineraries = [lay_out(problem, terms, index, route) for index, route in enumerate(solution.routes)]
    found += assignment.pairs(problem, itineraries)
    found += assignment.groups(problem, solution)
    found += assignment.frozen(problem, solution)
    for itinerary in itineraries:
        found += _route(itinerary)
    found += prices.total(problem, solution)
    return tuple(found)


def _route(itinerary: Itinerary) -> list[Violation]:
    """Read one route by itself."""
    driven = drive(itinerary)
    found = list(driven.violations)
    found += assignment.permissions(itinerary)
    found += loads.loads(itinerary)
    found += loads.trips(itinerary)
    found += duty.shift(itinerary)
    found += duty.breaks(itinerary)
    found += duty.driving(itinerary, driven)
    found += energy.energy(itinerary, driven)
    found += prices.figures(itinerary, driven)
    return found
