"""The field: an organisation whose devices send positions, on a real database and a virtual clock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.operations.tracking.builders import MORNING, EvenRoads, after
from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Handlers
from zaguan.operations.tracking.filters import Limits
from zaguan.operations.tracking.fixes import Batch, Fix
from zaguan.operations.tracking.following import follow_route, note_arrival, note_departure, note_done
from zaguan.operations.tracking.jobs import TrackingWork, handlers
from zaguan.operations.tracking.model import Receipt, TrackedRoute
from zaguan.operations.tracking.service import Recorded, record_positions
from zaguan.operations.tracking.views import count_quarantined, list_newest_positions, list_path
from zaguan.operations.tracking.watches import RouteWatches


class Field:
    """One organisation whose devices send positions."""

    def __init__(self, database: Database, organisation_id: OrganisationId) -> None:
        self.database, self.organisation_id = database, organisation_id
        self.clock = VirtualClock(MORNING)
        self.jobs = VirtualJobs(self.clock)
        self.watches = RouteWatches()
        self.roads = EvenRoads()
        work = TrackingWork(database=database, jobs=self.jobs, clock=self.clock, roads_of=lambda _route: self.roads)
        self.handlers = Handlers(handlers(work))

    def follow(self, route: TrackedRoute) -> TrackedRoute:
        with self.database.session(self.organisation_id) as session:
            follow_route(session, self.organisation_id, route, jobs=self.jobs, clock=self.clock)
        return route

    def depart(self, route: TrackedRoute) -> None:
        with self.database.session(self.organisation_id) as session:
            now = self.clock.now()
            note_departure(session, self.organisation_id, route.route_id, at=now, jobs=self.jobs, clock=self.clock)

    def arrive(self, route: TrackedRoute, index: int) -> None:
        stop, now = route.stops[index].stop_id, self.clock.now()
        with self.database.session(self.organisation_id) as session:
            note_arrival(session, self.organisation_id, route.route_id, stop, at=now, jobs=self.jobs, clock=self.clock)

    def finish(self, route: TrackedRoute, index: int) -> None:
        stop, now = route.stops[index].stop_id, self.clock.now()
        with self.database.session(self.organisation_id) as session:
            note_done(session, self.organisation_id, route.route_id, stop, at=now, jobs=self.jobs, clock=self.clock)

    def wait_until(self, seconds: float) -> None:
        """Let time pass to so many seconds after nine, the work of tracking done as it falls due."""
        self.jobs.run_until(after(seconds), self.handlers)

    def record(self, *batches: Batch, limits: Limits | None = None) -> Recorded:
        with self.database.session(self.organisation_id) as session:
            return record_positions(
                session,
                self.organisation_id,
                batches,
                watches=self.watches,
                jobs=self.jobs,
                clock=self.clock,
                limits=limits,
            )

    def path(self, vehicle_id: UUID) -> Sequence[Fix]:
        with self.database.session(self.organisation_id) as session:
            return list_path(session, self.organisation_id, vehicle_id, since=after(-3600), until=after(7200))

    def newest(self) -> dict[UUID, Fix]:
        with self.database.session(self.organisation_id) as session:
            return {one.vehicle_id: one.fix for one in list_newest_positions(session, self.organisation_id)}

    def facts(self, route: TrackedRoute) -> list[tuple[str, Any]]:
        with self.database.session(self.organisation_id) as session:
            entries = journal.read_stream(session, self.organisation_id, Stream("route", route.route_id))
        return [(entry.type, entry.data) for entry in entries]

    def quarantined(self) -> dict[str, int]:
        with self.database.session(self.organisation_id) as session:
            return count_quarantined(session, self.organisation_id, since=after(-86_400))


def receipt_of(recorded: Recorded) -> Receipt:
    (answer,) = recorded.answers
    assert isinstance(answer, Receipt)
    return answer
