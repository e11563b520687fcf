"""Runs the solver, lets the independent checker judge the answer, and asks why orders stayed out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import say
from zaguan.engines.solver import Budget, check, explain, solve
from zaguan.engines.solver import solution as solved
from zaguan.operations.planning.mapping.problem import Mapped

Standing = solved.Progress


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
    mapped: Mapped, *, limits: Limits, on_search: Callable[[Standing], bool] | None, progress: Progress
) -> Verdict:
    """Search, check, explain. With a violation nothing is explained."""
    budget = Budget(seconds=limits.seconds, cpu_seconds=limits.cpu_seconds, iterations=limits.iterations)
    solution = solve(mapped.problem, budget=budget, seed=limits.seed, threads=limits.threads, on_progress=on_search)
    with progress.step(say("planning.step.check")):
        violations = tuple(
            f"{violation.code.value if hasattr(violation.code, 'value') else violation.code}: {violation.text}"
            for violation in check(mapped.problem, solution)
        )
    findings: tuple[solved.Unassigned, ...] = ()
    if not violations and solution.unassigned:
        with progress.step(say("planning.step.explain", count=len(solution.unassigned))):
            findings = explain(mapped.problem, solution)
    return Verdict(solution=solution, violations=violations, findings=findings)
