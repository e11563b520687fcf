"""Tables of the room: depots, hubs, zones, work calendars."""

from zaguan.base.kit.shelf import KeptColumns
from zaguan.base.kit.tables import Base


class DepotRow(KeptColumns, Base):
    """Where routes begin and end."""

    __tablename__ = "depots"


class HubRow(KeptColumns, Base):
    """Where parcels change hands."""

    __tablename__ = "hubs"


class ZoneRow(KeptColumns, Base):
    """An area with rules of its own."""

    __tablename__ = "zones"


class WorkCalendarRow(KeptColumns, Base):
    """Days of work and of rest."""

    __tablename__ = "work_calendars"
