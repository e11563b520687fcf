"""Figures as JSON and CSV."""

import csv
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from io import StringIO
from typing import Any, Final

from zaguan.operations.analytics.model import Figure

HEADERS: Final = (
    *("figure", "part", "unit", "value", "numerator", "denominator", "skewed"),
    *("orders", "order_ids", "counted_order_ids"),
)
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
PLACES: Final = 6


def decimal_of(value: Fraction, *, places: int) -> Decimal:
    """Return a fraction as a decimal number, rounded half to even."""
    scaled = round(value * 10**places)
    return Decimal(scaled).scaleb(-places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def as_plain(figure: Figure) -> dict[str, Any]:
    """Return a figure for JSON, with the orders behind it."""
    return {
        "figure": figure.name,
        "part": figure.part or None,
        "unit": figure.unit.value,
        "value": None if figure.value is None else float(figure.value),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "skewed": figure.skewed,
        "order_ids": [str(order_id) for order_id in figure.order_ids],
        "counted_order_ids": [str(order_id) for order_id in figure.counted_ids],
    }


def as_csv(figures: Iterable[Figure]) -> str:
    """Return figures as CSV, ids apart by a blank; no cell of it is run by a spreadsheet."""
    text = StringIO()
    # with both ends of a line known to the writer, a cell with either is quoted
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADERS)
    for figure in figures:
        plain = as_plain(figure)
        value = "" if figure.value is None else str(decimal_of(figure.value, places=PLACES))
        cells = plain | {
            "value": value,
            "orders": len(figure.order_ids),
            "order_ids": " ".join(plain["order_ids"]),
            "counted_order_ids": " ".join(plain["counted_order_ids"]),
        }
        writer.writerow([_neutral("" if cells[name] is None else str(cells[name])) for name in HEADERS])
    return text.getvalue()


def _neutral(cell: str) -> str:
    """Return a cell with an apostrophe before it where it could be a formula. No number of ours is below zero."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
