"""Routes that stand, in field words: what planning is told of a day under way, and what it answers about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.operations.planning.model import Route

HAND_OVER: Final = "hand_over"  # kind of a served order whose parcels are fetched from a vehicle that broke down
HAND_OVER_PREFIX: Final = "hand-over:"
MAX_OFFERS: Final = 20


class NotOnDuty(ZaguanError):
    """A route is to be driven by a driver and a vehicle that have no such shift on the day."""

    kind = Kind.CONFLICT
    code = "planning.not_on_duty"


class RouteImpossible(ZaguanError):
    """A route cannot be driven at all, whatever promise is given up: no road leads there."""

    kind = Kind.CONFLICT
    code = "planning.route_impossible"


class OrderUnplannable(ZaguanError):
    """An order is not on the map, so no route can be asked about it."""

    kind = Kind.CONFLICT
    code = "planning.order_unplannable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What really happened at a door: when the service began, and when the driver left or will leave."""

    starts_at: datetime
    leaves_at: datetime

    def __post_init__(self) -> None:
        assert self.starts_at <= self.leaves_at, "a door is left after it was reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRoute:
    """A route as people know it: who drives it, and its orders one after the other."""

    ref: str
    driver_ref: str
    vehicle_ref: str
    order_refs: tuple[str, ...]
    shift_starts_s: int | None = None  # which shift, where the driver has several on the day
    reports: Mapping[str, Report] = field(default_factory=dict)  # by order
    is_locked: bool = False  # nobody may change it: neither what it serves nor in which order


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A day under way: the moment, the routes, what is aboard, and what it costs to change what people rely on."""

    now_at: datetime
    routes: tuple[StandingRoute, ...]
    loaded: frozenset[str] | None = None  # orders whose parcels are aboard; None: those of every route that has left
    move_cost_minor: int = 0  # an order goes on another vehicle
    order_cost_minor: int = 0  # an order stays on its vehicle, but comes behind another stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that a route breaks: which one, on whose route, at which order. Empty: not of one order."""

    rule: str  # a key of the words: "planning.breach.capacity", ...
    driver_ref: str
    order_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Routes with the times that they would have, and each rule that they would break."""

    routes: tuple[Route, ...]
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedArrival:
    """An order of the route that would be reached at another moment; later is positive."""

    order_ref: str
    by_s: int
    late_s: int  # beyond its last window, then


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertionOffer:
    """One vehicle could take one more order, at the cheapest place of its route."""

    driver_ref: str
    vehicle_ref: str
    shift_starts_s: int
    position: int  # so many orders of the route come before it
    added_cost_minor: int
    added_distance_m: int
    added_duration_s: int
    arrives_at: datetime
    starts_at: datetime
    leaves_at: datetime
    late_s: int
    moved: tuple[MovedArrival, ...]
