"""Examples in the pages run as they stand."""

import re
from contextlib import chdir
from pathlib import Path

import pytest

from tests.house.source import ROOT

BLOCK = re.compile(r"^```python\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
PAGES = [
    page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if BLOCK.search(page.read_text())
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_examples_run(page: Path, tmp_path: Path) -> None:
    """The Python of a page runs from top to bottom, in an empty folder."""
    names: dict[str, object] = {"__name__": "example"}
    with chdir(tmp_path):
        for block in BLOCK.findall(page.read_text("utf-8")):
            exec(compile(block, str(page), "exec"), names)


def test_the_readme_shows_the_library() -> None:
    """The README has an example of the library."""
    assert ROOT / "README.md" in PAGES
