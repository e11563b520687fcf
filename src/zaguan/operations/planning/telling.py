"""How what happened to a route is told: the facts of its stream."""

from datetime import datetime
from typing import Any
from uuid import UUID

from zaguan.base.events.route import (
    PlannedStop,
    RouteAssigned,
    RouteBrokeDown,
    RouteCancelled,
    RouteChanged,
    RouteEnded,
    RouteLocked,
    RoutePublished,
    RouteStarted,
    RouteTransferred,
    RouteUnassigned,
    RouteUnlocked,
)
from zaguan.operations.planning.live import LiveRoute, StopState


def published(route: LiveRoute) -> RoutePublished:
    """Tell of a route that is to be driven."""
    return RoutePublished(**_head(route), **_course(route))


def route_changed(route: LiveRoute, *, because: str) -> RouteChanged:
    """Tell of a route whose stops or times are others now."""
    return RouteChanged(**_head(route), because=because, **_course(route))


def route_assigned(route: LiveRoute) -> RouteAssigned:
    """Tell of a route that somebody took."""
    return RouteAssigned(**_head(route))


def route_unassigned(route: LiveRoute, before: LiveRoute) -> RouteUnassigned:
    """Tell of a route that waits for somebody."""
    return RouteUnassigned(
        **_head(route), previous_driver_ref=before.driver_ref, previous_vehicle_ref=before.vehicle_ref
    )


def route_transferred(route: LiveRoute, before: LiveRoute) -> RouteTransferred:
    """Tell of a route that somebody else goes on with."""
    return RouteTransferred(
        **_head(route), previous_driver_ref=before.driver_ref, previous_vehicle_ref=before.vehicle_ref
    )


def route_lock(route: LiveRoute) -> RouteLocked | RouteUnlocked:
    """Tell of a route that was locked or unlocked."""
    return RouteLocked(**_head(route)) if route.is_locked else RouteUnlocked(**_head(route))


def route_started(route: LiveRoute, at: datetime) -> RouteStarted:
    """Tell of a route that left."""
    return RouteStarted(**_head(route), started_at=at)


def route_ended(route: LiveRoute, at: datetime) -> RouteEnded:
    """Tell of a route that is over."""
    return RouteEnded(**_head(route), ended_at=at)


def route_cancelled(route: LiveRoute, released: tuple[UUID, ...]) -> RouteCancelled:
    """Tell of a route that nobody drives."""
    return RouteCancelled(**_head(route), released_order_ids=released)


def route_broke_down(route: LiveRoute, stranded: tuple[UUID, ...]) -> RouteBrokeDown:
    """Tell of a route whose vehicle cannot go on."""
    return RouteBrokeDown(**_head(route), stranded_order_ids=stranded)


def _head(route: LiveRoute) -> dict[str, Any]:
    return {
        "route_id": route.id,
        "ref": route.ref,
        "plan_id": route.plan_id,
        "service_on": route.service_on,
        "state": route.state.value,
        "driver_ref": route.driver_ref,
        "vehicle_ref": route.vehicle_ref,
        "version": route.version,
    }


def _course(route: LiveRoute) -> dict[str, Any]:
    return {
        "leaves_at": route.sheet.leaves_at,
        "returns_at": route.sheet.returns_at,
        "distance_m": route.sheet.distance_m,
        "stops": tuple(
            PlannedStop(
                stop_id=stop.id,
                number=stop.number,
                order_ids=stop.order_ids,
                arrives_at=stop.sheet.arrives_at,
                leaves_at=stop.sheet.leaves_at,
            )
            for stop in route.stops
            if stop.state is not StopState.CANCELLED
        ),
    }
