"""Tables of the room: plans with their versions, routes with their stops."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.tables import ORGANISATION, Base, IdList, Owned, TextList, reference
from zaguan.operations.planning.live import RouteId, RouteState, StopId, StopState
from zaguan.operations.planning.versions import Cause, PlanId


class PlanRow(Owned, Base):
    """A plan of a day."""

    __tablename__ = "plans"
    __table_args__ = (sa.Index("plans_day_idx", ORGANISATION, "service_on"),)

    id: Mapped[PlanId] = mapped_column(primary_key=True)
    service_on: Mapped[date]
    depot_refs: Mapped[TextList]
    name: Mapped[str]
    is_what_if: Mapped[bool]
    latest_version: Mapped[int]
    published_version: Mapped[int | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class PlanVersionRow(Owned, Base):
    """A plan as it was found; it never changes."""

    __tablename__ = "plan_versions"
    __table_args__ = (reference("plan_id", "plans", on_delete="CASCADE"),)

    plan_id: Mapped[PlanId] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    based_on: Mapped[int | None]
    cause: Mapped[Cause]
    time_zone: Mapped[str]
    plan: Mapped[dict[str, Any]]
    order_ids: Mapped[dict[str, str]]
    order_versions: Mapped[dict[str, int]]
    crews: Mapped[list[dict[str, Any]]]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class RouteRow(Owned, Base):
    """A route that is driven."""

    __tablename__ = "routes"
    __table_args__ = (
        reference("plan_id", "plans"),
        sa.Index("routes_day_idx", ORGANISATION, "service_on", "state"),
        sa.Index("routes_plan_idx", ORGANISATION, "plan_id"),
        sa.Index("routes_driver_idx", ORGANISATION, "driver_ref", "service_on"),
    )

    id: Mapped[RouteId] = mapped_column(primary_key=True)
    plan_id: Mapped[PlanId]
    plan_version: Mapped[int]
    service_on: Mapped[date]
    ref: Mapped[str]
    state: Mapped[RouteState]
    version: Mapped[int]
    driver_ref: Mapped[str]
    vehicle_ref: Mapped[str]
    shift_ref: Mapped[str]
    driver_id: Mapped[UUID | None]
    vehicle_id: Mapped[UUID | None]
    starts_s: Mapped[int]
    is_locked: Mapped[bool]
    is_broken: Mapped[bool]
    time_zone: Mapped[str]
    sheet: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class StopRow(Owned, Base):
    """A stop of a route. One taken off stays, with the number 0: a driver may still tell what was done there."""

    __tablename__ = "stops"
    __table_args__ = (
        reference("route_id", "routes"),
        sa.Index("stops_route_idx", ORGANISATION, "route_id", "number"),
        sa.Index("stops_orders_idx", "order_ids", postgresql_using="gin"),
    )

    id: Mapped[StopId] = mapped_column(primary_key=True)
    route_id: Mapped[RouteId]
    number: Mapped[int]
    state: Mapped[StopState]
    sheet: Mapped[dict[str, Any]]
    order_ids: Mapped[IdList]
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
