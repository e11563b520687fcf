"""Measure `zaguan import`: CPU seconds and peak memory for files of 100,000 rows, each in a process of its own."""

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
from datetime import UTC, date
from pathlib import Path

import orjson

from zaguan.base.geo.point import Point
from zaguan.base.kit.clock import SystemClock, today_in
from zaguan.engines.roads.geocoder.sources import AddressRow
from zaguan.operations.intake.sample import make_sample
from zaguan.operations.intake.sample_file import write_sample

ROWS = 100_000
STREETS = ("Avenida Los Olivos", "Calle del Molino", "Pasaje Quillay", "Avenida Brasil", "Los Aromos", "El Roble")
OUT = Path(__file__).parent / "results" / "orders_file.json"


def write_files(folder: Path, rows: int) -> list[Path]:
    """Write the same invented orders as .csv and .xlsx; one row in a thousand is bad."""
    dice = random.Random(7)
    houses = [
        AddressRow(
            street=dice.choice(STREETS),
            number=str(dice.randrange(1, 9_999)),
            commune=f"Comuna {dice.randrange(30)}",
            point=Point(lon=-70.6 + dice.random() / 10, lat=-33.4 + dice.random() / 10),
        )
        for _ in range(50_000)
    ]
    orders = round(rows / 1.13)  # one order in ten has more than one row
    sample = make_sample(houses, count=orders, service_on=date(2026, 1, 5), seed=7, locale="es", flawed=rows // 1_000)
    paths = [folder / "orders.csv", folder / "orders.xlsx"]
    for path in paths:
        write_sample(sample, path, locale="es", region_name="bench")
    return paths


def measure(path: Path, book: Path) -> dict[str, object]:
    """Import a file in a child process; return what it cost and what came out."""
    command = [sys.executable, str(Path(__file__).parent / "child.py"), str(path), str(book)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "ZAGUAN_LANG": "en"}) as child:
        assert child.stdout is not None
        answer = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    report = orjson.loads(answer)
    return {
        "file": path.suffix.removeprefix("."),
        "size_mb": round(path.stat().st_size / 1e6, 1),
        "rows": report["rows"],
        "orders": report["orders"],
        "created": report["created"],
        "rejected": report["rejected"],
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 1),
        "memory_mb": round(usage.ru_maxrss / 1024),
    }


def main() -> None:
    """Write, measure each file twice (new, and again into the same book), and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in write_files(folder, asked.rows):
            book = folder / f"{path.suffix.removeprefix('.')}.book.jsonl"
            for again in ("first", "again"):
                rows.append({"import": again, **measure(path, book)})
                print(rows[-1], flush=True)
    result = {
        "question": "What does it cost to import a file of 100,000 rows into the order book?",
        "command": "make bench ARGS=intake/orders_file",
        "machine": f"2 cores of a shared {platform.machine()} server, Python {platform.python_version()}",
        "data": "invented orders of `make_sample`, 23 columns, one row in a thousand bad",
        "at": today_in(UTC, SystemClock()).isoformat(),
        "rows": rows,
    }
    if asked.rows == ROWS:
        OUT.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    main()
