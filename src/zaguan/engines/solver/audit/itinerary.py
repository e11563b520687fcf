"""A stated route in the order in which it is driven: visits and halts in one line, cut into trips."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from zaguan.engines.solver.audit.broken import Broken, Violation
from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.solution import Halt, HaltKind, Pause, Route, Visit

START: Final = -1  # the node before a route's first client


@dataclass(frozen=True, slots=True)
class Node:
    """A place on the way: what is stated of it, and the client if one is served there."""

    stated: Visit | Halt
    location: int
    trip: int
    client: Client | None

    @property
    def number(self) -> int:
        """The client's index, -1 at a halt."""
        return self.stated.client if isinstance(self.stated, Visit) else -1

    @property
    def is_reload(self) -> bool:
        """Whether a trip ends here, and another begins."""
        return isinstance(self.stated, Halt) and self.stated.kind is HaltKind.RELOAD


@dataclass(frozen=True, slots=True)
class Terms:
    """What is looked up for every route: which clients a pair brings, and (vehicle, node before) as published."""

    brought: frozenset[int]
    published: Mapping[int, tuple[int, int]]


def terms_of(problem: Problem) -> Terms:
    """Read the terms of a problem once."""
    routes = problem.published.routes if problem.published else ()
    published = {
        client: (vehicle, before) for vehicle, clients in routes for before, client in pairwise((START, *clients))
    }
    return Terms(frozenset(brought for _, brought in problem.pairs), published)


@dataclass(frozen=True, slots=True)
class Itinerary:
    """One route of a solution beside what the problem says of it."""

    problem: Problem
    terms: Terms
    index: int
    route: Route
    vehicle: Vehicle
    nodes: tuple[Node, ...]

    @property
    def served(self) -> list[tuple[Visit, Client]]:
        """The visits in order, each with its client."""
        return [(visit, self.problem.clients[visit.client]) for visit in self.route.visits]

    @property
    def departures_s(self) -> list[int]:
        """When each trip leaves."""
        return [self.route.departs_s, *(node.stated.leaves_s for node in self.nodes if node.is_reload)]

    def pauses(self, position: int, *, before_leg: bool) -> list[Pause]:
        """Return the pauses stated before the leg to a position of the route, or on arrival there."""
        return [p for p in self.route.pauses if p.after == position and p.before_leg == before_leg]

    def broken(self, code: Broken, text: str, client: int = -1) -> Violation:
        """Say what does not hold on this route."""
        return Violation(code=code, route=self.index, client=client, text=text)


def misplaced(problem: Problem, index: int, route: Route) -> Iterator[Violation]:
    """Say which halts and pauses stand nowhere, so that the route cannot be read."""
    length = len(route.visits) + len(route.halts)
    texts = [f"a pause after {pause.after} of {length}" for pause in route.pauses if not 0 <= pause.after <= length]
    texts += [f"a halt after {halt.after} of {length}" for halt in route.halts if not 0 <= halt.after < length]
    texts += [
        f"a halt after {b.after} behind one after {a.after}" for a, b in pairwise(route.halts) if a.after >= b.after
    ]
    known = range(problem.travel.locations)
    texts += [f"a halt at location {halt.location}" for halt in route.halts if halt.location not in known]
    for text in texts:
        yield Violation(code=Broken.MISPLACED, route=index, client=-1, text=text)


def lay_out(problem: Problem, terms: Terms, index: int, route: Route) -> Itinerary:
    """Put visits and halts in one line; none may be misplaced."""
    halts = {halt.after: halt for halt in route.halts}
    visits = iter(route.visits)
    nodes: list[Node] = []
    trip = 0
    for position in range(len(route.visits) + len(route.halts)):
        halt = halts.get(position)
        if halt is None:
            visit = next(visits)
            client = problem.clients[visit.client]
            nodes.append(Node(visit, client.location, trip, client))
        else:
            nodes.append(Node(halt, halt.location, trip, None))
            trip += nodes[-1].is_reload
    return Itinerary(problem, terms, index, route, problem.vehicles[route.vehicle], tuple(nodes))
