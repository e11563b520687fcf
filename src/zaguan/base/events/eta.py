"""Facts about when stops will be reached."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EtaChanged:
    """A stop is expected so much earlier or later than was told last that it should be told again."""

    type: ClassVar[str] = "eta.changed"
    route_id: UUID
    stop_id: UUID
    order_ids: tuple[UUID, ...]
    told_at: datetime  # what was told before
    arrives_at: datetime
    earliest_at: datetime
    latest_at: datetime
    causes: tuple[str, ...]  # of being later than planned, the worst first: "late_departure", ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StopApproached:
    """The driver is near a stop; told once for each stop."""

    type: ClassVar[str] = "stop.approached"
    route_id: UUID
    stop_id: UUID
    order_ids: tuple[UUID, ...]
    arrives_at: datetime
    stops_before: int
