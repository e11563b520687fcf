"""From a route as planning keeps it to the route that is followed."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from zaguan.operations.planning.live import LiveRoute, LiveStop, StopState
from zaguan.operations.planning.mapping.layout import PROFILE_OF_KIND
from zaguan.operations.tracking.model import (
    RouteActuals,
    StopActual,
    TrackedBreak,
    TrackedRoute,
    TrackedStop,
)
from zaguan.operations.tracking.model import StopState as Done
from zaguan.records.fleet.model import VehicleKind

ONE_SECOND: Final = timedelta(seconds=1)
SAID_OF_STOPS: Final = {StopState.ARRIVED: Done.ARRIVED, StopState.DONE: Done.DONE}


def tracked(route: LiveRoute, *, vehicle_id: UUID, depot_id: UUID) -> TrackedRoute | None:
    """Return a route as it is to be followed; None where it has no stop to drive to."""
    stops = [stop for stop in route.stops if stop.state is not StopState.CANCELLED]
    if not stops:
        return None
    sheet = route.sheet
    # lines are of use only while there is one for each leg: a change by hand leaves none
    legs = len(stops) + sheet.ends_at_depot
    lines = sheet.geometry if len(sheet.geometry) == legs else ("",) * legs
    last = stops[-1].sheet
    return TrackedRoute(
        route_id=route.id,
        version=route.version,
        vehicle_id=vehicle_id,
        depot_id=depot_id,
        depot_point=sheet.depot_point,
        shift_starts_at=min(sheet.shift_starts_at, sheet.leaves_at),
        shift_ends_at=max(sheet.shift_ends_at, sheet.returns_at),
        leaves_at=sheet.leaves_at,
        returns_at=sheet.returns_at,
        profile=PROFILE_OF_KIND[VehicleKind(sheet.vehicle_kind)].value,
        stops=tuple(
            _stop(stop, line=lines[leg], is_straight=leg in sheet.straight_legs) for leg, stop in enumerate(stops)
        ),
        breaks=tuple(
            TrackedBreak(
                after_stops=pause.after_stop,
                starts_at=pause.starts_at,
                duration_s=(pause.ends_at - pause.starts_at) // ONE_SECOND,
            )
            for pause in sheet.breaks
        ),
        hub=str(depot_id),
        ends_at_depot=sheet.ends_at_depot,
        back_duration_s=max(0, (sheet.returns_at - last.leaves_at) // ONE_SECOND) if sheet.ends_at_depot else 0,
        back_line=lines[-1] if sheet.ends_at_depot else "",
        back_line_is_straight=legs - 1 in sheet.straight_legs,
    )


def actuals_of(route: LiveRoute) -> RouteActuals:
    """Return what was done on a route, as the driver told it."""
    return RouteActuals(
        departed_at=route.started_at,
        stops={
            stop.id: StopActual(state=state, arrived_at=stop.arrived_at, left_at=stop.left_at)
            for stop in route.stops
            if (state := SAID_OF_STOPS.get(stop.state)) is not None
        },
    )


def _stop(stop: LiveStop, *, line: str, is_straight: bool) -> TrackedStop:
    sheet = stop.sheet
    opens = [order.window_opens_at for order in sheet.orders if order.window_opens_at is not None]
    closes = [order.window_closes_at for order in sheet.orders if order.window_closes_at is not None]
    return TrackedStop(
        stop_id=stop.id,
        point=sheet.point,
        arrives_at=sheet.arrives_at,
        leaves_at=sheet.leaves_at,
        service_s=(sheet.leaves_at - sheet.starts_at) // ONE_SECOND,
        order_ids=stop.order_ids,
        # with several orders the plan waits for the last window that opens, and is late for the first that closes
        opens_at=max(opens, default=None),
        closes_at=min(closes, default=None),
        leg_duration_s=sheet.leg_duration_s,
        line=line,
        line_is_straight=is_straight,
    )
