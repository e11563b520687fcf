"""The nodes and areas that the work is organised by: depots, hubs, zones, and the days on which work is done."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final, NewType
from uuid import UUID

from zaguan.base.geo.place import Place
from zaguan.base.geo.point import Point
from zaguan.base.geo.polygon import Polygon
from zaguan.base.kit.errors import Kind, ZaguanError

DepotId = NewType("DepotId", UUID)
HubId = NewType("HubId", UUID)
ZoneId = NewType("ZoneId", UUID)
WorkCalendarId = NewType("WorkCalendarId", UUID)

DAY_S: Final = 86_400
MAX_CORNERS: Final = 20_000
MAX_HOLIDAYS: Final = 5_000
MAX_DEPOTS: Final = 1_000
MAX_ZONES: Final = 5_000
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class DepotNotFound(ZaguanError):
    """There is no depot `ref`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "network.depot_not_found"


class HubNotFound(ZaguanError):
    """There is no hub `ref`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "network.hub_not_found"


class ZoneNotFound(ZaguanError):
    """There is no zone `ref`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "network.zone_not_found"


class CalendarNotFound(ZaguanError):
    """There is no work calendar `ref`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "network.calendar_not_found"


class HoursReversed(ZaguanError):
    """`ref` closes before it opens, or at no time of a day."""

    code: ClassVar = "network.hours_reversed"


class PlaceWithoutPoint(ZaguanError):
    """A depot or hub `ref` has no point: nobody can be sent there."""

    code: ClassVar = "network.place_without_point"


class ZoneTooDetailed(ZaguanError):
    """A zone has no area, or more corners than `most`."""

    code: ClassVar = "network.zone_too_detailed"


class AmountNegative(ZaguanError):
    """`field` of `ref` is negative."""

    code: ClassVar = "network.amount_negative"


class HolidaysTooMany(ZaguanError):
    """A calendar has a day twice, an unknown weekday, or more holidays than `most`."""

    code: ClassVar = "network.holidays_too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """Where routes begin and end, open between two local times (seconds after midnight)."""

    ref: str
    name: str
    place: Place
    opens_s: int = 0
    closes_s: int = DAY_S
    loading_s: int = 0  # before a route may leave
    calendar_ref: str = ""  # on other days than those of this calendar nobody leaves from here


class HubKind(StrEnum):
    """What parcels do there."""

    HUB = "hub"  # sorted and kept over night
    CROSS_DOCK = "cross_dock"  # from one vehicle to the next
    LOCKER = "locker"
    PICKUP_POINT = "pickup_point"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Where parcels change hands off the street: from vehicle to vehicle, or to whoever fetches them."""

    ref: str
    name: str
    place: Place
    kind: HubKind = HubKind.HUB
    opens_s: int = 0
    closes_s: int = DAY_S
    capacity_pieces: int | None = None  # None: not limited
    calendar_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An area drawn or imported. What stands here holds for every order inside."""

    ref: str
    name: str
    polygons: tuple[Polygon, ...]
    depot_ref: str = ""  # orders inside leave from this depot
    driver_refs: tuple[str, ...] = ()  # drivers who know it well
    skills: frozenset[str] = frozenset()  # asked for inside, such as "low-emission"
    vehicle_kinds: frozenset[str] = frozenset()  # only these kinds may enter; none: any
    extra_service_s: int = 0  # parking and walking
    surcharge_minor: int = 0  # price of each order inside: a toll, a second person, a partner's fee

    def contains(self, point: Point) -> bool:
        """Tell whether a point lies inside."""
        return any(polygon.contains(point) for polygon in self.polygons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day on which the calendar differs from its weekday: closed, or worked all the same."""

    on: date
    name: str = ""
    is_worked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """The days on which a depot is open or a driver works."""

    ref: str
    name: str
    weekdays: frozenset[str] = frozenset(WEEKDAYS[:6])
    holidays: tuple[Holiday, ...] = ()

    def is_worked(self, day: date) -> bool:
        """Tell whether work is done on a day: a holiday says so first, then the weekday."""
        for holiday in self.holidays:
            if holiday.on == day:
                return holiday.is_worked
        return WEEKDAYS[day.weekday()] in self.weekdays


def checked_depot(depot: Depot) -> Depot:
    """Return a depot that routes can leave from; any other is refused."""
    _check_node(depot.ref, depot.place, depot.opens_s, depot.closes_s)
    if depot.loading_s < 0:
        raise AmountNegative(ref=depot.ref, field="loading_s")
    return depot


def checked_hub(hub: Hub) -> Hub:
    """Return a hub that parcels can be brought to; any other is refused."""
    _check_node(hub.ref, hub.place, hub.opens_s, hub.closes_s)
    if hub.capacity_pieces is not None and hub.capacity_pieces < 0:
        raise AmountNegative(ref=hub.ref, field="capacity_pieces")
    return hub


def checked_zone(zone: Zone) -> Zone:
    """Return a zone with an area; any other is refused."""
    corners = sum(len(ring) for polygon in zone.polygons for ring in (polygon.outer, *polygon.holes))
    if not 0 < corners <= MAX_CORNERS:
        raise ZoneTooDetailed(ref=zone.ref, corners=corners, most=MAX_CORNERS)
    for field in ("extra_service_s", "surcharge_minor"):
        if getattr(zone, field) < 0:
            raise AmountNegative(ref=zone.ref, field=field)
    return zone


def checked_calendar(calendar: WorkCalendar) -> WorkCalendar:
    """Return a calendar that says one thing of each day; any other is refused."""
    days = [holiday.on for holiday in calendar.holidays]
    if len(days) != len(set(days)) or len(days) > MAX_HOLIDAYS or not calendar.weekdays <= set(WEEKDAYS):
        raise HolidaysTooMany(ref=calendar.ref, most=MAX_HOLIDAYS)
    return calendar


def _check_node(ref: str, place: Place, opens_s: int, closes_s: int) -> None:
    if place.point is None:
        raise PlaceWithoutPoint(ref=ref)
    if not 0 <= opens_s < closes_s <= 2 * DAY_S:
        raise HoursReversed(ref=ref, opens_s=opens_s, closes_s=closes_s)
