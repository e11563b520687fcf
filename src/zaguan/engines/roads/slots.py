"""Slots of the week: spans in which traffic is taken to be alike."""

from dataclasses import dataclass
from datetime import date
from typing import Final

SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A span of certain weekdays; `spans` are (start, end) in seconds after local midnight."""

    name: str
    weekdays: tuple[int, ...]  # 0 = Monday
    spans: tuple[tuple[int, int], ...]


def _hours(*spans: tuple[float, float]) -> tuple[tuple[int, int], ...]:
    return tuple((round(start * 3600), round(end * 3600)) for start, end in spans)


_WEEK: Final = (0, 1, 2, 3, 4)
SLOTS: Final[tuple[Slot, ...]] = (
    Slot(name="night", weekdays=_WEEK, spans=_hours((0, 6.5), (21, 24))),
    Slot(name="morning", weekdays=_WEEK, spans=_hours((6.5, 9.5))),
    Slot(name="late-morning", weekdays=_WEEK, spans=_hours((9.5, 12.5))),
    Slot(name="midday", weekdays=_WEEK, spans=_hours((12.5, 16))),
    Slot(name="evening-peak", weekdays=_WEEK, spans=_hours((16, 19.5))),
    Slot(name="evening", weekdays=_WEEK, spans=_hours((19.5, 21))),
    Slot(name="saturday", weekdays=(SATURDAY,), spans=_hours((0, 24))),
    Slot(name="sunday", weekdays=(6,), spans=_hours((0, 24))),
)


def slots_of(day: date, *, from_s: int = 0, until_s: int = 86_400) -> tuple[Slot, ...]:
    """Return the slots of a day that touch a span of it, in the order of `SLOTS`."""
    return tuple(
        slot
        for slot in SLOTS
        if day.weekday() in slot.weekdays and any(start < until_s and end > from_s for start, end in slot.spans)
    )
