"""Facts about what a dispatcher should look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertReason:
    """Why an alert was raised: a code, and its figure in seconds or metres."""

    code: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised:
    """Something on a route wants to be looked at."""

    type: ClassVar[str] = "alert.raised"
    alert_id: UUID
    kind: str  # "late_risk", "off_route", "long_stop", "no_position"
    route_id: UUID
    vehicle_id: UUID
    stop_id: UUID | None
    order_ids: tuple[UUID, ...]
    late_s: int  # expected after the promised window
    reasons: tuple[AlertReason, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCleared:
    """It is over."""

    type: ClassVar[str] = "alert.cleared"
    alert_id: UUID
    kind: str
    route_id: UUID
    vehicle_id: UUID
    stop_id: UUID | None
    order_ids: tuple[UUID, ...]
    at: datetime
