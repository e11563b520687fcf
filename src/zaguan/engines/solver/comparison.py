"""What a plan changes against another one for the same clients: who moves, who waits longer, what it costs."""

from dataclasses import dataclass

from zaguan.engines.solver.layout import orders_of
from zaguan.engines.solver.solution import Solution, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A client whose arrival moves: `by_s` later (earlier if negative), then `late_s` after its last window."""

    client: int
    by_s: int
    late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The difference that a plan makes to the one before.

    Attributes
    ----------
    moved : clients that another vehicle serves now
    reordered : clients that the same vehicle serves right behind another one than before (or first)
    arrivals : those served in both plans whose arrival moves
    dropped, added : clients that only the plan before serves, and those that only the new one does
    cost : of the routes; prizes of clients left out are not in it
    distance_m, duration_s, late_s, overtime_s, vehicles : new minus old
    """

    moved: tuple[int, ...]
    reordered: tuple[int, ...]
    arrivals: tuple[Moved, ...]
    dropped: tuple[int, ...]
    added: tuple[int, ...]
    cost: float
    distance_m: int
    duration_s: int
    late_s: int
    overtime_s: int
    vehicles: int

    @property
    def later_s(self) -> int:
        """All delays of single clients together."""
        return sum(max(0, arrival.by_s) for arrival in self.arrivals)


def compare(before: Solution, after: Solution) -> Change:
    """Tell what a plan changes against the one before."""
    old, new = _visits(before), _visits(after)
    was, then = _behind(before), _behind(after)
    both = sorted(old.keys() & new.keys())
    return Change(
        moved=tuple(c for c in both if was[c][0] != then[c][0]),
        reordered=tuple(c for c in both if was[c][0] == then[c][0] and was[c][1] != then[c][1]),
        arrivals=tuple(moved(old[c], new[c]) for c in both if old[c].arrives_s != new[c].arrives_s),
        dropped=tuple(sorted(old.keys() - new.keys())),
        added=tuple(sorted(new.keys() - old.keys())),
        cost=sum(route.cost for route in after.routes) - sum(route.cost for route in before.routes),
        distance_m=sum(r.distance_m for r in after.routes) - sum(r.distance_m for r in before.routes),
        duration_s=sum(r.duration_s for r in after.routes) - sum(r.duration_s for r in before.routes),
        late_s=sum(r.late_s for r in after.routes) - sum(r.late_s for r in before.routes),
        overtime_s=sum(r.overtime_s for r in after.routes) - sum(r.overtime_s for r in before.routes),
        vehicles=len(after.routes) - len(before.routes),
    )


def moved(before: Visit, after: Visit) -> Moved:
    """Tell how a client's arrival moves."""
    return Moved(client=after.client, by_s=after.arrives_s - before.arrives_s, late_s=after.late_s)


def _visits(plan: Solution) -> dict[int, Visit]:
    return {visit.client: visit for route in plan.routes for visit in route.visits}


def _behind(plan: Solution) -> dict[int, tuple[int, int]]:
    """Return the vehicle of each client and whom it comes right behind, -1 for the start."""
    return {
        client: (vehicle, before)
        for vehicle, clients in orders_of(plan)
        for before, client in zip((-1, *clients), clients, strict=False)
    }
