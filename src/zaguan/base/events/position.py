"""Facts about where vehicles are. A position itself is told on the live bus alone; the others stand in the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from zaguan.base.geo.point import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePosition:
    """Where a vehicle is, as the live bus tells it: no fact of the journal, for each is forgotten with the next."""

    vehicle_id: UUID
    route_id: UUID | None
    hub: str
    at: datetime
    point: Point
    accuracy_m: float | None
    speed_mps: float | None
    heading_deg: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeofenceEntered:
    """A vehicle came near a stop or a depot of its route."""

    type: ClassVar[str] = "geofence.entered"
    vehicle_id: UUID
    route_id: UUID
    fence_id: UUID  # of the stop or the depot
    fence_kind: str  # "stop" or "depot"
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GeofenceLeft:
    """A vehicle went away from a stop or a depot of its route."""

    type: ClassVar[str] = "geofence.left"
    vehicle_id: UUID
    route_id: UUID
    fence_id: UUID
    fence_kind: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalSuggested:
    """A vehicle stays at a stop of its route: the driver may be asked to confirm the arrival."""

    type: ClassVar[str] = "arrival.suggested"
    vehicle_id: UUID
    route_id: UUID
    stop_id: UUID
    order_ids: tuple[UUID, ...]
    at: datetime  # since when it is there
