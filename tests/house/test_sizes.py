"""Sizes that do not creep: files, functions, rooms that one file knows."""

import ast
from pathlib import Path

from tests.house.source import ROOT, imports_of, modules, parsed, python_files, room_of, written_in

FILE_LINES = 400
FUNCTION_LINES = 60
ROOMS_PER_FILE = 8
WEB_FILE_LINES = 250
WEB_ENDINGS = {".svelte", ".ts", ".js", ".css", ".html"}


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_python_file_is_too_long() -> None:
    """A Python file has at most 400 lines."""
    too_long = {str(path.relative_to(ROOT)): lines_of(path) for path in python_files() if lines_of(path) > FILE_LINES}
    assert not too_long, "split by verb or noun"


def test_no_function_is_too_long() -> None:
    """A function has at most 60 lines, its docstring and signature counted."""
    too_long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    }
    assert not too_long, "name the steps and give each a function"


def test_no_file_knows_too_many_rooms() -> None:
    """A file imports from at most eight rooms."""
    rooms = {
        module.relative: sorted({room for name in imports_of(module.tree) if (room := room_of(name)) is not None})
        for module in modules()
    }
    crowded = {path: found for path, found in rooms.items() if len(found) > ROOMS_PER_FILE}
    assert not crowded, "the use case does too much, or lives a storey too low"


def test_no_web_file_is_too_long() -> None:
    """A web file that people write has at most 250 lines."""
    files = [path for path in written_in(ROOT / "web") if path.suffix in WEB_ENDINGS]
    too_long = {str(path.relative_to(ROOT)): lines_of(path) for path in files if lines_of(path) > WEB_FILE_LINES}
    assert not too_long, "split by feature or component"
