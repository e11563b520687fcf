"""Tables of the room: orders, parcels, shippers, service levels, calendars, sub-codes of reasons, notes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.geo.place import Grade
from zaguan.base.kit.tables import ORGANISATION, Base, Owned, TextList, reference
from zaguan.records.orders.booking import Hold
from zaguan.records.orders.model import OrderId, OrderKind, ParcelId, Priority, ShipperId
from zaguan.records.orders.parcels import ParcelState
from zaguan.records.orders.reasons import CompletionDetail, Decision, FailureReason
from zaguan.records.orders.states import Mover, OrderState

JsonList = list[Any]
JsonMap = dict[str, Any]


class ShipperRow(Owned, Base):
    """Who sends."""

    __tablename__ = "shippers"
    __table_args__ = (sa.UniqueConstraint(ORGANISATION, "ref"),)

    id: Mapped[ShipperId] = mapped_column(primary_key=True)
    ref: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    locale: Mapped[str]
    time_zone: Mapped[str]
    service_level: Mapped[str]
    policy: Mapped[JsonMap]
    active: Mapped[bool]


class OrderRow(Owned, Base):
    """An order as it stands; what happened to it is in the journal."""

    __tablename__ = "orders"
    __table_args__ = (
        # one order of each external id: of two that come at once, one waits and finds the other
        sa.UniqueConstraint(ORGANISATION, "shipper_id", "external_id"),
        reference("shipper_id", "shippers"),
        sa.Index("orders_day_idx", ORGANISATION, "service_on", "state"),
        sa.Index("orders_state_idx", ORGANISATION, "state", "id"),
        sa.Index("orders_external_idx", ORGANISATION, "external_id"),
        sa.Index("orders_route_idx", ORGANISATION, "route_id", postgresql_where=sa.text("route_id IS NOT NULL")),
        sa.Index("orders_phone_idx", ORGANISATION, "phone"),
        sa.Index("orders_email_idx", ORGANISATION, "email"),
        sa.Index("orders_print_idx", ORGANISATION, "fingerprint"),
    )

    id: Mapped[OrderId] = mapped_column(primary_key=True)
    shipper_id: Mapped[ShipperId]
    external_id: Mapped[str]
    version: Mapped[int]

    state: Mapped[OrderState]
    state_since: Mapped[datetime]
    state_by: Mapped[Mover]
    received_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    attempts: Mapped[int]
    hold: Mapped[Hold | None]
    failure_reason: Mapped[FailureReason | None]
    failure_sub_reason: Mapped[str]
    failure_decision: Mapped[Decision | None]
    failed_at: Mapped[datetime | None]
    completion: Mapped[CompletionDetail | None]
    completed_at: Mapped[datetime | None]
    route_id: Mapped[UUID | None]
    continues: Mapped[OrderId | None]
    duplicate_of: Mapped[OrderId | None]

    kind: Mapped[OrderKind]
    address: Mapped[str]
    commune: Mapped[str]
    city: Mapped[str]
    postcode: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    grade: Mapped[Grade]
    access_notes: Mapped[str]
    zone_ref: Mapped[str]

    name: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
    consents: Mapped[JsonList]

    service_on: Mapped[date | None]
    windows: Mapped[JsonList]  # [opens_s, closes_s, hard]
    service_s: Mapped[int | None]
    priority: Mapped[Priority]
    skills: Mapped[TextList]
    vehicle_kinds: Mapped[TextList]
    proofs: Mapped[TextList]
    depot_ref: Mapped[str]
    driver_ref: Mapped[str]
    cash_minor: Mapped[int]
    currency: Mapped[str]
    notes: Mapped[str]
    tags: Mapped[TextList]
    source: Mapped[str]
    weight_g: Mapped[int]  # of all parcels, as are the next two: sums without a join
    volume_ml: Mapped[int]
    pieces: Mapped[int]

    time_zone: Mapped[str]
    service_level: Mapped[str]
    ready_at: Mapped[datetime | None]
    # local time and zone, resolved when asked for: [day, opens_s, closes_s, time_zone]
    first_promise: Mapped[JsonList | None]
    promise: Mapped[JsonList | None]
    plan_window: Mapped[JsonList | None]

    search_text: Mapped[str]
    fingerprint: Mapped[str]


class ParcelRow(Owned, Base):
    """One parcel: where it is, and where it was last seen."""

    __tablename__ = "parcels"
    __table_args__ = (
        reference("order_id", "orders", on_delete="CASCADE"),
        sa.Index("parcels_order_idx", ORGANISATION, "order_id", "number"),
        sa.Index("parcels_barcode_idx", ORGANISATION, "barcode"),
    )

    id: Mapped[ParcelId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId]
    number: Mapped[int]
    barcode: Mapped[str]
    description: Mapped[str]
    pieces: Mapped[int]
    weight_g: Mapped[int]
    volume_ml: Mapped[int]
    state: Mapped[ParcelState]
    damaged: Mapped[bool]
    seen_at: Mapped[datetime | None]
    seen_place: Mapped[str]


class CalendarRow(Owned, Base):
    """Days of service."""

    __tablename__ = "calendars"

    code: Mapped[str] = mapped_column(primary_key=True)
    time_zone: Mapped[str]
    weekdays: Mapped[JsonList]
    holidays: Mapped[JsonList]
    extra_days: Mapped[JsonList]
    opens_s: Mapped[int]
    closes_s: Mapped[int]


class ServiceLevelRow(Owned, Base):
    """How fast orders of a level are served, on the days of a calendar."""

    __tablename__ = "service_levels"
    __table_args__ = (reference("calendar_code", "calendars", key="code"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    calendar_code: Mapped[str]
    cut_off_s: Mapped[int]
    days: Mapped[int]
    opens_s: Mapped[int | None]
    closes_s: Mapped[int | None]
    within_s: Mapped[int | None]
    price_minor: Mapped[int]
    currency: Mapped[str]


class SubReasonRow(Owned, Base):
    """A code of the organisation's own under one of the reasons."""

    __tablename__ = "sub_reasons"

    code: Mapped[str] = mapped_column(primary_key=True)
    under: Mapped[FailureReason]
    words: Mapped[JsonMap]
    photo_required: Mapped[bool]
    active: Mapped[bool]


class NoteRow(Owned, Base):
    """What somebody wrote about an order while it was on its way."""

    __tablename__ = "order_notes"
    __table_args__ = (
        reference("order_id", "orders", on_delete="CASCADE"),
        sa.Index("order_notes_order_idx", ORGANISATION, "order_id", "written_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId]
    text: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
