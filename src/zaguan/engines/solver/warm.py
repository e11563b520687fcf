"""Set-up: compile every kernel into the cache, so that no user waits for it, and drop older ones."""

from zaguan.engines.solver.compiled import forget_older_kernels
from zaguan.engines.solver.solve import compile_kernels


def warm() -> None:
    """Compile what is not in the cache yet."""
    forget_older_kernels()
    compile_kernels()
