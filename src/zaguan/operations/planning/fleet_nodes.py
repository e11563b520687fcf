"""YAML with line numbers: every value is read by its place in the file, every fault kept with its remedy."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import yaml

from zaguan.base.kit.words import say

DAY_S: Final = 86_400
MAX_PROBLEMS: Final = 20
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?$")
_DURATION: Final = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(h|horas?|hours?|min|minut[eo]s?|m|segundos?|seconds?|seg|sec|s)?\s*"
)
_UNIT_S: Final = {"h": 3600, "m": 60, "s": 1}
_YES: Final = frozenset({"true", "yes", "on", "sí", "si", "sim"})
_NO: Final = frozenset({"false", "no", "off", "não", "nao"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the file: physical line (1 is the first), the key, and what to do about it."""

    line: int
    key: str
    text: str


@dataclass(slots=True)
class Problems:
    """The faults found so far."""

    found: list[Problem] = field(default_factory=list)

    def add(self, node: yaml.Node, key: str, code: str, **facts: object) -> None:
        """Note a fault; its words are planning.fleet.<code>."""
        problem = Problem(node.start_mark.line + 1, key, say(f"planning.fleet.{code}", None, **facts))
        if problem not in self.found:  # a block read for each of several vehicles
            self.found.append(problem)

    def text(self) -> str:
        """Return the faults as lines, in the order of the file."""
        lines = [
            say(
                f"planning.fleet.{'line' if problem.key else 'line_alone'}",
                None,
                line=problem.line,
                key=problem.key,
                what=problem.text,
            )
            for problem in sorted(self.found, key=lambda problem: problem.line)[:MAX_PROBLEMS]
        ]
        if len(self.found) > MAX_PROBLEMS:
            lines.append(say("planning.fleet.more", count=len(self.found) - MAX_PROBLEMS))
        return "\n".join(lines)


class Table:
    """A block of keys. Each reading takes the key off the list of unknown ones; `done` reports what is left."""

    def __init__(self, node: yaml.MappingNode, key: str, problems: Problems) -> None:
        self.node, self.key, self.problems = node, key, problems
        self._values: dict[str, yaml.Node] = {}
        self._read: set[str] = set()
        for name_node, value in node.value:
            name = str(name_node.value)
            if name in self._values:
                problems.add(name_node, self.path(name), "twice")
            self._values[name] = value

    def path(self, name: str) -> str:
        """Return the full name of a key."""
        return f"{self.key}.{name}" if self.key else name

    def has(self, name: str) -> bool:
        """Tell whether the key has a value."""
        return self._find(name) is not None

    def refuse(self, name: str, code: str, **facts: object) -> None:
        """Note a fault of a key, or of the block where the key is missing."""
        self.problems.add(self._values.get(name, self.node), self.path(name), code, **facts)

    def text(self, name: str, default: str = "") -> str:
        """Return a text."""
        return self._scalar(name, default, lambda text: text, "not_text")

    def number(self, name: str, default: float, *, least: float = 0, most: float = 1e12) -> float:
        """Return a number within bounds; a decimal comma is understood."""

        def read(text: str) -> float:
            value = float(text.replace(",", "."))
            if not least <= value <= most:
                raise ValueError
            return value

        return self._scalar(name, default, read, "not_a_number", least=f"{least:g}", most=f"{most:g}")

    def flag(self, name: str, *, default: bool) -> bool:
        """Return yes or no."""

        def read(text: str) -> bool:
            if text.lower() not in _YES | _NO:
                raise ValueError
            return text.lower() in _YES

        return self._scalar(name, default, read, "not_yes_or_no")

    def choice[E: StrEnum](self, name: str, default: E) -> E:
        """Return a member of an enumeration by its value."""
        kind = type(default)
        return self._scalar(name, default, lambda text: kind(text.lower()), "not_one_of", known=", ".join(kind))

    def duration(self, name: str, default: int) -> int:
        """Return seconds from `20 min`, `1 h 30 min`, `90 s` or a bare number of minutes."""
        return self._scalar(name, default, duration_s, "not_a_duration")

    def span(self, name: str, default: tuple[int, int]) -> tuple[int, int]:
        """Return wall seconds from `08:00-17:00`; an end before the start is on the next day."""
        return self._scalar(name, default, span_s, "not_a_span")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a single one may stand without brackets, several with commas."""
        node = self._find(name)
        if node is None:
            return ()
        if isinstance(node, yaml.ScalarNode):
            return tuple(part.strip() for part in node.value.split(",") if part.strip())
        if isinstance(node, yaml.SequenceNode) and all(isinstance(each, yaml.ScalarNode) for each in node.value):
            return tuple(str(each.value).strip() for each in node.value)
        self.problems.add(node, self.path(name), "not_a_list")
        return ()

    def table(self, name: str) -> "Table":
        """Return a block below; an empty one if it is not there."""
        node = self._find(name)
        if node is None:
            return Table(yaml.MappingNode("", [], self.node.start_mark), self.path(name), self.problems)
        if not isinstance(node, yaml.MappingNode):
            self.problems.add(node, self.path(name), "not_a_block")
            return Table(yaml.MappingNode("", [], node.start_mark), self.path(name), self.problems)
        return Table(node, self.path(name), self.problems)

    def rows(self, name: str) -> list["Table"]:
        """Return the blocks of a list."""
        node = self._find(name)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.problems.add(node, self.path(name), "not_a_list")
            return []
        tables = []
        for index, each in enumerate(node.value, start=1):
            if isinstance(each, yaml.MappingNode):
                tables.append(Table(each, f"{self.path(name)}[{index}]", self.problems))
            else:
                self.problems.add(each, f"{self.path(name)}[{index}]", "not_a_block")
        return tables

    def raw(self, name: str) -> yaml.Node | None:
        """Return the node itself, for values of several forms."""
        return self._find(name)

    def done(self) -> None:
        """Report the keys that nobody asked for, with the nearest known one."""
        for name in self._values.keys() - self._read:
            near = difflib.get_close_matches(name, sorted(self._read), n=1)
            known = ", ".join(sorted(self._read))
            code, facts = ("unknown_near", {"near": near[0]}) if near else ("unknown", {"known": known})
            self.problems.add(self._values[name], self.path(name), code, **facts)

    def _find(self, name: str) -> yaml.Node | None:
        self._read.add(name)
        node = self._values.get(name)
        if isinstance(node, yaml.ScalarNode) and node.style is None and node.value in ("", "~", "null"):
            return None
        return node

    def _scalar[T](self, name: str, default: T, read: Callable[[str], T], code: str, **facts: object) -> T:
        node = self._find(name)
        if node is None:
            return default
        given = str(node.value).strip() if isinstance(node, yaml.ScalarNode) else "…"
        try:
            if not isinstance(node, yaml.ScalarNode):
                raise ValueError
            return read(given)
        except ValueError:
            self.problems.add(node, self.path(name), code, given=given, **facts)
            return default


def duration_s(text: str) -> int:
    """Return seconds; ValueError for a text that is no duration."""
    total, end = 0.0, 0
    for part in _DURATION.finditer(text.strip()):
        if part.start() != end:
            break
        total += float(part[1].replace(",", ".")) * _UNIT_S[(part[2] or "m")[0]]
        end = part.end()
    if end == 0 or end != len(text.strip()) or total > DAY_S:
        raise ValueError(text)
    return round(total)


def clock_s(text: str) -> int:
    """Return seconds after midnight of `8:30`; ValueError for a text that is no time of day."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[2] or 0) > 59 or int(found[1]) * 60 + int(found[2] or 0) > 1440:
        raise ValueError(text)
    return int(found[1]) * 3600 + int(found[2] or 0) * 60


def span_s(text: str) -> tuple[int, int]:
    """Return start and end of `22:00-06:00`, the end on the next day where it is not after the start."""
    parts = re.split(r"\s*[-–]\s*", text.strip())
    if len(parts) != 2:
        raise ValueError(text)
    start, end = clock_s(parts[0]), clock_s(parts[1])
    if start >= DAY_S:
        raise ValueError(text)
    return start, end if end > start else end + DAY_S


def plain(node: yaml.Node, *, depth: int = 12) -> object:
    """Return a node as lists, dictionaries, numbers and texts: inline GeoJSON. Too deep raises ValueError."""
    if depth == 0:
        raise ValueError("too deep")
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): plain(value, depth=depth - 1) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(each, depth=depth - 1) for each in node.value]
    try:
        return float(node.value)
    except ValueError:
        return str(node.value)


def read_tree(path: Path, problems: Problems) -> Table | None:
    """Return the file's top block, or None with a problem noted: not YAML, or not a block of keys."""
    empty = yaml.MappingNode("", [], yaml.Mark("", 0, 0, 0, "", 0))
    try:
        node = yaml.compose(path.read_text("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        problems.add(empty, "", "not_utf8")
        return None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        at = yaml.ScalarNode("", "", mark) if mark is not None else empty
        problems.add(at, "", "not_yaml", what=str(getattr(fault, "problem", "") or type(fault).__name__))
        return None
    if node is None:
        return Table(empty, "", problems)
    if not isinstance(node, yaml.MappingNode):
        problems.add(node, "", "not_a_block")
        return None
    return Table(node, "", problems)


def first_of_equal(names: Iterable[str]) -> str | None:
    """Return a name that comes twice, or None."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
