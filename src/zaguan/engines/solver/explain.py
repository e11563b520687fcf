"""Why a client was left out, and the smallest changes that would let it in, each confirmed (see `remedies`)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from zaguan.engines.solver.layout import Layout, loaded_orders_of
from zaguan.engines.solver.limits import HORIZON_S
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.relaxation import missing_room, reachable, relaxed, unplug, widen
from zaguan.engines.solver.remedies import Remedies
from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.solution import Reason, Remedy, RemedyKind, Solution, Unassigned
from zaguan.engines.solver.splitting import Splitting

# what a change is worth to whoever makes it, in minutes by which a shift is moved: an order of size, not a price
MINUTES_OF_SKILL: Final = 240.0
MINUTES_OF_PERMISSION: Final = 60.0
MINUTES_OF_PART: Final = 20.0
MINUTES_OF_VEHICLE: Final = 120.0
MINUTES_OF_CAPACITY: Final = 600.0  # as much again as the vehicle holds


def explain(problem: Problem, solution: Solution) -> tuple[Unassigned, ...]:
    """Return, for each client that the solution leaves out, the reason and the proved remedies, smallest first.

    Remedies of several kinds are compared by what they ask of people: a shift or a window moved by some minutes, one
    part more, a permission, one more vehicle (as much as two hours), a skill, capacity in proportion to what the
    vehicle holds. A client whose load is divisible (each part takes at least one unit of every load that it has) is
    also tried in parts.
    """
    if not solution.unassigned:
        return ()
    findings = _Findings(problem, solution)
    return tuple(findings.of(client) for client in solution.unassigned)


class _Findings:
    """The standing plan, asked about one client after the other."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem = problem
        self.layout = Layout(problem, loaded_orders_of(solution))
        self.remedies = Remedies(self.layout)
        self.splitting = Splitting(problem, solution)

    def of(self, client: int) -> Unassigned:
        """Name the reason, then collect what would help."""
        reason, vehicles = self._reason(client)
        remedies = sorted(self._remedies(client, reason, vehicles), key=self._effort)
        return Unassigned(client=client, reason=reason, remedies=tuple(remedies))

    def _reason(self, client: int) -> tuple[Reason, list[int]]:
        """Return the first hurdle that no vehicle takes, and the vehicles that took all before it.

        A pair is served whole or not at all: what keeps one of the two out keeps both out.
        """
        both = [self.problem.clients[each] for each in self.problem.pair_of(client) or (client,)]
        fleet = list(range(len(self.problem.vehicles)))
        hurdles: tuple[tuple[Reason, Callable[[int], bool]], ...] = (
            (Reason.VEHICLE, lambda v: all(one.vehicles is None or v in one.vehicles for one in both)),
            (Reason.SKILLS, lambda v: all(one.skills <= self.problem.vehicles[v].skills for one in both)),
            (Reason.CAPACITY, lambda v: not any(missing_room(one, self.problem.vehicles[v]) for one in both)),
            (Reason.UNREACHABLE, lambda v: all(reachable(self.problem, one, self.problem.vehicles[v]) for one in both)),
        )
        for reason, takes in hurdles:
            passed = [v for v in fleet if takes(v)]
            if not passed:
                return reason, fleet
            fleet = passed
        alone = [v for v in fleet if self.layout.fits_alone(client, v)]
        if not alone:
            with relaxed(self.layout.data.fields, lambda data: self._widen_wholly(data, client)):
                untimed = [v for v in fleet if self.layout.fits_alone(client, v)]
            if untimed:
                return Reason.WINDOW, untimed
            with relaxed(self.layout.data.fields, unplug):
                ranging = [v for v in fleet if self.layout.fits_alone(client, v)]
            return (Reason.RANGE, ranging) if ranging else (Reason.SHIFT, fleet)
        return (Reason.FLEET_FULL if self.layout.place_anywhere(client) is None else Reason.PRICE), alone

    def _widen_wholly(self, data: Data, client: int) -> None:
        for each in self.problem.pair_of(client) or (client,):
            widen(data, each, HORIZON_S, HORIZON_S)

    def _remedies(self, client: int, reason: Reason, vehicles: Sequence[int]) -> Iterator[Remedy]:
        by = self.remedies
        makers: dict[Reason, tuple[Callable[[int, Sequence[int]], Remedy | None], ...]] = {
            Reason.VEHICLE: (by.allow_vehicle,),
            Reason.SKILLS: (by.add_skill,),
            Reason.CAPACITY: (by.more_capacity, self.splitting.split),
            Reason.UNREACHABLE: (),
            Reason.WINDOW: (by.wider_window, by.longer_shift, by.earlier_shift),
            Reason.SHIFT: (by.longer_shift, by.earlier_shift),
            Reason.RANGE: (),
            Reason.FLEET_FULL: (
                by.wider_window,
                by.longer_shift,
                by.earlier_shift,
                by.one_more,
                self.splitting.split,
            ),
            Reason.PRICE: (by.higher_prize,),
        }
        for make in makers[reason]:
            if (remedy := make(client, vehicles)) is not None:
                yield remedy

    def _effort(self, remedy: Remedy) -> float:
        """Return how much a remedy asks of people, in minutes of a shift."""
        facts = remedy.facts
        match remedy.kind:
            case RemedyKind.WIDER_WINDOW | RemedyKind.EARLIER_SHIFT | RemedyKind.LONGER_SHIFT:
                return int(facts["by_s"]) / 60
            case RemedyKind.SPLIT:
                return MINUTES_OF_PART * (int(facts["parts"]) - 1)
            case RemedyKind.ADD_SKILL:
                return MINUTES_OF_SKILL
            case RemedyKind.ALLOW_VEHICLE:
                return MINUTES_OF_PERMISSION
            case RemedyKind.ONE_MORE_VEHICLE:
                return MINUTES_OF_VEHICLE
            case RemedyKind.MORE_CAPACITY:
                held = self.problem.vehicles[int(facts["vehicle"])].capacity[int(facts["dimension"])]
                return MINUTES_OF_CAPACITY * int(facts["missing"]) / max(1, held)
            case RemedyKind.HIGHER_PRIZE:
                return 0.0
