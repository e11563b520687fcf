"""Routes that are driven: their states and stops, what is fixed, and what a new plan makes of them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, NewType
from uuid import UUID

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.operations.planning.model import Load, Route, Stop
from zaguan.operations.planning.standing import HAND_OVER, Report, StandingRoute
from zaguan.operations.planning.versions import PlanId

RouteId = NewType("RouteId", UUID)
StopId = NewType("StopId", UUID)

MAX_STOPS: Final = 2_000


class RouteNotFound(ZaguanError):
    """There is no route `route`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "planning.route_not_found"


class StopNotFound(ZaguanError):
    """There is no stop `stop`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "planning.stop_not_found"


class RouteStale(ZaguanError):
    """The route was changed meanwhile: its version is `current`, not `asked`."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "planning.route_stale"


class RouteNotInState(ZaguanError):
    """The route is `state`; what was asked for is not possible then."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "planning.route_not_in_state"


class StopFixed(ZaguanError):
    """The stop is done or under way and stays where it is."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "planning.stop_fixed"


class RouteState(StrEnum):
    """Where a route stands."""

    OPEN = "open"  # published, and nobody has taken it
    ASSIGNED = "assigned"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"


class StopState(StrEnum):
    """Where a stop stands."""

    PENDING = "pending"
    UNDER_WAY = "under_way"  # the driver is on the way to it
    ARRIVED = "arrived"
    DONE = "done"  # whatever came of it at the door
    CANCELLED = "cancelled"  # nobody goes there any more


IN_FORCE: Final = frozenset({RouteState.OPEN, RouteState.ASSIGNED, RouteState.STARTED})
FIXED: Final = frozenset({StopState.UNDER_WAY, StopState.ARRIVED, StopState.DONE})
_NEXT_STOP: Final = {
    StopState.PENDING: frozenset({StopState.UNDER_WAY, StopState.ARRIVED, StopState.DONE, StopState.CANCELLED}),
    # a driver may turn to another stop first
    StopState.UNDER_WAY: frozenset({StopState.PENDING, StopState.ARRIVED, StopState.DONE, StopState.CANCELLED}),
    StopState.ARRIVED: frozenset({StopState.DONE, StopState.PENDING}),
    StopState.DONE: frozenset[StopState](),
    StopState.CANCELLED: frozenset[StopState](),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStop:
    """A stop of a route that is driven. `sheet` is what the plan says of it."""

    id: StopId
    number: int
    sheet: Stop
    order_ids: tuple[UUID, ...]  # in the order of the sheet's orders
    state: StopState = StopState.PENDING
    arrived_at: datetime | None = None
    left_at: datetime | None = None

    def __post_init__(self) -> None:
        assert len(self.order_ids) == len(self.sheet.orders), "each order of a stop is known"

    @property
    def is_fixed(self) -> bool:
        """Whether no plan may move it."""
        return self.state in FIXED

    @property
    def is_over(self) -> bool:
        """Whether nobody goes there any more."""
        return self.state in (StopState.DONE, StopState.CANCELLED)

    @property
    def is_ahead(self) -> bool:
        """Whether it is still to be driven to and may be moved."""
        return self.state is StopState.PENDING

    @property
    def is_hand_over(self) -> bool:
        """Whether parcels are only fetched there, from a vehicle that broke down."""
        return all(order.kind == HAND_OVER for order in self.sheet.orders)

    @property
    def key(self) -> frozenset[tuple[UUID, bool]]:
        """What is done there: each order, and whether its parcels are only fetched from another vehicle."""
        kinds = (order.kind == HAND_OVER for order in self.sheet.orders)
        return frozenset(zip(self.order_ids, kinds, strict=True))

    def without(self, order_id: UUID) -> "LiveStop | None":
        """Return a pending stop without an order, None if it had no other; any other stop as it is."""
        if not self.is_ahead or order_id not in self.order_ids:
            return self
        pairs = [
            (each, order) for each, order in zip(self.order_ids, self.sheet.orders, strict=True) if each != order_id
        ]
        if not pairs:
            return None
        sheet = replace(self.sheet, orders=tuple(order for _, order in pairs))
        return replace(self, sheet=sheet, order_ids=tuple(each for each, _ in pairs))

    def require_ahead(self) -> "LiveStop":
        """Return the stop if it may be moved; else it is refused."""
        if not self.is_ahead:
            raise StopFixed(number=self.number, state=self.state.value)
        return self

    def in_state(self, state: StopState, at: datetime) -> "LiveStop":
        """Return the stop in another state; the same again changes nothing, what cannot follow is refused."""
        if state is self.state:
            return self
        if state not in _NEXT_STOP[self.state]:
            raise StopFixed(number=self.number, state=self.state.value)
        match state:
            case StopState.ARRIVED:
                return replace(self, state=state, arrived_at=at)
            case StopState.DONE:
                return replace(self, state=state, arrived_at=self.arrived_at or at, left_at=at)
            case StopState.PENDING:
                return replace(self, state=state, arrived_at=None)
            case _:
                return replace(self, state=state)


_TURNS: Final = {StopState.DONE: 0, StopState.ARRIVED: 1, StopState.UNDER_WAY: 2, StopState.PENDING: 3}


def _turn(stop: LiveStop) -> tuple[int, float, int]:
    reached = stop.arrived_at.timestamp() if stop.arrived_at is not None else 0.0
    return _TURNS[stop.state], reached, stop.number


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRoute:
    """A route that is driven. `sheet` is what the plan says of it, its stops left out: they stand in `stops`."""

    id: RouteId
    plan_id: PlanId
    plan_version: int
    service_on: date
    ref: str
    state: RouteState
    version: int
    driver_ref: str  # empty while nobody has taken it
    vehicle_ref: str
    shift_ref: str
    driver_id: UUID | None
    vehicle_id: UUID | None
    starts_s: int  # of the shift, after local midnight
    is_locked: bool
    is_broken: bool = False  # its vehicle cannot go on; a plan without it is awaited
    sheet: Route
    stops: tuple[LiveStop, ...]
    time_zone: str
    changed_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        assert len(self.stops) <= MAX_STOPS, "a route has a bound of stops"
        assert not self.sheet.stops, "stops stand in one place"
        assert [stop.number for stop in self.stops] == list(range(1, len(self.stops) + 1)), "stops are counted on"

    @property
    def ahead(self) -> tuple[LiveStop, ...]:
        """The stops that are still to be driven to and may be moved."""
        return tuple(stop for stop in self.stops if stop.is_ahead)

    @property
    def as_driven(self) -> tuple[LiveStop, ...]:
        """The stops as they came and will come: done ones by their times, then the one under way, then the rest."""
        kept = (stop for stop in self.stops if stop.state is not StopState.CANCELLED)
        return tuple(sorted(kept, key=_turn))

    @property
    def order_ids(self) -> tuple[UUID, ...]:
        """The orders that it serves or served, in the order of driving; where parcels are fetched does not count."""
        return tuple(
            order_id
            for stop in self.stops
            if stop.state is not StopState.CANCELLED
            for order_id, order in zip(stop.order_ids, stop.sheet.orders, strict=True)
            if order.kind != HAND_OVER
        )

    def require(self, *states: RouteState) -> "LiveRoute":
        """Return the route if it is in one of these states; else it is refused."""
        if self.state not in states:
            raise RouteNotInState(route=self.ref, state=self.state.value)
        return self

    def require_version(self, asked: int | None) -> "LiveRoute":
        """Return the route if it is of this version, or if none is asked for; else both are named."""
        if asked is not None and asked != self.version:
            raise RouteStale(route=self.ref, asked=asked, current=self.version)
        return self

    def changed(self, at: datetime, **values: object) -> "LiveRoute":
        """Return the route with other values, one version on."""
        return replace(self, version=self.version + 1, changed_at=at, **values)  # type: ignore[arg-type]

    def standing(self, refs: Mapping[UUID, str], now: datetime) -> StandingRoute:
        """Return the route as planning reads it: orders by the refs of the plan, and what was reported.

        An order without a ref is left out: it was cancelled, or came back and is planned anew.
        """
        served = self.as_driven
        reports: dict[str, Report] = {}
        for stop in served:
            if stop.state not in (StopState.ARRIVED, StopState.DONE):
                continue
            assert stop.arrived_at is not None, "a door was reached at a time"
            service = stop.sheet.leaves_at - stop.sheet.starts_at
            leaves = stop.left_at or max(now, stop.arrived_at + service)
            for order_id in refs.keys() & set(stop.order_ids):
                reports[refs[order_id]] = Report(starts_at=stop.arrived_at, leaves_at=max(leaves, stop.arrived_at))
        return StandingRoute(
            ref=self.ref,
            driver_ref=self.driver_ref,
            vehicle_ref=self.vehicle_ref,
            shift_starts_s=self.starts_s,
            order_refs=tuple(
                refs[order_id]
                for stop in served
                for order_id, order in zip(stop.order_ids, stop.sheet.orders, strict=True)
                if order.kind != HAND_OVER and order_id in refs
            ),
            reports=reports,
            # what a broken vehicle still has goes to others, whoever locked its route
            is_locked=self.is_locked and not self.is_broken,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestLine:
    """What is loaded for one order of a stop."""

    stop_number: int
    order_id: UUID
    order_ref: str
    load: Load
    barcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is loaded on a route, in the order of loading: the last stop first, so that the first one is at hand."""

    route_id: RouteId
    route_version: int
    lines: tuple[ManifestLine, ...]

    @property
    def load(self) -> Load:
        """All of it together."""
        return Load(
            weight_g=sum(line.load.weight_g for line in self.lines),
            volume_ml=sum(line.load.volume_ml for line in self.lines),
            pieces=sum(line.load.pieces for line in self.lines),
        )


def manifest_of(route: LiveRoute) -> Manifest:
    """Return what is loaded at the depot: deliveries, in reverse stop order, without what is fetched on the way."""
    lines = [
        ManifestLine(
            stop_number=stop.number,
            order_id=order_id,
            order_ref=order.ref,
            load=order.load,
            barcodes=order.barcodes,
        )
        for stop in route.stops
        if stop.state is not StopState.CANCELLED
        for order_id, order in zip(stop.order_ids, stop.sheet.orders, strict=True)
        if order.kind == "delivery"
    ]
    return Manifest(route_id=route.id, route_version=route.version, lines=tuple(reversed(lines)))


def renumbered(stops: Iterable[LiveStop]) -> tuple[LiveStop, ...]:
    """Return the stops counted 1, 2, ... in their sheets, too."""
    return tuple(
        replace(stop, number=number, sheet=replace(stop.sheet, number=number))
        for number, stop in enumerate(stops, start=1)
    )


def stops_after(
    before: Sequence[LiveStop],
    planned: Sequence[Stop],
    order_ids: Mapping[str, UUID],
    *,
    elsewhere: Collection[tuple[UUID, bool]],
    new_id: Callable[[], StopId],
) -> tuple[LiveStop, ...]:
    """Return the stops of a route after a new plan: what is fixed as it is, then what the plan has behind that.

    `elsewhere` is what stands fixed on any route: the road was faster than the plan, so it is left out here. A stop
    at which the same is done keeps its id.
    """
    fixed = [stop for stop in before if not stop.is_ahead]
    known = {stop.key: stop for stop in before if stop.is_ahead}
    after: list[LiveStop] = []
    for stop in planned:
        pairs = [(order_ids[order.ref], order) for order in stop.orders]
        wanted = [
            (order_id, order) for order_id, order in pairs if (order_id, order.kind == HAND_OVER) not in elsewhere
        ]
        if not wanted:
            continue
        sheet = replace(stop, orders=tuple(order for _, order in wanted))
        ids = tuple(order_id for order_id, _ in wanted)
        fresh = LiveStop(id=new_id(), number=stop.number, sheet=sheet, order_ids=ids)
        old = known.pop(fresh.key, None)
        after.append(fresh if old is None else replace(old, sheet=sheet, order_ids=ids, number=stop.number))
    # parcels on a vehicle that broke down are fetched before anything else, also by a plan that does not know of it
    fetched = [stop for stop in known.values() if stop.is_hand_over]
    return renumbered([*fixed, *fetched, *after])


def fixed_on(routes: Iterable[LiveRoute]) -> frozenset[tuple[UUID, bool]]:
    """Return what is done or under way on any of the routes."""
    return frozenset(pair for route in routes for stop in route.stops if stop.is_fixed for pair in stop.key)
