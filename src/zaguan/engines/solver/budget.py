"""How long to search."""

from dataclasses import dataclass

from zaguan.engines.solver.limits import InvalidProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits of a search; it ends at the first that is reached, and at least one of the first three must be given.

    `seconds` are wall time, `cpu_seconds` those of all threads together, `iterations` those of each thread: only a
    budget of iterations gives the same plan on every machine. `patience_iterations` ends a search that found
    nothing better for so long.
    """

    seconds: float | None = None
    cpu_seconds: float | None = None
    iterations: int | None = None
    patience_iterations: int | None = None

    def __post_init__(self) -> None:
        limits = (self.seconds, self.cpu_seconds, self.iterations)
        if all(limit is None for limit in limits) or any(limit is not None and limit <= 0 for limit in limits):
            raise InvalidProblem(what="a search needs a positive budget of seconds, cpu_seconds or iterations")

    def share(self, *, seconds: float, cpu_seconds: float, iterations: int) -> float:
        """Return how much of the budget is used, 0 to 1."""
        used = [
            spent / limit
            for spent, limit in (
                (seconds, self.seconds),
                (cpu_seconds, self.cpu_seconds),
                (iterations, self.iterations),
            )
            if limit is not None
        ]
        return min(1.0, max(used))
