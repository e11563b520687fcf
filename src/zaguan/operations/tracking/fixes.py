"""Fixes as devices send them, and as they are kept.

A device's clock may be wrong. What is certain: a batch was not sent after it was received. So a clock that is ahead
by a few minutes is set right; one that is behind looks like a batch that was long on its way, and is left alone.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from zaguan.base.geo.point import Point
from zaguan.operations.tracking.model import BatchTooLarge

MAX_FIXES: Final = 2_000  # of one batch: some hours without signal
MAX_CORRECTED_S: Final = 300.0  # a clock that is off by more is flagged, and not believed
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFix:
    """A fix as it was sent: nothing about it is believed yet."""

    at: datetime  # by the device's clock
    lon: float
    lat: float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    fix_id: UUID | None = None  # the device's own; comes back with the reason if the fix is quarantined


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Fixes of one device, under an id that the device made: a repeat of it gets the same answer."""

    batch_id: UUID
    device_id: UUID
    vehicle_id: UUID
    fixes: tuple[SentFix, ...]
    sent_at: datetime | None = None  # by the device's clock

    def __post_init__(self) -> None:
        if not 0 < len(self.fixes) <= MAX_FIXES:
            raise BatchTooLarge(found=len(self.fixes), most=MAX_FIXES)

    def digest(self) -> bytes:
        """Return a hash of the fixes, by which a repeat is told from another batch under the same id."""
        text = repr([(f.at, f.lon, f.lat, f.accuracy_m, f.speed_mps, f.heading_deg, f.fix_id) for f in self.fixes])
        return hashlib.sha256(f"{self.vehicle_id} {text}".encode()).digest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A fix that passed the filters. A vehicle has at most one for each millisecond."""

    at: datetime  # the device's clock, set right where it was ahead; whole milliseconds
    point: Point
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """What a batch tells about the clock of its device."""

    offset_s: float | None  # ahead is positive; None: the batch does not say when it was sent
    is_off: bool  # by more than is corrected

    @property
    def correction(self) -> timedelta:
        """How much is taken off the device's times."""
        if self.offset_s is None or self.is_off or self.offset_s <= 0:
            return timedelta()
        return timedelta(seconds=self.offset_s)


def read_clock(batch: Batch, *, received_at: datetime) -> ClockReading:
    """Compare when the batch says that it was sent with when it came."""
    if batch.sent_at is None:
        return ClockReading(offset_s=None, is_off=False)
    offset_s = (batch.sent_at - received_at).total_seconds()
    return ClockReading(offset_s=offset_s, is_off=abs(offset_s) > MAX_CORRECTED_S)


def is_valid(sent: SentFix) -> bool:
    """Tell whether the numbers can be those of a fix: finite, on the globe, not at 0, 0 where no receiver means it."""
    numbers = (sent.lon, sent.lat, sent.accuracy_m or 0.0, sent.speed_mps or 0.0, sent.heading_deg or 0.0)
    if not all(math.isfinite(number) for number in numbers):
        return False
    return (
        sent.at.tzinfo is not None
        and abs(sent.lon) <= 180
        and abs(sent.lat) <= 90
        and (sent.lon, sent.lat) != (0.0, 0.0)
        and EARLIEST <= sent.at <= LATEST
        and 0 <= (sent.accuracy_m or 0.0) <= 1e5
        and 0 <= (sent.speed_mps or 0.0) <= 1e4
    )


def fix_of(sent: SentFix, clock: ClockReading) -> Fix:
    """Return a valid fix in our terms: its time set right and cut to milliseconds, its numbers as chunks keep them."""
    at = sent.at.astimezone(UTC) - clock.correction
    return Fix(
        at=at.replace(microsecond=at.microsecond // 1000 * 1000),
        point=Point(lon=round(sent.lon, 6), lat=round(sent.lat, 6)),
        accuracy_m=None if sent.accuracy_m is None else float(round(sent.accuracy_m)),
        speed_mps=None if sent.speed_mps is None else round(sent.speed_mps, 1),
        heading_deg=None if sent.heading_deg is None else float(round(sent.heading_deg) % 360),
    )
