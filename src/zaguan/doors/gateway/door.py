"""The door for programs: shops, ERPs, partners. Its routes in one list."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.routing import Route

from zaguan.doors.frame.listeners import Listeners
from zaguan.doors.frame.threshold import Figures
from zaguan.doors.gateway import (
    depots,
    drivers,
    event_stream,
    events,
    operations,
    order_lists,
    orders,
    plans,
    routes,
    shifts,
    vehicles,
    webhooks,
)

# lists first: /v1/orders/export is no id of an order
ROUTERS: Final[Sequence[APIRouter]] = (
    order_lists.router,
    orders.router,
    depots.router,
    vehicles.router,
    drivers.router,
    shifts.router,
    plans.router,
    routes.router,
    events.router,
    operations.router,
    webhooks.router,
)
# what is no endpoint of the framework, and told of in the document all the same
STREAMS: Final[dict[str, Any]] = {event_stream.PATH: event_stream.DESCRIPTION}
TAGS: Final = (
    {"name": "orders", "description": "What is to be brought or fetched."},
    {"name": "depots", "description": "Where routes begin and end."},
    {"name": "vehicles", "description": "What drives."},
    {"name": "drivers", "description": "Who drives."},
    {"name": "shifts", "description": "Who works when, with which vehicle."},
    {"name": "plans", "description": "Who serves which order, and what is left out and why."},
    {"name": "routes", "description": "What is driven."},
    {"name": "events", "description": "What happened, in order and without gaps."},
    {"name": "operations", "description": "Long work: how far it is, and how it ended."},
    {"name": "webhooks", "description": "Where you want to be told, signed as Standard Webhooks."},
)


def streams(listeners: Listeners, figures: Figures) -> list[Route]:
    """Return the routes of the streams."""
    return [Route(event_stream.PATH, event_stream.event_stream(listeners, figures), methods=["GET"])]
