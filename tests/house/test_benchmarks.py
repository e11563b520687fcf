"""What was measured is published."""

import json

from tests.house.source import ROOT

GAPS = ROOT / "bench" / "solver" / "gaps" / "results" / "gaps.json"


def test_the_gap_to_the_best_known_is_published() -> None:
    """C11: the benchmarks page tells the gap to the best known solution of every instance that was measured."""
    page = (ROOT / "docs" / "reference" / "benchmarks.md").read_text("utf-8")
    rows = json.loads(GAPS.read_text("utf-8"))["rows"]
    assert len(rows) >= 10
    for row in rows:
        assert isinstance(row["mean_gap_percent"], float), row["instance"]
        assert row["mean_gap_percent"] == round(100 * (row["mean_cost"] / row["best_known"] - 1), 2), row["instance"]
        assert f"| {row['instance']} |" in page
