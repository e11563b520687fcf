"""docs/reference/problem-json.md: every field of our own problem and solution files, from the dataclasses."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from zaguan.engines.solver.formats.ours import PROBLEM, SOLUTION, VERSION
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.solution import Solution, Unassigned
from zaguan.engines.solver.travel import Travel

PAGE = "docs/reference/problem-json.md"
HEAD = """# Problem and solution files

Our own JSON: what `zaguan solve` reads and writes as `ours`, and what `load_problem`, `dump_problem`, `load_solution`
and `dump_solution` of `zaguan.engines.solver.formats.ours` read and write. UTF-8, every field under the name of the
library's dataclass. A field that is missing takes its default; one that is unknown, of another kind, or in
contradiction with others is refused with its place, such as `clients[3].windows[0]`.

A file begins with what it is: `"format": "{problem}"` or `"format": "{solution}"`, and `"version": {version}`.

Where a meaning says None, the file says `null`. Times are whole seconds, distances whole metres, loads whole numbers
in any unit, prices numbers in any currency. Clients, vehicles and locations are numbered from 0 in the order of their
lists and matrices.

```json
{{
  "format": "{problem}",
  "version": {version},
  "travel": {{"durations_s": [[[0, 600, 900], [600, 0, 400], [900, 400, 0]]]}},
  "clients": [
    {{"location": 1, "service_s": 120, "delivery": [3], "windows": [[3600, 7200]]}},
    {{"location": 2, "delivery": [2], "skills": ["cold"], "prize": 50.0}}
  ],
  "vehicles": [{{"capacity": [10], "shift_s": [0, 28800], "skills": ["cold"]}}]
}}
```
"""
SOLUTION_HEAD = """
# The solution

Every field of [Solution](#solution), and `explained`: a list of [Unassigned](#unassigned), the reasons for what is
left out.
"""
OF_TRAVEL: Mapping[str, str] = {"durations_s": "needed without points", "distances_m": "the durations"}
SCALARS: Mapping[Any, str] = {int: "whole number", float: "number", str: "text", bool: "true or false"}


def page() -> str:
    """Return the page."""
    parts = [HEAD.format(problem=PROBLEM, solution=SOLUTION, version=VERSION)]
    parts += [_section(kind) for kind in _kinds(Problem)]
    parts += [SOLUTION_HEAD, *(_section(kind) for kind in _kinds(Solution, Unassigned))]
    return "".join(parts)


def _kinds(*roots: Any) -> list[Any]:
    """Return dataclasses and all that they are made of, in the order in which they are met."""
    found = list(roots)
    for kind in found:
        for hint in get_type_hints(kind).values():
            found += [part for part in _parts(hint) if is_dataclass(part) and part not in found]
    return found


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    for argument in get_args(hint):
        yield from _parts(argument)


def _section(kind: Any) -> str:
    summary, meanings = _told(kind)
    hints = get_type_hints(kind)
    rows = [
        f"| `{field.name}` | {_kind_of(kind, field.name, hints[field.name])} | {_default(kind, field)} "
        f"| {meanings.get(field.name, '')} |"
        for field in fields(kind)
    ]
    head = f"\n## {kind.__name__}\n\n{summary}\n\n| field | type | default | meaning |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def _told(kind: Any) -> tuple[str, dict[str, str]]:
    """Return what a docstring says of the whole, and of each field under "Attributes"."""
    text = inspect.getdoc(kind) or ""
    summary, _, attributes = text.partition("\n\nAttributes\n----------\n")
    meanings: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", attributes):
        names, _, meaning = entry.partition(" : ")
        for name in names.split(", "):
            meanings[name] = " ".join(meaning.split()).replace("|", "\\|")
    return summary, meanings


def _default(owner: Any, field: Field[Any]) -> str:
    if owner is Travel and field.name in OF_TRAVEL:
        return OF_TRAVEL[field.name]
    if field.default_factory is not MISSING:
        return "none of them" if field.default_factory in (dict, list) else "an empty object"
    if field.default is MISSING:
        return "needed"
    if field.default is None:
        return "`null`"
    return f"`{str(list(field.default) if isinstance(field.default, tuple | frozenset) else field.default).lower()}`"


def _kind_of(owner: Any, name: str, hint: Any) -> str:
    """Return a type in words; matrices are lists of lists."""
    if owner is Travel and name in ("durations_s", "distances_m"):
        return "list of matrices, each a list of rows"
    if "NDArray" in str(hint) or "ndarray" in str(hint):
        return "list of rows of numbers, or `null`"
    return _in_words(hint)


def _in_words(hint: Any) -> str:
    if hint in SCALARS:
        return SCALARS[hint]
    if hint is NoneType:
        return "`null`"
    if is_dataclass(hint):
        name = hint.__name__  # type: ignore[union-attr]
        return f"[{name}](#{name.lower()})"
    if inspect.isclass(hint) and issubclass(hint, StrEnum):
        return "one of " + ", ".join(f"`{member.value}`" for member in hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(_in_words(argument) for argument in arguments)
    if origin is dict:
        return f"object, each value {_in_words(arguments[1])}"
    if origin is tuple and arguments[-1] is not Ellipsis:
        return "[" + ", ".join(_in_words(argument) for argument in arguments) + "]"
    return f"list of {_in_words(arguments[0])}"
