"""JSON read strictly: whatever is missing, unknown, of another kind or out of bounds is refused with its place.

A place is written as a path: `jobs[3].time_windows[0]`. Nothing is skipped, and nothing is turned into another kind.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from zaguan.base.kit.errors import ZaguanError

MOST_SHOWN: Final = 60
ROOT: Final = "$"


class InvalidDocument(ZaguanError):
    """The file does not say what it should; the root of these refusals."""


class NotJson(InvalidDocument):
    """The bytes are no JSON."""

    code = "document.not_json"


class NotUtf8(InvalidDocument):
    """The bytes are no UTF-8."""

    code = "document.not_utf8"


class FieldTwice(InvalidDocument):
    """An object has a field twice: which of them is meant?"""

    code = "document.field_twice"


class MissingField(InvalidDocument):
    """A field that is needed is not there."""

    code = "document.missing_field"


class UnknownField(InvalidDocument):
    """A field that nobody reads: it would be ignored."""

    code = "document.unknown_field"


class NotObject(InvalidDocument):
    """Something else where an object should be."""

    code = "document.not_object"


class NotList(InvalidDocument):
    """Something else where a list should be."""

    code = "document.not_list"


class NotText(InvalidDocument):
    """Something else where a text should be."""

    code = "document.not_text"


class NotBoolean(InvalidDocument):
    """Something else where true or false should be."""

    code = "document.not_boolean"


class NotNumber(InvalidDocument):
    """Something else where a number should be."""

    code = "document.not_number"


class NotWhole(InvalidDocument):
    """No whole number, or one out of bounds."""

    code = "document.not_whole"


class NotOneOf(InvalidDocument):
    """None of the values that are possible here."""

    code = "document.not_one_of"


class WrongLength(InvalidDocument):
    """A list with too many or too few entries."""

    code = "document.wrong_length"


class NotMatrix(InvalidDocument):
    """No list of rows of equal length."""

    code = "document.not_matrix"


def parse(content: bytes) -> "Place":
    """Return the top of a JSON document. Refused: NotUtf8, NotJson, FieldTwice."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise NotUtf8(position=fault.start) from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as fault:
        raise NotJson(line=fault.lineno, column=fault.colno, reason=fault.msg) from None
    except (ValueError, RecursionError) as fault:  # a number of thousands of digits, or lists in lists without end
        raise NotJson(line=1, column=1, reason=str(fault)) from None
    return Place(value, "")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise FieldTwice(field=next(name for name in names if names.count(name) > 1))
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the document and the path to it."""

    value: Any
    path: str

    @property
    def at(self) -> str:
        """The path, for messages."""
        return self.path or ROOT

    @property
    def shown(self) -> str:
        """The value, cut short, for messages."""
        text = json.dumps(self.value, ensure_ascii=False)
        return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"

    def fields(self, *known: str) -> "Fields":
        """Return the fields of an object that has none but the known ones."""
        fields = self.entries()
        for name in fields:
            if name not in known:
                raise UnknownField(at=self.field_path(name), known=", ".join(known))
        return Fields(fields, self)

    def entries(self) -> dict[str, "Place"]:
        """Return the entries of an object whose keys may be anything."""
        if not isinstance(self.value, Mapping):
            raise NotObject(at=self.at, found=self.shown)
        return {name: Place(value, self.field_path(name)) for name, value in self.value.items()}

    def field_path(self, name: str) -> str:
        """Return the path of a field of this object."""
        return f"{self.path}.{name}" if self.path else name

    def members(self, *, count: int | None = None) -> "list[Place]":
        """Return the entries of a list, refused where it has not so many."""
        if not isinstance(self.value, list):
            raise NotList(at=self.at, found=self.shown)
        if count is not None and len(self.value) != count:
            raise WrongLength(at=self.at, wanted=count, found=len(self.value))
        return [Place(value, f"{self.at}[{index}]") for index, value in enumerate(self.value)]

    def whole(self, least: int = 0, most: int = (1 << 32) - 1) -> int:
        """Return a whole number between two bounds."""
        value = self.value
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise NotWhole(at=self.at, found=self.shown, least=least, most=most)
        return value

    def number(self, least: float = -1e300, most: float = 1e300) -> float:
        """Return a number between two bounds."""
        value = self.value
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise NotNumber(at=self.at, found=self.shown, least=f"{least:g}", most=f"{most:g}")
        return float(value)

    def text(self) -> str:
        """Return a text."""
        if not isinstance(self.value, str):
            raise NotText(at=self.at, found=self.shown)
        return self.value

    def boolean(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise NotBoolean(at=self.at, found=self.shown)
        return self.value

    def matrix(self, *, most: int = (1 << 32) - 1) -> NDArray[np.int64]:
        """Return a square matrix (n, n) of whole numbers from 0 to a bound."""
        rows = self.value
        if not isinstance(rows, list) or not rows:
            raise NotMatrix(at=self.at, found=self.shown)
        for index, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != len(rows):
                raise NotMatrix(at=f"{self.at}[{index}]", found=Place(row, "").shown)
        for index, row in enumerate(rows):
            # one look at the kinds of a whole row is many times faster than one at each number
            if set(map(type, row)) != {int} or min(row) < 0 or max(row) > most:
                for place in Place(row, f"{self.at}[{index}]").members():
                    place.whole(0, most)
        return np.array(rows, np.int64)


class Fields:
    """The fields of one object."""

    def __init__(self, places: Mapping[str, Place], parent: Place) -> None:
        self._places, self._parent = places, parent

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def need(self, name: str) -> Place:
        """Return a field that must be there."""
        if (place := self._places.get(name)) is None:
            raise MissingField(at=self._parent.field_path(name))
        return place

    def find(self, name: str) -> Place | None:
        """Return a field that may be there."""
        return self._places.get(name)

    def whole(self, name: str, *, otherwise: int, least: int = 0, most: int = (1 << 32) - 1) -> int:
        """Return a whole number, or a stand-in where the field is not there."""
        place = self.find(name)
        return otherwise if place is None else place.whole(least, most)

    def text(self, name: str, *, otherwise: str = "") -> str:
        """Return a text, or a stand-in where the field is not there."""
        place = self.find(name)
        return otherwise if place is None else place.text()

    def list(self, name: str) -> Sequence[Place]:
        """Return the entries of a list, none where the field is not there."""
        place = self.find(name)
        return () if place is None else place.members()
