"""What becomes of positions with time: chunks after minutes, nothing after the days that they may be kept."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.tracking.chunks import chunk_start
from zaguan.operations.tracking.store import alerts as alert_store
from zaguan.operations.tracking.store import positions as store
from zaguan.operations.tracking.store import routes as route_store
from zaguan.operations.tracking.store import trails as trail_store

SEALED_AFTER: Final = timedelta(minutes=2)  # the end of the five minutes: what is late comes in between
VEHICLES_AT_ONCE: Final = 100  # in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How many days things are kept."""

    positions_days: int = 60
    receipts_days: int = 7

    def __post_init__(self) -> None:
        if self.positions_days < 1 or self.receipts_days < 1:
            raise ValueError("what is kept is kept for a day at least")


def seal_chunks(session: Session, organisation_id: OrganisationId, *, clock: Clock) -> int:
    """Move fixes of five minutes that are over into chunks, of a bounded number of vehicles; return how many fixes.

    Called again until it returns 0.
    """
    before = chunk_start(clock.now() - SEALED_AFTER)
    vehicles = store.vehicles_to_seal(session, organisation_id, before=before, limit=VEHICLES_AT_ONCE)
    if not vehicles:
        return 0
    trail_store.lock_trails(session, organisation_id, vehicles)
    return store.seal(session, organisation_id, vehicles, before=before)


def forget_positions(session: Session, organisation_id: OrganisationId, *, keep: Retention, clock: Clock) -> int:
    """Delete what may not be kept longer: positions, quarantine, receipts, shifts, routes; return how many rows."""
    now = clock.now()
    before = now - timedelta(days=keep.positions_days)
    receipts_before = now - timedelta(days=keep.receipts_days)
    gone = store.forget(session, organisation_id, before=before, receipts_before=receipts_before)
    gone += trail_store.forget_trails(session, organisation_id, before=before)
    gone += trail_store.forget_duties(session, organisation_id, before=before)
    gone += alert_store.forget(session, organisation_id, before=before)
    return gone + route_store.forget(session, organisation_id, before=before)
