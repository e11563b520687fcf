"""Cells as text: what a person saw in the sheet, without what spreadsheets and editors add."""

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from zaguan.operations.intake.model import Cell

_INVISIBLE: Final = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xFFFD])
_EXCEL_ESCAPE: Final = re.compile(r"_x00[01][0-9A-Fa-f]_")
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
_EDGES: Final = frozenset({" ", "'"})
_NEUTRALISED: Final = ("'=", "'+", "'-", "'@", "'\t")


def clean(text: str) -> str:
    """Return the text without control characters, surrounding blanks and doubled blanks."""
    if text.isprintable() and "  " not in text and "_x00" not in text and text[:1] not in _EDGES and text[-1:] != " ":
        return text
    if not text.isprintable():
        text = text.translate(_INVISIBLE)
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    if "_x00" in text:
        text = _EXCEL_ESCAPE.sub(" ", text)
    if "  " in text:
        text = " ".join(text.split())
    text = text.strip()
    # our own fix-me file writes a quote before what a spreadsheet would take for a formula
    return text[1:] if text.startswith(_NEUTRALISED) else text


def text_of(cell: Cell) -> str:
    """Return a cell as the text that a person meant: 1234.0 is "1234", True is "1", a date is ISO 8601."""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return str(cell)
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell)


def words(text: str) -> frozenset[str]:
    """Return the words of a list that is parted by commas: tables of words stay readable as text."""
    return frozenset(text.split(","))


@lru_cache(maxsize=8_192)
def folded(text: str) -> str:
    """Return the text in lower case, without accents, with single blanks for all that is no letter or digit."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", text.lower()).strip()
