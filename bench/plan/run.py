"""Plan a day of 1,000 orders at real addresses with 30 vehicles, and measure what it takes.

Without arguments Porto Alegre is planned, where the development data is at hand. With a region of your own:
python bench/plan/run.py --region FOLDER --name my-city
"""

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
from datetime import UTC
from pathlib import Path
from typing import Any

from zaguan.base.kit.clock import SystemClock, elapsed_s, today_in

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DATA = Path(os.environ.get("ZAGUAN_DEV_DATA", ROOT.parent / "shared" / "data"))
CITY = "osm/porto-alegre"
DAY = "2026-03-10"
COMMAND = (sys.executable, "-c", "from zaguan.app.cli.main import main; main()")


def zaguan(*words: object) -> str:
    """Run the command line and return what it prints."""
    run = subprocess.run([*COMMAND, *map(str, words)], stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout


def spent_s() -> float:
    """Return the CPU seconds of all programs that were run and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measured(words: tuple[object, ...]) -> tuple[dict[str, Any], dict[str, float]]:
    """Plan; return the summary, and time and memory with the servers' part in it."""
    cpu, began = spent_s(), elapsed_s()
    summary: dict[str, Any] = json.loads(zaguan(*words))
    # the largest program that was run: the planner itself
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return summary, {"wall_s": elapsed_s() - began, "cpu_s": spent_s() - cpu, "peak_mb": peak_mb}


def row(name: str, summary: dict[str, Any], figures: dict[str, float]) -> dict[str, Any]:
    """Return a line of the table."""
    totals = summary["totals"]
    return {
        "run": name,
        "orders": totals["orders"],
        "served": totals["served"],
        "left_for_review": len(summary["review"]),
        "routes": totals["routes"],
        "violations": totals["violations"],
        "on_time_percent": round(totals["on_time_share"] * 100, 1),
        "distance_km": round(totals["distance_m"] / 1000, 1),
        "cost_against_nearest_percent": change(totals["cost_minor"], totals["baseline_cost_minor"]),
        "distance_against_nearest_percent": change(totals["distance_m"], totals["baseline_distance_m"]),
        "search_s": round(summary["search"]["seconds"], 1),
        "iterations": summary["search"]["iterations"],
        "wall_s": round(figures["wall_s"], 1),
        "cpu_s": round(figures["cpu_s"], 1),
        "memory_mb": round(figures["peak_mb"]),
    }


def change(now: float, before: float) -> float | None:
    """Return the change in per cent, None where there is nothing to compare with."""
    return round((now - before) / before * 100, 1) if before else None


def machine() -> str:
    """Return what it was measured on."""
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text("ascii"))
    gib = round(int(memory[1]) / 1024**2) if memory else 0
    return (
        f"{os.cpu_count()} cores of a shared {platform.machine()} server, {gib} GiB, Python {platform.python_version()}"
    )


def main() -> None:
    """Measure twice: travel times asked, and travel times kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--region", type=Path)
    options.add_argument("--name", default="porto-alegre")
    options.add_argument("--orders", type=int, default=1000)
    options.add_argument("--vehicles", type=int, default=30)
    options.add_argument("--seconds", type=float, default=60)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        region = wanted.region or folder / "region"
        if wanted.region is None:
            if not (DATA / CITY).exists():
                sys.exit(f"development data not here: {CITY} (set ZAGUAN_DEV_DATA, or name a region with --region)")
            source = DATA / CITY
            zaguan(
                *("region", "build", source / "roads.osm.pbf", "--addresses", source / "addresses.csv.gz"),
                *("--name", "Porto Alegre", "--out", region),
            )
        orders, fleet = folder / "orders.xlsx", folder / "fleet.yaml"
        zaguan("sample", "orders", "--region", region, "--count", wanted.orders, "--date", DAY, "--out", orders)
        zaguan("sample", "fleet", "--region", region, "--vehicles", wanted.vehicles, "--out", fleet)
        words = (
            *("plan", orders, "--region", region, "--fleet", fleet, "--seconds", wanted.seconds),
            *("--json", "--out", folder / "plan"),
        )
        rows = [row(name, *measured(words)) for name in ("first, travel times asked", "again, travel times kept")]
    result = {
        "question": f"What does a day of {wanted.orders} orders with {wanted.vehicles} vehicles take, file to folder?",
        "command": "make bench ARGS=plan",
        "machine": machine(),
        "data": f"{wanted.name}: orders invented at addresses drawn from its register",
        "at": today_in(UTC, SystemClock()).isoformat(),
        "notes": [
            "cpu_s counts two search threads and the road servers; wall_s depends on what else the machine does",
            "memory_mb is the peak of the largest process, the planner",
        ],
        "rows": rows,
    }
    (HERE / "results").mkdir(exist_ok=True)
    path = HERE / "results" / f"{wanted.name}.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(path.read_text("utf-8"))


if __name__ == "__main__":
    main()
