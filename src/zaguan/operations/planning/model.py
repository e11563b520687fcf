"""The plan of a service day: routes with their stops, and the orders left out, each with its reasons.

Times are timezone-aware moments; money is in minor units of the plan's currency.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Goods in three dimensions."""

    weight_g: int = 0
    volume_ml: int = 0
    pieces: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedOrder:
    """An order as it stands on a stop: what the driver needs to see."""

    ref: str
    kind: str
    recipient: str
    phone: str
    notes: str
    proofs: tuple[str, ...]
    cash_minor: int
    load: Load
    barcodes: tuple[str, ...]
    window_opens_at: datetime | None  # the window that is kept, of those promised
    window_closes_at: datetime | None
    window_is_hard: bool
    late_s: int  # beyond a soft window
    because: tuple[str, ...] = ()  # why this route: keys of the words, "planning.because.depot_zone", ...
    surcharge_minor: int = 0  # what its zones add to the route's cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit of a route."""

    number: int  # 1, 2, ... along the route
    address: str
    commune: str
    access_notes: str
    point: Point
    grade: Grade
    arrives_at: datetime
    starts_at: datetime  # after waiting for the window
    leaves_at: datetime
    leg_distance_m: int  # from the stop before, or the depot
    leg_duration_s: int
    orders: tuple[ServedOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBreak:
    """A pause of the driver, taken after the stop with this number (0: before the first)."""

    after_stop: int
    starts_at: datetime
    ends_at: datetime
    kind: str  # "break" of the shift, or "rest" that the hours of service ask for


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Ordered stops of one driver, vehicle and shift."""

    ref: str
    driver_ref: str
    driver_name: str
    driver_locale: str
    vehicle_ref: str
    vehicle_kind: str
    depot_ref: str
    depot_name: str
    depot_point: Point
    shift_starts_at: datetime
    shift_ends_at: datetime
    leaves_at: datetime
    returns_at: datetime
    ends_at_depot: bool
    stops: tuple[Stop, ...]
    breaks: tuple[PlannedBreak, ...]
    geometry: tuple[str, ...]  # encoded polyline (precision 5) of each leg, the way back included
    estimated_legs: int  # legs drawn as straight lines, because no road could be used
    distance_m: int
    driving_s: int
    service_s: int
    waiting_s: int
    duration_s: int  # from leaving to coming back, breaks included
    overtime_s: int
    load: Load  # the most that is aboard at one time
    capacity: Load
    cost_minor: int
    emission_g: int  # CO2 equivalent
    energy: str
    energy_units: float  # litres, kilograms or kilowatt-hours
    straight_legs: tuple[int, ...] = ()  # which of `geometry` (from 0) are straight lines: the `estimated_legs`


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A smallest change that would let the order in, confirmed by trying it."""

    code: str  # a key of the words: "planning.remedy.wider_window", ...
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """An order left out: why, and what would let it in."""

    ref: str
    address: str
    point: Point | None
    reason: str  # a key of the words: "planning.reason.capacity", ...
    facts: dict[str, str | int]
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the dispatcher should know about an order or the whole plan."""

    code: str
    facts: dict[str, str | int]
    order_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleUse:
    """What a vehicle drives and takes in energy by the plan, and by the plain plan that goes to the nearest stop."""

    vehicle_ref: str
    energy: str
    distance_m: int
    energy_units: float  # litres, kilograms or kilowatt-hours
    baseline_distance_m: int = 0  # further vehicles like it included, where the plain plan needs them
    baseline_energy_units: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The plan in figures, each recomputable from the routes."""

    orders: int
    served: int
    unassigned: int
    routes: int
    stops: int
    distance_m: int
    driving_s: int
    duration_s: int
    waiting_s: int
    overtime_s: int
    on_time_share: float  # of the served orders that have a window
    load_share: float  # mean over routes of the fullest dimension
    stops_spread: int  # most stops of a route less fewest
    duration_spread_s: int
    cost_minor: int
    emission_g: int
    energy_by_kind: dict[str, float]
    baseline_distance_m: int  # the same stops, each to its nearest unserved neighbour by the same rules
    baseline_cost_minor: int
    violations: int  # found by the independent checker; a plan with any does not leave
    baseline_routes: int = 0
    file_order_distance_m: int = 0  # the same stops in the order of the file, by the same rules
    file_order_cost_minor: int = 0
    file_order_routes: int = 0
    late_stops: int = 0  # stops with an order served after its soft window
    idle_share: float = 0.0  # of the routes' time that is neither driving nor service: waiting and pauses
    empty_distance_m: int = 0  # driven without goods: to the first pickup, back from the last delivery
    baseline_energy_by_kind: dict[str, float] = field(default_factory=dict)
    baseline_emission_g: int = 0
    baseline_idle_share: float = 0.0
    baseline_empty_distance_m: int = 0
    vehicles: tuple[VehicleUse, ...] = ()  # in the order of the fleet, those that stay in the depot left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The routes of a service day and the orders left out."""

    service_on: date
    time_zone: str
    currency: str
    region_name: str
    region_hash: str
    attribution: str
    made_at: datetime
    seed: int
    search_seconds: float
    iterations: int
    routes: tuple[Route, ...]
    unassigned: tuple[Unassigned, ...]
    notices: tuple[Notice, ...]
    totals: Totals
    schema_version: int = SCHEMA_VERSION
