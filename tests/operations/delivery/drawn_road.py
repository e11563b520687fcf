"""A road as a test draws it, and a day on it: orders on a published route, a driver who tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tests.operations.delivery.builders import DOOR, DRIVER, ROUTE, an_id, at
from tests.records.orders.builders import a_booked_order, a_shipper
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Entry, Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.operations.delivery import service
from zaguan.operations.delivery.acts import AnyAct
from zaguan.operations.delivery.doing import ActAnswer
from zaguan.operations.delivery.model import StopStage
from zaguan.operations.delivery.ports import RoadRoute, RoadStop
from zaguan.records.orders import service as orders
from zaguan.records.orders.booking import BookedOrder, Shipper
from zaguan.records.orders.model import OrderId, Parcel
from zaguan.records.orders.states import Mover, OrderState
from zaguan.records.orders.telling import Details


@dataclass(slots=True)
class DayClock:
    """A clock that a day puts forward."""

    moment: datetime = field(default_factory=lambda: at(0))

    def now(self) -> datetime:
        return self.moment


class DrawnRoad:
    """Routes that a test drew, and what it heard about them."""

    def __init__(self) -> None:
        self.routes: dict[UUID, RoadRoute] = {}
        self.stages: dict[UUID, StopStage] = {}
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None

    def find_route(
        self,
        session: Session,  # noqa: ARG002
        organisation_id: OrganisationId,  # noqa: ARG002
        route_id: UUID,
    ) -> RoadRoute | None:
        return self.routes.get(route_id)

    def stop_moved(
        self,
        session: Session,  # noqa: ARG002
        organisation_id: OrganisationId,  # noqa: ARG002
        route: RoadRoute,  # noqa: ARG002
        stop_id: UUID,
        stage: StopStage,
        *,
        at: datetime,  # noqa: ARG002
        actor: str,  # noqa: ARG002
    ) -> None:
        self.stages[stop_id] = stage

    def route_moved(
        self,
        session: Session,  # noqa: ARG002
        organisation_id: OrganisationId,  # noqa: ARG002
        route: RoadRoute,  # noqa: ARG002
        *,
        started_at: datetime | None,
        ended_at: datetime | None,
        actor: str,  # noqa: ARG002
    ) -> None:
        self.started_at, self.ended_at = started_at, ended_at


@dataclass(slots=True, kw_only=True)
class Day:
    """A day of one organisation. Orders and routes have ids of their own in each day."""

    database: Database
    organisation_id: OrganisationId
    road: DrawnRoad = field(default_factory=DrawnRoad)
    clock: DayClock = field(default_factory=DayClock)
    orders: dict[str, OrderId] = field(default_factory=dict)
    stops: list[RoadStop] = field(default_factory=list)
    shipper: Shipper | None = None
    route_id: UUID = ROUTE
    route_ref: str = "R01"

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.database.session(self.organisation_id) as session:
            yield session

    def has_shipper(self, **rest: Any) -> Shipper:
        with self.session() as session:
            self.shipper = a_shipper(session, self.organisation_id, **rest)
        return self.shipper

    def has_stop(self, *refs: str, minutes: float | None = None, **asked: Any) -> RoadStop:
        """Put a stop for some orders on the route; each has one parcel with its own number, unless asked otherwise."""
        for ref in refs:
            facts: dict[str, Any] = {"parcels": (Parcel(barcode=f"ZG{ref}"),)} | asked
            with self.session() as session:
                order = a_booked_order(session, self.organisation_id, ref, **facts)
                for target in (OrderState.PLANNED, OrderState.DISPATCHED):
                    order = orders.move_order(
                        session,
                        self.organisation_id,
                        order.id,
                        target,
                        by=Mover.PLATFORM,
                        actor="system",
                        clock=self.clock,
                        details=Details(route_id=self.route_id),
                    )
            self.orders[ref] = order.id
        number = len(self.stops) + 1
        stop = RoadStop(
            stop_id=an_id(number, kind=3),
            number=number,
            order_ids=tuple(self.orders[ref] for ref in refs),
            address="Los Olivos 1420",
            point=DOOR,
            window_opens_at=at(minutes) if minutes is not None else None,
        )
        self.stops.append(stop)
        self.road.routes[self.route_id] = RoadRoute(
            route_id=self.route_id,
            ref=self.route_ref,
            driver_id=DRIVER,
            service_on=date(2026, 3, 10),
            stops=tuple(self.stops),
        )
        return stop

    def tells(self, act: AnyAct, *, late_s: float = 2, offset_s: float = 0) -> ActAnswer:
        """Have the driver's phone tell an act, so many seconds after it was done."""
        sent_at = act.happened_at + timedelta(seconds=late_s)
        self.clock.moment = max(self.clock.moment, sent_at + timedelta(seconds=offset_s))
        with self.session() as session:
            return service.report_act(
                session, self.organisation_id, act, sent_at=sent_at, road=self.road, clock=self.clock
            )

    def order(self, ref: str) -> BookedOrder:
        with self.session() as session:
            return orders.get_order(session, self.organisation_id, self.orders[ref])

    def state(self, ref: str) -> str:
        return self.order(ref).state.value

    def facts(self, ref: str | None = None) -> list[str]:
        """Return the types of the facts of an order, or of the route, in their order."""
        return [entry.type for entry in self.entries(ref)]

    def entries(self, ref: str | None = None) -> tuple[Entry, ...]:
        stream = Stream("route", ROUTE) if ref is None else Stream("order", self.orders[ref])
        with self.session() as session:
            return journal.read_stream(session, self.organisation_id, stream)

    def fact(self, kind: str, ref: str | None = None) -> dict[str, Any]:
        """Return what the latest fact of a type says."""
        return dict(next(entry.data for entry in reversed(self.entries(ref)) if entry.type == kind))


def a_day(database: Database) -> Day:
    """Begin a day in an organisation of its own."""
    return Day(database=database, organisation_id=OrganisationId(new_id()))


def ids(day: Day, ref: str) -> dict[str, Any]:
    """Return how an act names an order of the day."""
    return {"order_id": day.orders[ref]}
