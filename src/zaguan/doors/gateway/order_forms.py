"""How an order is written by programs, and how it is told to them."""

import re
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from zaguan.base.geo.place import Grade, Place
from zaguan.base.geo.point import Point
from zaguan.base.kit.words import Locale
from zaguan.doors.frame.forms import Day, Form, Moment
from zaguan.records.orders.booking import MAX_AMOUNT, MAX_PARCELS, MAX_SHORT_CHARS, MAX_TEXT_CHARS, MAX_WINDOWS
from zaguan.records.orders.model import Order, OrderKind, Parcel, Priority, Proof, Recipient, TimeWindow
from zaguan.records.orders.reasons import FailureReason

Short = Annotated[str, Field(max_length=MAX_SHORT_CHARS)]
Long = Annotated[str, Field(max_length=MAX_TEXT_CHARS)]
Ref = Annotated[str, Field(min_length=1, max_length=MAX_SHORT_CHARS)]
Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]
Tags = Annotated[tuple[Ref, ...], Field(max_length=50)]
LocalTime = Annotated[str, Field(pattern=r"^(?:[0-3][0-9]|4[0-8]):[0-5][0-9]$", examples=["09:30"])]
# what the document says of a list whose lines are read one by one
_ORDERS: Final[dict[str, Any]] = {"items": {"$ref": "#/components/schemas/OrderNew"}}
_CLOCK: Final = re.compile(r"(\d\d):(\d\d)")


class PointForm(Form):
    """WGS 84, by name: no order to mistake."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class PlaceForm(Form):
    """Where it goes: an address, a point, or both (the point wins)."""

    address: Long = ""
    commune: Annotated[Short, Field(description="Municipality or district.")] = ""
    city: Short = ""
    postcode: Short = ""
    point: PointForm | None = None
    access_notes: Long = ""

    def place(self) -> Place:
        """Return it as the house has it."""
        point = None if self.point is None else Point(lon=self.point.lon, lat=self.point.lat)
        return Place(
            address=self.address,
            commune=self.commune,
            city=self.city,
            postcode=self.postcode,
            point=point,
            grade=Grade.NONE if point is None else Grade.GIVEN,
            access_notes=self.access_notes,
        )


class RecipientForm(Form):
    """Who gets the parcels, or hands them over."""

    name: Short = ""
    phone: Annotated[Short, Field(description="E.164, such as +56955550100.")] = ""
    email: Short = ""
    locale: Locale | None = None


class WindowForm(Form):
    """Local times of the service day; `closes` may lie beyond midnight (25:30)."""

    opens: LocalTime
    closes: LocalTime
    hard: Annotated[bool, Field(description="Kept, or the order stays out of the plan.")] = True

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if not seconds_of(self.opens) < seconds_of(self.closes) <= 2 * 86_400:
            raise PydanticCustomError("window_order", "closes before it opens")
        return self

    def window(self) -> TimeWindow:
        """Return it in seconds."""
        return TimeWindow(opens_s=seconds_of(self.opens), closes_s=seconds_of(self.closes), hard=self.hard)


class ParcelForm(Form):
    """One piece with a barcode, or several equal pieces of one line."""

    barcode: Short = ""
    description: Short = ""
    pieces: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    weight_g: Annotated[Amount, Field(description="Of all pieces together.")] = 0
    volume_ml: Annotated[Amount, Field(description="Of all pieces together.")] = 0


class Asked(Form):
    """What can be asked for, and changed as long as the order is not on its way."""

    kind: OrderKind = OrderKind.DELIVERY
    place: PlaceForm
    recipient: RecipientForm = RecipientForm()
    service_on: Annotated[Day | None, Field(description="The day it is wanted.")] = None
    windows: Annotated[tuple[WindowForm, ...], Field(max_length=MAX_WINDOWS)] = ()
    service_s: Annotated[int | None, Field(ge=0, le=86_400, description="Seconds at the door, if known.")] = None
    parcels: Annotated[tuple[ParcelForm, ...], Field(max_length=MAX_PARCELS)] = ()
    priority: Priority = Priority.NORMAL
    skills: Tags = ()
    vehicle_kinds: Tags = ()
    depot_ref: Short = ""
    driver_ref: Short = ""
    proofs: Annotated[tuple[Proof, ...], Field(max_length=10)] = ()
    cash_minor: Annotated[Amount, Field(description="To be collected at the door, in minor units.")] = 0
    currency: Annotated[str, Field(pattern="^(?:[A-Z]{3})?$", description="ISO 4217.")] = ""
    notes: Long = ""
    tags: Tags = ()

    def order(self, ref: str) -> Order:
        """Return it as the house has it."""
        return Order(
            ref=ref,
            kind=self.kind,
            place=self.place.place(),
            recipient=Recipient(**self.recipient.model_dump()),
            service_on=self.service_on,
            windows=tuple(window.window() for window in self.windows),
            service_s=self.service_s,
            parcels=tuple(Parcel(**parcel.model_dump()) for parcel in self.parcels),
            priority=self.priority,
            skills=frozenset(self.skills),
            vehicle_kinds=frozenset(self.vehicle_kinds),
            depot_ref=self.depot_ref,
            driver_ref=self.driver_ref,
            proofs=frozenset(self.proofs),
            cash_minor=self.cash_minor,
            currency=self.currency,
            notes=self.notes,
            tags=tuple(self.tags),
            source="api",
        )


class OrderPut(Asked):
    """An order whose external id stands in the address."""

    shipper_id: Annotated[UUID | None, Field(description="Left out: the key's shipper, or our own.")] = None
    service_level: Annotated[Short, Field(description="Promises a window where no day is asked for.")] = ""
    time_zone: Annotated[Short, Field(description="IANA name; left out: the shipper's.")] = ""
    goods_ready: bool = True
    ready_at: Moment | None = None


class OrderNew(OrderPut):
    """A new order."""

    external_id: Annotated[Ref, Field(description="The shipper's own number, unique among its orders.")]


class BulkForm(Form):
    """Many orders; each is read and refused by itself."""

    orders: Annotated[list[object], Field(min_length=1, max_length=1000, json_schema_extra=_ORDERS)]
    on_existing: Annotated[
        Literal["refuse", "change"], Field(description="What to do with a number that was used before.")
    ] = "refuse"


class CancelForm(Form):
    """Why nobody wants it any more."""

    why: FailureReason = FailureReason.SHIPPER_CANCELLED


def changed_order(order: Order, changes: "OrderChange") -> Order:
    """Return an order with what was given in the place of what was."""
    given = changes.model_fields_set
    whole = Asked.model_validate({"place": {}, **changes.model_dump(exclude_unset=True)}).order(order.ref)
    names = {name for name in given if name in Asked.model_fields}
    kept = {name: getattr(whole if name in names else order, name) for name in Order.__slots__}
    return Order(**{**kept, "ref": order.ref, "source": order.source})


class OrderChange(Form):
    """What is to be different; fields that are left out stay as they are."""

    kind: OrderKind = OrderKind.DELIVERY
    place: PlaceForm = PlaceForm()
    recipient: RecipientForm = RecipientForm()
    service_on: Day | None = None
    windows: Annotated[tuple[WindowForm, ...], Field(max_length=MAX_WINDOWS)] = ()
    service_s: Annotated[int | None, Field(ge=0, le=86_400)] = None
    parcels: Annotated[tuple[ParcelForm, ...], Field(max_length=MAX_PARCELS)] = ()
    priority: Priority = Priority.NORMAL
    skills: Tags = ()
    vehicle_kinds: Tags = ()
    depot_ref: Short = ""
    driver_ref: Short = ""
    proofs: Annotated[tuple[Proof, ...], Field(max_length=10)] = ()
    cash_minor: Amount = 0
    currency: Annotated[str, Field(pattern="^(?:[A-Z]{3})?$")] = ""
    notes: Long = ""
    tags: Tags = ()


def seconds_of(text: str) -> int:
    """Return a local time in seconds after midnight."""
    found = _CLOCK.fullmatch(text)
    assert found is not None, "the form was looked at"
    return int(found[1]) * 3_600 + int(found[2]) * 60


def clock_of(seconds: int) -> str:
    """Return seconds after midnight as a local time, cut to the minute.

    >>> clock_of(34_200)
    '09:30'
    """
    return f"{seconds // 3_600:02}:{seconds % 3_600 // 60:02}"
