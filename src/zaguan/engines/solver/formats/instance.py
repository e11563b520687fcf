"""What a reader of benchmark files returns, and its refusal."""

from dataclasses import dataclass

from zaguan.base.kit.errors import ZaguanError
from zaguan.engines.solver.problem import Problem


class UnreadableInstance(ZaguanError):
    """The file is no instance that we read; `what` says why."""

    code = "solver.unreadable_instance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An instance, and what is known of its best solution.

    Attributes
    ----------
    unit : how many units of the problem are one of the file: 10 where lengths are kept to one decimal
    best_known : the cost of the best known solution in the problem's units, None where none lies beside the file
    best_known_vehicles : how many vehicles that solution uses, where the literature counts vehicles before metres
    """

    name: str
    problem: Problem
    unit: int = 1
    best_known: float | None = None
    best_known_vehicles: int | None = None
