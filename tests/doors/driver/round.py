"""A driver with a phone and a published route, and their door, for the tests of it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from tests.doors.places import Caller
from tests.operations.planning.builders import TUESDAY, an_order
from tests.operations.planning.day import DayClock, PlainDay
from zaguan.adapters.bus.hub import Hub
from zaguan.adapters.objects.proxy import KeptObjects
from zaguan.adapters.objects.settings import ObjectsSettings
from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.app.phones import driver_ground
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.doors.driver import door
from zaguan.doors.driver.ground import STATE
from zaguan.doors.frame.application import Frame, make_application
from zaguan.doors.frame.threshold import Figures
from zaguan.operations.delivery.policy import DoorTerms
from zaguan.operations.delivery.service import set_terms
from zaguan.operations.planning.live import LiveRoute
from zaguan.operations.tracking.gathering import Gatherer, PositionIntake
from zaguan.operations.tracking.watches import RouteWatches
from zaguan.records.accounts.credentials import DeviceId
from zaguan.records.accounts.devices import link_device, revoke_device
from zaguan.records.accounts.model import operator_of
from zaguan.records.accounts.service import create_organisation


@dataclass(slots=True)
class Round:
    """A published day, and the door that its drivers knock at."""

    day: PlainDay
    app: FastAPI

    def route(self, driver: str = "ana") -> LiveRoute:
        """Return the route of a driver as it stands."""
        return self.day.routes()[driver]

    def link(self, driver: str = "ana") -> str:
        """Make a link for a driver's phone and return its token."""
        driver_id = self.route(driver).driver_id
        assert driver_id is not None
        with self.day.session() as session:
            made = link_device(
                session,
                self.day.organisation_id,
                driver_id,
                by=operator_of(self.day.organisation_id),
                clock=self.day.clock,
            )
        return made.token.reveal()

    def phone(self, driver: str = "ana") -> "Phone":
        """Bind a phone for a driver, as the app does."""
        answer = Caller(self.app, Accept_Language="en").post(
            "/driver/v1/devices", json={"token": self.link(driver), "name": "Moto"}
        )
        assert answer.status_code == 201, answer.text
        bound = answer.json()
        caller = Caller(self.app, Accept_Language="en", Authorization=f"Bearer {bound['token']}")
        return Phone(self, caller, self.route(driver), UUID(bound["device_id"]))

    def revoke(self, phone: "Phone") -> None:
        """Let a phone open nothing any more."""
        with self.day.session() as session:
            revoke_device(
                session,
                self.day.organisation_id,
                DeviceId(phone.device_id),
                by=operator_of(self.day.organisation_id),
                clock=self.day.clock,
            )


@dataclass(slots=True)
class Phone:
    """A driver's phone: it numbers its acts and tells them."""

    round: Round
    caller: Caller
    route: LiveRoute
    device_id: UUID
    sequence: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)

    def act(self, name: str, hour: float, **rest: Any) -> dict[str, Any]:
        """Return an act, done at an hour of the day."""
        self.sequence += 1
        return {
            "name": name,
            "act_id": str(new_id()),
            "route_id": str(self.route.id),
            "sequence": self.sequence,
            "happened_at": self.round.day.clock.set(hour).isoformat(),
            **rest,
        }

    def at_stop(self, name: str, hour: float, stop: int, **rest: Any) -> dict[str, Any]:
        """Return an act at one of the route's stops."""
        return self.act(name, hour, stop_id=str(self.route.stops[stop].id), **rest)

    def hands_over(self, hour: float, stop: int, **rest: Any) -> dict[str, Any]:
        """Return the handing over of a stop's order to its recipient."""
        order_id = str(self.route.stops[stop].order_ids[0])
        return self.at_stop("hand_over", hour, stop, **{"order_id": order_id, "detail": "recipient", **rest})

    def tells(self, *acts: Any, sent_at: str = "") -> list[dict[str, Any]]:
        """Tell acts in one batch and return their results."""
        sent = sent_at or self.round.day.clock.now().isoformat()
        answer = self.caller.post("/driver/v1/acts", json={"sent_at": sent, "acts": list(acts)})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def verdicts(self, *acts: Any) -> list[str]:
        """Tell acts in one batch and return what became of each."""
        return [result["verdict"] for result in self.tells(*acts)]


def a_round(database: Database, folder: Path) -> Round:
    """Return a published day of two vans with six orders, whose shipper asks for no proofs."""
    clock = DayClock()
    with database.system_session() as session:
        organisation = create_organisation(
            session, name=f"Round {new_id()}", locale="es", time_zone="America/Santiago", currency="CLP", clock=clock
        )
    day = PlainDay(database, organisation.id, clock)
    day.crew("ana")
    day.crew("beto")
    ids = day.orders(
        *(
            an_order(str(number), east, 0, service_on=TUESDAY, driver_ref="ana" if east > 0 else "beto")
            for number, east in enumerate((1, 2, 3, -1, -2, -3), start=1)
        )
    )
    with day.session() as session:
        shipper_id = day.order(ids["1"]).shipper_id
        set_terms(session, day.organisation_id, shipper_id, DoorTerms(matrix=()))
    day.publish(day.plan())
    objects = KeptObjects(ObjectsSettings(folder=folder))
    intake = PositionIntake(
        database=database, watches=RouteWatches(), jobs=VirtualJobs(VirtualClock(clock.now())), bus=Hub(), clock=clock
    )
    gatherer = Gatherer(intake.record, threads=1)
    registry = CollectorRegistry()
    frame = Frame(
        title="Zaguán",
        version="1",
        description="",
        registry=registry,
        figures=Figures(registry),
        tags=door.TAGS,
    )
    app = make_application(
        frame, door.ROUTERS, state={STATE: driver_ground(database, objects=objects, gatherer=gatherer, clock=clock)}
    )
    return Round(day, app)
