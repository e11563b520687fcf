"""What happens to depots, hubs, zones and work calendars. Their content is asked for where it is needed."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DepotSaved:
    """A depot was made, changed, or taken back from the archive: `change` is created, changed or restored."""

    type: ClassVar[str] = "depot.saved"
    depot_id: UUID
    ref: str
    version: int
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DepotArchived:
    """A depot was put away."""

    type: ClassVar[str] = "depot.archived"
    depot_id: UUID
    ref: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSaved:
    """A hub was made, changed, or taken back from the archive: `change` is created, changed or restored."""

    type: ClassVar[str] = "hub.saved"
    hub_id: UUID
    ref: str
    version: int
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HubArchived:
    """A hub was put away."""

    type: ClassVar[str] = "hub.archived"
    hub_id: UUID
    ref: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneSaved:
    """A zone was made, changed, or taken back from the archive: `change` is created, changed or restored."""

    type: ClassVar[str] = "zone.saved"
    zone_id: UUID
    ref: str
    version: int
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneArchived:
    """A zone was put away."""

    type: ClassVar[str] = "zone.archived"
    zone_id: UUID
    ref: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendarSaved:
    """A work calendar was made, changed, or taken back from the archive: `change` is created, changed or restored."""

    type: ClassVar[str] = "work_calendar.saved"
    calendar_id: UUID
    ref: str
    version: int
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendarArchived:
    """A work calendar was put away."""

    type: ClassVar[str] = "work_calendar.archived"
    calendar_id: UUID
    ref: str
    version: int
