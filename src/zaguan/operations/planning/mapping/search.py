"""Runs the solver, lets the independent checker judge the answer, and asks why orders stayed out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import current_locale, say
from zaguan.engines.solver import Budget, check, compile_kernels, explain, is_compiled, solve
from zaguan.engines.solver import solution as solved
from zaguan.operations.planning.mapping.problem import Mapped
from zaguan.operations.planning.stand_ins import money_text

Standing = solved.Progress
HUNDRED: Final = 100.0


class Limits(Protocol):
    """How long to search."""

    @property
    def seconds(self) -> float | None:
        """Wall time."""

    @property
    def cpu_seconds(self) -> float | None:
        """CPU time of all threads."""

    @property
    def iterations(self) -> int | None:
        """Iterations of each thread."""

    @property
    def threads(self) -> int:
        """Searches side by side."""

    @property
    def seed(self) -> int:
        """Where chance begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The best plan found, what the checker says of it, and why orders stayed out."""

    solution: solved.Solution
    violations: tuple[str, ...]
    findings: tuple[solved.Unassigned, ...]


def search_plan(
    mapped: Mapped,
    *,
    limits: Limits,
    on_search: Callable[[Standing], bool] | None,
    progress: Progress,
    solver: Callable[..., solved.Solution] = solve,
) -> Verdict:
    """Search, check, explain. With a violation nothing is explained."""
    budget = Budget(seconds=limits.seconds, cpu_seconds=limits.cpu_seconds, iterations=limits.iterations)
    if not is_compiled():
        with progress.step(say("planning.step.compile")):
            compile_kernels()
    with progress.step(say("planning.step.search"), total=HUNDRED) as step:
        done = 0.0

        def show(standing: Standing) -> bool:
            nonlocal done
            ended = on_search is not None and on_search(standing)
            step.advance(standing.share * HUNDRED - done)
            done = standing.share * HUNDRED
            step.note(_remark(standing, mapped.fleet.settings.currency))
            return ended

        solution = solver(mapped.problem, budget=budget, seed=limits.seed, threads=limits.threads, on_progress=show)
    with progress.step(say("planning.step.check")):
        violations = tuple(f"{violation.code}: {violation.text}" for violation in check(mapped.problem, solution))
    findings: tuple[solved.Unassigned, ...] = ()
    if not violations and solution.unassigned:
        with progress.step(say("planning.step.explain", count=len(solution.unassigned))):
            findings = explain(mapped.problem, solution)
    return Verdict(solution=solution, violations=violations, findings=findings)


def _remark(standing: Standing, currency: str) -> str:
    """Say how the search stands; with orders left out the cost is made of their prices and says little."""
    if standing.unassigned:
        return say("planning.search.part", routes=standing.routes, unassigned=standing.unassigned)
    cost = money_text(round(standing.cost), currency, current_locale())
    return say("planning.search.full", routes=standing.routes, cost=cost)
