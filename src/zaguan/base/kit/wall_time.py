"""Wall time: a day and seconds on the clock on the wall, resolved to a moment only when it is needed.

What was promised as "Thursday from 10 to 12" stays so when a government moves the clocks, with weeks of notice or
less. It is therefore kept as a day, seconds after midnight and the name of a zone, and is resolved with the time zone
data of the day on which somebody asks.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=64)
def find_zone(name: str) -> ZoneInfo | None:
    """Return the time zone of a name such as America/Santiago, or None where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def moment_on(day: date, wall_s: int, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which the clock shows `wall_s` seconds after the midnight of a day.

    Seconds beyond 86,400 belong to the next day. Of a time that comes twice the first is taken; a time that the
    clock jumps over becomes the moment of the jump.
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(seconds=wall_s)  # noqa: DTZ001 - wall time has no zone
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return early if late >= early else _jump_between(late, early, zone)


def wall_s_of(moment: datetime, day: date, zone: ZoneInfo) -> int:
    """Return what the clock on the wall shows at a moment, in seconds after the midnight that began a day."""
    local = moment.astimezone(zone).replace(tzinfo=None)
    return round((local - datetime(day.year, day.month, day.day)).total_seconds())  # noqa: DTZ001 - as above


def _jump_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment, to the second, at which the clock jumps."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
