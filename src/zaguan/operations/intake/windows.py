"""Time windows in their many writings: "9-12", "entre 10 y 12", "9am to 1pm", two columns, or two moments."""

import re
from datetime import date, tzinfo
from functools import lru_cache
from typing import Final

from zaguan.operations.intake.cells import folded, text_of, words
from zaguan.operations.intake.model import BadCell, Cell, shown
from zaguan.operations.intake.moments import DAY_S, Moment, moment_of, time_s_of

Span = tuple[int, int]  # seconds after midnight; the end may lie beyond it

HOUR_S: Final = 3600
_TIME: Final = re.compile(
    r"\d{1,2}\s*[:.h]\s*\d{2}(?::\d{2})?(?:\s*(?:hrs?|hs|horas?|h)\b\.?)?(?:\s*[ap]\.?\s?m\b\.?)?"
    r"|\d{4}(?:\s*(?:hrs?|hs)\b\.?)?"
    r"|\d{1,2}(?:\s*(?:hrs?|hs|horas?|h)\b\.?)?(?:\s*[ap]\.?\s?m\b\.?)?"
)
_NAMED: Final = {
    "am": (8 * HOUR_S, 13 * HOUR_S),
    "pm": (13 * HOUR_S, 19 * HOUR_S),
    **dict.fromkeys(
        ("manana", "morning", "manha", "en la manana", "por la manana", "de manha"), (8 * HOUR_S, 13 * HOUR_S)
    ),
    **dict.fromkeys(("tarde", "afternoon", "en la tarde", "por la tarde", "a tarde"), (13 * HOUR_S, 19 * HOUR_S)),
    **dict.fromkeys(("noche", "evening", "noite", "vespertino", "en la noche"), (18 * HOUR_S, 22 * HOUR_S)),
    "mediodia": (12 * HOUR_S, 15 * HOUR_S),
    "midday": (12 * HOUR_S, 15 * HOUR_S),
    "meio dia": (12 * HOUR_S, 15 * HOUR_S),
}
_ANY_TIME: Final = words(
    "todo el dia,todo dia,dia completo,all day,any,anytime,any time,cualquier hora,cualquier horario,qualquer hora,"
    "qualquer horario,o dia todo,dia todo,horario libre,libre,flexible,flexivel,sin horario,sem horario,"
    "horario comercial,full day,no,na,n a,s h"
)
_FILLERS: Final = re.compile(
    r"\b(?:de|del|das|dos|do|entre|between|from|desde|las|los|la|as|às|os|h|hs|hrs|hras|horas?|hours?|the|at)\b\.?"
)
_BETWEEN: Final = re.compile(r"#\s*(?:horas?|hrs|hs|h)?\s*(?:às|as|à)\s*(?:as\s*)?#")
_DASHES: Final = re.compile(r"[–—−~]|\b(?:a|al|to|hasta|até|ate|until|till)\b|(?<=#)\s*à\s*(?=#)|->|→|>")
_AFTER: Final = re.compile(r"^\s*(?:después|despues|depois|luego|a partir|apartir|desde|after|from|since|>=?|≥)\b\s*")
_BEFORE: Final = re.compile(r"^\s*(?:antes|before|hasta|até|ate|until|by|till|<=?|≤|no later than)\s*")


def is_whole_day(span: Span) -> bool:
    """Tell whether a span leaves all of the day open."""
    return span[0] <= 60 and span[1] >= DAY_S - 60


@lru_cache(maxsize=4_096)
def spans_of_text(text: str) -> tuple[tuple[Span, ...], bool]:
    """Read one or several windows of a cell, and tell whether one was made from a single hour.

    "10:00" alone is an appointment: from then on for an hour. No window at all ("todo el día") is an empty tuple.
    """
    plain = folded(text)
    if plain in _ANY_TIME or text.strip() in {"-", "–"}:
        return (), False
    if plain in _NAMED:
        return (_NAMED[plain],), False
    spoken = text.lower().strip()
    times = _TIME.findall(spoken)
    if after := _AFTER.match(spoken):
        if len(times) == 1 and _is_bare(spoken[after.end() :]):
            return _one_span(time_s_of(times[0]), DAY_S, text), False
    elif (before := _BEFORE.match(spoken)) and len(times) == 1 and _is_bare(spoken[before.end() :]):
        return _one_span(0, time_s_of(times[0]), text), False
    if len(times) == 1 and _is_bare(spoken):
        at = time_s_of(times[0])
        return _one_span(at, at + HOUR_S, text), True
    skeleton = _DASHES.sub("-", _FILLERS.sub("", _BETWEEN.sub("#-#", _TIME.sub("#", spoken))))
    skeleton = re.sub(r"\b(?:y|e|and|&)\b|[,;/|+\n]", ",", skeleton).replace(" ", "").strip(",.-()")
    # "entre 10 y 12" joins with "y" what "9-12 y 15-18" parts with it
    pairs = "#,#" if skeleton == "#,#" else None
    if pairs is None and not re.fullmatch(r"#-+#(?:,*-*#-+#){0,3}", skeleton):
        raise BadCell("intake.row_bad_window", value=shown(text))
    spans = [_span_between(opens, closes, text) for opens, closes in zip(times[::2], times[1::2], strict=True)]
    return tuple(sorted(span for span in spans if not is_whole_day(span))), False


def _is_bare(text: str) -> bool:
    """Tell whether nothing but one time and filling words is left."""
    return _FILLERS.sub("", _TIME.sub("#", text)).strip(" .,:-()") == "#"


def _one_span(opens_s: int, closes_s: int, text: str) -> tuple[Span, ...]:
    if opens_s >= closes_s:
        raise BadCell("intake.row_window_reversed", value=shown(text))
    return () if is_whole_day((opens_s, closes_s)) else ((opens_s, closes_s),)


def _span_between(opens: str, closes: str, text: str) -> Span:
    """Read two written times; "9-1pm" opens in the morning, "9-6" closes in the evening, "22-2" after midnight."""
    closes_s = time_s_of(closes)
    says_half = re.compile(r"[ap]\.?\s?m")
    opens_s = time_s_of(opens)
    if says_half.search(closes) and not says_half.search(opens) and "p" in closes and opens_s + DAY_S // 2 < closes_s:
        is_afternoon = opens_s < 7 * HOUR_S  # "2-4pm" is in the afternoon, "9-1pm" opens in the morning
        opens_s += DAY_S // 2 if is_afternoon else 0
    return ordered_span(opens_s, closes_s, text, bare_hours=not says_half.search(opens + closes))


def ordered_span(opens_s: int, closes_s: int, text: str, *, bare_hours: bool = False) -> Span:
    """Return the span from one time to the next; one from evening to morning goes over midnight."""
    if closes_s > opens_s:
        return opens_s, closes_s
    if bare_hours and opens_s <= 12 * HOUR_S and closes_s <= 11 * HOUR_S and closes_s + DAY_S // 2 > opens_s:
        return opens_s, closes_s + DAY_S // 2
    if opens_s >= 18 * HOUR_S and closes_s <= 8 * HOUR_S:
        return opens_s, closes_s + DAY_S
    raise BadCell("intake.row_window_reversed", value=shown(text))


@lru_cache(maxsize=4_096)
def spans_between(opens: Moment, closes: Moment, *, wanted_on: date | None) -> tuple[date | None, tuple[Span, ...]]:
    """Return the day and the window between two moments.

    Moments with different days are a span of days: of those, the wanted day is taken where it is among them, else
    the first; on a day in the middle the recipient is there all day.
    """
    first = opens.day or closes.day
    last = closes.day or first
    opens_s = 0 if opens.time_s is None else opens.time_s
    closes_s = DAY_S if closes.time_s is None else closes.time_s
    if first is None or last is None or first == last:
        if opens.day is None or closes.day is None:
            span = ordered_span(opens_s, closes_s, _shown_span(opens, closes))
        elif closes_s <= opens_s:
            raise BadCell("intake.row_window_reversed", value=_shown_span(opens, closes))
        else:
            span = (opens_s, closes_s)
        return first, () if is_whole_day(span) else (span,)
    days = (last - first).days
    if days < 0:
        raise BadCell("intake.row_window_reversed", value=_shown_span(opens, closes))
    if days == 1 and opens_s >= 12 * HOUR_S and closes_s <= 8 * HOUR_S:
        return first, ((opens_s, closes_s + DAY_S),)  # one night
    day = wanted_on if wanted_on is not None and first <= wanted_on <= last else first
    span = (opens_s if day == first else 0, closes_s if day == last else DAY_S)
    if span[0] >= span[1]:
        raise BadCell("intake.row_window_reversed", value=_shown_span(opens, closes))
    return day, () if is_whole_day(span) else (span,)


def _shown_span(opens: Moment, closes: Moment) -> str:
    return f"{_shown_moment(opens)} – {_shown_moment(closes)}"


def _shown_moment(moment: Moment) -> str:
    day = moment.day.isoformat() if moment.day else ""
    at = "" if moment.time_s is None else f"{moment.time_s // HOUR_S:02d}:{moment.time_s // 60 % 60:02d}"
    return f"{day} {at}".strip()


_TWO_MOMENTS: Final = re.compile(
    r"^(\S*\d{4}\S*[ T]\d{1,2}:\d{2}\S*)\s*(?:-|–|/|to|a|,)\s*(\S*\d{4}\S*[ T]\d{1,2}:\d{2}\S*)$"
)


def window_of(
    cell: Cell, *, day_first: bool, zone: tzinfo | None, wanted_on: date | None
) -> tuple[date | None, tuple[Span, ...], bool]:
    """Read a window cell: its day, where it names one, its spans, and whether it was a single hour."""
    if not isinstance(cell, str):
        moment = moment_of(cell, day_first=day_first, zone=zone)
        if moment.time_s is None:
            return moment.day, (), False
        return moment.day, _one_span(moment.time_s, moment.time_s + HOUR_S, text_of(cell)), True
    text = text_of(cell)
    if two := _TWO_MOMENTS.match(text):
        opens = moment_of(two[1], day_first=day_first, zone=zone)
        closes = moment_of(two[2], day_first=day_first, zone=zone)
        return *spans_between(opens, closes, wanted_on=wanted_on), False
    spans, is_hour = spans_of_text(text)
    return None, spans, is_hour
