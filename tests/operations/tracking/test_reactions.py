"""What tracking hears: routes are followed as planning has them, and vehicles watched while somebody is at work."""

from datetime import datetime

import pytest

from tests.operations.planning.day import ACTOR, PlainDay
from tests.operations.tracking.builders import EvenRoads, a_batch, east, sent
from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.base.kit import journal
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Handlers
from zaguan.base.kit.reactions import Reactions
from zaguan.operations.planning.live import LiveRoute, StopId, StopState
from zaguan.operations.planning.routes import end_route, report_stop, start_route
from zaguan.operations.tracking.jobs import TrackingWork, handlers
from zaguan.operations.tracking.model import Receipt
from zaguan.operations.tracking.model import StopState as Said
from zaguan.operations.tracking.reactions import reactions
from zaguan.operations.tracking.service import record_positions
from zaguan.operations.tracking.store.routes import Followed, get_route
from zaguan.operations.tracking.watches import RouteWatches
from zaguan.records.drivers.model import ShiftState
from zaguan.records.drivers.shifts import change_shift_state


class Town:
    """A day of planning, with tracking bound to its facts."""

    def __init__(self, database: Database, organisation_id: OrganisationId) -> None:
        self.day = PlainDay(database, organisation_id)
        self.organisation_id = organisation_id
        self.clock = VirtualClock(self.day.clock.now())
        self.jobs = VirtualJobs(self.clock)
        bound = Reactions(self.jobs, reactions(self.jobs, self.clock))
        journal.wire(database, bound)
        work = TrackingWork(database=database, jobs=self.jobs, clock=self.clock, roads_of=lambda _route: EvenRoads())
        self.handlers = Handlers([*bound.handlers(database, clock=self.clock), *handlers(work)])

    def publish(self) -> LiveRoute:
        """Plan and publish a day of one van with three orders; return its route."""
        self.day.crew("van")
        self.day.some_orders((1, 0), (2, 0), (3, 0))
        self.day.publish(self.day.plan())
        self.react()
        return self.route()

    def route(self) -> LiveRoute:
        return self.day.routes()["van"]

    def at(self, hour: float) -> datetime:
        self.clock.move_to(self.day.clock.set(hour))
        return self.clock.now()

    def react(self) -> None:
        self.jobs.run_due(self.handlers)
        assert self.jobs.failed == []

    def followed(self, route: LiveRoute) -> Followed:
        with self.day.session() as session:
            return get_route(session, self.organisation_id, route.id)

    def sent(self, route: LiveRoute) -> Receipt:
        """Send where the vehicle is; return the answer."""
        assert route.vehicle_id is not None
        fix = sent(0, east(0), at=self.clock.now())
        with self.day.session() as session:
            recorded = record_positions(
                session,
                self.organisation_id,
                [a_batch(fix, vehicle_id=route.vehicle_id)],
                watches=RouteWatches(),
                jobs=self.jobs,
                clock=self.clock,
            )
        (answer,) = recorded.answers
        assert isinstance(answer, Receipt)
        return answer


@pytest.fixture
def town(own_database: Database, organisation_id: OrganisationId) -> Town:
    """A town of which nothing is known yet, in a database of its own."""
    return Town(own_database, organisation_id)


def test_a_published_route_is_followed_as_planned(town: Town) -> None:
    """Stops, times, windows and lines of the followed route are those of the plan."""
    live = town.publish()
    route = town.followed(live).route
    assert (route.version, route.vehicle_id) == (live.version, live.vehicle_id)
    assert [stop.stop_id for stop in route.stops] == [stop.id for stop in live.stops]
    assert [stop.arrives_at for stop in route.stops] == [stop.sheet.arrives_at for stop in live.stops]
    assert [stop.line for stop in route.stops] == list(live.sheet.geometry[:-1])
    assert route.back_line == live.sheet.geometry[-1]
    assert route.shift_starts_at <= route.leaves_at < route.shift_ends_at


def test_what_drivers_do_is_known(town: Town) -> None:
    """A departure, an arrival and a stop that is done are known as soon as the facts were heard."""
    live = town.publish()
    first = StopId(live.stops[0].id)
    left_at = town.at(8.0)
    with town.day.session() as session:
        start_route(session, town.organisation_id, live.id, at=left_at, actor=ACTOR)
    arrived_at = town.at(8.2)
    with town.day.session() as session:
        report_stop(session, town.organisation_id, first, StopState.ARRIVED, at=arrived_at)
    done_at = town.at(8.3)
    with town.day.session() as session:
        report_stop(session, town.organisation_id, first, StopState.DONE, at=done_at)
    town.react()
    actuals = town.followed(live).actuals
    assert actuals.departed_at == left_at
    assert actuals.of(first).state is Said.DONE
    assert (actuals.of(first).arrived_at, actuals.of(first).left_at) == (arrived_at, done_at)


def test_an_ended_route_is_let_go(town: Town) -> None:
    """When a route has ended it is followed no longer, and its vehicle is not watched any more."""
    live = town.publish()
    left_at = town.at(8.0)
    with town.day.session() as session:
        start_route(session, town.organisation_id, live.id, at=left_at, actor=ACTOR)
    town.react()
    town.at(9.0)
    assert town.sent(live).accepted == 1
    with town.day.session() as session:
        end_route(session, town.organisation_id, live.id, at=town.at(10.0), actor=ACTOR)
    town.react()
    town.at(11.0)
    assert town.followed(live).closed_at is not None
    assert town.sent(live).quarantined == {"outside_shift": 1}


def test_a_shift_is_watched_from_its_start_to_its_end(town: Town) -> None:
    """A driver who begins early is seen from then on, and not after the end, though the route is still open."""
    live = town.publish()
    town.at(6.5)
    assert town.sent(live).quarantined == {"outside_shift": 1}
    change_shift(town, ShiftState.STARTED)
    town.at(7.0)
    assert town.sent(live).accepted == 1
    town.at(12.0)
    change_shift(town, ShiftState.ENDED)
    town.at(13.0)
    assert town.sent(live).quarantined == {"outside_shift": 1}


def change_shift(town: Town, state: ShiftState) -> None:
    with town.day.session() as session:
        change_shift_state(session, town.organisation_id, "van-shift", state, actor=ACTOR, clock=town.day.clock)
    town.react()
