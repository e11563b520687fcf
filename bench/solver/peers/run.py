"""Run the solver and its peers on benchmark instances, interleaved, at equal CPU time; every plan is verified."""

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).parents[3]))

from bench.solver.peers.plot import drawing
from bench.solver.peers.runs import NAMES, SOLVERS, Case, Run, case_of, run
from bench.solver.peers.sets import DATA, SETS, files_of
from bench.solver.peers.table import curves, notes, rows
from zaguan.base.kit.clock import SystemClock, today_in
from zaguan.base.kit.files import write_whole
from zaguan.engines.solver.warm import warm

RESULTS = Path(__file__).parent / "results"


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, epilog=f"Sets: {', '.join(SETS)}.")
    parser.add_argument("--set", nargs="+", default=["quick"], help="sets, folders or folder/instance")
    parser.add_argument("--folder", type=Path, default=DATA, help="instances are searched below this folder")
    parser.add_argument("--seconds", type=float, help="CPU seconds of each run (default: those of the set)")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each solver on each instance")
    parser.add_argument("--solvers", nargs="+", choices=SOLVERS, default=list(SOLVERS))
    parser.add_argument("--whole-fleet", action="store_true", help="do not limit vehicles to the best known number")
    parser.add_argument("--name", help="of the result (default: that of the set)")
    return parser.parse_args()


def measure(cases: Sequence[Case], chosen: argparse.Namespace, seconds: float) -> list[Run]:
    """Run every solver on every case, one after the other; who begins changes from case to case."""
    runs: list[Run] = []
    with Progress() as progress:
        task = progress.add_task("runs", total=len(cases) * chosen.seeds * len(chosen.solvers))
        for seed in range(1, chosen.seeds + 1):
            for number, case in enumerate(cases):
                turn = (number + seed) % len(chosen.solvers)
                for solver in chosen.solvers[turn:] + chosen.solvers[:turn]:
                    runs.append(run(case, solver, seconds, seed))
                    progress.console.print(_line(case, runs[-1]), highlight=False, soft_wrap=True)
                    progress.advance(task)
    return runs


def _line(case: Case, done: Run) -> str:
    gap = "" if done.cost is None or case.known is None else f" {100 * (done.cost / case.known - 1):6.2f} %"
    cost = done.note if done.cost is None else f"{done.cost:.0f}{gap}"
    spent = "" if done.cpu_s is None else f" {done.cpu_s:.1f} s {done.peak_memory_mb} MB"
    return f"{case.instance.name:18} {NAMES[done.solver]:9} {cost}{spent}"


def main() -> None:
    """Measure, and write table and drawing."""
    chosen = arguments()
    try:
        files = list(dict.fromkeys(file for name in chosen.set for file in files_of(name, chosen.folder)))
    except ValueError as refusal:
        raise SystemExit(f"refused: {refusal}") from refusal
    known = [SETS[name] for name in chosen.set if name in SETS]
    seconds = chosen.seconds or max((each.seconds for each in known), default=10.0)
    cases = [case_of(file, whole_fleet=chosen.whole_fleet) for file in files]
    warm()
    runs = measure(cases, chosen, seconds)
    name = chosen.name or "-".join(Path(each).name for each in chosen.set)
    title = "; ".join(each.title for each in known) or ", ".join(chosen.set)
    table = {
        "question": f"{title}: which plans after {seconds:g} CPU seconds of one thread?",
        "command": f'make bench-solver SET="{" ".join(chosen.set)}" SECONDS={seconds:g} SEEDS={chosen.seeds}',
        "machine": f"one thread of a shared {platform.machine()} server, Python {platform.python_version()}",
        "data": title,
        "at": today_in(UTC, SystemClock()).isoformat(),
        "notes": [f"means of {chosen.seeds} runs; costs in the instance's units", *notes(cases, runs)],
        "rows": rows(cases, runs, chosen.seeds),
    }
    write_whole(RESULTS / f"{name}.json", json.dumps(table, indent=1, ensure_ascii=False) + "\n")
    picture = drawing(f"{title}, mean gap", curves(cases, runs, seconds), NAMES)
    if picture:
        write_whole(RESULTS / f"{name}.svg", picture)


if __name__ == "__main__":
    main()
