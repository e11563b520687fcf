"""The words of key figures: what is counted, how it is split, and what a figure stands on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar, Final
from uuid import UUID

from zaguan.base.kit.errors import ZaguanError

MAX_DAYS: Final = 366


class SplitUnknown(ZaguanError):
    """Figures are not split by `wanted`."""

    code: ClassVar = "analytics.split_unknown"


class PeriodWrong(ZaguanError):
    """The days from `first` to `last` are none, or more than `days`."""

    code: ClassVar = "analytics.period_wrong"


class By(StrEnum):
    """What figures are split by."""

    DAY = "day"
    DRIVER = "driver"
    SHIPPER = "shipper"
    ZONE = "zone"


class Unit(StrEnum):
    """What a figure is given in."""

    SHARE = "share"
    PER_HOUR = "per_hour"
    KM = "km"


# counts are kept whole; this brings them to the unit
_SCALE: Final = {Unit.SHARE: Fraction(1), Unit.PER_HOUR: Fraction(3_600), Unit.KM: Fraction(1, 1_000)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much before a window opens and after it closes is still on time. Both edges of the window are in it."""

    early: timedelta = timedelta()
    late: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days, the last one included. No day, or more than a year: PeriodWrong."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not 0 <= (self.last - self.first).days < MAX_DAYS:
            raise PeriodWrong(first=self.first.isoformat(), last=self.last.isoformat(), days=MAX_DAYS)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What one order, or one route with its orders, adds to a figure. Empty: nobody knows, or it does not apply."""

    order_ids: tuple[UUID, ...]
    counted_ids: tuple[UUID, ...]  # those of them behind the numerator
    on: date
    driver: str = ""
    shipper: str = ""
    zone: str = ""
    numerator: int
    denominator: int
    is_skewed: bool = False  # a phone's clock behind it was off by more than five minutes

    def key(self, by: By | None) -> str:
        """Return the part that it belongs to."""
        match by:
            case None:
                return ""
            case By.DAY:
                return self.on.isoformat()
            case By.DRIVER:
                return self.driver
            case By.SHIPPER:
                return self.shipper
            case By.ZONE:
                return self.zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A key figure of a part, with what it was divided from and the orders behind it."""

    name: str
    unit: Unit
    part: str
    numerator: int
    denominator: int
    order_ids: tuple[UUID, ...]
    counted_ids: tuple[UUID, ...]
    skewed: int  # how many counts stand on a clock that was off

    @property
    def value(self) -> Fraction | None:
        """Return the figure in its unit; None where nothing was there to divide by."""
        divisor = 1 if self.unit is Unit.KM else self.denominator
        return Fraction(self.numerator, divisor) * _SCALE[self.unit] if divisor else None


def split_of(text: str) -> By | None:
    """Return what to split by; empty: nothing. Anything that no fact tells: SplitUnknown."""
    if not text:
        return None
    try:
        return By(text)
    except ValueError:
        raise SplitUnknown(wanted=text, known=", ".join(By)) from None


def figures_of(name: str, unit: Unit, counts: Iterable[Count], period: Period, by: By | None) -> tuple[Figure, ...]:
    """Add up the counts of a period, by part. Without a split there is one figure, even of nothing."""
    parts: dict[str, list[Count]] = {} if by else {"": []}
    for count in counts:
        if count.on in period:
            parts.setdefault(count.key(by), []).append(count)
    return tuple(
        Figure(
            name=name,
            unit=unit,
            part=part,
            numerator=sum(count.numerator for count in found),
            denominator=sum(count.denominator for count in found),
            order_ids=_once(order_id for count in found for order_id in count.order_ids),
            counted_ids=_once(order_id for count in found for order_id in count.counted_ids),
            skewed=sum(count.is_skewed for count in found),
        )
        for part, found in sorted(parts.items())
    )


def _once(order_ids: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(sorted(set(order_ids)))
