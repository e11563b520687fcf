"""The chain of a stream's events: each event's hash covers all of it and the hash before it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from zaguan.base.kit.facts import Plain, canonical_json, to_plain
from zaguan.base.kit.ids import OrganisationId

# what stands before the first event of a stream
NO_HASH: Final = "0" * 64


@dataclass(frozen=True, slots=True, order=True)
class Stream:
    """The events of one thing: of which kind it is ("order", "route") and its id."""

    kind: str
    id: UUID

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as the journal holds it. `position` orders all events, `sequence` those of one stream from 1 on."""

    id: UUID
    organisation_id: OrganisationId
    position: int
    stream: Stream
    sequence: int
    type: str
    data: Mapping[str, Plain]  # the fact; kit/facts.py reads it back
    actor: str  # who did it: "user:…", "driver:…", "system"
    occurred_at: datetime  # by the one who did it
    recorded_at: datetime  # by the database
    previous: str
    hash: str


class Wrong(StrEnum):
    """What can be wrong with an event that lies in the journal."""

    ALTERED = "altered"  # its hash does not fit what it says
    NOT_CANONICAL = "not_canonical"  # its data means the same, but other bytes lie there
    UNCHAINED = "unchained"  # its previous hash is not the hash of the event before it
    GAP = "gap"  # a number is missing or stands twice
    OUT_OF_ORDER = "out_of_order"  # its position is not after that of the event before it
    HEAD = "head"  # the stream's head tells of another last event: some were cut off, or the head was changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A place where the journal is not as it was written."""

    stream: Stream
    sequence: int
    wrong: Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An event as it lies in the table: what it says, its data byte for byte, and the head of its stream."""

    stream: Stream
    entry: Entry | None  # None: the stream has a head, and no events
    text: str
    head: tuple[int, str] | None


def hash_of(entry: Entry) -> str:
    """Return the SHA-256, in hexadecimal, over the canonical JSON of an event, all but its own hash."""
    covered: dict[str, Plain] = {
        "actor": entry.actor,
        "data": dict(entry.data),
        "id": str(entry.id),
        "occurred_at": to_plain(entry.occurred_at),
        "organisation_id": str(entry.organisation_id),
        "position": entry.position,
        "previous": entry.previous,
        "recorded_at": to_plain(entry.recorded_at),
        "sequence": entry.sequence,
        "stream": str(entry.stream),
        "type": entry.type,
    }
    return hashlib.sha256(canonical_json(covered).encode("utf-8")).hexdigest()


def flaws_of(kept: Iterable[Kept]) -> Iterator[Flaw]:
    """Yield what is wrong with streams, given in order of stream and sequence."""
    last: Kept | None = None
    for one in kept:
        if last is not None and last.stream != one.stream:
            yield from _head_flaw(last)
            last = None
        if one.entry is None:
            # a head whose events are gone
            yield Flaw(stream=one.stream, sequence=0, wrong=Wrong.HEAD)
            continue
        yield from _entry_flaws(one.entry, one.text, None if last is None else last.entry)
        last = one
    if last is not None:
        yield from _head_flaw(last)


def is_canonical(text: str) -> bool:
    """Tell whether a text is the canonical JSON of what it says."""
    try:
        return canonical_json(json.loads(text)) == text
    except ValueError:
        return False


def _entry_flaws(entry: Entry, text: str, last: Entry | None) -> Iterator[Flaw]:
    wrong = {
        Wrong.ALTERED: hash_of(entry) != entry.hash,
        Wrong.NOT_CANONICAL: not is_canonical(text),
        Wrong.UNCHAINED: entry.previous != (NO_HASH if last is None else last.hash),
        Wrong.GAP: entry.sequence != (1 if last is None else last.sequence + 1),
        Wrong.OUT_OF_ORDER: last is not None and entry.position <= last.position,
    }
    yield from (
        Flaw(stream=entry.stream, sequence=entry.sequence, wrong=flaw) for flaw, holds in wrong.items() if holds
    )


def _head_flaw(last: Kept) -> Iterator[Flaw]:
    assert last.entry is not None
    if last.head != (last.entry.sequence, last.entry.hash):
        yield Flaw(stream=last.stream, sequence=last.entry.sequence, wrong=Wrong.HEAD)
