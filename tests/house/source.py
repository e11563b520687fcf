"""The code as the house tests read it: every module of the package, parsed once."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
# written by a tool or by npm, not by a person
GENERATED: Final = {"node_modules", "dist", "generated", "__pycache__"}
SOURCE: Final = ROOT / "src" / "zaguan"
BUILT_PAGE: Final = SOURCE / "operations" / "planning" / "export" / "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file: `name` is dotted, `room` the part of the name down to the room, such as base.kit."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def relative(self) -> str:
        """The path below the top folder, as a person would write it."""
        return self.path.relative_to(ROOT).as_posix()


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of src/zaguan, those of the package's `__init__` included."""
    return tuple(_read(path) for path in sorted(SOURCE.rglob("*.py")))


@cache
def python_files() -> tuple[Path, ...]:
    """Return every Python file that people write: source, tests, tools and benches."""
    folders = ("src", "tests", "tools", "bench")
    return tuple(sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")))


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def written_in(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder that people write, or that they commit: no libraries, nothing built."""
    for here, folders, names in folder.walk():
        # the web's libraries are thousands of files: not even looked into
        folders[:] = [
            name for name in folders if name not in GENERATED and name[0] != "." and here / name != BUILT_PAGE
        ]
        yield from (here / name for name in names)


def listed(found: Iterable[str]) -> str:
    """Return what was found as lines of text: pytest shows the first of a list only."""
    return "\n" + "\n".join(found)


def imports_of(tree: ast.Module) -> set[str]:
    """Return the dotted names of all modules that are imported anywhere in the file."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def room_of(dotted: str) -> str | None:
    """Return `storey.room` of a module of ours, or None for others."""
    parts = dotted.split(".")
    return ".".join(parts[1:3]) if parts[0] == "zaguan" and len(parts) >= 3 else None


def _read(path: Path) -> Module:
    name = ".".join(("zaguan", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    return Module(path=path, name=name, tree=parsed(path))
