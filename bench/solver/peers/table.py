"""From runs to the rows of a table."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from bench.solver.peers.plot import Curve, mean_curve
from bench.solver.peers.runs import NAMES, SOLVERS, Case, Run


def rows(cases: Sequence[Case], runs: Sequence[Run], asked: int) -> list[dict[str, Any]]:
    """Return a row per instance and solver, then the means of each solver over the instances that all it ran solved."""
    solvers = [solver for solver in SOLVERS if any(run.solver == solver and run.cpu_s is not None for run in runs)]
    found = []
    for case in cases:
        of_case = [run for run in runs if run.name == case.instance.name]
        ours = mean([run.cost for run in of_case if run.solver == "ours"])
        found += [_row(case, [run for run in of_case if run.solver == solver], ours, asked) for solver in solvers]
    return found + [_means(solver, found) for solver in solvers if len(cases) > 1]


def mean(values: Sequence[float | None]) -> float | None:
    """Return the mean; None if a value is missing or there is none."""
    present = [value for value in values if value is not None]
    return fmean(present) if present and len(present) == len(values) else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _row(case: Case, runs: Sequence[Run], ours: float | None, asked: int) -> dict[str, Any]:
    solver, cost = runs[0].solver, mean([run.cost for run in runs])
    costs = [run.cost for run in runs if run.cost is not None]
    rates = [run.iterations / run.cpu_s for run in runs if run.iterations and run.cpu_s]
    memory = [run.peak_memory_mb for run in runs if run.peak_memory_mb is not None]
    shown = None if cost is None else round(cost)
    return {
        "instance": case.instance.name,
        "customers": len(case.problem.clients),
        "solver": NAMES[solver],
        "version": next((run.version for run in runs if run.version), None),
        "cpu_s": _rounded(mean([run.cpu_s for run in runs]), 1),
        "best_known": None if case.known is None else round(case.known),
        "cost": shown,
        "best_cost": round(min(costs)) if costs else None,
        "gap_percent": None if shown is None or case.known is None else round(100 * (shown / case.known - 1), 2),
        "ratio_to_ours": None if cost is None or ours is None else round(cost / ours, 4),
        "first_plan_s": _rounded(mean([run.trace[0][0] if run.trace else None for run in runs]), 3),
        "iterations_per_s": round(fmean(rates)) if rates else None,
        "peak_memory_mb": max(memory) if memory else None,
        "verified": f"{len(costs)} of {asked}",
    }


def _means(solver: str, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a solver's row of means: null in a column where an instance lacks a value."""
    own = [row for row in found if row["solver"] == NAMES[solver]]
    solved = sum(int(row["verified"].split()[0]) for row in own)
    return {
        **dict.fromkeys(own[0]),
        "instance": f"mean of {len(own)}",
        "solver": NAMES[solver],
        "version": own[0]["version"],
        "cpu_s": _rounded(mean([row["cpu_s"] for row in own]), 1),
        "gap_percent": _rounded(mean([row["gap_percent"] for row in own]), 2),
        "ratio_to_ours": _rounded(mean([row["ratio_to_ours"] for row in own]), 4),
        "first_plan_s": _rounded(mean([row["first_plan_s"] for row in own]), 3),
        "peak_memory_mb": max((row["peak_memory_mb"] or 0 for row in own), default=None),
        "verified": f"{solved} of {sum(int(row['verified'].split()[-1]) for row in own)}",
    }


def notes(cases: Sequence[Case], runs: Sequence[Run]) -> list[str]:
    """Return what a reader must know: what did not run and why, what was not checked in both ways."""
    said: dict[str, list[str]] = {}
    for run in runs:
        if run.note:
            said.setdefault(f"{NAMES[run.solver]} {run.note}", []).append(run.name)
    found = [f"{what}: {_listed(names, len(cases))}" for what, names in said.items()]
    unchecked = sorted({run.name for run in runs if run.cost is not None and not run.checked})
    if unchecked:
        found.append(f"verified by the plain recomputation only: {_listed(unchecked, len(cases))}")
    if unknown := sorted({case.instance.name for case in cases if case.known is None}):
        found.append(f"no best known cost: {_listed(unknown, len(cases))}")
    if limited := [case for case in cases if case.vehicles is not None]:
        fleets = ", ".join(f"{case.instance.name} {case.vehicles}" for case in limited)
        found.append(
            f"every solver has the vehicles of the best known solution, as the literature counts them first: {fleets}"
        )
    return found


def _listed(names: Sequence[str], of: int) -> str:
    different = list(dict.fromkeys(names))
    return "all instances" if len(different) == of > 1 else ", ".join(different)


def curves(cases: Sequence[Case], runs: Sequence[Run], seconds: float) -> dict[str, Curve]:
    """Return for each solver that tells its progress the mean gap over time, to the best of known and found."""
    found: dict[str, Curve] = {}
    reference = {}
    for case in cases:
        costs = [run.cost for run in runs if run.name == case.instance.name and run.cost is not None]
        if costs or case.known is not None:
            reference[case.instance.name] = case.known if case.known is not None else min(costs)
    for solver in SOLVERS:
        own = [run for run in runs if run.solver == solver and run.cpu_s is not None]
        if any(run.trace for run in own) and all(run.name in reference for run in own):
            found[solver] = mean_curve([run.trace for run in own], [reference[run.name] for run in own], seconds)
    return found
