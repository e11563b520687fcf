"""Examples in the pages run as they stand."""

import re
from contextlib import chdir
from pathlib import Path

import openpyxl
import pytest

from tests.house.source import ROOT

BLOCK = re.compile(r"^```python\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
PAGES = [
    page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if BLOCK.search(page.read_text())
]


def write_orders(path: Path) -> None:
    """Write a good row and a bad one, as a shop would."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("Pedido", "Dirección", "Peso kg"), ("A-1", "Los Olivos 123", 2.5), ("A-2", "Los Olivos 5", "mucho")):
        book.active.append(row)
    book.save(path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_examples_run(page: Path, tmp_path: Path) -> None:
    """The Python of a page runs from top to bottom, in a folder that holds an orders.xlsx and nothing else."""
    write_orders(tmp_path / "orders.xlsx")
    names: dict[str, object] = {"__name__": "example"}
    with chdir(tmp_path):
        for block in BLOCK.findall(page.read_text("utf-8")):
            exec(compile(block, str(page), "exec"), names)


def test_the_readme_shows_the_library() -> None:
    """The README has an example of the library."""
    assert ROOT / "README.md" in PAGES
