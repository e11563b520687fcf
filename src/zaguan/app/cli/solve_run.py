"""The work of `zaguan solve`. Imported when it is asked for: it brings the solver along."""

import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from zaguan.app.cli.solve_case import Case, read_case
from zaguan.app.cli.solve_formats import FileFormat
from zaguan.app.cli.solve_summary import cost_of, print_left_out, print_totals
from zaguan.app.cli.terminal import TerminalProgress, err, interrupt_heard, out
from zaguan.base.kit.clock import elapsed_s
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.files import write_whole
from zaguan.base.kit.words import say
from zaguan.engines.solver.budget import Budget
from zaguan.engines.solver.check import check
from zaguan.engines.solver.explain import explain
from zaguan.engines.solver.solution import Progress, Solution
from zaguan.engines.solver.solve import compile_kernels, solve


class OverItself(ZaguanError):
    """The solution would be written over the problem."""

    kind = Kind.CONFLICT
    code = "solve_cli.over_itself"


class NotVerified(ZaguanError):
    """The independent checker found a broken rule in the plan."""

    kind = Kind.UNAVAILABLE
    code = "solve_cli.not_verified"


def run_solve(
    file: Path,
    form: FileFormat | None,
    *,
    budget: Budget,
    threads: int,
    seed: int,
    straight_kmh: float | None,
    to: Path | None,
) -> Solution:
    """Read, search, verify, write, tell."""
    if to is not None and to.exists() and to.samefile(file):
        raise OverItself(file=to)
    began_s = elapsed_s()
    case = read_case(file, form, straight_kmh)
    loading_s = elapsed_s() - began_s
    solution = _searched(case, budget=budget, threads=threads, seed=seed)
    if broken := check(case.problem, solution):
        raise NotVerified(what=f"{broken[0].code}: {broken[0].text}")
    if to is not None:  # before the reasons are looked for: whoever interrupts that still has the plan
        write_whole(to, case.written(solution, (), loading_s=loading_s))
    explained = explain(case.problem, solution)
    content = case.written(solution, explained, loading_s=loading_s)
    if to is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    elif explained:
        write_whole(to, content)
    _tell(case, solution, on=err if to is None else out, left_out=lambda on: print_left_out(case, explained, on=on))
    if to is not None:
        out.print(say("solve_cli.written", file=to), highlight=False, soft_wrap=True, markup=False)
    return solution


def _tell(case: Case, solution: Solution, *, on: Console, left_out: Callable[[Console], None]) -> None:
    print_totals(case, solution, on=on)
    if solution.unassigned:
        left_out(on)


def _searched(case: Case, *, budget: Budget, threads: int, seed: int) -> Solution:
    """Search with a bar; Ctrl-C ends the search and keeps the best so far."""
    progress = TerminalProgress()
    with progress.step(say("solve_cli.compiling")):  # or only loaded: neither is paid by the budget
        compile_kernels()
    with (
        interrupt_heard(say("solve_cli.stopping")) as is_interrupted,
        progress.step(say("solve_cli.searching"), total=1.0) as step,
    ):
        shown = 0.0

        def on_progress(standing: Progress) -> bool:
            nonlocal shown
            step.advance(standing.share - shown)
            shown = standing.share
            step.note(_standing(case, standing))
            return is_interrupted()

        return solve(case.problem, budget=budget, seed=seed, threads=threads, on_progress=on_progress)


def _standing(case: Case, standing: Progress) -> str:
    """Tell how the search stands. While somebody who must be served is left out, the cost is no cost yet."""
    counts = {"routes": standing.routes, "unassigned": standing.unassigned}
    priced = case.has_prizes and all(client.prize is not None for client in case.problem.clients)
    if standing.unassigned and not priced:
        return say("solve_cli.standing_must", None, **counts)
    return say("solve_cli.standing", None, cost=cost_of(case, standing.cost), **counts)
