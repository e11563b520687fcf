"""The route optimiser: works without files, database or roads. Public names only."""

from zaguan.engines.solver.budget import Budget
from zaguan.engines.solver.check import Broken, Violation, check
from zaguan.engines.solver.compiled import is_compiled
from zaguan.engines.solver.explain import explain
from zaguan.engines.solver.problem import Break, Client, DrivingHours, InvalidProblem, Problem, Travel, Vehicle
from zaguan.engines.solver.solution import (
    Pause,
    Progress,
    Reason,
    Remedy,
    RemedyKind,
    Route,
    Solution,
    Unassigned,
    Visit,
)
from zaguan.engines.solver.solve import ImpossibleRoute, compile_kernels, evaluate, solve

__all__ = [
    "Break",
    "Broken",
    "Budget",
    "Client",
    "DrivingHours",
    "ImpossibleRoute",
    "InvalidProblem",
    "Pause",
    "Problem",
    "Progress",
    "Reason",
    "Remedy",
    "RemedyKind",
    "Route",
    "Solution",
    "Travel",
    "Unassigned",
    "Vehicle",
    "Violation",
    "Visit",
    "check",
    "compile_kernels",
    "evaluate",
    "explain",
    "is_compiled",
    "solve",
]
