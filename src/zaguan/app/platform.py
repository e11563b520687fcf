"""The platform, wired: database, bus, queue, and who reacts to what. Web and worker stand on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from zaguan.adapters.bus.postgres import PostgresBus
from zaguan.adapters.procrastinate.jobs import WAKE_CHANNEL, WAKE_MESSAGE, ProcrastinateJobs
from zaguan.adapters.webhooks.proxy import WebhookSender
from zaguan.adapters.webhooks.settings import WebhookSettings
from zaguan.app.news import WakingOutbox
from zaguan.app.reacting import account_reactions, web_handlers, webhook_reactions
from zaguan.app.rooms import Outside, installed_handlers, outside, room_reactions
from zaguan.app.storage import ready_database
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.jobs import Handlers
from zaguan.base.kit.journal import wire
from zaguan.base.kit.reactions import Reactions
from zaguan.base.kit.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What web and worker stand on."""

    settings: Settings
    clock: Clock
    database: Database
    bus: PostgresBus
    jobs: ProcrastinateJobs
    handlers: Handlers


@contextmanager
def running_platform(settings: Settings, clock: Clock) -> Iterator[Platform]:
    """Give the platform, its database ready; refused is what `ready_database` and `outside` refuse."""
    with (
        ready_database(settings, clock) as database,
        PostgresBus(database.url) as bus,
        outside(settings) as around,
    ):
        yield wired_platform(settings, clock, database, bus, around)


def wired_platform(
    settings: Settings,
    clock: Clock,
    database: Database,
    bus: PostgresBus,
    around: Outside | None = None,
) -> Platform:
    """Return the platform on a database and a bus: who appends an event enqueues its reactions and wakes streams."""
    jobs = ProcrastinateJobs(wake=lambda: bus.ring(WAKE_CHANNEL, WAKE_MESSAGE))
    reactions = Reactions(
        jobs, [*room_reactions(jobs, clock), *account_reactions(clock), *webhook_reactions(jobs, clock)]
    )
    wire(database, WakingOutbox(reactions, bus))
    sender = WebhookSender(WebhookSettings(private_allowed=settings.webhooks_private_targets))
    handlers = Handlers(reactions.handlers(database, clock=clock))
    handlers.add(*installed_handlers(settings, database, around or Outside(), jobs=jobs, clock=clock))
    handlers.add(*web_handlers(database, sender=sender, jobs=jobs, clock=clock))
    return Platform(settings=settings, clock=clock, database=database, bus=bus, jobs=jobs, handlers=handlers)
