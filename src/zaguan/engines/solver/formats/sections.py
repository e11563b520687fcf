"""The text of a VRPLIB file: `KEY : value` lines and sections of numbered rows. What it means stands in `vrplib`."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.formats.instance import UnreadableInstance

type Rows = list[tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Values by key and lines by name of the section, both as written, names in capitals."""

    file: str
    values: dict[str, str]
    lines: dict[str, list[str]]

    def refuse(self, what: str) -> UnreadableInstance:
        """Return the refusal of this file."""
        return UnreadableInstance(file=self.file, what=what)

    def check_names(self, values: Iterable[str], sections: Iterable[str]) -> None:
        """Refuse keys and sections that are not among the known ones."""
        unknown = [*(set(self.values) - set(values)), *(f"{name}_SECTION" for name in set(self.lines) - set(sections))]
        if unknown:
            raise self.refuse(", ".join(sorted(unknown)))
        if both := set(self.values) & set(self.lines):
            raise self.refuse(f"{', '.join(sorted(both))} stands in the head and in a section")

    def number(self, key: str) -> int:
        """Return a whole number of the head."""
        if key not in self.values:
            raise self.refuse(f"{key} is missing")
        return whole(self.values[key])

    def rows(self, name: str, count: int) -> Rows:
        """Return the rows of a section numbered 1 to `count`, without their numbers."""
        rows = [tuple(float(word) for word in line.split()) for line in self.lines[name]]
        if [row[0] for row in rows] != list(range(1, count + 1)):
            raise self.refuse(f"{name}_SECTION is not numbered from 1 to {count}")
        return [row[1:] for row in rows]

    def column(self, name: str, count: int) -> NDArray[np.float64] | None:
        """Return one number per row, from a section or the same for all from the head; None if it is in neither."""
        if name in self.lines:
            rows = self.rows(name, count)
            if any(len(row) != 1 for row in rows):
                raise self.refuse(f"{name}_SECTION has not one number a row")
            return np.array([row[0] for row in rows])
        return np.full(count, float(self.values[name])) if name in self.values else None

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return all numbers of a section in one row, however they are broken into lines."""
        return np.array(" ".join(self.lines[name]).split(), np.float64)


def whole(word: str) -> int:
    """Return a whole number that may be written 7.0; anything else is a ValueError."""
    number = float(word)
    if not number.is_integer():
        raise ValueError(f"{word} is not a whole number")
    return int(number)


def parse(file: str, lines: Iterable[str]) -> Text:
    """Take a VRPLIB text apart; a line that is neither `KEY : value` nor in a section is refused."""
    text = Text(file=file, values={}, lines={})
    current: list[str] | None = None
    for line in map(str.strip, lines):
        name = line.rstrip(" :")
        if name == "EOF":
            break
        if name.endswith("_SECTION"):
            current = text.lines.setdefault(name.removesuffix("_SECTION").upper(), [])
        elif ":" in line:
            key, _, value = line.partition(":")
            text.values[key.strip().upper()] = value.strip()
            current = None
        elif line and current is None:
            raise text.refuse(line)
        elif line and current is not None:
            current.append(line)
    return text
