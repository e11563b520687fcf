"""Reactions: who hears what, once, in order, and each for itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import Plain
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.jobs import Call, Handlers
from zaguan.base.kit.journal import append, wire
from zaguan.base.kit.reactions import FORGET, REMEMBERED, Heard, Reaction, Reactions

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRung:
    """Somebody rang the bell."""

    type: ClassVar[str] = "bell.rung"
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOpened:
    """Somebody opened."""

    type: ClassVar[str] = "door.opened"


type React = Callable[[Session, OrganisationId, Heard[BellRung]], None]


class House:
    """A database whose events are heard on a virtual clock."""

    def __init__(self, database: Database, organisation_id: OrganisationId, **reacts: React) -> None:
        self.database, self.organisation_id = database, organisation_id
        self.clock = VirtualClock(NOON)
        self.jobs = VirtualJobs(self.clock)
        reactions = Reactions(
            self.jobs, [Reaction(name=name, hears=BellRung, react=react) for name, react in reacts.items()]
        )
        wire(database, reactions)
        self.handlers = Handlers(reactions.handlers(database, clock=self.clock))

    def ring(self, *numbers: int) -> None:
        stream = Stream("bell", self.organisation_id)
        with self.database.session(self.organisation_id) as session:
            facts = [*(BellRung(number=number) for number in numbers), DoorOpened()]
            append(session, self.organisation_id, stream, facts, occurred_at=NOON, actor="system")

    def wait(self, time: timedelta = timedelta(hours=1)) -> None:
        self.jobs.run_until(self.clock.now() + time, self.handlers)

    def notes(self) -> int:
        with self.database.session(self.organisation_id) as session:
            return int(session.execute(sa.text("SELECT count(*) FROM reactions_done")).scalar_one())


def a_call(name: str, organisation_id: OrganisationId, event_id: UUID) -> Call:
    arguments: dict[str, Plain] = {"organisation_id": str(organisation_id), "event_id": str(event_id)}
    return Call(job_id=1, name=name, arguments=arguments, attempt=1, is_last=False, cancelled=bool)


def test_a_reaction_hears_what_it_asked_for(own_database: Database, organisation_id: OrganisationId) -> None:
    """Each reaction to a fact hears it, in the organisation's transaction and the stream's order; others do not."""
    heard: list[tuple[str, int]] = []

    def hears(name: str) -> React:
        def react(_session: Session, organisation: OrganisationId, bell: Heard[BellRung]) -> None:
            assert organisation == organisation_id == bell.entry.organisation_id
            heard.append((name, bell.fact.number))

        return react

    house = House(own_database, organisation_id, one=hears("one"), other=hears("other"))
    house.ring(1, 2)
    assert heard == []
    house.wait()
    assert [number for name, number in heard if name == "one"] == [1, 2]
    assert [number for name, number in heard if name == "other"] == [1, 2]
    assert house.notes() == 4


def test_a_reaction_that_is_done_is_not_done_again(own_database: Database, organisation_id: OrganisationId) -> None:
    """The same job, run a second time, has no second effect."""
    heard: list[int] = []
    house = House(own_database, organisation_id, one=lambda _s, _o, bell: heard.append(bell.fact.number))
    house.ring(7)
    house.wait()
    with own_database.session(organisation_id) as session:
        event_id = session.execute(sa.text("SELECT event_id FROM reactions_done")).scalar_one()
    house.handlers["one"].run(a_call("one", organisation_id, event_id))
    assert heard == [7]


def test_one_that_fails_holds_no_other_up(own_database: Database, organisation_id: OrganisationId) -> None:
    """A reaction that fails leaves no note and is tried again, in its order; another one goes on meanwhile."""
    tried: list[int] = []
    heard: list[int] = []

    def fail_twice(_session: Session, _organisation: OrganisationId, bell: Heard[BellRung]) -> None:
        tried.append(bell.fact.number)
        if len(tried) < 3:
            raise OSError("not yet")

    house = House(
        own_database, organisation_id, failing=fail_twice, other=lambda _s, _o, bell: heard.append(bell.fact.number)
    )
    house.ring(1, 2)
    house.jobs.run_due(house.handlers)
    assert (tried, heard, house.notes()) == ([1], [1, 2], 2)
    house.wait()
    assert (tried, house.notes()) == ([1, 1, 1, 2], 4)


def test_an_event_that_is_not_there_is_a_fault(own_database: Database, organisation_id: OrganisationId) -> None:
    """A reaction to an event that the journal does not have fails, loudly."""
    house = House(own_database, organisation_id, one=lambda _s, _o, _h: None)
    with pytest.raises(LookupError):
        house.handlers["one"].run(a_call("one", organisation_id, new_id()))
    assert house.notes() == 0


def test_notes_are_forgotten_after_a_month(own_database: Database, organisation_id: OrganisationId) -> None:
    """A note that a reaction is done is kept as long as its job could come again, and no longer."""
    house = House(own_database, organisation_id, one=lambda _s, _o, _h: None)
    house.ring(1)
    house.wait()
    with own_database.system_session() as session:
        session.execute(sa.text("UPDATE reactions_done SET done_at = :at"), {"at": NOON})
    forget = a_call(FORGET, organisation_id, new_id())
    house.handlers[FORGET].run(forget)
    assert house.notes() == 1
    house.clock.move_to(NOON + REMEMBERED + timedelta(seconds=1))
    house.handlers[FORGET].run(forget)
    assert house.notes() == 0


def test_two_reactions_have_two_names() -> None:
    """A name is that of one reaction: by it what is done is known."""
    same = Reaction(name="one", hears=BellRung, react=lambda _s, _o, _h: None)
    with pytest.raises(AssertionError):
        Reactions(VirtualJobs(VirtualClock(NOON)), [same, same])
