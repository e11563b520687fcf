"""Followed routes made ready to be watched, kept in memory: a route changes seldom, its positions come each second."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.tracking.store import routes as store
from zaguan.operations.tracking.store.routes import OpenRoute
from zaguan.operations.tracking.trail import RouteWatch

CAPACITY: Final = 2_000  # routes of some 100 kB each at most


class RouteWatches:
    """The watches of the routes that were asked for last. Safe to share between threads."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        assert capacity >= 1
        self._capacity: Final = capacity
        self._kept: Final[OrderedDict[tuple[OrganisationId, UUID], RouteWatch]] = OrderedDict()
        self._lock: Final = threading.Lock()

    def ready(
        self, session: Session, organisation_id: OrganisationId, routes: Iterable[OpenRoute]
    ) -> dict[UUID, RouteWatch]:
        """Return the watch of each route, by its id; those that are not kept in their version are read."""
        wanted = list(routes)
        with self._lock:
            found = {route.route_id: watch for route in wanted if (watch := self._find(organisation_id, route))}
        missing = {route.route_id for route in wanted} - found.keys()
        if missing:
            read = store.load_routes(session, organisation_id, missing)
            made = {route_id: RouteWatch(route) for route_id, route in read.items()}
            with self._lock:
                for route_id, watch in made.items():
                    self._kept[organisation_id, route_id] = watch
                while len(self._kept) > self._capacity:
                    self._kept.popitem(last=False)
            found |= made
        return found

    def _find(self, organisation_id: OrganisationId, route: OpenRoute) -> RouteWatch | None:
        watch = self._kept.get((organisation_id, route.route_id))
        if watch is None or watch.route.version != route.version:
            return None
        self._kept.move_to_end((organisation_id, route.route_id))
        return watch
