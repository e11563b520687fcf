"""Ours, one thread."""

from importlib.metadata import version

from bench.solver.peers.answer import Answer, Routes, Stopwatch
from zaguan.engines.solver import Budget, HaltKind, Problem, Route, compile_kernels, solve
from zaguan.engines.solver.solution import Progress


def run(problem: Problem, seconds: float, seed: int) -> Answer:
    """Search for so many CPU seconds; the compiled kernels are loaded before the clock starts."""
    compile_kernels()
    optional = all(client.prize is not None for client in problem.clients)
    watch = Stopwatch()

    def see(progress: Progress) -> bool:
        if optional or not progress.unassigned:
            watch.found(progress.cost)
        return False

    plan = solve(problem, budget=Budget(cpu_seconds=seconds), seed=seed, threads=1, on_progress=see)
    used = watch.now()
    if optional or not plan.unassigned:
        watch.found(plan.cost)
    routes: Routes = [(route.vehicle, _trips(route)) for route in plan.routes]
    return Answer(version=version("zaguan"), routes=routes, cpu_s=used, iterations=plan.iterations, trace=watch.trace)


def _trips(route: Route) -> list[list[int]]:
    """Cut the visits where the vehicle loads again; a halt comes after so many visits and other halts."""
    trips: list[list[int]] = [[]]
    halts = {halt.after: halt for halt in route.halts}
    visits, at = iter(route.visits), 0
    for at in range(len(route.visits) + len(route.halts)):
        if (halt := halts.get(at)) is None:
            trips[-1].append(next(visits).client)
        elif halt.kind is HaltKind.RELOAD:
            trips.append([])
    return trips
