"""A day on the real database: a plain with one depot, vans with drivers and shifts, orders of one shipper."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.fakes.flat_roads import FlatRoads
from tests.operations.planning.builders import DAY, TUESDAY, a_depot, a_driver, a_vehicle, an_order
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.planning.fleet import Settings
from zaguan.operations.planning.live import LiveRoute, LiveStop
from zaguan.operations.planning.making import PlanWish, plan_day
from zaguan.operations.planning.publishing import Publication, publish_plan
from zaguan.operations.planning.routes import list_routes
from zaguan.operations.planning.service import Ground, SearchLimits
from zaguan.operations.planning.versions import PlanVersion
from zaguan.records.drivers import service as drivers
from zaguan.records.drivers import shifts
from zaguan.records.drivers.model import DatedShift, Shift
from zaguan.records.fleet import service as vehicles
from zaguan.records.network import service as network
from zaguan.records.orders import receiving, terms
from zaguan.records.orders import service as orders
from zaguan.records.orders.booking import BookedOrder, NewOrder
from zaguan.records.orders.model import Order, OrderId
from zaguan.records.orders.states import Mover, OrderState
from zaguan.records.orders.telling import Details

HOUR = 3600
ACTOR = "user:desk"
LIMITS = SearchLimits(seconds=None, iterations=200, threads=1)
GROUND = Ground(network=FlatRoads(), name="Plain", region_hash="0", attribution="nobody")


@dataclass(slots=True)
class DayClock:
    """A clock that is set by hand, in hours of the day's local time."""

    moment: datetime = field(default_factory=lambda: DAY.moment(6 * HOUR))

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def set(self, hour: float) -> datetime:
        """Set the clock to an hour of the day."""
        self.moment = DAY.moment(round(hour * HOUR))
        return self.moment


@dataclass(slots=True)
class PlainDay:
    """An organisation with its records, and the acts of a dispatcher on them."""

    database: Database
    organisation_id: OrganisationId
    clock: DayClock = field(default_factory=DayClock)
    settings: Settings = field(default_factory=lambda: Settings(currency="CLP"))

    def crew(self, ref: str, *, hours: tuple[float, float] = (8, 18), **vehicle: Any) -> None:
        """Keep a van and its driver of the same name, with a shift on the day."""
        with self.database.session(self.organisation_id) as session:
            known = {"clock": self.clock, "actor": ACTOR}
            network.save_depot(session, self.organisation_id, a_depot(), **known)  # type: ignore[arg-type]
            vehicles.save_vehicle(session, self.organisation_id, a_vehicle(ref, **vehicle), **known)  # type: ignore[arg-type]
            drivers.save_driver(session, self.organisation_id, a_driver(ref), **known)  # type: ignore[arg-type]
            times = Shift(starts_s=round(hours[0] * HOUR), ends_s=round(hours[1] * HOUR))
            shift = DatedShift(ref=f"{ref}-shift", driver_ref=ref, vehicle_ref=ref, on=TUESDAY, shift=times)
            shifts.save_shift(session, self.organisation_id, shift, **known)  # type: ignore[arg-type]

    def orders(self, *asked: Order) -> dict[str, UUID]:
        """Take orders on; they are ready to be planned. Returns their ids by ref."""
        with self.database.session(self.organisation_id) as session:
            shipper = terms.own_shipper(session, self.organisation_id, name="Own", time_zone=str(DAY.zone))
            news = [NewOrder(shipper_id=shipper.id, asked=each, time_zone=str(DAY.zone)) for each in asked]
            receipts = receiving.receive_orders(
                session, self.organisation_id, news, by=Mover.DISPATCHER, actor=ACTOR, clock=self.clock
            )
        found: dict[str, UUID] = {}
        for receipt in receipts:
            assert receipt.order is not None, receipt.refusal
            found[receipt.external_id] = receipt.order.id
        return found

    def some_orders(self, *spots: tuple[float, float]) -> dict[str, UUID]:
        """Take on one order a spot, called 1, 2, ..., wanted on the day."""
        return self.orders(
            *(an_order(str(n), east, north, service_on=TUESDAY) for n, (east, north) in enumerate(spots, start=1))
        )

    def plan(self, **wish: Any) -> PlanVersion:
        """Plan the day."""
        wanted = PlanWish(service_on=TUESDAY, zone=DAY.zone, settings=self.settings, **wish)
        return plan_day(
            self.database, self.organisation_id, wanted, ground=GROUND, clock=self.clock, actor=ACTOR, limits=LIMITS
        )

    def publish(self, version: PlanVersion, **rest: Any) -> Publication:
        """Publish a version."""
        with self.database.session(self.organisation_id) as session:
            return publish_plan(
                session,
                self.organisation_id,
                version.plan_id,
                version.version,
                clock=self.clock,
                actor=ACTOR,
                **rest,
            )

    def routes(self) -> dict[str, LiveRoute]:
        """Return the routes of the day by driver."""
        with self.database.session(self.organisation_id) as session:
            found = list_routes(session, self.organisation_id, service_on=TUESDAY)
        return {route.driver_ref: route for route in found}

    def order(self, order_id: UUID) -> BookedOrder:
        """Return an order as it stands."""
        with self.database.session(self.organisation_id) as session:
            return orders.get_order(session, self.organisation_id, OrderId(order_id))

    def move(self, order_id: UUID, *states: OrderState, **details: Any) -> None:
        """Move an order through states."""
        with self.database.session(self.organisation_id) as session:
            for state in states:
                orders.move_order(
                    session,
                    self.organisation_id,
                    OrderId(order_id),
                    state,
                    by=Mover.DISPATCHER,
                    actor=ACTOR,
                    clock=self.clock,
                    details=Details(**details),
                )

    def session(self) -> Any:
        """Open a transaction."""
        return self.database.session(self.organisation_id)


def refs_on(route: LiveRoute) -> list[str]:
    """Return the orders of a route in the order of driving."""
    return [order.ref for stop in route.stops for order in stop.sheet.orders]


def stop_with(route: LiveRoute, ref: str) -> LiveStop:
    """Return the stop of a route that serves an order."""
    return next(stop for stop in route.stops if any(order.ref == ref for order in stop.sheet.orders))


def states_of(day: PlainDay, order_ids: Sequence[UUID]) -> list[str]:
    """Return the states of orders."""
    return [day.order(order_id).state.value for order_id in order_ids]


def minutes(count: float) -> timedelta:
    """Return minutes."""
    return timedelta(minutes=count)
