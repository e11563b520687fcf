"""Column names in Spanish, English, Portuguese and of known programs, recognised without any mapping.

The names stand in `headers.json`: for each of our fields, the ways in which files write it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process

from zaguan.operations.intake.cells import folded, text_of, words
from zaguan.operations.intake.model import Cell

HEADERS_FILE: Final = Path(__file__).parent / "headers.json"
IGNORED: Final = "ignored"  # ours, or known to say nothing that an order needs

MAX_HEADER_LINE: Final = 60  # title rows above the header, at most
MAX_COLUMNS: Final = 500
MAX_HEADER_CHARS: Final = 120
_MIN_FUZZY_CHARS: Final = 7
_MIN_FUZZY_SCORE: Final = 88.0

_STOP_WORDS: Final = words("de,del,la,el,los,las,do,da,dos,das,of,the,em,en,in")
_UNITS: Final = words(
    "kg,kgs,kilo,kilos,g,gr,grs,gramos,gramas,grams,lb,lbs,libras,pounds,t,ton,toneladas,m3,l,lt,lts,litros,liters,"
    "litres,ml,cc,cm3,dm3,ft3,cm,cms,mm,m,mts,metros,in,min,mins,minutos,minutes,minuto,s,seg,segs,segundos,"
    "seconds,sec,secs,h,hr,hrs,hora,horas,hours"
)
_PLACE_FIELDS: Final = tuple(map(words, ("address", "street", "lat,lon", "lat_lon")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the file, as it was understood. `field` is empty where it was not."""

    index: int
    header: str
    field: str = ""
    unit: str = ""  # as the header names it: "kg" of "Peso (kg)"
    guessed: bool = False  # recognised in spite of a typing error


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The row of column names."""

    line: int
    columns: tuple[Column, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that some column fills."""
        return frozenset(column.field for column in self.columns if column.field not in {"", IGNORED})

    @property
    def has_place(self) -> bool:
        """Tell whether the columns say where to go."""
        return any(needed <= self.fields for needed in _PLACE_FIELDS)


def header_key(text: str) -> str:
    """Return what two writings of one column name have in common: "Nº de Pedido*" and "no_pedido" alike."""
    return "".join(word for word in folded(text).split() if word not in _STOP_WORDS)


@cache
def _fields_by_key() -> dict[str, str]:
    """Return the field of each known key; a key that two fields claim is an error in the table."""
    fields: dict[str, str] = {}
    table: dict[str, list[str]] = json.loads(HEADERS_FILE.read_text("utf-8"))
    for field, names in table.items():
        for name in names:
            key = header_key(name)
            if fields.setdefault(key, field) != field:
                raise ValueError(f"{name!r} stands for both {fields[key]} and {field}")
    return fields


@cache
def _fuzzy_keys() -> list[str]:
    return [key for key, field in _fields_by_key().items() if len(key) >= _MIN_FUZZY_CHARS and field != IGNORED]


def recognise(text: str) -> tuple[str, str, bool]:
    """Return field, unit and whether it was guessed; the field is empty for an unknown name."""
    fields = _fields_by_key()
    if (field := fields.get(header_key(text), "")) or not text:
        return field, "", False
    parts = [word for word in folded(text).split() if word not in _STOP_WORDS]
    if len(parts) > 1 and parts[-1] in _UNITS and (field := fields.get("".join(parts[:-1]), "")):
        return field, parts[-1], False
    if parts and parts[0] == "grupo":  # PlannerPro: "GRUPO – Tienda"
        return "tag_column", "", False
    before_bracket = text.partition("(")[0]
    if before_bracket not in {"", text} and (field := fields.get(header_key(before_bracket), "")):
        return field, "", False
    return _guess("".join(parts)), "", True


def _guess(key: str) -> str:
    """Return the field of the one known key that is a typing error away, or nothing."""
    if len(key) < _MIN_FUZZY_CHARS:
        return ""
    near = process.extract(key, _fuzzy_keys(), scorer=fuzz.ratio, score_cutoff=_MIN_FUZZY_SCORE, limit=3)
    digits = [letter for letter in key if letter.isdigit()]
    fields = {_fields_by_key()[known] for known, _, _ in near if [c for c in known if c.isdigit()] == digits}
    return fields.pop() if len(fields) == 1 else ""


def read_header(line: int, cells: Sequence[Cell]) -> Header:
    """Take a row as column names."""
    columns: list[Column] = []
    for index, cell in enumerate(cells[:MAX_COLUMNS]):
        text = text_of(cell)
        field, unit, guessed = recognise(text[:200])
        columns.append(Column(index=index, header=text, field=field, unit=unit, guessed=guessed and bool(field)))
    return Header(line=line, columns=tuple(columns))


def find_header(rows: Sequence[tuple[int, Sequence[Cell]]]) -> Header | None:
    """Return the row that reads most like column names and says where to go, or None.

    Guessed names do not make a header by themselves: a title such as "Direciones" is not one.
    """
    best: Header | None = None
    best_score = 0
    for line, cells in rows:
        header = read_header(line, cells)
        sure = {column.field for column in header.columns if not column.guessed} - {"", IGNORED}
        score = 2 * len(sure) + len(header.fields - sure)
        if header.has_place and sure and score > best_score and _mostly_names(header):
            best, best_score = header, score
    return best


def _mostly_names(header: Header) -> bool:
    """Tell whether no cell is a long text or a bare number, as rows of orders have them."""
    texts = [column.header for column in header.columns if column.header]
    return not any(len(text) > 120 for text in texts) and sum(text[:1].isdigit() for text in texts) <= len(texts) / 2


@cache
def _ranks() -> dict[str, int]:
    table: dict[str, list[str]] = json.loads(HEADERS_FILE.read_text("utf-8"))
    ranks: dict[str, int] = {}
    for names in table.values():
        for rank, name in enumerate(names):
            ranks.setdefault(header_key(name), rank)
    return ranks


def rank_of(text: str) -> int:
    """Return how plainly a column name says what it is: 0 is the plainest; "Nº de pedido" goes before "Factura"."""
    return _ranks().get(header_key(text), len(_ranks()))
