"""An act with a key is done once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.still_clock import StillClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.records.requests.model import Answer, InProgress, KeyReused
from zaguan.records.requests.service import answer_once, forget_answers

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Act:
    """Something with an effect: it counts how often it was done."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> Answer:
        self.done += 1
        return Answer(status=201, headers=(("ETag", '"v1"'),), body=b'{"number": %d}' % self.done)


def ask(database: Database, organisation_id: OrganisationId, act: Act, key: str, **rest: object) -> tuple[Answer, bool]:
    """Ask for an act, in a transaction of its own."""
    facts = {"owner": "organisation", "fingerprint": "f", "clock": StillClock(NOON), **rest}
    with database.session(organisation_id) as session:
        return answer_once(session, organisation_id, act, key=key, **facts)  # type: ignore[arg-type]


def test_a_repeat_gets_the_same_answer_and_no_effect(database: Database, organisation_id: OrganisationId) -> None:
    """The second request with a key is answered as the first, and nothing is done."""
    act = Act()
    first = ask(database, organisation_id, act, "k")
    again = ask(database, organisation_id, act, "k")
    assert (first[1], again[1], act.done) == (False, True, 1)
    assert first[0] == again[0]


def test_another_request_with_the_same_key_is_refused(database: Database, organisation_id: OrganisationId) -> None:
    """A key stands for one request only."""
    act = Act()
    ask(database, organisation_id, act, "k")
    with pytest.raises(KeyReused):
        ask(database, organisation_id, act, "k", fingerprint="other")
    assert act.done == 1


def test_keys_of_two_owners_never_meet(database: Database, organisation_id: OrganisationId) -> None:
    """The same key of another shipper, or of another organisation, is another key."""
    act = Act()
    ask(database, organisation_id, act, "k")
    assert not ask(database, organisation_id, act, "k", owner="shipper")[1]
    assert not ask(database, OrganisationId(new_id()), act, "k")[1]


def test_a_refused_act_may_be_tried_again(database: Database, organisation_id: OrganisationId) -> None:
    """A refusal keeps no answer: the effect was undone, and so is the key."""

    def refuse() -> Answer:
        raise KeyReused

    with pytest.raises(KeyReused), database.session(organisation_id) as session:
        answer_once(
            session, organisation_id, refuse, owner="organisation", key="k", fingerprint="f", clock=StillClock(NOON)
        )
    assert not ask(database, organisation_id, Act(), "k")[1]


def test_while_the_act_is_being_done_a_repeat_is_refused(database: Database, organisation_id: OrganisationId) -> None:
    """Two transactions with one key: the second is told that the first is under way, and does not wait."""
    inside, go_on, act = threading.Event(), threading.Event(), Act()

    def slowly() -> Answer:
        inside.set()
        assert go_on.wait(10)
        return act()

    def first() -> None:
        with database.session(organisation_id) as session:
            clock = StillClock(NOON)
            answer_once(session, organisation_id, slowly, owner="organisation", key="k", fingerprint="f", clock=clock)

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    with pytest.raises(InProgress):
        ask(database, organisation_id, act, "k")
    go_on.set()
    thread.join()
    assert ask(database, organisation_id, act, "k")[1]
    assert act.done == 1


def test_an_answer_is_forgotten_after_seven_days(own_database: Database, organisation_id: OrganisationId) -> None:
    """After its time a key is new again, and the answer is removed."""
    act = Act()
    ask(own_database, organisation_id, act, "k")
    later = StillClock(NOON + timedelta(days=7, seconds=1))
    assert not ask(own_database, organisation_id, act, "k", clock=later)[1]
    with own_database.system_session() as session:
        assert forget_answers(session, clock=later) == 0
        assert forget_answers(session, clock=StillClock(later.now() + timedelta(days=8))) == 1
