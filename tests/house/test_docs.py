"""Docs that cannot rot: generated pages are fresh, links lead somewhere, decisions say why."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT, SOURCE, parsed, written_in
from tools.pages.command_line import commands

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "bench").rglob("*.md")])
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)[^)]*\)")
TEXTS = {".py", ".json", ".sh", ".ts", ".svelte", ".js", ".yaml", ".csv", ".tsv", ".npmrc", ".md"}
RULES = SOURCE / "engines" / "solver" / "rules"
RULES_PAGES = DOCS / "reference" / "solver-rules"


def prose_of(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    """Yield each link of a page that leads to no file or heading of ours."""
    for target in LINK.findall(prose_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        aim = (page.parent / path).resolve() if path else page
        if not aim.exists() or (anchor and aim.suffix == ".md" and anchor not in anchors_of(aim)):
            yield target


def test_generated_pages_are_fresh() -> None:
    """The committed reference pages are what `make docs` writes today."""
    done = subprocess.run(
        [sys.executable, "tools/docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_and_option_is_in_the_reference() -> None:
    """docs/reference/cli.md names every command and every option of the command line."""
    import typer

    from zaguan.app.cli.main import make_app

    text = (DOCS / "reference" / "cli.md").read_text("utf-8")
    for path, command in commands(typer.main.get_command(make_app())):
        title = f" `{' '.join(('zaguan', *path))}`\n"
        assert title in text, "run make docs"
        section = text.split(title)[1].split("\n## ")[0]
        options = [option for parameter in command.params for option in parameter.opts if option.startswith("-")]
        assert [option for option in options if f"`{option}`" not in section] == [], path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a page, a picture or a heading of ours finds it."""
    assert list(broken_links(page)) == []


def test_a_broken_link_would_be_seen(tmp_path: Path) -> None:
    """The look at links finds a missing file and a missing heading, and spares code and the web."""
    page = tmp_path / "page.md"
    page.write_text("# A b\n[x](#a-b) [y](#c) ![z](no.png) [w](https://x.org)\n```\n[c](no.md)\n```\n")
    assert list(broken_links(page)) == ["#c", "no.png"]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_four_parts(page: Path) -> None:
    """A decision record has its number, and context, decision, consequences, alternatives, none of them empty."""
    text = page.read_text("utf-8")
    assert re.match(rf"# {int(page.name[:4])}\. .+\n", text)
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == HEADINGS
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE))


def test_decisions_are_numbered_without_a_gap() -> None:
    """The records are numbered from one, each number once."""
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_every_page_is_in_the_index() -> None:
    """docs/README.md links to each page of docs."""
    linked = {(DOCS / target.partition("#")[0]).resolve() for target in LINK.findall(prose_of(DOCS / "README.md"))}
    pages = {page for page in DOCS.rglob("*.md") if page != DOCS / "README.md"}
    assert sorted(str(page.relative_to(DOCS)) for page in pages - linked) == []


def test_every_rule_of_the_solver_is_explained() -> None:
    """Each rule of the solver, one file each, has its own heading in the reference."""
    folder = "\n".join(page.read_text("utf-8") for page in sorted(RULES_PAGES.parent.glob("solver-rules*")))
    rules = {path.stem for path in RULES.glob("*.py") if ast.get_docstring(parsed(path)) and path.stem[0] != "_"}
    explained = {heading.lower().replace(" ", "_") for heading in re.findall(r"^##+ (.+)$", folder, re.MULTILINE)}
    assert sorted(rules - explained) == []


def test_nothing_tells_where_it_was_made() -> None:
    """No page, source, result or setting names a path or an index of the machine it was made on."""
    told = re.compile(r"/(?:work|root|home|Users)/[a-z]|find-links|extra-index-url")
    folders = [ROOT / name for name in ("src", "tools", "bench", "web")]
    files = [*PAGES, *(ROOT / name for name in ("requirements.lock", "pyproject.toml", "Makefile"))]
    files += [path for folder in folders for path in written_in(folder) if path.suffix in TEXTS]
    assert [str(path.relative_to(ROOT)) for path in files if told.search(path.read_text("utf-8"))] == []
