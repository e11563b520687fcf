"""Letters, colours and measures of the route sheet."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PAGE_WIDTH: Final = A4[0]
PAGE_HEIGHT: Final = A4[1]
MARGIN: Final = 12 * mm
WIDTH: Final = PAGE_WIDTH - 2 * MARGIN
INK: Final = HexColor("#16202a")
SOFT: Final = HexColor("#5b6875")
LINE: Final = HexColor("#c9d1d9")
PALE: Final = HexColor("#f1f4f6")
ACCENT: Final = HexColor("#0b5c8a")
ALERT: Final = HexColor("#a52a12")
WHITE: Final = HexColor("#ffffff")
MAX_LETTERS: Final = 2_000  # of one text; a sheet is no book
REGULAR: Final = "Zaguan"
BOLD: Final = "Zaguan-Bold"
_FONTS: Final = Path(__file__).parent / "fonts"


@cache
def load_fonts() -> None:
    """Make the two fonts known to the PDF library, once."""
    pdfmetrics.registerFont(TTFont(REGULAR, _FONTS / "DejaVuSansCondensed.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, _FONTS / "DejaVuSansCondensed-Bold.ttf"))


@cache
def _letters() -> frozenset[int]:
    load_fonts()
    return frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)


def printable(text: str) -> str:
    """Return a text that the fonts can set: letters they lack as their nearest kin, or as a white square.

    Control characters and pictures such as emoji are left away.
    """
    letters = []
    for letter in unicodedata.normalize("NFC", text):
        if ord(letter) in _letters():
            letters.append(letter)
        elif unicodedata.category(letter) in ("Cc", "Cf", "Mn", "So", "Sk"):
            letters.append(" " if letter in "\n\t\r" else "")
        else:
            kin = [each for each in unicodedata.normalize("NFKD", letter) if ord(each) in _letters()]
            letters.append("".join(kin) or "□")
    return " ".join("".join(letters).split())


def width_of(text: str, font: str, size: float) -> float:
    """Return the width of a line of text."""
    return float(pdfmetrics.stringWidth(text, font, size))


def wrapped(text: str, font: str, size: float, room: float, *, most: int = 4) -> list[str]:
    """Return the lines that a text takes in a width, words broken if need be; the rest after `most` is cut with …."""
    lines: list[str] = []
    line = ""
    for word in _breakable(printable(text[:MAX_LETTERS]), font, size, room):
        longer = f"{line} {word}".strip()
        if line and width_of(longer, font, size) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    if line:
        lines.append(line)
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = clipped(lines[-1] + " …", font, size, room)
    return lines


def _breakable(text: str, font: str, size: float, room: float) -> Iterator[str]:
    """Yield the words of a text, those longer than a line in pieces."""
    for word in text.split():
        rest = word
        while len(rest) > 1 and width_of(rest, font, size) > room:
            cut = max(1, _fitting(rest, font, size, room))
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


def _fitting(text: str, font: str, size: float, room: float) -> int:
    """Return how many letters of a text fit into a line."""
    return bisect_right(range(1, len(text) + 1), room, key=lambda count: width_of(text[:count], font, size))


def clipped(text: str, font: str, size: float, room: float) -> str:
    """Return a text in one line, its end cut with an ellipsis where there is no room."""
    text = printable(text)
    if width_of(text, font, size) <= room:
        return text
    kept = _fitting(text, font, size, room - width_of("…", font, size))
    return text[:kept].rstrip() + "…"


def tint(colour: Color, share: float) -> Color:
    """Return a colour mixed with white: 1 is the colour itself."""
    return Color(*(1 - share * (1 - part) for part in (colour.red, colour.green, colour.blue)))
