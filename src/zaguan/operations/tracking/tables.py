"""The tables of tracking. A position is no row of the journal: it is the newest of its vehicle, and part of a chunk."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.tables import Base, Owned


class TrailRow(Owned, Base):
    """The newest position of a vehicle, and what is remembered from one fix to the next."""

    __tablename__ = "tracking_trails"
    vehicle_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    speed_mps: Mapped[float | None]
    heading_deg: Mapped[float | None]
    received_at: Mapped[datetime | None]
    clock_offset_s: Mapped[float | None]
    route_id: Mapped[UUID | None]
    hub: Mapped[str] = mapped_column(server_default="")
    memory: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class OpenFixRow(Owned, Base):
    """A fix that is not yet part of a chunk."""

    __tablename__ = "tracking_open_fixes"
    vehicle_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    speed_mps: Mapped[float | None]
    heading_deg: Mapped[float | None]


class ChunkRow(Owned, Base):
    """Five minutes of one vehicle."""

    __tablename__ = "tracking_chunks"
    __table_args__ = (sa.Index(None, "organisation_id", "starts_at"),)
    vehicle_id: Mapped[UUID] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    fixes: Mapped[int]
    content: Mapped[bytes]


class QuarantineRow(Owned, Base):
    """A fix that a filter objected to. Without a point where the vehicle was off duty."""

    __tablename__ = "tracking_quarantine"
    __table_args__ = (
        sa.Index(None, "organisation_id", "vehicle_id", "received_at"),
        sa.Index(None, "organisation_id", "received_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    vehicle_id: Mapped[UUID]
    device_id: Mapped[UUID]
    fix_id: Mapped[UUID | None]
    reason: Mapped[str]
    at: Mapped[datetime]  # by the device's clock
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    received_at: Mapped[datetime]


class ReceiptRow(Owned, Base):
    """What was answered to a batch."""

    __tablename__ = "tracking_receipts"
    __table_args__ = (sa.Index(None, "organisation_id", "received_at"),)
    device_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    sent: Mapped[int]
    accepted: Mapped[int]
    repeated: Mapped[int]
    quarantined: Mapped[dict[str, int]]
    clock_offset_s: Mapped[float | None]
    clock_is_off: Mapped[bool]
    received_at: Mapped[datetime]


class DutyRow(Owned, Base):
    """A span in which a vehicle may be watched."""

    __tablename__ = "tracking_duties"
    __table_args__ = (sa.Index(None, "organisation_id", "vehicle_id"),)
    duty_id: Mapped[UUID] = mapped_column(primary_key=True)  # of the route, or of the shift
    vehicle_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class RouteRow(Owned, Base):
    """A followed route as it was told last, and how far it is."""

    __tablename__ = "tracking_routes"
    __table_args__ = (
        sa.Index("tracking_routes_open_idx", "organisation_id", "vehicle_id", postgresql_where="closed_at IS NULL"),
    )
    route_id: Mapped[UUID] = mapped_column(primary_key=True)
    vehicle_id: Mapped[UUID]
    version: Mapped[int]
    route: Mapped[dict[str, Any]]
    leaves_at: Mapped[datetime]
    shift_ends_at: Mapped[datetime]
    departed_at: Mapped[datetime | None]
    reached: Mapped[int] = mapped_column(server_default="0")  # index of the first stop that is not done with
    is_under_way: Mapped[bool] = mapped_column(server_default="false")
    breaks_taken: Mapped[int] = mapped_column(server_default="0")
    asked_at: Mapped[datetime | None]  # when a new forecast was asked for, or made
    returns_at: Mapped[datetime | None]  # as expected
    closed_at: Mapped[datetime | None]


class StopRow(Owned, Base):
    """What was done at a stop, and what is expected of it."""

    __tablename__ = "tracking_stops"
    __table_args__ = (sa.Index(None, "organisation_id", "stop_id"),)
    route_id: Mapped[UUID] = mapped_column(primary_key=True)
    stop_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default="pending")
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]
    leaves_at: Mapped[datetime | None]
    earliest_at: Mapped[datetime | None]
    latest_at: Mapped[datetime | None]
    stops_before: Mapped[int | None]
    late_s: Mapped[int | None]
    late_risk: Mapped[float | None]
    told_at: Mapped[datetime | None]  # the arrival that was told last
    approached_at: Mapped[datetime | None]


class AlertRow(Owned, Base):
    """An alert that was raised."""

    __tablename__ = "tracking_alerts"
    __table_args__ = (
        # at most one is open for a subject, whatever two workers do at once
        sa.Index(
            "tracking_alerts_open_idx",
            "organisation_id",
            "route_id",
            "kind",
            sa.text("coalesce(stop_id, route_id)"),
            unique=True,
            postgresql_where="cleared_at IS NULL",
        ),
        sa.Index(None, "organisation_id", "raised_at"),
    )
    alert_id: Mapped[UUID] = mapped_column(primary_key=True)
    route_id: Mapped[UUID]
    vehicle_id: Mapped[UUID]
    kind: Mapped[str]
    stop_id: Mapped[UUID | None]
    raised_at: Mapped[datetime]
    late_s: Mapped[int]
    reasons: Mapped[list[dict[str, Any]]]
    cleared_at: Mapped[datetime | None]
