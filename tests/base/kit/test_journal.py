"""The journal on a real database: no gap, nothing doubled, nothing passed over, no byte changed unseen."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.chain import Flaw, Stream, Wrong
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import from_plain
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.journal import append, append_all, find_entry, read, read_stream, verify

AT = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
THREADS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRung:
    """Somebody rang the bell."""

    type: ClassVar[str] = "bell.rung"
    times: int
    by: str = "ñandú"


class Undone(Exception):
    """What a transaction fails of."""


def a_stream(kind: str = "bell") -> Stream:
    return Stream(kind, new_id())


def ring(session: Session, organisation_id: OrganisationId, stream: Stream, times: int = 1) -> None:
    append(session, organisation_id, stream, [BellRung(times=times)], occurred_at=AT, actor="user:1")


def rung(database: Database, organisation_id: OrganisationId, stream: Stream, count: int) -> None:
    with database.session(organisation_id) as session:
        facts = [BellRung(times=times) for times in range(1, count + 1)]
        append(session, organisation_id, stream, facts, occurred_at=AT, actor="user:1")


def rung_in_vain(database: Database, organisation_id: OrganisationId, stream: Stream) -> None:
    with suppress(Undone), database.session(organisation_id) as session:
        ring(session, organisation_id, stream)
        raise Undone


def flaws(database: Database, organisation_id: OrganisationId) -> tuple[Flaw, ...]:
    with database.session(organisation_id) as session:
        return verify(session, organisation_id)


@contextmanager
def open_session(database: Database, organisation_id: OrganisationId) -> Iterator[tuple[Session, Callable[[], None]]]:
    """Give a session and what commits it, so that a test decides when transactions end."""
    with ExitStack() as stack:
        session = stack.enter_context(database.session(organisation_id))
        yield session, stack.close


def test_events_are_found_again_as_they_were_told(database: Database, organisation_id: OrganisationId) -> None:
    """What was appended is read with its number, its actor, its moment, and its fact."""
    stream = a_stream()
    rung(database, organisation_id, stream, 2)
    with database.session(organisation_id) as session:
        first, second = read_stream(session, organisation_id, stream)
        assert find_entry(session, organisation_id, second.id) == second
        assert read_stream(session, organisation_id, stream, after=1) == (second,)
        assert read(session, organisation_id).entries == (first, second)
    assert (first.sequence, second.sequence) == (1, 2)
    assert (first.type, first.actor, first.occurred_at) == ("bell.rung", "user:1", AT)
    assert second.previous == first.hash
    assert from_plain(BellRung, dict(second.data)) == BellRung(times=2)


def test_an_undone_transaction_leaves_no_hole(database: Database, organisation_id: OrganisationId) -> None:
    """A transaction that fails takes its numbers back: the next event of the stream has the next number."""
    stream = a_stream()
    rung(database, organisation_id, stream, 1)
    rung_in_vain(database, organisation_id, stream)
    rung(database, organisation_id, stream, 1)
    with database.session(organisation_id) as session:
        assert [entry.sequence for entry in read_stream(session, organisation_id, stream)] == [1, 2]
    assert flaws(database, organisation_id) == ()


def test_many_writers_leave_no_gap_and_nothing_twice(database: Database, organisation_id: OrganisationId) -> None:
    """Eight threads append to the same and to different streams, some undone, while a reader follows.

    Each stream is numbered 1, 2, 3 …, the chain holds, and the reader sees every event once and in order.
    """
    shared, own = a_stream(), [a_stream() for _ in range(THREADS)]
    rounds, seen, done = 25, [], threading.Event()

    def write(number: int) -> None:
        for turn in range(rounds):
            with database.session(organisation_id) as session:
                ring(session, organisation_id, shared, turn + 1)
                ring(session, organisation_id, own[number], turn + 1)
            rung_in_vain(database, organisation_id, own[number])

    def follow() -> None:
        cursor = 0
        while True:
            last = done.is_set()
            with database.session(organisation_id) as session:
                reading = read(session, organisation_id, after=cursor, limit=40)
            seen.extend(reading.entries)
            cursor = reading.cursor
            if last and not reading.entries:
                return

    with ThreadPoolExecutor(THREADS + 1) as pool:
        reader = pool.submit(follow)
        for writer in [pool.submit(write, number) for number in range(THREADS)]:
            writer.result()
        done.set()
        reader.result()
    assert flaws(database, organisation_id) == ()
    with database.session(organisation_id) as session:
        numbers = [entry.sequence for entry in read_stream(session, organisation_id, shared)]
        everything = read(session, organisation_id, limit=1_000).entries
    assert numbers == list(range(1, THREADS * rounds + 1))
    assert len(everything) == 2 * THREADS * rounds
    assert tuple(seen) == everything


def test_a_late_commit_is_not_passed_over(database: Database, organisation_id: OrganisationId) -> None:
    """A reader stops before an event with a smaller position that is not committed yet, and finds it afterwards."""
    slow, quick = a_stream(), a_stream()
    with open_session(database, organisation_id) as (session, commit):
        ring(session, organisation_id, slow)
        rung(database, organisation_id, quick, 1)
        with database.session(organisation_id) as reader:
            early = read(reader, organisation_id)
        assert early.entries == ()
        commit()
    with database.session(organisation_id) as reader:
        later = read(reader, organisation_id, after=early.cursor)
    assert [entry.stream for entry in later.entries] == [slow, quick]


def test_an_undone_transaction_holds_nobody_back(database: Database, organisation_id: OrganisationId) -> None:
    """After a transaction that took a position is undone, the reader goes on behind the hole."""
    rung_in_vain(database, organisation_id, a_stream())
    stream = a_stream()
    rung(database, organisation_id, stream, 1)
    with database.session(organisation_id) as session:
        assert [entry.stream for entry in read(session, organisation_id).entries] == [stream]


def test_a_savepoint_that_is_undone_keeps_the_announcement(database: Database, organisation_id: OrganisationId) -> None:
    """An event appended after an undone savepoint still holds readers back until its transaction ends."""
    with open_session(database, organisation_id) as (session, commit):
        with suppress(Undone), session.begin_nested():
            ring(session, organisation_id, a_stream())
            raise Undone
        kept = a_stream()
        ring(session, organisation_id, kept)
        rung(database, organisation_id, a_stream(), 1)
        with database.session(organisation_id) as reader:
            early = read(reader, organisation_id)
        assert early.entries == ()
        commit()
    with database.session(organisation_id) as reader:
        assert read(reader, organisation_id, after=early.cursor).entries[0].stream == kept


def test_nobody_waits_for_another_organisation(database: Database, organisation_id: OrganisationId) -> None:
    """A long transaction of one organisation, or one that appends nothing, holds no other reader back."""
    other = OrganisationId(new_id())
    with open_session(database, other) as (busy, commit):
        ring(busy, other, a_stream())
        rung(database, organisation_id, a_stream(), 1)
        with database.session(organisation_id) as session:
            assert len(read(session, organisation_id).entries) == 1
        commit()


def test_an_organisation_reads_its_own_events_only(database: Database, organisation_id: OrganisationId) -> None:
    """Asking for another organisation's events finds none, by the query and by the wall."""
    rung(database, organisation_id, a_stream(), 1)
    other = OrganisationId(new_id())
    with database.session(other) as session:
        assert read(session, other).entries == ()
        assert read(session, organisation_id).entries == ()


def test_a_reader_may_ask_for_some_streams_kinds_or_types(database: Database, organisation_id: OrganisationId) -> None:
    """Filters narrow what is read, and the cursor moves past what was not asked for."""
    bell, door = a_stream("bell"), a_stream("door")
    rung(database, organisation_id, bell, 1)
    rung(database, organisation_id, door, 1)
    with database.session(organisation_id) as session:
        of_door = read(session, organisation_id, streams=[door])
        assert [entry.stream for entry in of_door.entries] == [door]
        assert [entry.stream for entry in read(session, organisation_id, kinds=["bell"]).entries] == [bell]
        nothing = read(session, organisation_id, types=["door.slammed"])
        assert nothing.entries == ()
        assert nothing.cursor >= of_door.entries[0].position
        assert read(session, organisation_id, after=nothing.cursor).entries == ()


def test_pages_follow_each_other(database: Database, organisation_id: OrganisationId) -> None:
    """Read page by page, each event comes once and in order."""
    rung(database, organisation_id, a_stream(), 7)
    cursor, numbers = 0, []
    with database.session(organisation_id) as session:
        while reading := read(session, organisation_id, after=cursor, limit=3):
            numbers += [entry.sequence for entry in reading.entries]
            cursor = reading.cursor
            if not reading.entries:
                break
    assert numbers == list(range(1, 8))


def test_many_things_at_once_are_told_as_one_by_one(database: Database, organisation_id: OrganisationId) -> None:
    """A bulk act numbers and chains each stream, one that is told of twice included."""
    one, other = a_stream(), a_stream()
    told = [(one, [BellRung(times=1)]), (other, [BellRung(times=2)]), (one, [BellRung(times=3)]), (a_stream(), [])]
    with database.session(organisation_id) as session:
        entries = append_all(session, organisation_id, told, occurred_at=AT, actor="system")
    assert [(entry.stream, entry.sequence) for entry in entries] == [(one, 1), (other, 1), (one, 2)]
    assert flaws(database, organisation_id) == ()


CHANGES = {
    "data": "replace(data, '1', '2')",
    "data with a blank": "data || ' '",
    "data, no JSON": "'{'",
    "actor": "actor || 'x'",
    "type": "'bell.stolen'",
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "id": "gen_random_uuid()",
    "position": "position + 1000000",
    "sequence": "sequence + 10",
    "stream_id": "gen_random_uuid()",
    "stream_kind": "'door'",
    "previous": "'1' || substr(previous, 2)",
    "hash": "'g' || substr(hash, 2)",
    "organisation_id": "gen_random_uuid()",
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_is_found(database: Database, organisation_id: OrganisationId, change: str) -> None:
    """Whatever column of an event somebody changes in the table, the check of the chain tells."""
    stream = a_stream()
    rung(database, organisation_id, stream, 3)
    assert flaws(database, organisation_id) == ()
    column = change.split()[0].rstrip(",")
    with database.system_session() as session:
        session.execute(
            sa.text(f"UPDATE journal SET {column} = {CHANGES[change]} WHERE stream_id = :id AND sequence = 1"),
            {"id": stream.id},
        )
    assert flaws(database, organisation_id) != ()


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("DELETE FROM journal WHERE stream_id = :id AND sequence = 2", {Wrong.GAP, Wrong.UNCHAINED}),
        ("DELETE FROM journal WHERE stream_id = :id AND sequence = 3", {Wrong.HEAD}),
        ("DELETE FROM journal WHERE stream_id = :id", {Wrong.HEAD}),
        ("DELETE FROM journal_streams WHERE id = :id", {Wrong.HEAD}),
        ("UPDATE journal_streams SET sequence = 2 WHERE id = :id", {Wrong.HEAD}),
    ],
)
def test_what_was_cut_out_is_found(
    database: Database, organisation_id: OrganisationId, statement: str, wrong: set[Wrong]
) -> None:
    """A removed event, a cut end, a removed stream and a changed head are told apart."""
    stream = a_stream()
    rung(database, organisation_id, stream, 3)
    with database.system_session() as session:
        session.execute(sa.text(statement), {"id": stream.id})
    assert {flaw.wrong for flaw in flaws(database, organisation_id)} == wrong


def test_the_chain_can_be_checked_by_others(database: Database, organisation_id: OrganisationId) -> None:
    """The hash is the SHA-256 of the event as JSON with sorted keys: ten lines in any language."""
    rung(database, organisation_id, a_stream(), 1)
    with database.session(organisation_id) as session:
        (entry,) = read(session, organisation_id).entries
    written = {
        "actor": entry.actor,
        "data": {"by": "ñandú", "times": 1},
        "id": str(entry.id),
        "occurred_at": "2026-05-04T12:30:00Z",
        "organisation_id": str(organisation_id),
        "position": entry.position,
        "previous": "0" * 64,
        "recorded_at": entry.recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "sequence": 1,
        "stream": str(entry.stream),
        "type": "bell.rung",
    }
    text = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == entry.hash
