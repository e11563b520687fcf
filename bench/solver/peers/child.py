"""One run of one solver in a process of its own: a request as JSON on standard input, the answer into a file."""

import importlib
import json
import resource
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bench.solver.peers.answer import NotInstalled, NotTranslated
from zaguan.engines.solver import InvalidProblem, Problem
from zaguan.engines.solver.formats.benchmark import read_instance

STATUS = Path("/proc/self/status")


def peak_memory_mb() -> int:
    """Return this program's own peak: what getrusage says may include that of the process it was started from."""
    if STATUS.exists():
        lines = dict(line.split(":", 1) for line in STATUS.read_text("utf-8").splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def problem_of(file: Path, vehicles: int | None) -> Problem:
    """Return the problem of a file, with its first so many vehicles only."""
    problem = read_instance(file).problem
    return problem if vehicles is None else replace(problem, vehicles=problem.vehicles[:vehicles])


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Run the solver, or say why it does not run."""
    problem = problem_of(Path(request["file"]), request["vehicles"])
    before_mb = peak_memory_mb()
    try:
        solver = importlib.import_module(f"bench.solver.peers.with_{request['solver']}")
        found = asdict(solver.run(problem, request["seconds"], request["seed"]))
    except NotInstalled as missing:
        return {"refused": f"{missing} is not installed"}
    except NotTranslated as lacking:
        return {"refused": f"not run, as the instance has {lacking}"}
    except InvalidProblem as refusal:
        return {"refused": f"refuses the instance: {refusal.facts['what']}"}
    return {"refused": None, "read_mb": before_mb, "peak_memory_mb": peak_memory_mb(), **found}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    Path(asked["answer"]).write_text(json.dumps(answer(asked)), "utf-8")
