"""Tables of the room: acts, what they came to, proofs, payments, what shippers and recipients want at the door."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.tables import ORGANISATION, Base, Currency, Owned
from zaguan.operations.delivery.model import ActId, Outcome, ProofId, ProofKind, StopStage
from zaguan.operations.delivery.proofs import PaymentMethod
from zaguan.records.orders.reasons import CompletionDetail, Decision, FailureReason

JsonList = list[Any]
JsonMap = dict[str, Any]


class ActRow(Owned, Base):
    """An act as it was told, and how it was answered. Rows are only added."""

    __tablename__ = "driver_acts"
    __table_args__ = (
        sa.Index("driver_acts_route_idx", ORGANISATION, "route_id"),
        sa.Index("driver_acts_order_idx", ORGANISATION, "order_id", postgresql_where=sa.text("order_id IS NOT NULL")),
    )

    act_id: Mapped[ActId] = mapped_column(primary_key=True)
    route_id: Mapped[UUID]
    stop_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    driver_id: Mapped[UUID]
    device_id: Mapped[UUID]
    sequence: Mapped[int]
    name: Mapped[str]
    happened_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_offset_ms: Mapped[int]
    clock_skewed: Mapped[bool]
    fingerprint: Mapped[str]
    body: Mapped[JsonMap]
    answer: Mapped[JsonMap]


class StopReportRow(Owned, Base):
    """What the acts of a stop came to."""

    __tablename__ = "stop_reports"
    __table_args__ = (sa.Index("stop_reports_route_idx", ORGANISATION, "route_id"),)

    stop_id: Mapped[UUID] = mapped_column(primary_key=True)
    route_id: Mapped[UUID]
    stage: Mapped[StopStage]
    outcome: Mapped[Outcome]
    arrived_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    waiting_s: Mapped[int | None]
    service_s: Mapped[int | None]


class AttemptRow(Owned, Base):
    """What became of one order at one stop, with its sealed record."""

    __tablename__ = "attempts"
    __table_args__ = (sa.Index("attempts_order_idx", ORGANISATION, "order_id"),)

    stop_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    route_id: Mapped[UUID]
    driver_id: Mapped[UUID]
    number: Mapped[int]
    outcome: Mapped[Outcome]
    told_by: Mapped[ActId]
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    detail: Mapped[CompletionDetail | None]
    reason: Mapped[FailureReason | None]
    sub_code: Mapped[str]
    parcels: Mapped[JsonList]  # [barcode, pieces]: what the order had when it was first told of
    handed: Mapped[JsonList]  # [barcode, pieces]
    unpaid_minor: Mapped[int]
    currency: Mapped[str]
    distance_m: Mapped[int | None]
    decision: Mapped[Decision | None]
    because: Mapped[JsonList]
    not_before_on: Mapped[date | None]
    point_ref: Mapped[str]
    charge_minor: Mapped[int]
    disputed: Mapped[bool]
    evidence: Mapped[bytes]
    evidence_sha256: Mapped[str]


class ProofRow(Owned, Base):
    """A proof that came with an act. Hash, time and position stand here before the bytes of a file come."""

    __tablename__ = "proofs"
    __table_args__ = (
        sa.Index("proofs_order_idx", ORGANISATION, "order_id"),
        sa.Index("proofs_file_idx", ORGANISATION, "sha256", postgresql_where=sa.text("sha256 <> ''")),
    )

    proof_id: Mapped[ProofId] = mapped_column(primary_key=True)
    act_id: Mapped[ActId]
    route_id: Mapped[UUID]
    stop_id: Mapped[UUID]
    order_id: Mapped[UUID]
    kind: Mapped[ProofKind]
    taken_at: Mapped[datetime]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    distance_m: Mapped[int | None]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    stored_at: Mapped[datetime | None]


class PaymentRow(Owned, Base):
    """Money that was taken at a door."""

    __tablename__ = "door_payments"
    __table_args__ = (
        sa.Index("door_payments_route_idx", ORGANISATION, "route_id"),
        sa.Index("door_payments_order_idx", ORGANISATION, "order_id"),
    )

    proof_id: Mapped[ProofId] = mapped_column(primary_key=True)
    act_id: Mapped[ActId]
    route_id: Mapped[UUID]
    stop_id: Mapped[UUID]
    order_id: Mapped[UUID]
    driver_id: Mapped[UUID]
    method: Mapped[PaymentMethod]
    amount_minor: Mapped[int]
    currency: Mapped[Currency]
    tendered_minor: Mapped[int]
    change_minor: Mapped[int]
    reference: Mapped[str]
    taken_at: Mapped[datetime]


class DoorTermsRow(Owned, Base):
    """What a shipper wants at the door."""

    __tablename__ = "door_terms"

    shipper_id: Mapped[UUID] = mapped_column(primary_key=True)
    matrix: Mapped[JsonList]
    point_ref: Mapped[str]
    unpaid_may_stay_open: Mapped[bool]


class DoorWishRow(Owned, Base):
    """What a recipient wants at the door, and what was agreed with them."""

    __tablename__ = "door_wishes"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    contactless: Mapped[bool]
    safe_place: Mapped[str]
    safe_place_agreed: Mapped[str]  # the words that they agreed to
    agreed_at: Mapped[datetime | None]
    instructions: Mapped[str]
    neighbour: Mapped[str]
    code_digest: Mapped[str]
    of_age_only: Mapped[bool]
    changed_at: Mapped[datetime]
