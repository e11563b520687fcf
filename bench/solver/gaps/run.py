"""Measure gaps to best known solutions at equal CPU time; each plan is verified before it counts."""

import argparse
import json
import os
import platform
import resource
from datetime import UTC
from pathlib import Path
from typing import Any

from rich.progress import track

from zaguan.base.kit.clock import SystemClock, today_in
from zaguan.base.kit.files import write_whole
from zaguan.engines.solver import Budget, check, solve
from zaguan.engines.solver.formats.benchmark import Instance, read_instance
from zaguan.engines.solver.warm import warm

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
DATA = Path(os.environ.get("ZAGUAN_DEV_DATA", ROOT.parent / "shared" / "data")) / "vrplib"
DEFAULT = [
    *(f"solomon/{name}" for name in ("R101", "R112", "C101", "RC101", "R201", "C201", "RC208")),
    *(f"cvrp_x/X-{name}" for name in ("n120-k6", "n214-k11", "n308-k13", "n459-k26", "n641-k35", "n1001-k43")),
    *(f"gh1000/{name}_10_{number}" for name, number in (("R1", 1), ("RC1", 3), ("C1", 6), ("RC2", 7), ("C2", 2))),
]


def best_known(instance: Instance) -> float | None:
    """Return the best known cost in the instance's units; VRPTW costs are stated with one decimal."""
    literature = json.loads((HERE / "best_known.json").read_text("utf-8"))
    if instance.name in literature:
        return float(literature[instance.name]) * 10
    if instance.best_known is None:
        return None
    return instance.best_known * (10 if instance.problem.clients[0].windows else 1)


def measure(path: Path, seconds: float, seeds: int) -> dict[str, Any]:
    """Solve one instance with several seeds and return its row; a plan that breaks a rule ends the bench."""
    instance = read_instance(path)
    known, costs, rates, routes = best_known(instance), [], [], []
    for seed in range(1, seeds + 1):
        plan = solve(instance.problem, budget=Budget(cpu_seconds=seconds), seed=seed, threads=1)
        broken = check(instance.problem, plan)
        if broken or plan.unassigned:
            raise SystemExit(f"{instance.name}, seed {seed}: {broken or 'clients left out'}")
        costs.append(plan.cost)
        rates.append(plan.iterations / plan.cpu_seconds)
        routes.append(len(plan.routes))
    gaps = [100 * (cost / known - 1) for cost in costs] if known else []
    return {
        "instance": instance.name,
        "customers": len(instance.problem.clients),
        "best_known": known,
        "mean_cost": round(sum(costs) / len(costs)),
        "mean_gap_percent": round(sum(gaps) / len(gaps), 2) if gaps else None,
        "worst_gap_percent": round(max(gaps), 2) if gaps else None,
        "routes": min(routes),
        "iterations_per_s": round(sum(rates) / len(rates)),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Run the instances one after the other and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=DATA, help="instances, searched below this folder")
    parser.add_argument("--set", nargs="*", default=DEFAULT, help="folder/name of instances")
    parser.add_argument("--seconds", type=float, default=20.0, help="CPU seconds of each search")
    parser.add_argument("--seeds", type=int, default=2)
    chosen = parser.parse_args()
    files = {
        f"{path.parent.name}/{path.stem}": path for path in chosen.folder.rglob("*") if path.suffix in (".vrp", ".txt")
    }
    if missing := [name for name in chosen.set if name not in files]:
        raise SystemExit(f"not below {chosen.folder}: {', '.join(missing)}; give --folder with benchmark instances")
    warm()
    rows = [measure(files[name], chosen.seconds, chosen.seeds) for name in track(chosen.set, "instances")]
    table = {
        "question": f"How near to the best known solution after {chosen.seconds:g} CPU seconds of one thread?",
        "command": f'make bench ARGS="solver/gaps -- --seconds {chosen.seconds:g} --seeds {chosen.seeds}"',
        "machine": f"one thread of a shared {platform.machine()} server, Python {platform.python_version()}",
        "data": "X (Uchoa et al.), Solomon, Gehring and Homberger",
        "at": today_in(UTC, SystemClock()).isoformat(),
        "notes": "Every plan passed the independent checker. Peak memory is that of the process so far.",
        "rows": rows,
    }
    write_whole(HERE / "results" / "gaps.json", json.dumps(table, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
