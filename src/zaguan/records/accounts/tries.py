"""Counting of tries, so that nobody guesses for long. Counted before a try is judged, in a transaction of its own."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.records.accounts.refusals import TooManyTries
from zaguan.records.accounts.store import sessions

TRIES: Final = 10
STRETCH: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Where a try is counted, and how many there may be in a stretch of time."""

    bucket: bytes
    most: int = TRIES
    stretch: timedelta = STRETCH
    own: bool = True  # emptied by a right try; of others only this try is taken back


def bucket_of(kind: str, *names: str) -> bytes:
    """Return the name of a count as a hash: who tried, and from where, is not to be read from the table."""
    return hashlib.sha256("\x1f".join((kind, *names)).encode("utf-8", "surrogatepass")).digest()


def count(session: Session, counts: Sequence[Count], *, at: datetime) -> int | None:
    """Count a try and return None, or return for how many seconds to wait where there were too many.

    A try that is turned away is not counted: it was no guess.
    """
    held = [(one, *sessions.tries_in(session, one.bucket, at=at)) for one in counts]
    ends = [ends_at for one, tries, ends_at in held if tries >= one.most]
    if not ends:
        for one in _in_order(counts):
            # many at once may all have seen room before
            if sessions.count_try(session, one.bucket, at=at, stretch=one.stretch) > one.most:
                ends.append(at + one.stretch)
    return None if not ends else max(1, int((max(ends) - at).total_seconds()))


def take_back(session: Session, counts: Sequence[Count], *, right: bool) -> None:
    """Take a try back that was not wrong; one that was right empties its own counts."""
    for one in _in_order(counts):
        if one.own and right:
            sessions.forget_tries(session, one.bucket)
        else:
            sessions.uncount_try(session, one.bucket)


def count_own_try(database: Database, user_id: UUID, *, clock: Clock) -> Sequence[Count]:
    """Count a try of somebody who has signed in and must prove it again. Refused: TooManyTries."""
    counts = (Count(bucket=bucket_of("own", str(user_id))),)
    with database.system_session() as session:
        wait_s = count(session, counts, at=clock.now())
    if wait_s is not None:
        raise TooManyTries(wait_s=wait_s)
    return counts


def _in_order(counts: Sequence[Count]) -> list[Count]:
    """Return counts in the order in which all lock them, so that two tries at once wait instead of crossing."""
    return sorted(counts, key=lambda one: one.bucket)
