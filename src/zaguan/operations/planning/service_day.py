"""The service day: local wall time and elapsed seconds, and which orders are wanted on it.

Windows, shifts and opening hours are wall time: seconds on the clock on the wall after local midnight. Routes are
driven in elapsed seconds since the day began. The two differ on the days on which the clocks change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from zaguan.records.orders.model import Order

DAY_S: Final = 86_400
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDay:
    """A date in a time zone."""

    on: date
    zone: ZoneInfo

    @property
    def begins_at(self) -> datetime:
        """The moment of the first midnight, or of the clock's jump across it where midnight is left out."""
        return self._instant(0)

    def elapsed_s(self, wall_s: int) -> int:
        """Return the elapsed seconds at which the wall clock shows a time; the first of the two if it comes twice.

        A time that the clock jumps over becomes the moment of the jump.
        """
        return round((self._instant(wall_s) - self.begins_at).total_seconds())

    def moment(self, elapsed_s: int) -> datetime:
        """Return the moment, in local time, so many seconds after the day began."""
        return (self.begins_at + timedelta(seconds=elapsed_s)).astimezone(self.zone)

    def wall_s(self, elapsed_s: int) -> int:
        """Return what the wall clock shows, in seconds after the midnight that began the day."""
        local = self.moment(elapsed_s).replace(tzinfo=None)
        return round((local - self._midnight()).total_seconds())

    def _midnight(self) -> datetime:
        return datetime(self.on.year, self.on.month, self.on.day)  # noqa: DTZ001 - wall time has no zone

    def _instant(self, wall_s: int) -> datetime:
        wall = self._midnight() + timedelta(seconds=wall_s)
        early = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        late = wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        if late >= early:
            return early
        # the clock jumps over this time: find the jump, which lies between the two readings
        before, after = late, early
        while after - before > timedelta(seconds=1):
            middle = before + (after - before) / 2
            if middle.astimezone(self.zone).utcoffset() == before.astimezone(self.zone).utcoffset():
                before = middle
            else:
                after = middle
        return after.replace(microsecond=0)


def is_wanted_on(order: Order, day: date) -> bool:
    """Tell whether an order is to be served on a day: its own date, any day without one, or one of its weekdays."""
    if order.recurs:
        weekdays = {name.strip().lower()[:3] for name in order.recurs.split(",")}
        return WEEKDAYS[day.weekday()] in weekdays and (order.service_on is None or order.service_on <= day)
    return order.service_on is None or order.service_on == day


def busiest_day(orders: Sequence[Order], *, today: date) -> date:
    """Return the day that most dated orders want, from today on if any do; today if none has a date."""
    counts: dict[date, int] = {}
    for order in orders:
        if order.service_on is not None and not order.recurs:
            counts[order.service_on] = counts.get(order.service_on, 0) + 1
    ahead = {day: count for day, count in counts.items() if day >= today}
    pool = ahead or counts
    return min(pool, key=lambda day: (-pool[day], day)) if pool else today


def clock_text(wall_s: int) -> str:
    """Return seconds after midnight as people write them: 09:30; after midnight 00:30+1."""
    days, rest = divmod(wall_s, DAY_S)
    text = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}"
    return f"{text}+{days}" if days else text
