"""Which room hears which event: bound on the roof, enqueued with the event, done once by a worker.

Rooms announce without knowing who hears. A reaction is a job of its own, so that one that fails is tried again without
the others; those to one stream keep its order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from zaguan.base.kit.chain import Entry
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import Fact, from_plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Call, Handler, Job, Jobs, Retries
from zaguan.base.kit.journal import find_entry
from zaguan.base.kit.reactions_tables import ReactionRow

# no job of a reaction is tried for longer: then nobody asks any more whether it had its effect
REMEMBERED: Final = timedelta(days=30)
FORGET: Final = "reactions.forget"
_EVERY_NIGHT: Final = "17 3 * * *"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard[F: Fact]:
    """An event as a reaction hears it: the fact, and its entry in the journal with stream, moment and actor."""

    fact: F
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction[F: Fact]:
    """What a room does when it hears a fact. `name` says room and deed: "notify.tell_recipient".

    `react` runs in a transaction of the organisation; what it needs besides (a clock, a port) is bound to it by
    `functools.partial`. Its changes and the note that it is done are committed together: run again, it does nothing.
    """

    name: str
    hears: type[F]
    react: Callable[[Session, OrganisationId, Heard[F]], None]
    retries: Retries = Retries()  # noqa: RUF009 (frozen)
    priority: int = 0


class Reactions:
    """All reactions, by what they hear: enqueues them with each event, and gives the handlers that do them."""

    def __init__(self, jobs: Jobs, reactions: Sequence[Reaction[Any]]) -> None:
        names = [reaction.name for reaction in reactions]
        assert len(set(names)) == len(names), "each reaction has a name of its own"
        self._jobs = jobs
        self._reactions = tuple(reactions)
        self._hearers: dict[str, list[Reaction[Any]]] = {}
        for reaction in reactions:
            self._hearers.setdefault(reaction.hears.type, []).append(reaction)

    def announce(self, session: Session, entries: Sequence[Entry]) -> None:
        """Enqueue the reactions to new events, in the events' transaction."""
        jobs = [
            Job(
                name=reaction.name,
                arguments={"organisation_id": str(entry.organisation_id), "event_id": str(entry.id)},
                lock=f"{reaction.name} {entry.stream}",
                priority=reaction.priority,
            )
            for entry in entries
            for reaction in self._hearers.get(entry.type, ())
        ]
        if jobs:
            self._jobs.defer_all(session, jobs)

    def handlers(self, database: Database, *, clock: Clock) -> tuple[Handler, ...]:
        """Return what does the reactions, and what forgets each night which were done long ago."""
        doing = (
            Handler(name=reaction.name, run=partial(_react, database, reaction), retries=reaction.retries)
            for reaction in self._reactions
        )
        return (*doing, Handler(name=FORGET, run=partial(_forget, database, clock), every=_EVERY_NIGHT))


def _react(database: Database, reaction: Reaction[Any], call: Call) -> None:
    """Do a reaction in one transaction, unless it is done already."""
    organisation_id = OrganisationId(UUID(call.text("organisation_id")))
    event_id = UUID(call.text("event_id"))
    note = insert(ReactionRow).values(organisation_id=organisation_id, event_id=event_id, reaction=reaction.name)
    with database.session(organisation_id) as session:
        # a second worker that does the same waits here for the first one's end
        noted = session.execute(note.on_conflict_do_nothing().returning(ReactionRow.event_id)).one_or_none()
        if noted is None:
            return
        entry = find_entry(session, organisation_id, event_id)
        if entry is None:
            raise LookupError(f"{reaction.name}: no event {event_id}")
        fact = from_plain(reaction.hears, dict(entry.data))
        reaction.react(session, organisation_id, Heard(fact=fact, entry=entry))


def _forget(database: Database, clock: Clock, _call: Call) -> None:
    with database.system_session() as session:
        session.execute(sa.delete(ReactionRow).where(ReactionRow.done_at < clock.now() - REMEMBERED))
