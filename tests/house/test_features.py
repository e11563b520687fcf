"""The table of what works is true: what it calls done is implemented where it says and tested where it says."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.house.source import ROOT, parsed

STATES = {"done", "begun", "open"}
WANTED = [*("C01", "C04", "C07"), *("C09", "C10", "C11", "C12", "C13"), *("C20", "C21", "C22", "C23", "C24")]
WANTED += ["C27", "C29", "C32", "C105"]


@cache
def table() -> dict[str, list[str]]:
    """Return the rows of the feature table by id: requirement, state, implemented in, tested in."""
    lines = (ROOT / "docs" / "README.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| C\d+ \|", line)]
    return {row[0]: row[1:] for row in rows}


@cache
def ids_named_in(path: Path) -> frozenset[str]:
    """Return the ids that the docstrings of a test file's tests name."""
    docstrings = [
        ast.get_docstring(node) or ""
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return frozenset(re.findall(r"\bC\d{2,3}\b", " ".join(docstrings)))


def paths_in(cell: str) -> list[Path]:
    """Return the paths that a cell names in back quotes."""
    return [ROOT / name for name in re.findall(r"`([^`]+)`", cell)]


def test_the_table_has_every_promised_row() -> None:
    """Each requirement of this release has one row with a state."""
    assert sorted(table()) == sorted(WANTED)
    assert {row[1] for row in table().values()} <= STATES


@pytest.mark.parametrize("feature", WANTED)
def test_what_is_done_is_tested(feature: str) -> None:
    """A requirement that is called done names its source, and tests whose docstrings name it."""
    _, state, implemented, tested = table()[feature]
    if state == "open":
        assert (implemented, tested) == ("–", "–"), "something that is not there stands nowhere"
        return
    assert paths_in(implemented)
    assert [str(path) for path in paths_in(implemented) + paths_in(tested) if not path.exists()] == []
    if state == "done":
        files = [file for path in paths_in(tested) for file in ([path] if path.is_file() else path.rglob("test_*.py"))]
        assert any(feature in ids_named_in(file) for file in files), f"no test of {tested} names {feature}"
