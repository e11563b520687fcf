"""The route optimiser: works without files, database or roads. Public names only."""

from zaguan.engines.solver.alternatives import Alternative, Hurdle, alternatives
from zaguan.engines.solver.breakdown import Breakdown, without_vehicle
from zaguan.engines.solver.budget import Budget
from zaguan.engines.solver.check import Broken, Violation, check
from zaguan.engines.solver.comparison import Change, Moved, compare
from zaguan.engines.solver.compiled import is_compiled
from zaguan.engines.solver.explain import explain
from zaguan.engines.solver.fleet import Battery, Break, DrivingHours, Vehicle
from zaguan.engines.solver.improve import Improved, improve
from zaguan.engines.solver.layout import loaded_orders_of
from zaguan.engines.solver.limits import InvalidProblem
from zaguan.engines.solver.problem import Client, Group, Problem, Published, Station
from zaguan.engines.solver.quote import Offer, Quote, grown, quote
from zaguan.engines.solver.running import Served, aboard_at, frozen_at
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
from zaguan.engines.solver.standing import NewPlace, Standing
from zaguan.engines.solver.start import BrokenStart
from zaguan.engines.solver.stranded import Stranded, stranded_at
from zaguan.engines.solver.travel import Travel

__all__ = [
    "Alternative",
    "Battery",
    "Break",
    "Breakdown",
    "Broken",
    "BrokenStart",
    "Budget",
    "Change",
    "Client",
    "DrivingHours",
    "Group",
    "Halt",
    "HaltKind",
    "Hurdle",
    "ImpossibleRoute",
    "Improved",
    "InvalidProblem",
    "Moved",
    "NewPlace",
    "Offer",
    "Pause",
    "Problem",
    "Progress",
    "Published",
    "Quote",
    "Reason",
    "Remedy",
    "RemedyKind",
    "Route",
    "Served",
    "Solution",
    "Standing",
    "Station",
    "Stranded",
    "Travel",
    "Unassigned",
    "Vehicle",
    "Violation",
    "Visit",
    "aboard_at",
    "alternatives",
    "check",
    "compare",
    "compile_kernels",
    "evaluate",
    "explain",
    "frozen_at",
    "grown",
    "improve",
    "is_compiled",
    "loaded_orders_of",
    "quote",
    "solve",
    "stranded_at",
    "without_vehicle",
]
