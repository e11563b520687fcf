"""What the door needs of the routes on the road. Planning keeps them; a test draws its own."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.geo.point import Point
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.delivery.model import StopStage


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadStop:
    """A stop as it was published. `takes_over`: orders whose parcels are only fetched from another vehicle there.

    `is_called_off`: nobody is to go there any more; who was there already, without a signal, may still tell.
    """

    stop_id: UUID
    number: int
    order_ids: tuple[UUID, ...]
    takes_over: frozenset[UUID] = frozenset()
    is_called_off: bool = False
    address: str = ""
    point: Point | None = None
    window_opens_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadRoute:
    """A published route: its driver and its stops."""

    route_id: UUID
    ref: str
    driver_id: UUID | None
    service_on: date
    stops: tuple[RoadStop, ...]
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def find_stop(self, stop_id: UUID) -> RoadStop | None:
        """Return one of its stops, or None."""
        return next((stop for stop in self.stops if stop.stop_id == stop_id), None)


class Road(Protocol):
    """The published routes."""

    def find_route(self, session: Session, organisation_id: OrganisationId, route_id: UUID) -> RoadRoute | None:
        """Return a route, or None where there is none that is published."""
        ...

    def stop_moved(
        self,
        session: Session,
        organisation_id: OrganisationId,
        route: RoadRoute,
        stop_id: UUID,
        stage: StopStage,
        *,
        at: datetime,
        actor: str,
    ) -> None:
        """Hear that a stop is under way or done, so that no plan moves it. What is known already changes nothing."""
        ...

    def route_moved(
        self,
        session: Session,
        organisation_id: OrganisationId,
        route: RoadRoute,
        *,
        started_at: datetime | None,
        ended_at: datetime | None,
        actor: str,
    ) -> None:
        """Hear that a route left or came to its end. What is known already changes nothing."""
        ...
