"""What tracking follows and finds: a route under way, what was done on it, what is expected and what gives alarm.

Moments are timezone-aware. Nothing here reads a clock, a database or a network.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from zaguan.base.geo.point import Point
from zaguan.base.kit.errors import Kind, ZaguanError

MAX_STOPS: Final = 2_000  # of one followed route


class StopState(StrEnum):
    """How far a stop is, as the driver's acts say."""

    PENDING = "pending"
    ARRIVED = "arrived"
    DONE = "done"  # served or failed: the driver has gone on
    SKIPPED = "skipped"  # taken off the route


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedStop:
    """A stop of a followed route, as planned. Its leg is the way from the stop before, or from the depot."""

    stop_id: UUID
    point: Point
    arrives_at: datetime
    leaves_at: datetime
    service_s: int
    order_ids: tuple[UUID, ...] = ()
    opens_at: datetime | None = None  # service does not begin before
    closes_at: datetime | None = None  # promised to the recipient: later is late
    leg_duration_s: int = 0
    line: str = ""  # of the leg, an encoded polyline; empty: none is known
    line_is_straight: bool = False  # drawn where no road was known: says nothing about the way


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedBreak:
    """A pause of the driver after so many stops (0: before the first)."""

    after_stops: int
    starts_at: datetime
    duration_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedRoute:
    """A published route as tracking needs it. `version` grows with each change of the plan."""

    route_id: UUID
    version: int
    vehicle_id: UUID
    depot_id: UUID
    depot_point: Point
    shift_starts_at: datetime
    shift_ends_at: datetime  # overtime included
    leaves_at: datetime
    returns_at: datetime
    profile: str  # how it moves: "van", "bicycle", "foot"
    stops: tuple[TrackedStop, ...]  # in their order
    breaks: tuple[TrackedBreak, ...] = ()
    hub: str = ""  # whose consoles watch it
    ends_at_depot: bool = True
    back_duration_s: int = 0
    back_line: str = ""
    back_line_is_straight: bool = False

    def __post_init__(self) -> None:
        if not 0 < len(self.stops) <= MAX_STOPS:
            raise ValueError(f"a followed route has 1 to {MAX_STOPS} stops, not {len(self.stops)}")
        if len({stop.stop_id for stop in self.stops}) != len(self.stops):
            raise ValueError("a stop stands twice on the route")
        if not self.shift_starts_at < self.shift_ends_at:
            raise ValueError("a shift must start before it ends")

    def get_stop(self, stop_id: UUID) -> TrackedStop:
        """Return a stop of the route."""
        for stop in self.stops:
            if stop.stop_id == stop_id:
                return stop
        raise StopNotFollowed(stop=stop_id, route=self.route_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopActual:
    """What was done at a stop, by the driver's own acts."""

    state: StopState = StopState.PENDING
    arrived_at: datetime | None = None
    left_at: datetime | None = None


NOTHING_DONE: Final = StopActual()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteActuals:
    """What was done on a route so far; a stop that is not named is pending."""

    departed_at: datetime | None = None
    stops: Mapping[UUID, StopActual] = field(default_factory=dict)
    breaks_taken: int = 0

    def of(self, stop_id: UUID) -> StopActual:
        """Return what was done at a stop."""
        return self.stops.get(stop_id, NOTHING_DONE)

    def has_left(self) -> bool:
        """Tell whether the route is under way: it left the depot, or a stop saw the driver."""
        return self.departed_at is not None or any(
            actual.state in {StopState.ARRIVED, StopState.DONE} for actual in self.stops.values()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a batch: `accepted + quarantined + repeated == sent`, always."""

    batch_id: UUID
    sent: int
    accepted: int
    repeated: int  # stored before, unchanged
    quarantined: Mapping[str, int]  # by reason
    offset_s: float | None  # of the device's clock, ahead is positive; None: the batch does not tell
    clock_is_off: bool  # by more than is corrected


class RouteNotFollowed(ZaguanError):
    """No such route is being followed."""

    kind = Kind.NOT_FOUND
    code = "tracking.route_not_followed"


class StopNotFollowed(ZaguanError):
    """The followed route has no such stop."""

    kind = Kind.NOT_FOUND
    code = "tracking.stop_not_followed"


class StaleRoute(ZaguanError):
    """An older version of the route came after a newer one."""

    kind = Kind.CONFLICT
    code = "tracking.stale_route"


class BatchAltered(ZaguanError):
    """The id of a batch came again with other fixes."""

    kind = Kind.CONFLICT
    code = "tracking.batch_altered"


class BatchTooLarge(ZaguanError):
    """A batch has no fixes, or too many."""

    code = "tracking.batch_too_large"


class PathTooLong(ZaguanError):
    """More of a vehicle's path was asked for than is given at once."""

    code = "tracking.path_too_long"


class TooManyWaiting(ZaguanError):
    """More batches wait to be stored than memory should hold."""

    kind = Kind.UNAVAILABLE
    code = "tracking.too_many_waiting"
