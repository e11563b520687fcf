"""The web process: the doors on one port, and how it starts and stops."""

from dataclasses import dataclass
from importlib.metadata import version
from socket import socket
from types import FrameType
from typing import Final

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI
from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR, CollectorRegistry

from zaguan.app.phones import phones_ground
from zaguan.app.reacting import event_types
from zaguan.base.kit.bus import Bus, News
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.closing import Closing
from zaguan.base.kit.database import Database
from zaguan.base.kit.jobs import Jobs
from zaguan.base.kit.settings import Settings
from zaguan.doors.driver import door as driver_door
from zaguan.doors.driver import ground as driver
from zaguan.doors.frame.application import Frame, make_application
from zaguan.doors.frame.cursors import Cursors
from zaguan.doors.frame.listeners import Listeners
from zaguan.doors.frame.rate import Rate, RateLimit
from zaguan.doors.frame.threshold import Figures
from zaguan.doors.gateway import door
from zaguan.doors.gateway.ground import STATE, Ground
from zaguan.records.accounts.api_keys import authenticate_key
from zaguan.records.accounts.model import Principal
from zaguan.records.installation.service import signing_key

KEEP_ALIVE_S: Final = 75  # longer than phones wait between two uploads: a shorter one breaks some of them
STOP_S: Final = 20  # for answers that are under way
MAX_HEAD_BYTES: Final = 32 << 10
CALLS_OF_A_KEY: Final = Rate(per_minute=6_000, burst=600)
WRONG_KEYS_OF_AN_ADDRESS: Final = Rate(per_minute=60, burst=60)
DESCRIPTION: Final = (
    "Orders in, verified routes out, and what happens on the way. Refusals are `application/problem+json` in the "
    "language of `Accept-Language` (es, en, pt). Lists are paged by cursor; acts take an `Idempotency-Key`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The application, those who listen to its streams, and who stores what its phones send."""

    app: FastAPI
    listeners: Listeners
    gatherer: Closing


def make_web(database: Database, *, settings: Settings, jobs: Jobs, news: News, bus: Bus, clock: Clock) -> Web:
    """Return the application of all doors."""
    registry = CollectorRegistry()
    for collector in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
        registry.register(collector)
    figures, listeners = Figures(registry), Listeners(news)
    with database.system_session() as session:
        key = signing_key(session, clock=clock)
    token = settings.metrics_token
    frame = Frame(
        title="Zaguán",
        version=version("zaguan"),
        description=DESCRIPTION,
        registry=registry,
        figures=figures,
        default_locale=settings.lang or "en",
        checks={"database": lambda: check_database(database)},
        metrics_token="" if token is None else token.get_secret_value(),
        tags=(*door.TAGS, *driver_door.TAGS),
        streams=door.STREAMS,
    )
    ground = gateway_ground(database, settings=settings, jobs=jobs, cursors=Cursors(key), clock=clock)
    phones = phones_ground(database, settings=settings, jobs=jobs, bus=bus, clock=clock)
    app = make_application(
        frame,
        (*door.ROUTERS, *driver_door.ROUTERS),
        streams=door.streams(listeners, figures),
        state={STATE: ground, driver.STATE: phones},
    )
    return Web(app=app, listeners=listeners, gatherer=phones.gatherer)


def gateway_ground(database: Database, *, settings: Settings, jobs: Jobs, cursors: Cursors, clock: Clock) -> Ground:
    """Return what the door for programs stands on."""

    def identify(secret: str, address: str) -> Principal:
        with database.system_session() as session:
            return authenticate_key(session, secret, address=address, clock=clock)

    return Ground(
        database=database,
        clock=clock,
        jobs=jobs,
        cursors=cursors,
        identify=identify,
        calls=RateLimit(CALLS_OF_A_KEY),
        guesses=RateLimit(WRONG_KEYS_OF_AN_ADDRESS),
        event_types=event_types(),
        has_region=settings.region is not None,
        private_targets=settings.webhooks_private_targets,
    )


def check_database(database: Database) -> None:
    """Refuse where the database does not answer."""
    with database.system_session() as session:
        session.execute(sa.text("SELECT 1"))


class Server(uvicorn.Server):
    """A server that sends its listeners home when it is asked to stop: their streams would never end otherwise."""

    def __init__(self, web: Web, *, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                web.app,
                host=settings.host,
                port=settings.port,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=STOP_S,
                h11_max_incomplete_event_size=MAX_HEAD_BYTES,
                http="h11",
                ws="none",
                lifespan="off",
                access_log=False,
                server_header=False,
                log_config=None,
                forwarded_allow_ips=settings.trusted_proxies,
            )
        )
        self._listeners, self._gatherer = web.listeners, web.gatherer

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop taking calls and end the streams; at the second signal, stop at once."""
        self._listeners.close()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Let what is under way end, then store no more positions."""
        await super().shutdown(sockets)
        self._gatherer.close()
