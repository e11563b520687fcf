"""A whole day with every room bound as the roof binds them, on a virtual clock and queue."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tests.fakes.receivers import FakeSender
from tests.operations.planning.builders import DAY
from tests.operations.planning.day import ACTOR, GROUND, LIMITS, PlainDay
from zaguan.adapters.objects.proxy import KeptObjects
from zaguan.adapters.objects.settings import ObjectsSettings
from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.app.reacting import account_reactions, web_handlers, webhook_reactions
from zaguan.app.rooms import room_handlers, room_reactions
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Entry, Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.jobs import Handlers
from zaguan.base.kit.journal import MAX_PAGE
from zaguan.base.kit.reactions import Reactions
from zaguan.base.kit.reactions_tables import ReactionRow
from zaguan.operations.delivery import service as door
from zaguan.operations.delivery.acts import Act, AnyAct
from zaguan.operations.delivery.doing import ActAnswer
from zaguan.operations.delivery.model import ActId
from zaguan.operations.delivery.policy import DoorTerms
from zaguan.operations.delivery.road import PlannedRoad
from zaguan.operations.planning.live import LiveRoute
from zaguan.operations.planning.making import PlanWish, plan_day
from zaguan.operations.planning.publishing import Publication, publish_plan
from zaguan.operations.planning.routes import list_routes
from zaguan.operations.tracking.jobs import TrackingWork
from zaguan.operations.tracking.road_times import PlannedTimes
from zaguan.records.drivers import shifts
from zaguan.records.drivers.model import DatedShift, Shift
from zaguan.records.orders import service as orders
from zaguan.records.orders import terms
from zaguan.records.orders.booking import BookedOrder
from zaguan.records.orders.model import OrderId
from zaguan.records.orders.states import Mover, OrderState

HOUR = 3600
ROAD = PlannedRoad()


class Town:
    """A city's delivery company: its desk, its van, its customers' doors."""

    def __init__(self, database: Database, organisation_id: OrganisationId, folder: Path) -> None:
        self.database, self.organisation_id = database, organisation_id
        self.plain = PlainDay(database, organisation_id)
        self.clock = VirtualClock(self.plain.clock.now())
        self.jobs = VirtualJobs(self.clock)
        self.objects = KeptObjects(ObjectsSettings(folder=folder))
        jobs, clock = self.jobs, self.clock
        bound = [*room_reactions(jobs, clock), *account_reactions(clock), *webhook_reactions(jobs, clock)]
        self.reactions = Reactions(jobs, bound)
        journal.wire(database, self.reactions)
        work = TrackingWork(database=database, jobs=jobs, clock=clock, roads_of=PlannedTimes)
        self.handlers = Handlers(self.reactions.handlers(database, clock=clock))
        self.handlers.add(*room_handlers(work, objects=self.objects, proofs_days=365))
        self.handlers.add(*web_handlers(database, sender=FakeSender(), jobs=jobs, clock=clock))

    def session(self) -> Any:
        """Open a transaction."""
        return self.database.session(self.organisation_id)

    def at(self, hour: float, *, on: date = DAY.on) -> datetime:
        """Let time pass to an hour of a day, with all that happens by itself on the way."""
        moment = DAY.moment(round(hour * HOUR)) + (on - DAY.on)
        self.jobs.run_until(moment, self.handlers)
        assert self.jobs.failed == []
        self.plain.clock.moment = moment
        return moment

    def reacts(self) -> None:
        """Let everybody hear what was told."""
        self.jobs.run_due(self.handlers)
        assert self.jobs.failed == []

    def asks_no_proofs(self) -> None:
        """Let the own shipper demand no proof at its doors."""
        with self.session() as session:
            shipper = terms.own_shipper(session, self.organisation_id, name="Own", time_zone=str(DAY.zone))
            door.set_terms(session, self.organisation_id, shipper.id, DoorTerms(matrix=()))

    def works_on(self, day: date, ref: str) -> None:
        """Give a driver a shift on another day."""
        times = Shift(starts_s=8 * HOUR, ends_s=18 * HOUR)
        shift = DatedShift(ref=f"{ref}-{day}", driver_ref=ref, vehicle_ref=ref, on=day, shift=times)
        with self.session() as session:
            shifts.save_shift(session, self.organisation_id, shift, clock=self.clock, actor=ACTOR)

    def publishes(self, *, on: date = DAY.on) -> Publication:
        """Plan a day on drawn roads, and publish the plan."""
        wish = PlanWish(service_on=on, zone=DAY.zone, settings=self.plain.settings)
        version = plan_day(
            self.database, self.organisation_id, wish, ground=GROUND, clock=self.clock, actor=ACTOR, limits=LIMITS
        )
        with self.session() as session:
            done = publish_plan(
                session, self.organisation_id, version.plan_id, version.version, clock=self.clock, actor=ACTOR
            )
        self.reacts()
        return done

    def route(self, ref: str, *, on: date = DAY.on) -> LiveRoute:
        """Return the route of a driver."""
        with self.session() as session:
            return next(
                each for each in list_routes(session, self.organisation_id, service_on=on) if each.driver_ref == ref
            )

    def cancels(self, order_id: UUID) -> None:
        """Have the desk cancel an order."""
        with self.session() as session:
            orders.move_order(
                session,
                self.organisation_id,
                OrderId(order_id),
                OrderState.CANCELLED,
                by=Mover.DISPATCHER,
                actor=ACTOR,
                clock=self.clock,
            )
        self.reacts()

    def order(self, order_id: UUID) -> BookedOrder:
        """Return an order as it stands."""
        return self.plain.order(order_id)

    def told_of(self, order_id: UUID) -> list[str]:
        """Return what was told of an order."""
        with self.session() as session:
            found = journal.read_stream(session, self.organisation_id, Stream("order", order_id))
        return [entry.type for entry in found]

    def all_told(self) -> tuple[Entry, ...]:
        """Return every event of the organisation."""
        with self.session() as session:
            return journal.read(session, self.organisation_id, limit=MAX_PAGE).entries

    def hears_again(self, *, forgets: bool) -> None:
        """Let everybody hear every event again: as a queue may deliver it, or with no memory of what was done."""
        if forgets:
            with self.session() as session:
                gone = session.execute(
                    sa.delete(ReactionRow).where(ReactionRow.organisation_id == self.organisation_id)
                )
                assert gone is not None
        entries = self.all_told()
        with self.session() as session:
            self.reactions.announce(session, entries)
        self.reacts()

    def flaws(self) -> tuple[Any, ...]:
        """Return where the journal is not as it was written."""
        with self.session() as session:
            return journal.verify(session, self.organisation_id)


@dataclass(slots=True)
class Phone:
    """A driver's phone on a published route."""

    town: Town
    route: LiveRoute
    device_id: UUID = field(default_factory=new_id)
    sequence: int = 0

    def tells(self, made: type[Act], at: datetime, **rest: Any) -> ActAnswer:
        """Do something, and have it heard two seconds later."""
        return self.sends(self.does(made, at, **rest))

    def does(self, made: type[Act], at: datetime, **rest: Any) -> Any:
        """Do something; it waits in the phone."""
        self.sequence += 1
        facts: dict[str, Any] = {
            "act_id": ActId(new_id()),
            "route_id": self.route.id,
            "driver_id": self.route.driver_id,
            "device_id": self.device_id,
            "sequence": self.sequence,
            "happened_at": at,
        }
        return made(**(facts | rest))

    def sends(self, act: AnyAct) -> ActAnswer:
        """Have an act heard."""
        with self.town.session() as session:
            answer = door.report_act(
                session,
                self.town.organisation_id,
                act,
                sent_at=act.happened_at + timedelta(seconds=2),
                road=ROAD,
                clock=self.town.clock,
            )
        self.town.reacts()
        return answer
