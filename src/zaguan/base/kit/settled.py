"""Up to which position the journal is settled: nothing will ever appear there or before any more.

Positions are handed out while transactions run, and transactions end in any order: a reader that has seen position 7
may have passed over 5, which commits a moment later. So each transaction says before it takes its first position that
it will take some, and above which bound. It says so by advisory locks, which the database drops when the transaction
has ended, however it ends, and only after its rows can be seen:

    lock 1   "I append to this organisation"      shared; its key is the organisation
    lock 2   "all I take is above this bound"     shared; its key is the newest position handed out so far

The reader looks in this order: the newest position handed out; the locks held; the rows. Whoever takes a position after
the look at the locks takes a greater one than the first look saw. Whoever took one before either holds the locks, and
everything up to its bound is settled, or has ended, and its rows are seen by the third look.

Unlike a look at the oldest running transaction, this is not held back by transactions that append nothing, by other
organisations or by other databases of the server.
"""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.journal_tables import POSITIONS

_TAG: Final = 0x5A47  # of all advisory locks of a database ours are those with this tag
_BOUND_BITS: Final = 48
_BOUND_MASK: Final = (1 << _BOUND_BITS) - 1
_ORGANISATION_MASK: Final = 0x7FFF_FFFF  # two organisations on one key hold each other back, no more

# The bound is kept for the transaction: each further lock on it is only counted, and both are forgotten together when a
# savepoint is undone. A setting of an earlier transaction reads as '' afterwards.
_ANNOUNCE: Final = sa.text(
    f"""
    WITH bound AS MATERIALIZED (
        SELECT coalesce(
            nullif(current_setting('zaguan.journal_bound', true), '')::bigint,
            (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {POSITIONS})
        ) AS value
    )
    SELECT set_config('zaguan.journal_bound', value::text, true),
           pg_advisory_xact_lock_shared({_TAG}, :organisation),
           pg_advisory_xact_lock_shared(({_TAG}::bigint << {_BOUND_BITS}) | value)
    FROM bound
    """
)
_NEWEST: Final = sa.text(
    f"""
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END, current_setting('transaction_isolation') FROM {POSITIONS}
    """
)
# a bigint key shows as two halves and objsubid 1, a pair of keys as such and objsubid 2
_LOWEST_BOUND: Final = sa.text(
    f"""
    WITH held AS MATERIALIZED (
        SELECT virtualtransaction, classid::bigint, objid::bigint, objsubid FROM pg_locks
        WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    SELECT min(((bound.classid << 32) | bound.objid) & {_BOUND_MASK})
    FROM held AS organisation JOIN held AS bound USING (virtualtransaction)
    WHERE organisation.objsubid = 2 AND organisation.classid = {_TAG} AND organisation.objid = :organisation
    AND bound.objsubid = 1 AND (bound.classid >> 16) = {_TAG}
    """
)


def announce(session: Session, organisation_id: OrganisationId) -> None:
    """Say that this transaction is going to take positions for an organisation's events. It may be said often."""
    session.execute(_ANNOUNCE, {"organisation": _key(organisation_id)})


def settled_position(session: Session, organisation_id: OrganisationId) -> int:
    """Return the position up to which an organisation's events are all there, for the statements that follow.

    The session reads what is committed at each statement (READ COMMITTED, the default): one that keeps to an older
    state would not see the rows that the locks no longer hold back. It must ask the primary: a replica has no locks.
    """
    newest, isolation = session.execute(_NEWEST).one()
    assert isolation == "read committed", f"the journal is read at read committed, not at {isolation}"
    bound: int | None = session.execute(_LOWEST_BOUND, {"organisation": _key(organisation_id)}).scalar_one()
    return int(newest) if bound is None else min(int(newest), bound)


def _key(organisation_id: OrganisationId) -> int:
    return organisation_id.int & _ORGANISATION_MASK
