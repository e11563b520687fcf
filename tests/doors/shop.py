"""An organisation with shippers and keys, and its gateway, for the tests of the door."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from tests.doors.places import KEY, Caller
from tests.fakes.receivers import FakeSender
from zaguan.adapters.bus.hub import Hub
from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.jobs import Handler, Handlers
from zaguan.doors.frame.application import Frame, make_application
from zaguan.doors.frame.cursors import Cursors
from zaguan.doors.frame.listeners import Listeners
from zaguan.doors.frame.rate import Rate, RateLimit
from zaguan.doors.frame.threshold import Figures
from zaguan.doors.gateway import door
from zaguan.doors.gateway.ground import STATE, Ground
from zaguan.records.accounts.api_keys import authenticate_key, create_key
from zaguan.records.accounts.model import (
    EVERYTHING,
    GRANTABLE,
    PERMISSIONS,
    Permission,
    Principal,
    Role,
    Scope,
    operator_of,
)
from zaguan.records.accounts.service import create_organisation
from zaguan.records.orders.booking import Shipper
from zaguan.records.orders.model import ShipperId
from zaguan.records.orders.terms import save_shipper
from zaguan.records.webhooks import sending

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
EVENT_TYPES = ("order.received", "order.changed", "order.cancelled", "order.planned")


@dataclass(slots=True)
class Shop:
    """An organisation at work."""

    database: Database
    clock: VirtualClock
    jobs: VirtualJobs
    sender: FakeSender
    app: FastAPI
    hub: Hub
    listeners: Listeners
    organisation_id: OrganisationId
    handlers: Handlers
    keys: dict[str, str] = field(default_factory=dict)

    def caller(self, *, shipper_id: UUID | None = None, only: frozenset[Permission] = GRANTABLE) -> Caller:
        """Return a program with a key: the organisation's, or one shipper's."""
        return Caller(self.app, Accept_Language="en", Authorization=f"Bearer {self.key(shipper_id, only)}")

    def key(self, shipper_id: UUID | None = None, only: frozenset[Permission] = GRANTABLE) -> str:
        """Make a key and return its secret."""
        scope = EVERYTHING if shipper_id is None else Scope(shipper_id=shipper_id)
        granted = only if shipper_id is None else only & PERMISSIONS[Role.SHIPPER]
        with self.database.session(self.organisation_id) as session:
            created = create_key(
                session,
                self.organisation_id,
                name="shop",
                grants=granted,
                scope=scope,
                by=operator_of(self.organisation_id),
                clock=self.clock,
            )
        return created.secret.reveal()

    def shipper(self, ref: str) -> UUID:
        """Add a shipper."""
        shipper = Shipper(id=ShipperId(new_id()), ref=ref, name=ref.title())
        with self.database.session(self.organisation_id) as session:
            return save_shipper(session, self.organisation_id, shipper).id

    def work(self, by: timedelta = timedelta()) -> None:
        """Let the worker work, and time pass."""
        self.jobs.run_until(self.clock.now() + by, self.handlers)
        assert self.jobs.failed == []


def a_shop(database: Database, *, calls: Rate = Rate(per_minute=60_000, burst=10_000), has_region: bool = True) -> Shop:
    """Return an organisation with its gateway, everything real but the clock, the queue and the network."""
    clock, sender, hub = VirtualClock(NOON), FakeSender(), Hub()
    jobs, listeners = VirtualJobs(clock), Listeners(hub)
    with database.system_session() as session:
        organisation = create_organisation(
            session,
            name=f"Shop {new_id()}",
            locale="es",
            time_zone="America/Santiago",
            currency="CLP",
            clock=clock,
        )

    def identify(secret: str, address: str) -> Principal:
        with database.system_session() as session:
            return authenticate_key(session, secret, address=address, clock=clock)

    ground = Ground(
        database=database,
        clock=clock,
        jobs=jobs,
        cursors=Cursors(KEY),
        identify=identify,
        calls=RateLimit(calls),
        guesses=RateLimit(Rate(per_minute=60, burst=60)),
        event_types=EVENT_TYPES,
        has_region=has_region,
    )
    registry = CollectorRegistry()
    figures = Figures(registry)
    frame = Frame(
        title="Zaguán",
        version="1",
        description="",
        registry=registry,
        figures=figures,
        tags=door.TAGS,
        streams=door.STREAMS,
    )
    app = make_application(frame, door.ROUTERS, streams=door.streams(listeners, figures), state={STATE: ground})
    run = partial(sending.send_due, database, sender, jobs, clock)
    return Shop(
        database=database,
        clock=clock,
        jobs=jobs,
        sender=sender,
        app=app,
        hub=hub,
        listeners=listeners,
        organisation_id=organisation.id,
        handlers=Handlers([Handler(name=sending.DRAIN, run=run)]),
    )


def an_order(external_id: str = "A-1", **rest: Any) -> dict[str, Any]:
    """Return an order as a shop writes it."""
    return {
        "external_id": external_id,
        "place": {"address": "Los Olivos 123", "commune": "La Serena", "point": {"lon": -71.25, "lat": -29.9}},
        "recipient": {"name": "Ana Núñez", "phone": "+56955550100", "email": "ana@example.cl"},
        "service_on": "2026-05-05",
        "windows": [{"opens": "09:30", "closes": "12:00"}],
        "parcels": [{"barcode": f"{external_id}-1", "weight_g": 4000}],
        **rest,
    }


def send(caller: Caller, path: str, body: object, key: str | None = None) -> httpx.Response:
    """Act, with a key of its own unless one is given."""
    return caller.post(path, json=body, headers={"Idempotency-Key": key or str(new_id())})
