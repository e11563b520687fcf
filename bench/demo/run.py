"""Measure `zaguan demo` in an empty folder, and once more in the same folder."""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from datetime import UTC
from pathlib import Path
from typing import Any

from zaguan.base.kit.clock import SystemClock, elapsed_s, today_in
from zaguan.base.kit.files import write_whole

HERE = Path(__file__).parent
COMMAND = [sys.executable, "-c", "from zaguan.app.cli.main import main; main()", "demo", "--no-open"]


def measure(folder: Path, run: str) -> dict[str, Any]:
    """Run the demo once and return its row."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), elapsed_s()
    subprocess.run(COMMAND, env=os.environ | {"ZAGUAN_DEMO_DIR": str(folder)}, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    totals = json.loads((folder / "plan" / "plan.json").read_text("utf-8"))["totals"]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "run": run,
        "wall_s": round(elapsed_s() - began, 1),
        "cpu_s": round(cpu, 1),
        "memory_mb": after.ru_maxrss // 1024,
        "orders": totals["orders"],
        "served": totals["served"],
        "routes": totals["routes"],
        "violations": totals["violations"],
    }


def main() -> None:
    """Measure both runs and write the table."""
    with tempfile.TemporaryDirectory() as place:
        rows = [measure(Path(place) / "demo", run) for run in ("first", "second")]
    table = {
        "question": "How long does the demo take after set-up?",
        "command": "make bench ARGS=demo",
        "machine": f"{os.cpu_count()} cores of a shared {platform.machine()} server, "
        f"Python {platform.python_version()}",
        "data": "generated town of 20,000 addresses, 300 orders, 12 mixed vehicles, 10 s of search",
        "at": today_in(UTC, SystemClock()).isoformat(),
        "rows": rows,
    }
    write_whole(HERE / "results" / "demo.json", json.dumps(table, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
