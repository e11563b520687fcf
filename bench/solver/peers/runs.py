"""Runs of all solvers, one process at a time, and the judgement on what they return."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.solver.peers.answer import NotTranslated, Routes
from bench.solver.peers.known import best_known
from bench.solver.peers.plain import judge
from bench.solver.peers.sets import ROOT
from zaguan.engines.solver import ImpossibleRoute, InvalidProblem, Problem, check, evaluate
from zaguan.engines.solver.formats.benchmark import Instance, read_instance

SOLVERS = ("ours", "pyvrp", "vroom", "ortools")
NAMES = {"ours": "Zaguán", "pyvrp": "PyVRP", "vroom": "VROOM", "ortools": "OR-Tools"}
SLACK_S = 600  # of wall time beyond ten times the search
TOLERANCE = 1e-6  # relative, of floating-point sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An instance as all solvers get it."""

    file: Path
    instance: Instance
    vehicles: int | None  # only the first so many, where the literature counts vehicles first
    known: float | None

    @property
    def problem(self) -> Problem:
        """The problem with the vehicles that count."""
        problem = self.instance.problem
        return problem if self.vehicles is None else replace(problem, vehicles=problem.vehicles[: self.vehicles])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one solver did on one case; `cost` is None unless the plan serves all and breaks nothing."""

    solver: str
    name: str
    version: str = ""
    cost: float | None = None
    cpu_s: float | None = None
    iterations: int | None = None
    trace: tuple[tuple[float, float], ...] = ()
    peak_memory_mb: int | None = None
    checked: bool = False  # by the solver's checker as well
    note: str | None = None


def case_of(file: Path, *, whole_fleet: bool) -> Case:
    """Read an instance; where best known vehicles are stated, all solvers get so many, unless the whole fleet is."""
    instance = read_instance(file)
    vehicles = None if whole_fleet else instance.best_known_vehicles
    return Case(file=file, instance=instance, vehicles=vehicles, known=best_known(instance))


def run(case: Case, solver: str, seconds: float, seed: int) -> Run:
    """Run a solver in a fresh process and judge its plan."""
    name = case.instance.name
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        request = {
            "solver": solver,
            "file": str(case.file),
            "seconds": seconds,
            "seed": seed,
            "vehicles": case.vehicles,
            "answer": str(file),
        }
        try:
            done = subprocess.run(
                [sys.executable, "-m", "bench.solver.peers.child"],
                input=json.dumps(request),
                text=True,
                cwd=ROOT,
                check=False,
                capture_output=True,
                timeout=10 * seconds + SLACK_S,
            )
        except subprocess.TimeoutExpired:
            return Run(solver=solver, name=name, note=f"did not end within {10 * seconds + SLACK_S:g} s")
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            return Run(solver=solver, name=name, note=f"failed with status {done.returncode}: {said}")
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    if found["refused"]:
        return Run(solver=solver, name=name, note=found["refused"])
    return _judged(case, solver, found)


def _judged(case: Case, solver: str, found: dict[str, Any]) -> Run:
    plain = Run(
        solver=solver,
        name=case.instance.name,
        version=found["version"],
        cpu_s=found["cpu_s"],
        iterations=found["iterations"],
        trace=tuple((at, cost) for at, cost in found["trace"]),
        peak_memory_mb=found["peak_memory_mb"],
    )
    if found["routes"] is None:
        return replace(plain, note="found no plan")
    routes: Routes = [(vehicle, trips) for vehicle, trips in found["routes"]]
    try:
        cost, broken = judge(case.problem, routes)
    except NotTranslated as lacking:
        return replace(plain, note=f"cannot be verified, as the instance has {lacking}")
    if broken:
        return replace(plain, note=f"{broken[0]}" + (f" and {len(broken) - 1} more" if len(broken) > 1 else ""))
    checked, fault = _checked(case.problem, routes, cost)
    return replace(plain, cost=None if fault else cost, checked=checked, note=fault)


def _checked(problem: Problem, routes: Routes, cost: float) -> tuple[bool, str | None]:
    """Rebuild the plan and hand it to the solver's checker: whether it could be, and what it objects to."""
    if any(len(trips) > 1 for _, trips in routes):
        return False, None  # routes are handed over as clients in order, so their trips would be guessed
    try:
        plan = evaluate(problem, [(vehicle, trips[0]) for vehicle, trips in routes])
    except InvalidProblem:
        return False, None
    except ImpossibleRoute as refusal:
        return True, f"the checker's clock refuses vehicle {refusal.facts['vehicle']}"
    if broken := check(problem, plan):
        return True, f"the checker objects: {broken[0].code} {broken[0].text}"
    if abs(plan.cost - cost) > TOLERANCE * max(1.0, cost):
        return True, f"costs {cost} by the matrix, but {plan.cost} by the checker"
    return True, None
