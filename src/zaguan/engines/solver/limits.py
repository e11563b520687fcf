"""The bounds of a problem's numbers, and the refusal of what contradicts itself."""

from typing import Final

from zaguan.base.kit.errors import ZaguanError

HORIZON_S: Final = 30 * 86_400
UNREACHABLE_S: Final = 10_000_000
MAX_DIMENSIONS: Final = 8
MAX_NUMBER: Final = 1_000_000_000  # of zones and coordinates


class InvalidProblem(ZaguanError):
    """The problem contradicts itself; `what` says where and how."""

    code = "solver.invalid_problem"


def require(holds: bool, what: str) -> None:
    """Refuse what does not hold."""
    if not holds:
        raise InvalidProblem(what=what)
