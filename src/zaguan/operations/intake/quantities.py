"""Numbers as people write them: decimal comma, thousands, units, money, minutes."""

import math
import re
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final

from zaguan.operations.intake.cells import folded, text_of
from zaguan.operations.intake.model import BadCell, Cell, shown

MAX_WEIGHT_G: Final = 100_000_000  # 100 t in one row
MAX_VOLUME_ML: Final = 1_000_000_000  # 1,000 m³
MAX_PIECES: Final = 100_000
MAX_SERVICE_S: Final = 12 * 3600
MAX_CASH_MINOR: Final = 10**12
MAX_LENGTH_CM: Final = 2_000.0

_NUMBER: Final = re.compile(r"[+-]?\d[\d.,' ]*(?:[eE][+-]?\d{1,3})?|[+-]?[.,]\d+")
_WEIGHT_UNITS: Final = {
    **dict.fromkeys(("", "kg", "kgs", "kilo", "kilos", "kilogramos", "quilos"), 1_000.0),
    **dict.fromkeys(("g", "gr", "grs", "gramos", "gramas", "grams"), 1.0),
    **dict.fromkeys(("lb", "lbs", "libra", "libras", "pounds"), 453.592_37),
    **dict.fromkeys(("oz",), 28.349_523),
    **dict.fromkeys(("t", "ton", "toneladas"), 1_000_000.0),
}
_VOLUME_UNITS: Final = {
    **dict.fromkeys(("", "m3", "mts3", "cbm"), 1_000_000.0),
    **dict.fromkeys(("l", "lt", "lts", "litro", "litros", "liter", "liters", "litres", "dm3"), 1_000.0),
    **dict.fromkeys(("ml", "cc", "cm3"), 1.0),
    **dict.fromkeys(("ft3",), 28_316.847),
}
_LENGTH_UNITS: Final = {
    **dict.fromkeys(("", "cm", "cms"), 1.0),
    **dict.fromkeys(("m", "mts", "metros"), 100.0),
    **dict.fromkeys(("mm",), 0.1),
    **dict.fromkeys(("in",), 2.54),
}
_SECONDS: Final = frozenset({"s", "seg", "segs", "segundos", "sec", "secs", "seconds"})
_HOURS: Final = frozenset({"h", "hr", "hrs", "hora", "horas", "hours"})
_MINUTES: Final = frozenset({"", "min", "mins", "minutos", "minutes", "minuto", "m"})
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")

# minor units per unit where they are not a hundred, and how people of a country call their money
WHOLE_CURRENCIES: Final = frozenset({"CLP", "PYG"})
CURRENCY_OF: Final = {
    "AR": "ARS", "BO": "BOB", "BR": "BRL", "CL": "CLP", "CO": "COP", "CR": "CRC", "DO": "DOP", "EC": "USD",
    "ES": "EUR", "GB": "GBP", "GT": "GTQ", "HN": "HNL", "MX": "MXN", "NI": "NIO", "PA": "USD", "PE": "PEN",
    "PT": "EUR", "PY": "PYG", "SV": "USD", "US": "USD", "UY": "UYU", "VE": "VES",
}  # fmt: skip
_MONEY_SIGNS: Final = {
    "r$": "BRL", "us$": "USD", "u$s": "USD", "usd$": "USD", "s/": "PEN", "s/.": "PEN", "bs": "BOB", "€": "EUR",
    "£": "GBP",
}  # fmt: skip
_CURRENCIES: Final = frozenset(CURRENCY_OF.values()) | {"CAD"}


@lru_cache(maxsize=4_096)
def number_in(text: str, *, whole: bool = False) -> float:
    """Read a number with decimal point or comma; `whole`: a single separator before three digits marks thousands.

    NaN, infinities and texts that are no number raise BadCell.
    """
    if not _NUMBER.fullmatch(text):
        raise BadCell("intake.row_bad_number", value=shown(text))
    digits = text.replace(" ", "").replace("'", "")
    comma, point = digits.rfind(","), digits.rfind(".")
    decimal = max(comma, point)
    if comma >= 0 and point >= 0:
        thousands = "." if comma > point else ","
        digits = digits.replace(thousands, "").replace(",", ".")
    elif decimal >= 0:
        mark = digits[decimal]
        groups = digits.lstrip("+-").split(mark)
        is_grouped = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
        if len(groups) > 2 and not is_grouped:
            raise BadCell("intake.row_bad_number", value=shown(text))
        thousands_here = is_grouped and (len(groups) > 2 or (whole and groups[0] != "0"))
        digits = digits.replace(mark, "") if thousands_here else digits.replace(mark, ".")
    try:
        number = float(digits)
    except ValueError as error:
        raise BadCell("intake.row_bad_number", value=shown(text)) from error
    if not math.isfinite(number):
        raise BadCell("intake.row_bad_number", value=shown(text))
    return number


def number_of(cell: Cell, *, whole: bool = False) -> float:
    """Return a cell as a finite number."""
    if isinstance(cell, bool | datetime | time | timedelta):
        raise BadCell("intake.row_bad_number", value=shown(text_of(cell)))
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise BadCell("intake.row_bad_number", value=shown(cell))
        return float(cell)
    return number_in(text_of(cell), whole=whole)


def _measured(cell: Cell, unit: str, units: dict[str, float], *, limit: float) -> float:
    """Return a cell in the smallest unit; a unit inside the cell beats the header's."""
    factor = units[unit if unit in units else ""]
    if isinstance(cell, int | float):
        number = number_of(cell)
    else:
        text = text_of(cell)
        bare = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ. ³")
        written = text[len(bare) :]
        if text.endswith("3") and folded(text)[-2:] in {"m3"}:  # "0,35 m3"
            bare = text[:-1].rstrip("abcdmABCDM. ")
            written = text[len(bare) :]
        own_unit = folded(written).replace(" ", "")
        if not bare:
            raise BadCell("intake.row_bad_number", value=shown(text))
        if own_unit and own_unit not in units:
            raise BadCell("intake.row_unknown_unit", value=shown(text))
        factor = units[own_unit] if own_unit else factor
        number = number_in(bare, whole=factor == 1.0 and units is not _LENGTH_UNITS)
    if number < 0:
        raise BadCell("intake.row_negative", value=shown(text_of(cell)))
    if number * factor > limit:
        raise BadCell("intake.row_too_much", value=shown(text_of(cell)))
    return number * factor


def weight_g_of(cell: Cell, *, unit: str = "") -> int:
    """Read a weight; kilograms unless header or cell name another unit."""
    return round(_measured(cell, unit, _WEIGHT_UNITS, limit=MAX_WEIGHT_G))


def volume_ml_of(cell: Cell, *, unit: str = "") -> int:
    """Read a volume; cubic metres unless header or cell name another unit."""
    return round(_measured(cell, unit, _VOLUME_UNITS, limit=MAX_VOLUME_ML))


def length_cm_of(cell: Cell, *, unit: str = "") -> float:
    """Read a length; centimetres unless header or cell name another unit."""
    return _measured(cell, unit, _LENGTH_UNITS, limit=MAX_LENGTH_CM)


def box_volume_ml_of(cell: Cell, *, unit: str = "") -> int:
    """Read "30 x 20 x 10" as a volume."""
    text = text_of(cell)
    sides = re.split(r"\s*[xX×*]\s*", text)
    if len(sides) != 3:
        raise BadCell("intake.row_bad_dimensions", value=shown(text))
    own = re.sub(r"[\d.,\s]", "", sides[2]).lower()
    unit = own if own in _LENGTH_UNITS else unit
    lengths = [length_cm_of(re.sub(r"[a-zA-Z\s]+$", "", side), unit=unit) for side in sides]
    return round(lengths[0] * lengths[1] * lengths[2])


def pieces_of(cell: Cell) -> int:
    """Read a number of pieces: whole and at least one."""
    number = number_of(cell, whole=True)
    if number != int(number) or not 1 <= number <= MAX_PIECES:
        raise BadCell("intake.row_bad_pieces", value=shown(text_of(cell)))
    return int(number)


def service_s_of(cell: Cell, *, unit: str = "") -> int:
    """Read the time at the door: minutes, unless header or cell say otherwise; "0:10" is ten minutes too."""
    seconds: float
    if isinstance(cell, time):
        seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
    elif isinstance(cell, timedelta):
        seconds = cell.total_seconds()
    elif isinstance(cell, datetime):
        raise BadCell("intake.row_bad_duration", value=shown(text_of(cell)))
    elif isinstance(cell, str) and (clock := _CLOCK.fullmatch(text_of(cell))):
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        seconds = hours * 3600 + minutes * 60 + rest
    else:
        seconds = _spoken_duration_s(cell, unit)
    if not 0 <= seconds <= MAX_SERVICE_S:
        raise BadCell("intake.row_bad_duration", value=shown(text_of(cell)))
    return round(seconds)


def _spoken_duration_s(cell: Cell, unit: str) -> float:
    text = text_of(cell)
    bare = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ. ")
    unit = folded(text[len(bare) :]) or unit
    if unit not in _MINUTES | _HOURS | _SECONDS:
        raise BadCell("intake.row_bad_duration", value=shown(text))
    try:
        number = number_in(bare)
    except BadCell as error:
        raise BadCell("intake.row_bad_duration", value=shown(text)) from error
    return number * (3600 if unit in _HOURS else 1 if unit in _SECONDS else 60)


def cash_of(cell: Cell, *, currency: str, country: str) -> tuple[int, str]:
    """Read money as minor units and currency: "$ 12.990" in Chile is 12990 pesos.

    The currency is the cell's own, else that of its column, else the country's; none of them raises BadCell.
    """
    text = text_of(cell)
    own, amount = _split_money(text)
    currency = own or currency or CURRENCY_OF.get(country, "")
    if not currency:
        raise BadCell("intake.row_no_currency", value=shown(text))
    is_whole = currency in WHOLE_CURRENCIES
    number = (
        number_of(cell) if isinstance(cell, float | int) else number_in(amount, whole=is_whole or currency == "COP")
    )
    minor = number if is_whole else number * 100
    if number < 0:
        raise BadCell("intake.row_negative", value=shown(text))
    if minor > MAX_CASH_MINOR or abs(minor - round(minor)) > 0.01:
        raise BadCell("intake.row_bad_money", value=shown(text))
    return round(minor), currency


def _split_money(text: str) -> tuple[str, str]:
    amount = text.strip()
    letters = re.match(r"[^\d.,+-]*", amount)
    before = letters.group().strip() if letters else ""
    amount = amount[len(letters.group()) if letters else 0 :]
    bare = amount.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$€£ -")
    after = amount[len(bare) :].strip(" -")
    own = ""
    for word in (before, after):
        sign = word.lower().replace(" ", "")
        if sign in _MONEY_SIGNS:
            own = _MONEY_SIGNS[sign]
        elif (code := sign.strip("$").upper()) in _CURRENCIES:
            own = code
        elif sign not in {"", "$", ",", "."}:
            raise BadCell("intake.row_bad_money", value=shown(text))
    return own, bare.removesuffix(",").removesuffix(".")


def currency_of(cell: Cell) -> str:
    """Read an ISO 4217 code or a sign such as "R$"; a bare "$" says nothing and is empty."""
    text = text_of(cell)
    if (sign := _MONEY_SIGNS.get(text.lower().replace(" ", ""))) is not None:
        return sign
    if text == "$":
        return ""
    if len(text) == 3 and text.isascii() and text.isalpha():
        return text.upper()
    raise BadCell("intake.row_bad_currency", value=shown(text))
