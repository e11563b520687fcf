"""All SQL of the room: one shelf for each kind of record."""

from typing import Final

from zaguan.base.kit.shelf import Shelf
from zaguan.records.network import tables
from zaguan.records.network.model import (
    CalendarNotFound,
    Depot,
    DepotNotFound,
    Hub,
    HubNotFound,
    WorkCalendar,
    Zone,
    ZoneNotFound,
)

DEPOTS: Final = Shelf(tables.DepotRow, Depot, missing=DepotNotFound)
HUBS: Final = Shelf(tables.HubRow, Hub, missing=HubNotFound)
ZONES: Final = Shelf(tables.ZoneRow, Zone, missing=ZoneNotFound)
CALENDARS: Final = Shelf(tables.WorkCalendarRow, WorkCalendar, missing=CalendarNotFound)
