"""Compile every kernel into the cache by solving a tiny problem, so that no user waits for it."""

import numpy as np

from zaguan.engines.solver.budget import Budget
from zaguan.engines.solver.compiled import forget_older_kernels
from zaguan.engines.solver.explain import explain
from zaguan.engines.solver.problem import Client, Problem, Travel, Vehicle
from zaguan.engines.solver.solve import evaluate, solve


def warm() -> None:
    """Solve and time three clients in two threads; the kernels have one signature each, so that compiles them all."""
    forget_older_kernels()
    travel = Travel.static(np.abs(np.subtract.outer(np.arange(4), np.arange(4))) * 60)
    clients = [Client(location=i, windows=((0, 3_600),)) for i in (1, 2, 3)]
    problem = Problem(clients=clients, vehicles=[Vehicle(), Vehicle()], travel=travel)
    solve(problem, budget=Budget(iterations=20), threads=2)
    explain(problem, evaluate(problem, [(0, (0, 1))]))
