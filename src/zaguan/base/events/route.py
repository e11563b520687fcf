"""What happens to routes. A fact names orders by their ids: whoever needs addresses or people asks for the orders."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStop:
    """A stop as it is to be driven."""

    stop_id: UUID
    number: int
    order_ids: tuple[UUID, ...]
    arrives_at: datetime
    leaves_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFact:
    """What each fact of a route says. Driver and vehicle are empty while nobody has taken it."""

    route_id: UUID
    ref: str
    plan_id: UUID
    service_on: date
    state: str
    driver_ref: str
    vehicle_ref: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePublished(RouteFact):
    """A route is to be driven: its stops in order."""

    type: ClassVar[str] = "route.published"
    leaves_at: datetime
    returns_at: datetime
    distance_m: int
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteChanged(RouteFact):
    """Its stops, their order or their times are others now. `because`: replan, move, insert, remove, breakdown."""

    type: ClassVar[str] = "route.changed"
    because: str
    leaves_at: datetime
    returns_at: datetime
    distance_m: int
    stops: tuple[PlannedStop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteAssigned(RouteFact):
    """A driver with a vehicle took it."""

    type: ClassVar[str] = "route.assigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteUnassigned(RouteFact):
    """It waits for somebody to take it."""

    type: ClassVar[str] = "route.unassigned"
    previous_driver_ref: str
    previous_vehicle_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTransferred(RouteFact):
    """Another driver or vehicle goes on with it; the order of its stops stayed."""

    type: ClassVar[str] = "route.transferred"
    previous_driver_ref: str
    previous_vehicle_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLocked(RouteFact):
    """Nothing may change what it serves, until it is unlocked."""

    type: ClassVar[str] = "route.locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteUnlocked(RouteFact):
    """It may be changed again."""

    type: ClassVar[str] = "route.unlocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStarted(RouteFact):
    """It left its depot."""

    type: ClassVar[str] = "route.started"
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteEnded(RouteFact):
    """It is over."""

    type: ClassVar[str] = "route.ended"
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCancelled(RouteFact):
    """Nobody drives it; the orders that it still had wait for another plan."""

    type: ClassVar[str] = "route.cancelled"
    released_order_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteBrokeDown(RouteFact):
    """Its vehicle cannot go on; the stops that it still had go to others."""

    type: ClassVar[str] = "route.broke_down"
    stranded_order_ids: tuple[UUID, ...]
