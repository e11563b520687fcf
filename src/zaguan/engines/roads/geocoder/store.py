"""The index as it is read: never written, safe to share between threads and processes."""

import json
import sqlite3
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import Point
from zaguan.base.kit.closing import Closing
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.engines.roads.geocoder.layout import HOUSE, SCHEMA_VERSION, Houses, Lines, array_of, decode_lines

STREETS_CACHED: Final = 4_096


class IndexUnusable(ZaguanError):
    """The index is missing, broken, or of another version."""

    kind = Kind.UNAVAILABLE
    code = "geocoder.index_unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """A commune of the index; its forms are those from `first_form` up to `last_form`."""

    number: int
    key: str
    label: str
    city: str
    point: Point
    first_form: int
    last_form: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A street with its houses (sorted by number, then tail) and the pieces of its line."""

    number: int
    commune: int
    name: str
    key: str
    city: str
    postcodes: tuple[str, ...]
    houses: Houses
    lines: Lines


class Store(Closing):
    """An open index. Use as a context manager, or call `close`.

    Raises IndexUnusable if the file is missing, broken, or written by another version.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise IndexUnusable(file=path.name, reason="missing")
        uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            self._load()
        except (sqlite3.Error, KeyError, ValueError, IndexError, TypeError) as error:
            self._connection.close()
            raise IndexUnusable(file=path.name, reason=str(error)) from error
        self._forms_of: dict[str, list[int]] | None = None
        self.street = lru_cache(maxsize=STREETS_CACHED)(self._street)

    def _load(self) -> None:
        facts = dict(self._connection.execute("SELECT name, value FROM facts"))
        if facts["schema_version"] != str(SCHEMA_VERSION):
            raise ValueError(f"version {facts['schema_version']}, wanted {SCHEMA_VERSION}")
        self.communes: tuple[Commune, ...] = tuple(
            Commune(
                number=number, key=key, label=label, city=city, point=Point(lon=lon, lat=lat),
                first_form=first, last_form=last,
            )
            for number, key, label, city, lon, lat, first, last in self._connection.execute(
                "SELECT id, key, label, city, lon, lat, first_form, last_form FROM communes ORDER BY id"
            )
        )  # fmt: skip
        (kinds, tails, text) = (
            self._connection.execute("SELECT data FROM arrays WHERE name = ?", (name,)).fetchone()[0]
            for name in ("kinds", "tails", "form_text")
        )
        self.kinds: list[str] = json.loads(kinds)
        self.tails: list[str] = json.loads(tails)
        self.tail_numbers: dict[str, int] = {tail: number for number, tail in enumerate(self.tails)}
        self.form_street: NDArray[np.int32] = array_of(self._connection, "form_street", "<i4")
        self.form_kind: NDArray[np.int32] = array_of(self._connection, "form_kind", "<i4")
        self.form_text: list[str] = text.decode().split("\n") if len(self.form_street) else []
        self.posting_forms: NDArray[np.int32] = array_of(self._connection, "posting_forms", "<i4")
        self.posting_starts: NDArray[np.int32] = array_of(self._connection, "posting_starts", "<i4")
        # how many trigrams each form has
        self.form_length: NDArray[np.int64] = np.bincount(self.posting_forms, minlength=len(self.form_street))
        self._house_starts: NDArray[np.int32] = array_of(self._connection, "house_starts", "<i4")
        if len(self.form_text) != len(self.form_street):
            raise ValueError("the forms do not match")

    def streets_named(self, kind: str, core: str) -> list[int]:
        """Return the streets that bear exactly this canonical name."""
        if self._forms_of is None:
            forms_of: dict[str, list[int]] = {}
            for form, text in enumerate(self.form_text):
                forms_of.setdefault(text, []).append(form)
            self._forms_of = forms_of
        forms = self._forms_of.get(core, [])
        return [int(self.form_street[form]) for form in forms if self.kinds[self.form_kind[form]] == kind]

    @property
    def house_count(self) -> int:
        """Tell how many houses the index holds."""
        return int(self._house_starts[-1])

    @property
    def street_count(self) -> int:
        """Tell how many streets the index holds."""
        return len(self._house_starts) - 1

    def house_at(self, rank: int) -> tuple[Street, int]:
        """Return the street of the house with a rank among all, and the house's place on the street."""
        number = bisect_right(self._house_starts, rank) - 1
        return self.street(number), rank - int(self._house_starts[number])

    def _street(self, number: int) -> Street:
        row = self._connection.execute(
            "SELECT commune_id, name, key, city, postcodes, houses, lines FROM streets WHERE id = ?", (number,)
        ).fetchone()
        commune, name, key, city, postcodes, houses, lines = row
        return Street(
            number=number, commune=commune, name=name, key=key, city=city, postcodes=tuple(postcodes.split()),
            houses=np.frombuffer(houses, dtype=HOUSE), lines=decode_lines(lines),
        )  # fmt: skip

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
