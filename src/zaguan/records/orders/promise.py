"""What was promised: a window of local time on a day, and which one a service level promises to an order."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from zaguan.base.kit.wall_time import find_zone, moment_on, wall_s_of
from zaguan.records.orders.model import Order, TimeWindow
from zaguan.records.orders.refusals import BadWindow, NoServiceDay, shown

DAY_S: Final = 86_400
FURTHEST_DAYS: Final = 400  # a calendar without a day of service for so long has none
_WEEK: Final = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalWindow:
    """From one local time of a day to another. It stays what it is when the clocks of its zone are moved.

    `closes_s` may lie beyond midnight. Moments are resolved when they are asked for, with the time zone data of now.
    """

    on: date
    opens_s: int
    closes_s: int
    time_zone: str

    def __post_init__(self) -> None:
        if not 0 <= self.opens_s < self.closes_s <= 2 * DAY_S or find_zone(self.time_zone) is None:
            raise BadWindow(opens_s=self.opens_s, closes_s=self.closes_s, zone=shown(self.time_zone))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        zone = find_zone(self.time_zone)
        assert zone is not None, "looked at when it was made"
        return zone

    @property
    def opens_at(self) -> datetime:
        """The moment at which it opens."""
        return moment_on(self.on, self.opens_s, self.zone)

    @property
    def closes_at(self) -> datetime:
        """The moment at which it closes."""
        return moment_on(self.on, self.closes_s, self.zone)

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment lies in it, its ends included."""
        return self.opens_at <= moment <= self.closes_at

    def as_time_window(self, *, hard: bool = True) -> TimeWindow:
        """Return it without its day, as plans take it."""
        return TimeWindow(opens_s=self.opens_s, closes_s=self.closes_s, hard=hard)


def promised_by(order: Order, time_zone: str) -> LocalWindow | None:
    """Return the window that an order's own day and windows promise, from the first to the last; None without a day."""
    if order.service_on is None:
        return None
    opens_s = min((window.opens_s for window in order.windows), default=0)
    closes_s = max((window.closes_s for window in order.windows), default=DAY_S)
    return LocalWindow(on=order.service_on, opens_s=opens_s, closes_s=closes_s, time_zone=time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days on which an organisation serves, and from when to when, in local time."""

    code: str
    time_zone: str
    weekdays: frozenset[int] = _WEEK  # 0: Monday
    holidays: frozenset[date] = frozenset()  # days of rest, whatever weekday they are
    extra_days: frozenset[date] = frozenset()  # served although weekday or holiday say no
    opens_s: int = 8 * 3_600
    closes_s: int = 20 * 3_600

    def __post_init__(self) -> None:
        if not 0 <= self.opens_s < self.closes_s <= 2 * DAY_S or find_zone(self.time_zone) is None:
            raise BadWindow(opens_s=self.opens_s, closes_s=self.closes_s, zone=shown(self.time_zone))
        if not self.weekdays <= _WEEK:
            raise ValueError("weekdays are 0 (Monday) to 6 (Sunday)")

    def serves_on(self, day: date) -> bool:
        """Tell whether it is a day of service."""
        return day in self.extra_days or (day.weekday() in self.weekdays and day not in self.holidays)

    def service_day(self, day: date, *, after: int = 0) -> date:
        """Return the first day of service from `day` on, or the `after`-th one behind it. None in reach: refused."""
        for step in range(FURTHEST_DAYS):
            candidate = day + timedelta(days=step)
            if self.serves_on(candidate):
                if after == 0:
                    return candidate
                after -= 1
        raise NoServiceDay(calendar=self.code, day=day.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """How fast an order is served: received before the cut-off, so many days of service later, or within hours.

    `opens_s` and `closes_s` bound the window on the day; without them the calendar's hours do. With `within_s` the
    window begins with the order itself and is that long.
    """

    code: str
    name: str
    cut_off_s: int  # local time; at this very second it is too late
    days: int = 0  # of service, after the one that the order counts for
    opens_s: int | None = None
    closes_s: int | None = None
    within_s: int | None = None
    price_minor: int = 0
    currency: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.cut_off_s <= DAY_S or self.days < 0 or self.price_minor < 0:
            raise ValueError("the cut-off is a time of the day; days and price are not negative")
        if self.within_s is not None and not 0 < self.within_s <= DAY_S:
            raise ValueError("a window within hours is longer than nothing and no longer than a day")
        if self.opens_s is not None and self.closes_s is not None and self.opens_s >= self.closes_s:
            raise ValueError("a level's window opens before it closes")


def promise_of(level: ServiceLevel, calendar: Calendar, received_at: datetime) -> LocalWindow:
    """Return the window that a level promises to an order received (or whose goods are ready) at a moment.

    After the cut-off, on a day without service, or where nothing is left of the day's window, the order counts for
    the next day of service.
    """
    zone = find_zone(calendar.time_zone)
    assert zone is not None, "looked at when the calendar was made"
    today = received_at.astimezone(zone).date()
    at_s = wall_s_of(received_at, today, zone)
    opens_s = calendar.opens_s if level.opens_s is None else level.opens_s
    closes_s = calendar.closes_s if level.closes_s is None else level.closes_s
    counts = calendar.serves_on(today) and at_s < level.cut_off_s
    day = calendar.service_day(calendar.service_day(today if counts else today + timedelta(days=1)), after=level.days)
    if day == today:
        opens_s = max(opens_s, at_s)
        if opens_s >= closes_s:
            day = calendar.service_day(today + timedelta(days=1))
            opens_s = calendar.opens_s if level.opens_s is None else level.opens_s
    if level.within_s is not None:
        closes_s = opens_s + level.within_s
    return LocalWindow(on=day, opens_s=opens_s, closes_s=closes_s, time_zone=calendar.time_zone)
