"""What happens to stops of a route on the road. The facts of a stop stand in the stream of its route.

All moments are those of the driver's phone; when we heard of it is the `recorded_at` of the event.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFact:
    """What each fact of a stop says: which one it is, and which orders it serves."""

    stop_id: UUID
    route_id: UUID
    driver_id: UUID
    order_ids: tuple[UUID, ...]
    clock_skewed: bool  # the phone's clock was off by more than five minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class StopArrived(StopFact):
    """The driver is at the door."""

    type: ClassVar[str] = "stop.arrived"
    arrived_at: datetime
    distance_m: int | None  # from the phone to the address


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDone(StopFact):
    """The last order of the stop was closed: from now on the stop is fixed."""

    arrived_at: datetime | None  # None: the arrival was not told (yet)
    done_at: datetime
    waiting_s: int | None  # before the window opened
    service_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDelivered(StopDone):
    """All its orders were handed over, or fetched."""

    type: ClassVar[str] = "stop.delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPartiallyDelivered(StopDone):
    """Some of it was handed over, some was not."""

    type: ClassVar[str] = "stop.partially_delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFailed(StopDone):
    """None of its orders was handed over."""

    type: ClassVar[str] = "stop.failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLeft(StopFact):
    """The driver went on."""

    type: ClassVar[str] = "stop.left"
    left_at: datetime
    waiting_s: int | None
    service_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAmended(StopFact):
    """An act that was told late changed what is known of a stop that was told of before. What stands here holds."""

    type: ClassVar[str] = "stop.amended"
    outcome: str
    arrived_at: datetime | None
    done_at: datetime | None
    left_at: datetime | None
    waiting_s: int | None
    service_s: int | None
