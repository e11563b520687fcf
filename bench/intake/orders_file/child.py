"""Import one file into a book and tell what came out; `run.py` measures this process."""

import sys
from pathlib import Path

import orjson

from zaguan.base.kit.clock import SystemClock
from zaguan.operations.intake.book import store_orders
from zaguan.operations.intake.service import read_orders


def main(file: Path, book: Path) -> None:
    """Read and store."""
    report = read_orders(file)
    change = store_orders(book, report.orders, source=report.source, at=SystemClock().now())
    answer = {
        "rows": report.rows,
        "orders": len(report.orders),
        "rejected": len(report.rejected),
        "created": change.created,
    }
    sys.stdout.write(orjson.dumps(answer).decode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
