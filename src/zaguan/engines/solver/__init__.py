"""The route optimiser: works without files, database or roads. Public names only."""

from zaguan.engines.solver.budget import Budget
from zaguan.engines.solver.check import Broken, Violation, check
from zaguan.engines.solver.compiled import is_compiled
from zaguan.engines.solver.explain import explain
from zaguan.engines.solver.fleet import Battery, Break, DrivingHours, Vehicle
from zaguan.engines.solver.limits import InvalidProblem
from zaguan.engines.solver.problem import Client, Group, Problem, Published, Station
from zaguan.engines.solver.solution import (
    Halt,
    HaltKind,
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
from zaguan.engines.solver.travel import Travel

__all__ = [
    "Battery",
    "Break",
    "Broken",
    "Budget",
    "Client",
    "DrivingHours",
    "Group",
    "Halt",
    "HaltKind",
    "ImpossibleRoute",
    "InvalidProblem",
    "Pause",
    "Problem",
    "Progress",
    "Published",
    "Reason",
    "Remedy",
    "RemedyKind",
    "Route",
    "Solution",
    "Station",
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
