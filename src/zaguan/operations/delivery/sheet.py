"""What a driver's acts are judged by: the route, its orders as they stand, wishes and terms, put together once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.delivery.acts import Pieces
from zaguan.operations.delivery.door import DoorStop, OrderAtDoor
from zaguan.operations.delivery.loading import Manifest, manifest_of
from zaguan.operations.delivery.model import NotYourRoute, ProofKind, RouteNotFound, StopNotOnRoute
from zaguan.operations.delivery.payments import Due
from zaguan.operations.delivery.policy import DoorTerms
from zaguan.operations.delivery.ports import Road, RoadRoute, RoadStop
from zaguan.operations.delivery.store import door as store
from zaguan.operations.delivery.store import terms as wanted
from zaguan.operations.delivery.store.door import Attempt
from zaguan.operations.delivery.wishes import DoorWishes
from zaguan.records.orders import service as orders
from zaguan.records.orders.booking import BookedOrder
from zaguan.records.orders.model import OrderId
from zaguan.records.orders.parcels import ParcelState, TrackedParcel
from zaguan.records.orders.search import OrderSearch

FEW: Final = 4  # orders that are asked for one by one
MOST_ORDERS: Final = 1_000  # of a route that are asked for at once


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSheet:
    """A route with all that its doors have to know."""

    route: RoadRoute
    stops: tuple[DoorStop, ...]
    booked: Mapping[UUID, BookedOrder]
    terms: Mapping[UUID, DoorTerms]  # by shipper

    @property
    def manifest(self) -> Manifest:
        """The parcels that the route takes out."""
        return manifest_of(self.route.route_id, self.stops)

    def stop(self, stop_id: UUID) -> DoorStop:
        """Return one of its stops; any other is refused."""
        for stop in self.stops:
            if stop.stop_id == stop_id:
                return stop
        raise StopNotOnRoute(stop=stop_id)

    def terms_of(self, order_id: UUID) -> DoorTerms:
        """Return what the shipper of an order wants at the door."""
        return self.terms.get(self.booked[order_id].shipper_id, DoorTerms())


def route_sheet(
    session: Session,
    organisation_id: OrganisationId,
    route_id: UUID,
    driver_id: UUID,
    *,
    road: Road,
    only_stop: UUID | None = None,
    drove_before: bool = False,
) -> RouteSheet:
    """Put together the sheet of a driver's route, of all its stops or of one.

    `drove_before`: the driver told of this route before; what they did until another took it over is theirs to tell.

    Refused: RouteNotFound, NotYourRoute, StopNotOnRoute.
    """
    route = road.find_route(session, organisation_id, route_id)
    if route is None:
        raise RouteNotFound(route_id=route_id)
    if route.driver_id != driver_id and not drove_before:
        raise NotYourRoute
    asked = route.stops if only_stop is None else tuple(stop for stop in route.stops if stop.stop_id == only_stop)
    if only_stop is not None and not asked:
        raise StopNotOnRoute(stop=only_stop)
    order_ids = list(dict.fromkeys(order_id for stop in asked for order_id in stop.order_ids))
    booked = _booked(session, organisation_id, route_id, order_ids)
    wishes = wanted.wishes_of(session, organisation_id, order_ids)
    terms = wanted.terms_of(session, organisation_id, {order.shipper_id for order in booked.values()})
    attempts = store.list_attempts_of_orders(session, organisation_id, order_ids)
    stops = tuple(_door_stop(route, stop, booked, wishes, terms, attempts) for stop in asked)
    return RouteSheet(route=route, stops=stops, booked=booked, terms=terms)


def barcode_of(order: BookedOrder, parcel: TrackedParcel) -> str:
    """Return what a parcel is called at the door: its barcode, or the order's number and its place in it."""
    return parcel.content.barcode or f"{order.external_id}#{parcel.number}"


def _booked(
    session: Session, organisation_id: OrganisationId, route_id: UUID, order_ids: list[UUID]
) -> dict[UUID, BookedOrder]:
    """Return orders as they stand: those of the route at once, those that left it one by one."""
    found: dict[UUID, BookedOrder] = {}
    if len(order_ids) > FEW:
        page = orders.list_orders(session, organisation_id, OrderSearch(route_id=route_id), limit=MOST_ORDERS)
        found = {order.id: order for order in page.orders}
    return {
        order_id: found.get(order_id) or orders.get_order(session, organisation_id, OrderId(order_id))
        for order_id in order_ids
    }


def _door_stop(
    route: RoadRoute,
    stop: RoadStop,
    booked: Mapping[UUID, BookedOrder],
    wishes: Mapping[UUID, DoorWishes],
    terms: Mapping[UUID, DoorTerms],
    attempts: Iterable[Attempt],
) -> DoorStop:
    return DoorStop(
        stop_id=stop.stop_id,
        route_id=route.route_id,
        address=stop.address,
        point=stop.point,
        window_opens_at=stop.window_opens_at,
        is_called_off=stop.is_called_off,
        orders=tuple(
            _order_at_door(
                stop,
                booked[order_id],
                wishes.get(order_id, DoorWishes(order_id=order_id)),
                terms.get(booked[order_id].shipper_id, DoorTerms()),
                [attempt for attempt in attempts if attempt.order_id == order_id],
            )
            for order_id in stop.order_ids
        ),
    )


def _order_at_door(
    stop: RoadStop, order: BookedOrder, wishes: DoorWishes, terms: DoorTerms, attempts: list[Attempt]
) -> OrderAtDoor:
    here = next((attempt for attempt in attempts if attempt.stop_id == stop.stop_id), None)
    if here is not None:
        # a rest went on in another order meanwhile: what was judged then is judged so for good
        parcels = tuple(Pieces(barcode=barcode, pieces=pieces) for barcode, pieces in here.parcels)
    else:
        parcels = tuple(
            Pieces(barcode=barcode_of(order, parcel), pieces=parcel.content.pieces)
            for parcel in order.parcels
            if parcel.state not in {ParcelState.WITHDRAWN, ParcelState.LOST}
        )
    asked = order.asked
    return OrderAtDoor(
        order_id=order.id,
        ref=order.external_id,
        kind=asked.kind,
        parcels=parcels,
        proofs=frozenset(ProofKind(proof.value) for proof in asked.proofs) - {ProofKind.PAYMENT},
        due=Due(
            amount_minor=asked.cash_minor,
            currency=asked.currency if asked.cash_minor else "",
            may_stay_open=terms.unpaid_may_stay_open,
        ),
        code_digest=wishes.code_digest,
        contactless=wishes.contactless,
        safe_place_allowed=wishes.safe_place_allowed,
        of_age_only=wishes.of_age_only,
        attempt=here.number if here else len({attempt.stop_id for attempt in attempts}) + 1,
        takes_over=order.id in stop.takes_over,
    )
