"""What was measured is published."""

import json

from tests.house.source import ROOT

QUICK = ROOT / "bench" / "solver" / "peers" / "results" / "quick.json"


def test_the_gap_to_the_best_known_is_published() -> None:
    """C11: the benchmarks page tells the gap to the best known solution of every instance that was measured."""
    page = (ROOT / "docs" / "reference" / "benchmarks.md").read_text("utf-8")
    rows = [row for row in json.loads(QUICK.read_text("utf-8"))["rows"] if row["best_known"] is not None]
    ours = [row for row in rows if row["solver"] == "Zaguán"]
    assert len(ours) >= 10
    for row in ours:
        assert row["gap_percent"] == round(100 * (row["cost"] / row["best_known"] - 1), 2), row["instance"]
        assert f"| {row['instance']} |" in page
