"""docs/reference/benchmarks.md: what the benches measured, from bench/**/results/*.json."""

import json
from pathlib import Path
from typing import Any

PAGE = "docs/reference/benchmarks.md"
ROOT = Path(__file__).parents[2]
KEYS = ("question", "command", "machine", "data", "at", "rows")
HEAD = """# Benchmarks

Each table is written from the results that a bench committed, and can be measured again by the command above it.
CPU seconds unless said: wall times of a shared machine are upper bounds. What each bench asks, of which peers and
on which data, stands in the README beside it.
"""


def page() -> str:
    """Return the page; a result that lacks a part of the agreed form raises ValueError."""
    results = sorted((ROOT / "bench").glob("**/results/*.json"))
    by_bench: dict[str, list[Path]] = {}
    for path in results:
        by_bench.setdefault(path.parents[1].relative_to(ROOT / "bench").as_posix(), []).append(path)
    sections = [_bench(name, paths) for name, paths in by_bench.items()]
    return HEAD + "".join(sections or ["\nNo bench has committed a result yet.\n"])


def _bench(name: str, paths: list[Path]) -> str:
    readme = (
        f" ([what is asked](../../bench/{name}/README.md))" if (ROOT / "bench" / name / "README.md").exists() else ""
    )
    return f"\n## {name}{readme}\n" + "".join(result_text(path) for path in paths)


def result_text(path: Path) -> str:
    """Return a result as a section; one that lacks a part of the agreed form raises ValueError."""
    result: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if missing := [key for key in KEYS if key not in result]:
        raise ValueError(f"{path} lacks {', '.join(missing)}; see bench/README.md")
    lines = ["", f"### {result['question']}", "", f"`{result['command']}`", ""]
    lines += [f"Data: {result['data']}. Machine: {_machine(result['machine'])}. Measured: {result['at']}.", ""]
    if notes := result.get("notes"):
        lines += [*([notes] if isinstance(notes, str) else [f"- {note}" for note in notes]), ""]
    picture = path.with_suffix(".svg")
    if picture.exists() and picture.is_relative_to(ROOT):
        lines += [f"![{result['question']}](../../{picture.relative_to(ROOT).as_posix()})", ""]
    return "\n".join([*lines, *_table(result["rows"])]) + "\n"


def _machine(machine: Any) -> str:
    if isinstance(machine, dict):
        return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in machine.items())
    return str(machine)


def _table(rows: list[dict[str, Any]]) -> list[str]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    head = "| " + " | ".join(column.replace("_", " ") for column in columns) + " |"
    # a column of figures stands at the right
    figures = [all(isinstance(row.get(column, 0), int | float | None) for row in rows) for column in columns]
    rule = "|" + "|".join("---:" if figure else "---" for figure in figures) + "|"
    return [head, rule, *("| " + " | ".join(_cell(row.get(column)) for column in columns) + " |" for row in rows)]


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value).replace("|", "\\|")
