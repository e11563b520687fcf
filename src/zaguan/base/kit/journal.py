"""The journal: every change as an event, numbered without gaps in its stream, chained, readable by a cursor.

Events are written in the transaction of the change. Rows are only added. Within a stream they are numbered 1, 2, 3 …:
whoever appends holds the stream's head until the end of the transaction, and an undone transaction leaves no hole.
Over all streams they are ordered by `position`, which has holes where transactions were undone.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.chain import NO_HASH, Entry, Flaw, Kept, Stream, flaws_of, hash_of
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import Fact, Plain, canonical_json, to_plain
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.journal_tables import POSITIONS, EventRow, StreamRow
from zaguan.base.kit.settled import announce, settled_position

PAGE: Final = 500
MAX_PAGE: Final = 10_000
_VERIFIED_AT_ONCE: Final = 2_000
_OUTBOX: Final = "zaguan_outbox"

_LOCK_HEADS: Final = sa.text(
    """
    INSERT INTO journal_streams (organisation_id, kind, id, sequence, hash)
    SELECT :organisation_id, kind, id, count, :no_hash
    FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS uuid[]), CAST(:counts AS bigint[])) AS asked (kind, id, count)
    ORDER BY kind, id
    ON CONFLICT (organisation_id, kind, id) DO UPDATE SET sequence = journal_streams.sequence + excluded.sequence
    RETURNING kind, id, sequence, hash
    """
)
_TAKE_POSITIONS: Final = sa.text(
    f"SELECT nextval('{POSITIONS}') AS position, clock_timestamp() AS recorded_at FROM generate_series(1, :count)"
)
_MOVE_HEADS: Final = sa.text(
    """
    UPDATE journal_streams SET hash = moved.hash
    FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS uuid[]), CAST(:hashes AS text[])) AS moved (kind, id, hash)
    WHERE organisation_id = :organisation_id AND journal_streams.kind = moved.kind AND journal_streams.id = moved.id
    """
)


class Outbox(Protocol):
    """Who is told of new events while their transaction is still open, to have the reactions done after it."""

    def announce(self, session: Session, entries: Sequence[Entry]) -> None:
        """Enqueue the reactions to new events in their own transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader gets: events in order of position, and the cursor to go on `after`."""

    entries: tuple[Entry, ...]
    cursor: int


def wire(database: Database, outbox: Outbox) -> None:
    """Have the reactions to every event that is appended through this database enqueued. Done once, on the roof.

    A database without an outbox only records: that is how a room is tested alone.
    """
    database.engine.update_execution_options(**{_OUTBOX: outbox})


def append(
    session: Session,
    organisation_id: OrganisationId,
    stream: Stream,
    facts: Sequence[Fact],
    *,
    occurred_at: datetime,
    actor: str,
) -> tuple[Entry, ...]:
    """Record what happened to one thing, in the transaction of the change, and enqueue the reactions to it."""
    return append_all(session, organisation_id, [(stream, facts)], occurred_at=occurred_at, actor=actor)


def append_all(
    session: Session,
    organisation_id: OrganisationId,
    told: Sequence[tuple[Stream, Sequence[Fact]]],
    *,
    occurred_at: datetime,
    actor: str,
) -> tuple[Entry, ...]:
    """Record what happened to many things at once, by the same few statements as for one.

    Streams are locked in one order, so that two bulk acts wait for each other instead of crossing. Whoever appends
    by several calls in one transaction does so in the order of the streams' kinds, too.
    """
    assert occurred_at.tzinfo is not None, "a moment must know its time zone"
    assert actor, "an event has someone who did it"
    counts: dict[Stream, int] = {}
    for stream, facts in told:
        counts[stream] = counts.get(stream, 0) + len(facts)
    counts = {stream: count for stream, count in counts.items() if count}
    if not counts:
        return ()
    # first of all, so that readers know that smaller positions than the newest may still come
    announce(session, organisation_id)
    heads = _lock_heads(session, organisation_id, counts)
    taken = iter(session.execute(_TAKE_POSITIONS, {"count": sum(counts.values())}).all())
    entries: list[Entry] = []
    for stream, facts in told:
        for fact in facts:
            sequence, previous = heads[stream]
            position, recorded_at = next(taken)
            entry = Entry(
                id=new_id(),
                organisation_id=organisation_id,
                position=position,
                stream=stream,
                sequence=sequence + 1,
                type=fact.type,
                data=_data_of(fact),
                actor=actor,
                occurred_at=occurred_at,
                recorded_at=recorded_at,
                previous=previous,
                hash="",
            )
            entry = replace(entry, hash=hash_of(entry))
            heads[stream] = (entry.sequence, entry.hash)
            entries.append(entry)
    _insert(session, organisation_id, entries, heads)
    outbox: Outbox | None = session.connection().get_execution_options().get(_OUTBOX)
    if outbox is not None:
        outbox.announce(session, entries)
    return tuple(entries)


def read(
    session: Session,
    organisation_id: OrganisationId,
    *,
    after: int = 0,
    streams: Collection[Stream] | None = None,
    kinds: Collection[str] | None = None,
    types: Collection[str] | None = None,
    limit: int = PAGE,
) -> Reading:
    """Read an organisation's events after a cursor, in order of position; of some streams, kinds or types only.

    No event is ever passed over: one whose transaction commits late holds back all that came after it, until it is
    there or undone.
    """
    assert 1 <= limit <= MAX_PAGE
    settled = settled_position(session, organisation_id)
    query = sa.select(EventRow).where(
        EventRow.organisation_id == organisation_id, EventRow.position > after, EventRow.position <= settled
    )
    if streams is not None:
        wanted = [(stream.kind, stream.id) for stream in streams]
        query = query.where(sa.tuple_(EventRow.stream_kind, EventRow.stream_id).in_(wanted))
    if kinds is not None:
        query = query.where(EventRow.stream_kind.in_(kinds))
    if types is not None:
        query = query.where(EventRow.type.in_(types))
    rows = session.execute(query.order_by(EventRow.position).limit(limit)).scalars().all()
    entries = tuple(_entry_of(row) for row in rows)
    # a full page may have more behind it; otherwise all that is settled was looked at
    cursor = entries[-1].position if len(entries) == limit else max(after, settled)
    return Reading(entries=entries, cursor=cursor)


def read_stream(
    session: Session, organisation_id: OrganisationId, stream: Stream, *, after: int = 0, limit: int = PAGE
) -> tuple[Entry, ...]:
    """Read the events of one stream after a sequence number, oldest first."""
    assert 1 <= limit <= MAX_PAGE
    query = (
        sa.select(EventRow)
        .where(
            EventRow.organisation_id == organisation_id,
            EventRow.stream_kind == stream.kind,
            EventRow.stream_id == stream.id,
            EventRow.sequence > after,
        )
        .order_by(EventRow.sequence)
        .limit(limit)
    )
    return tuple(_entry_of(row) for row in session.execute(query).scalars())


def find_entry(session: Session, organisation_id: OrganisationId, event_id: UUID) -> Entry | None:
    """Return an event by its id, or None."""
    query = sa.select(EventRow).where(EventRow.organisation_id == organisation_id, EventRow.id == event_id)
    row = session.execute(query).scalar_one_or_none()
    return None if row is None else _entry_of(row)


def verify(
    session: Session, organisation_id: OrganisationId, *, streams: Collection[Stream] | None = None
) -> tuple[Flaw, ...]:
    """Check every event of an organisation, or of some streams, against the chain; none: all is as it was written."""
    heads, events = _heads_of(organisation_id, streams), _events_of(organisation_id, streams)
    same = sa.and_(heads.c.kind == events.c.stream_kind, heads.c.id == events.c.stream_id)
    # one statement sees one state: between two, heads would move on
    found = session.execute(
        sa.select(heads.c.kind, heads.c.id.label("head_id"), heads.c.sequence.label("head_sequence"))
        .add_columns(heads.c.hash.label("head_hash"), events)
        .select_from(sa.join(heads, events, same, full=True))
        .order_by(
            sa.func.coalesce(heads.c.kind, events.c.stream_kind),
            sa.func.coalesce(heads.c.id, events.c.stream_id),
            events.c.sequence,
        )
        .execution_options(yield_per=_VERIFIED_AT_ONCE)
    )
    return tuple(flaws_of(_kept(row) for row in found))


def _lock_heads(
    session: Session, organisation_id: OrganisationId, counts: Mapping[Stream, int]
) -> dict[Stream, tuple[int, str]]:
    """Take the heads of streams until the end of the transaction; return number and hash of each last event."""
    streams = sorted(counts)
    moved = session.execute(
        _LOCK_HEADS,
        {
            "organisation_id": organisation_id,
            "no_hash": NO_HASH,
            "kinds": [stream.kind for stream in streams],
            "ids": [stream.id for stream in streams],
            "counts": [counts[stream] for stream in streams],
        },
    )
    heads = {Stream(kind, id): (sequence, hash) for kind, id, sequence, hash in moved}
    return {stream: (heads[stream][0] - count, heads[stream][1]) for stream, count in counts.items()}


def _insert(
    session: Session,
    organisation_id: OrganisationId,
    entries: Sequence[Entry],
    heads: Mapping[Stream, tuple[int, str]],
) -> None:
    session.execute(sa.insert(EventRow), [_row_of(entry) for entry in entries])
    session.execute(
        _MOVE_HEADS,
        {
            "organisation_id": organisation_id,
            "kinds": [stream.kind for stream in heads],
            "ids": [stream.id for stream in heads],
            "hashes": [hash for _, hash in heads.values()],
        },
    )


def _data_of(fact: Fact) -> dict[str, Plain]:
    data = to_plain(fact)
    assert isinstance(data, dict), "a fact is a dataclass"
    return data


def _row_of(entry: Entry) -> dict[str, object]:
    return {
        "organisation_id": entry.organisation_id,
        "position": entry.position,
        "id": entry.id,
        "stream_kind": entry.stream.kind,
        "stream_id": entry.stream.id,
        "sequence": entry.sequence,
        "type": entry.type,
        "data": canonical_json(dict(entry.data)),
        "actor": entry.actor,
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _entry_of(row: Any) -> Entry:
    return _entry(row, json.loads(row.data))


def _entry(row: Any, data: dict[str, Plain]) -> Entry:
    return Entry(
        id=row.id,
        organisation_id=row.organisation_id,
        position=row.position,
        stream=Stream(row.stream_kind, row.stream_id),
        sequence=row.sequence,
        type=row.type,
        data=data,
        actor=row.actor,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        previous=row.previous,
        hash=row.hash,
    )


def _heads_of(organisation_id: OrganisationId, streams: Collection[Stream] | None) -> sa.Subquery:
    query = sa.select(StreamRow.__table__).where(StreamRow.organisation_id == organisation_id)
    if streams is not None:
        query = query.where(sa.tuple_(StreamRow.kind, StreamRow.id).in_([(one.kind, one.id) for one in streams]))
    return query.subquery("heads")


def _events_of(organisation_id: OrganisationId, streams: Collection[Stream] | None) -> sa.Subquery:
    query = sa.select(EventRow.__table__).where(EventRow.organisation_id == organisation_id)
    if streams is not None:
        wanted = [(one.kind, one.id) for one in streams]
        query = query.where(sa.tuple_(EventRow.stream_kind, EventRow.stream_id).in_(wanted))
    return query.subquery("events")


def _kept(row: Any) -> Kept:
    """Return a row of the check, whatever somebody made of it."""
    head = None if row.kind is None else (row.head_sequence, row.head_hash)
    if row.stream_id is None:
        return Kept(stream=Stream(row.kind, row.head_id), entry=None, text="", head=head)
    try:
        data = json.loads(row.data)
    except ValueError:
        data = None
    entry = _entry(row, data if isinstance(data, dict) else {})
    return Kept(stream=entry.stream, entry=entry, text=row.data, head=head)
