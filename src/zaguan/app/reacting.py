"""The wiring table: which room hears which event, and what timers ring."""

from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from zaguan.base.events.driver import DriverArchived
from zaguan.base.events.fact import fact_types
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Call, Handler, Jobs, Retries
from zaguan.base.kit.reactions import Heard, Reaction
from zaguan.records.accounts.devices import revoke_devices_of
from zaguan.records.accounts.model import platform_of
from zaguan.records.accounts.privacy import sweep as sweep_accounts
from zaguan.records.operations.service import forget_operations
from zaguan.records.requests.service import forget_answers
from zaguan.records.webhooks import sending
from zaguan.records.webhooks.ports import Sender

# what happens to people and keys is for the audit trail, not for programs
PRIVATE: Final = ("zaguan.base.events.account",)
_EVERY_NIGHT: Final = "37 3 * * *"


def event_types() -> tuple[str, ...]:
    """Return the types of events that programs may hear of."""
    return tuple(kind for kind, fact in fact_types().items() if fact.__module__ not in PRIVATE)


def webhook_reactions(jobs: Jobs, clock: Clock) -> list[Reaction[Any]]:
    """Return the reactions that tell each event to the endpoints that want it."""

    def tell(session: Session, organisation_id: OrganisationId, heard: Heard[Any]) -> None:
        sending.note_event(session, organisation_id, heard.entry, jobs=jobs, clock=clock)

    types, told = fact_types(), event_types()
    return [Reaction(name=f"webhooks.tell.{kind}", hears=types[kind], react=tell) for kind in told]


def account_reactions(clock: Clock) -> list[Reaction[Any]]:
    """Return what is done about the keys of people who leave."""
    lock_out = partial(_lock_out, clock=clock)
    return [Reaction(name=f"accounts.lock_out.{DriverArchived.type}", hears=DriverArchived, react=lock_out)]


def web_handlers(database: Database, *, sender: Sender, jobs: Jobs, clock: Clock) -> list[Handler]:
    """Return what sends webhooks, and what forgets each night what the doors kept long enough."""
    send = partial(sending.send_due, database, sender, jobs, clock)
    return [
        # the waits between tries are the deliveries' own
        Handler(name=sending.DRAIN, run=send, retries=Retries(attempts=100, longest_wait_s=900)),
        Handler(name=sending.FORGET, run=partial(sending.forget_deliveries, database, clock), every=_EVERY_NIGHT),
        Handler(name="request.forget", run=partial(_forget_answers, database, clock), every=_EVERY_NIGHT),
        Handler(name="operation.forget", run=partial(_forget_operations, database, clock), every=_EVERY_NIGHT),
        Handler(name="account.sweep", run=partial(_sweep_accounts, database, clock), every=_EVERY_NIGHT),
    ]


def _lock_out(session: Session, organisation_id: OrganisationId, heard: Heard[DriverArchived], *, clock: Clock) -> None:
    """Let no phone of a driver who was put away open anything any more."""
    revoke_devices_of(session, organisation_id, heard.fact.driver_id, by=platform_of(organisation_id), clock=clock)


def _forget_answers(database: Database, clock: Clock, _call: Call) -> None:
    with database.system_session() as session:
        forget_answers(session, clock=clock)


def _forget_operations(database: Database, clock: Clock, _call: Call) -> None:
    with database.system_session() as session:
        forget_operations(session, clock=clock)


def _sweep_accounts(database: Database, clock: Clock, _call: Call) -> None:
    with database.system_session() as session:
        sweep_accounts(session, clock=clock)
