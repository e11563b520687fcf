"""How an order is told to programs."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from zaguan.base.geo.place import Grade
from zaguan.doors.frame.cursors import Page
from zaguan.doors.gateway.order_forms import PointForm, clock_of
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.orders.booking import BookedOrder, Hold
from zaguan.records.orders.model import OrderKind, Priority, Proof
from zaguan.records.orders.parcels import ParcelState
from zaguan.records.orders.promise import LocalWindow
from zaguan.records.orders.reasons import CompletionDetail, Decision, FailureReason
from zaguan.records.orders.states import OrderState


class OrderReceipt(BaseModel):
    """The answer to an act on an order. It holds no personal data: read the order for the rest."""

    id: UUID
    external_id: str
    shipper_id: UUID
    state: OrderState
    version: int = Field(description='Also the ETag: `"v<version>"`.')


class PlaceView(BaseModel):
    """Where it goes."""

    address: str
    commune: str
    city: str
    postcode: str
    point: PointForm | None = None
    grade: Grade
    access_notes: str


class RecipientView(BaseModel):
    """Who gets the parcels; phone and e-mail only for keys with contacts.read."""

    name: str
    phone: str | None = None
    email: str | None = None
    locale: str | None = None


class WindowView(BaseModel):
    """Local times of the service day."""

    opens: str
    closes: str
    hard: bool


class PromiseView(BaseModel):
    """A window as it was told to the recipient, and its moments as the zone stands now."""

    on: date
    opens: str
    closes: str
    time_zone: str
    opens_at: datetime
    closes_at: datetime


class ParcelView(BaseModel):
    """One parcel, and where it is."""

    id: UUID
    number: int
    barcode: str
    description: str
    pieces: int
    weight_g: int
    volume_ml: int
    state: ParcelState
    damaged: bool
    seen_at: datetime | None = None


class FailureView(BaseModel):
    """Why the last attempt failed, and what was decided."""

    reason: FailureReason
    sub_reason: str
    decision: Decision
    failed_at: datetime


class OrderView(OrderReceipt):
    """An order as it stands."""

    state_since: datetime
    received_at: datetime
    changed_at: datetime
    kind: OrderKind
    place: PlaceView
    recipient: RecipientView
    service_on: date | None = None
    windows: list[WindowView]
    service_s: int | None = None
    service_level: str
    time_zone: str
    parcels: list[ParcelView]
    priority: Priority
    skills: list[str]
    vehicle_kinds: list[str]
    depot_ref: str
    driver_ref: str
    proofs: list[Proof]
    cash_minor: int
    currency: str
    notes: str
    tags: list[str]
    attempts: int
    hold: Hold | None = None
    failure: FailureView | None = None
    completion: CompletionDetail | None = None
    completed_at: datetime | None = None
    first_promise: PromiseView | None = None
    promise: PromiseView | None = None
    continues_order_id: UUID | None = None
    duplicate_of_order_id: UUID | None = None


class OrderList(Page):
    """A page of orders, the newest first."""

    orders: list[OrderView]


def receipt_of(order: BookedOrder) -> OrderReceipt:
    """Return the answer to an act."""
    return OrderReceipt(
        id=order.id,
        external_id=order.external_id,
        shipper_id=order.shipper_id,
        state=order.state,
        version=order.version,
    )


def view_of(order: BookedOrder, principal: Principal) -> OrderView:
    """Return an order as a caller may see it."""
    asked, failure = order.asked, order.failure
    return OrderView(
        **receipt_of(order).model_dump(),
        state_since=order.state_since,
        received_at=order.received_at,
        changed_at=order.changed_at,
        kind=asked.kind,
        place=_place_of(order),
        recipient=_recipient_of(order, principal),
        service_on=asked.service_on,
        windows=[
            WindowView(opens=clock_of(window.opens_s), closes=clock_of(window.closes_s), hard=window.hard)
            for window in asked.windows
        ],
        service_s=asked.service_s,
        service_level=order.service_level,
        time_zone=order.time_zone,
        parcels=_parcels_of(order),
        priority=asked.priority,
        skills=sorted(asked.skills),
        vehicle_kinds=sorted(asked.vehicle_kinds),
        depot_ref=asked.depot_ref,
        driver_ref=asked.driver_ref,
        proofs=sorted(asked.proofs),
        cash_minor=asked.cash_minor,
        currency=asked.currency,
        notes=asked.notes,
        tags=list(asked.tags),
        attempts=order.attempts,
        hold=order.hold,
        failure=None
        if failure is None
        else FailureView(
            reason=failure.reason,
            sub_reason=failure.sub_reason,
            decision=failure.decision,
            failed_at=failure.failed_at,
        ),
        completion=order.completion,
        completed_at=order.completed_at,
        first_promise=_promise_of(order.first_promise),
        promise=_promise_of(order.promise),
        continues_order_id=order.continues,
        duplicate_of_order_id=order.duplicate_of,
    )


def _place_of(order: BookedOrder) -> PlaceView:
    place = order.asked.place
    return PlaceView(
        address=place.address,
        commune=place.commune,
        city=place.city,
        postcode=place.postcode,
        point=None if place.point is None else PointForm(lon=place.point.lon, lat=place.point.lat),
        grade=place.grade,
        access_notes=place.access_notes,
    )


def _recipient_of(order: BookedOrder, principal: Principal) -> RecipientView:
    recipient = order.asked.recipient
    if not principal.may(Permission.CONTACTS_READ):
        return RecipientView(name=recipient.name, locale=recipient.locale)
    return RecipientView(name=recipient.name, phone=recipient.phone, email=recipient.email, locale=recipient.locale)


def _parcels_of(order: BookedOrder) -> list[ParcelView]:
    return [
        ParcelView(
            id=parcel.id,
            number=parcel.number,
            barcode=parcel.content.barcode,
            description=parcel.content.description,
            pieces=parcel.content.pieces,
            weight_g=parcel.content.weight_g,
            volume_ml=parcel.content.volume_ml,
            state=parcel.state,
            damaged=parcel.damaged,
            seen_at=parcel.seen_at,
        )
        for parcel in order.parcels
    ]


def _promise_of(window: LocalWindow | None) -> PromiseView | None:
    if window is None:
        return None
    return PromiseView(
        on=window.on,
        opens=clock_of(window.opens_s),
        closes=clock_of(window.closes_s),
        time_zone=window.time_zone,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
    )
