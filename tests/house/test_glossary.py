"""The glossary is law: names in the code use its words."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT, Module, listed, modules

GLOSSARY = ROOT / "docs" / "glossary.md"
# an adapter's mapper is where another system's words meet ours
BORDERS = re.compile(r"zaguan\.adapters\.\w+\.mapper")
SOLVER_HOMES = ("zaguan.engines.solver", "zaguan.operations.planning.mapping")


def table_under(heading: str) -> dict[str, str]:
    """Return the first two columns of the table under a heading of the glossary."""
    section = GLOSSARY.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")
    ]
    return {row[0]: row[1] for row in rows[2:]}


def parts_of(name: str) -> set[str]:
    """Return the words of a snake_case or CamelCase name, in the singular."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return {form for word in words for form in _singular(word.lower())}


def names_of(module: Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of all that a module defines, its own name first."""
    yield 0, module.name.rsplit(".", 1)[-1]
    for node in ast.walk(module.tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
    yield from _assigned(module.tree)


def _assigned(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the names that are bound in the body of the module or of a class."""
    for body in (tree.body, *(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))):
        for statement in body:
            targets = (
                statement.targets
                if isinstance(statement, ast.Assign)
                else [statement.target]
                if isinstance(statement, ast.AnnAssign)
                else []
            )
            for target in targets:
                for node in ast.walk(target):
                    if isinstance(node, ast.Name):
                        yield node.lineno, node.id


def _singular(word: str) -> set[str]:
    return {word, word.removesuffix("s"), word.removesuffix("es")}


def test_names_use_the_words_of_the_glossary() -> None:
    """No name that the code defines has a banned word as a part."""
    banned, solver = table_under("Banned words"), table_under("Solver words")
    found = [
        f"{module.relative}:{line} {name}: use {banned[word]}"
        for module in modules()
        if not BORDERS.fullmatch(module.name)
        for line, name in names_of(module)
        for word in sorted(parts_of(name) & banned.keys())
        if not (word in solver and module.name.startswith(SOLVER_HOMES))
    ]
    assert not found, listed(found)


def test_solver_words_are_banned_elsewhere() -> None:
    """Every solver word that our words replace is also banned, so that it stays in the solver."""
    assert set(table_under("Solver words")) <= set(table_under("Banned words"))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("visit_count", "visit"),
        ("VisitList", "visit"),
        ("HTTPClient", "client"),
        ("boxes", "box"),
        ("_all_items", "item"),
        ("LOCATION_ROW", "location"),
    ],
)
def test_parts_of_a_name(name: str, parts: str) -> None:
    """A name is cut at underscores and capitals, and plurals count as singulars."""
    assert parts in parts_of(name)


def test_a_word_inside_a_word_is_not_a_part() -> None:
    """`revisited`, `triple` and `utility` are other words."""
    assert not parts_of("revisited_triple_utility") & {"visit", "trip", "util"}


def test_every_word_has_its_translations() -> None:
    """Each row of the glossary has the word in Spanish and Portuguese, and a meaning."""
    section = GLOSSARY.read_text("utf-8").split("\n## The words\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)
