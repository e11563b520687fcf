"""Dates and times of day as people write them, and as spreadsheets keep them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from zaguan.operations.intake.cells import folded, text_of
from zaguan.operations.intake.model import BadCell, Cell, shown

DAY_S: Final = 86_400
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
_SERIAL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 (a sheet's dates have no zone)
_FIRST_SERIAL: Final = 36_526  # 2000-01-01
_LAST_SERIAL: Final = 73_415  # 2100-12-31

_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            "ene enero jan january janeiro",
            "feb febrero february fev fevereiro",
            "mar marzo march marco",
            "abr abril apr april",
            "may mayo mai maio",
            "jun junio june junho",
            "jul julio july julho",
            "ago agosto aug august",
            "sep sept septiembre setiembre september set setembro",
            "oct octubre october out outubro",
            "nov noviembre november novembro",
            "dic diciembre dec december dez dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT: Final = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_NUMERIC: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})[-/](\d{1,2})")
_SPLIT_TIME: Final = re.compile(r"^(.*?\d.*?)(?:T|,?\s+)(\d{1,2}[:.h]\d{2}.*)$")
_CLOCK: Final = re.compile(
    r"(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?(?::(\d{2})(?:[.,]\d+)?)?\s*(?:hrs?\.?|hs\.?|horas?|h|o'?clock)?"
    r"\s*(?:([ap])\.?\s?m\.?|([ap]))?\.?"
)
_MILITARY: Final = re.compile(r"([01]\d|2[0-4])([0-5]\d)")
_ORDINAL: Final = re.compile(r"(\d{1,4})(?:st|nd|rd|th|o)?")
_OFFSET: Final = re.compile(r"\s*(Z|[+-]\d{2}:?\d{2})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A local day, a local time of day, or both; `time_s` may be 86400, the end of the day."""

    day: date | None = None
    time_s: int | None = None


def day_order_of(text: str) -> str:
    """Tell what a written date proves about its order: "day" first, "month" first, "either", or nothing ("")."""
    if _ISO.match(text) or not (found := _NUMERIC.match(text)):
        return ""
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second:
        return "day"
    if second > 12 >= first:
        return "month"
    return "either" if first != second else ""


def date_of(cell: Cell, *, day_first: bool) -> date:
    """Read a date; the time of day beside it is dropped."""
    try:
        day = moment_of(cell, day_first=day_first).day
    except BadCell as error:
        if error.code == "intake.row_impossible_date":
            raise
        day = None
    if day is None:
        raise BadCell("intake.row_bad_date", value=shown(text_of(cell)))
    return day


def moment_of(cell: Cell, *, day_first: bool, zone: tzinfo | None = None) -> Moment:
    """Read a date, a time or both: text, a sheet's own date, or a serial number that lost its format.

    A moment with an offset ("...Z", "...-03:00") is turned into the local time of `zone`, where one is given.
    """
    if isinstance(cell, datetime):
        return _checked(Moment(day=cell.date(), time_s=_seconds(cell.time())), cell)
    if isinstance(cell, date):
        return _checked(Moment(day=cell), cell)
    if isinstance(cell, time):
        return Moment(time_s=_seconds(cell))
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        if not 0 <= seconds <= 2 * DAY_S:
            raise BadCell("intake.row_bad_time", value=shown(text_of(cell)))
        return Moment(time_s=seconds)
    if isinstance(cell, bool):
        raise BadCell("intake.row_bad_date", value=shown(text_of(cell)))
    if isinstance(cell, int | float):
        return _moment_of_number(float(cell))
    return _moment_of_text(text_of(cell), day_first, zone)


def _moment_of_number(number: float) -> Moment:
    """Read a bare number: a fraction of the day, an hour, hours and minutes as 1330, or a serial date."""
    if 0 < number < 1:
        return Moment(time_s=round(number * 1440) * 60)
    if 0 <= number <= 24:
        return Moment(time_s=round(number * 3600))
    if number.is_integer() and 100 <= number <= 2400 and number % 100 < 60:
        return Moment(time_s=int(number // 100) * 3600 + int(number % 100) * 60)
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        at = _SERIAL_EPOCH + timedelta(minutes=round(number * 1440))
        return Moment(day=at.date(), time_s=None if number.is_integer() else _seconds(at.time()))
    raise BadCell("intake.row_bad_date", value=shown(text_of(number)))


@lru_cache(maxsize=4_096)
def _moment_of_text(text: str, day_first: bool, zone: tzinfo | None) -> Moment:
    if _OFFSET.search(text) and (at := _moment_with_offset(text)) is not None:
        local = at.astimezone(zone) if zone is not None else at
        return _checked(Moment(day=local.date(), time_s=_seconds(local.time())), text)
    if split := _SPLIT_TIME.match(text):
        try:
            day = _day_of_text(split[1], day_first)
        except BadCell:
            day = None
        if day is not None:
            return _checked(Moment(day=day, time_s=time_s_of(split[2])), text)
    if re.fullmatch(r"\d{1,5}(?:[.,]\d+)?", text) and not _MILITARY.fullmatch(text):
        return _moment_of_number(float(text.replace(",", ".")))
    try:
        return _checked(Moment(day=_day_of_text(text, day_first)), text)
    except BadCell as error:
        if error.code != "intake.row_bad_date":
            raise
        return Moment(time_s=time_s_of(text))


def _moment_with_offset(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.replace(" ", "T", 1) if "T" not in text else text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _day_of_text(text: str, day_first: bool) -> date:
    """Read a written date; one that no calendar has raises BadCell."""
    text = text.strip(" ,;")
    words = folded(text).split()
    try:
        if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _NUMERIC.fullmatch(text):
            first, second, year = int(found[1]), int(found[2]), _full_year(found[3])
            day, month = (first, second) if day_first or first > 12 else (second, first)
            if month > 12 >= day:
                day, month = month, day
            return date(year, month, day)
        named = [_MONTHS[word] for word in words if word in _MONTHS]
        numbers = [int(re.sub(r"\D", "", word)) for word in words if re.fullmatch(r"\d{1,4}(?:st|nd|rd|th|o)?", word)]
        if len(named) == 1 and len(numbers) == 2:
            day, year = numbers if numbers[0] <= 31 else numbers[::-1]
            return date(_full_year(str(year)), named[0], day)
    except ValueError as error:
        raise BadCell("intake.row_impossible_date", value=shown(text)) from error
    raise BadCell("intake.row_bad_date", value=shown(text))


def _full_year(text: str) -> int:
    return int(text) + (FIRST_YEAR if len(text) <= 2 else 0)


def _checked(moment: Moment, value: object) -> Moment:
    if moment.day is not None and not FIRST_YEAR <= moment.day.year <= LAST_YEAR:
        raise BadCell("intake.row_impossible_date", value=shown(value))
    return moment


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


@lru_cache(maxsize=4_096)
def time_s_of(text: str) -> int:
    """Read a time of day: "9", "9:30", "09h30", "0930", "9 am", "1 p.m.", "24:00"; the end of the day is 86400."""
    spoken = text.strip().lower()
    if found := _MILITARY.fullmatch(spoken):
        hours, minutes, seconds, half = int(found[1]), int(found[2]), 0, ""
    elif found := _CLOCK.fullmatch(spoken):
        hours, minutes, seconds = int(found[1]), int(found[2] or 0), int(found[3] or 0)
        half = found[4] or found[5] or ""
    else:
        raise BadCell("intake.row_bad_time", value=shown(text))
    if half and not 1 <= hours <= 12 and not (half == "p" and 13 <= hours <= 23):
        raise BadCell("intake.row_bad_time", value=shown(text))
    if half == "p" and hours < 12:
        hours += 12
    elif half == "a" and hours == 12:
        hours = 0
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > DAY_S:
        raise BadCell("intake.row_bad_time", value=shown(text))
    return total
