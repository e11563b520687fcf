"""How a driver's sheet is told to their phone: all that is needed where there is no signal."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from zaguan.base.geo.point import Point
from zaguan.operations.delivery.door import DoorStop, OrderAtDoor, StopState
from zaguan.operations.delivery.loading import LoadState
from zaguan.operations.delivery.policy import DoorTerms
from zaguan.operations.delivery.sheet import RouteSheet
from zaguan.operations.delivery.wishes import DoorWishes
from zaguan.operations.planning.live import LiveRoute, LiveStop
from zaguan.operations.planning.model import ServedOrder


class PointView(BaseModel):
    """A point on the globe (WGS 84)."""

    lon: float
    lat: float


class PiecesView(BaseModel):
    """So many pieces of one barcode."""

    barcode: str
    pieces: int


class DemandView(BaseModel):
    """At least so many proofs of one of these kinds. Nothing named: whatever the outcome, detail or reason."""

    kinds: list[str]
    outcome: str | None = None
    details: list[str]
    reasons: list[str] = Field(description="A reason may be a whole party: `recipient.*`.")
    least: int


class WishesView(BaseModel):
    """What the recipient wants at the door."""

    contactless: bool
    safe_place: str
    safe_place_allowed: bool
    instructions: str
    neighbour: str


class OrderOfStopView(BaseModel):
    """One order of a stop, and what its door asks for."""

    id: UUID
    ref: str
    kind: str
    recipient: str
    phone: str
    notes: str
    window_opens_at: datetime | None = None
    window_closes_at: datetime | None = None
    parcels: list[PiecesView]
    proofs: list[str] = Field(description="What the order itself asks for when parcels are handed over.")
    demands: list[DemandView] = Field(description="What its shipper asks for.")
    wishes: WishesView
    of_age_only: bool
    code_digest: str = Field(description="HMAC-SHA256 of the recipient's code, by the order's id; empty: no code.")
    due_minor: int
    currency: str
    may_stay_unpaid: bool
    takes_over: bool = Field(description="Only fetched from another vehicle here.")
    attempt: int
    outcome: str


class StopView(BaseModel):
    """One stop, as planned and as told."""

    id: UUID
    number: int
    address: str
    commune: str
    access_notes: str
    point: PointView | None = None
    arrives_at: datetime
    leaves_at: datetime
    is_called_off: bool
    stage: str
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    orders: list[OrderOfStopView]


class ManifestLineView(BaseModel):
    """Pieces of one order that belong on the route."""

    order_id: UUID
    order_ref: str
    barcode: str
    pieces: int
    on_board: int


class RouteView(BaseModel):
    """A route with its manifest and stops."""

    id: UUID
    ref: str
    version: int
    state: str
    service_on: date
    vehicle_ref: str
    vehicle_id: UUID | None = None
    depot_ref: str
    depot_name: str
    depot_point: PointView
    leaves_at: datetime
    returns_at: datetime
    distance_m: int
    finished_loading_at: datetime | None = None
    departed_at: datetime | None = None
    ended_at: datetime | None = None
    manifest: list[ManifestLineView]
    stops: list[StopView]


class SheetView(BaseModel):
    """All that a driver's phone has to know of a day."""

    driver_id: UUID
    service_on: date
    time_zone: str
    routes: list[RouteView]


def route_view(
    live: LiveRoute,
    sheet: RouteSheet,
    load: LoadState,
    told: tuple[StopState, ...],
    wishes: Mapping[UUID, DoorWishes],
) -> RouteView:
    """Return a route as a phone is told of it."""
    planned = {stop.id: stop for stop in live.stops}
    plan = live.sheet
    return RouteView(
        id=live.id,
        ref=live.ref,
        version=live.version,
        state=live.state.value,
        service_on=live.service_on,
        vehicle_ref=live.vehicle_ref,
        vehicle_id=live.vehicle_id,
        depot_ref=plan.depot_ref,
        depot_name=plan.depot_name,
        depot_point=_point(plan.depot_point),
        leaves_at=plan.leaves_at,
        returns_at=plan.returns_at,
        distance_m=plan.distance_m,
        finished_loading_at=load.finished_at,
        departed_at=load.departed_at,
        ended_at=load.ended_at,
        manifest=[
            ManifestLineView(
                order_id=line.order_id,
                order_ref=line.order_ref,
                barcode=line.barcode,
                pieces=line.pieces,
                on_board=min(line.pieces, load.on_board.get(line.barcode, 0)),
            )
            for line in sheet.manifest.expected
        ],
        stops=[
            _stop_view(planned[stop.stop_id], stop, state, sheet, wishes)  # type: ignore[index]
            for stop, state in zip(sheet.stops, told, strict=True)
        ],
    )


def _stop_view(
    live: LiveStop, stop: DoorStop, state: StopState, sheet: RouteSheet, wishes: Mapping[UUID, DoorWishes]
) -> StopView:
    served = dict(zip(live.order_ids, live.sheet.orders, strict=True))
    return StopView(
        id=stop.stop_id,
        number=live.number,
        address=stop.address,
        commune=live.sheet.commune,
        access_notes=live.sheet.access_notes,
        point=None if stop.point is None else _point(stop.point),
        arrives_at=live.sheet.arrives_at,
        leaves_at=live.sheet.leaves_at,
        is_called_off=stop.is_called_off,
        stage=state.stage.value,
        arrived_at=state.arrived_at,
        left_at=state.left_at,
        orders=[
            _order_view(
                order,
                served[order.order_id],
                sheet.terms_of(order.order_id),
                wishes.get(order.order_id, DoorWishes(order_id=order.order_id)),
                state.order(order.order_id).outcome.value,
            )
            for order in stop.orders
        ],
    )


def _order_view(
    order: OrderAtDoor, served: ServedOrder, terms: DoorTerms, wishes: DoorWishes, outcome: str
) -> OrderOfStopView:
    # from colleague to colleague nothing is asked for: proofs and money belong to the recipient's door
    asked = () if order.takes_over else sorted(order.asked())
    matrix = () if order.takes_over else terms.matrix
    return OrderOfStopView(
        id=order.order_id,
        ref=order.ref,
        kind=order.kind.value,
        recipient=served.recipient,
        phone=served.phone,
        notes=served.notes,
        window_opens_at=served.window_opens_at,
        window_closes_at=served.window_closes_at,
        parcels=[PiecesView(barcode=piece.barcode, pieces=piece.pieces) for piece in order.parcels],
        proofs=[kind.value for kind in asked],
        demands=[
            DemandView(
                kinds=sorted(line.kinds),
                outcome=None if line.outcome is None else line.outcome.value,
                details=sorted(line.details),
                reasons=sorted(line.reasons),
                least=line.least,
            )
            for line in matrix
        ],
        wishes=WishesView(
            contactless=wishes.contactless,
            safe_place=wishes.safe_place,
            safe_place_allowed=wishes.safe_place_allowed,
            instructions=wishes.instructions,
            neighbour=wishes.neighbour,
        ),
        of_age_only=order.of_age_only,
        code_digest=order.code_digest,
        due_minor=order.due.amount_minor,
        currency=order.due.currency,
        may_stay_unpaid=order.due.may_stay_open,
        takes_over=order.takes_over,
        attempt=order.attempt,
        outcome=outcome,
    )


def _point(point: Point) -> PointView:
    return PointView(lon=point.lon, lat=point.lat)
