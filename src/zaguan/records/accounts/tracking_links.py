"""Tracking links: what a recipient holds opens one order, for a time, and nobody else's by guessing."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.records.accounts.addresses import checked_address, network_of
from zaguan.records.accounts.credentials import TRACKING_LIFE, TrackingToken, TrackingTokenId, checked_life
from zaguan.records.accounts.model import Principal
from zaguan.records.accounts.refusals import TooManyTries, TrackingGone
from zaguan.records.accounts.store import credentials as store
from zaguan.records.accounts.store import sessions
from zaguan.records.accounts.tokens import NewToken, Purpose, Secret, digest_of

GUESSES: Final = 30
STRETCH: Final = timedelta(minutes=1)
LIFE_LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrackingLink:
    """A tracking token, and the secret for the recipient's link; shown this once."""

    token: TrackingToken
    secret: Secret


def issue_tracking_token(
    session: Session,
    organisation_id: OrganisationId,
    order_id: UUID,
    *,
    life: timedelta = TRACKING_LIFE,
    clock: Clock,
) -> NewTrackingLink:
    """Make a link to one order. An order may have several: who lost one is sent another. Refused: BadLife."""
    at, drawn = clock.now(), NewToken.draw(Purpose.TRACKING)
    token = TrackingToken(
        id=TrackingTokenId(new_id(clock)),
        organisation_id=organisation_id,
        order_id=order_id,
        created_at=at,
        expires_at=at + checked_life(life, longest=LIFE_LONGEST),
    )
    store.add_tracking_token(session, token, digest=drawn.digest)
    return NewTrackingLink(token=token, secret=drawn.secret)


def revoke_tracking_tokens(session: Session, organisation_id: OrganisationId, order_id: UUID, *, clock: Clock) -> int:
    """Let no link open an order any more, and return how many did."""
    return store.revoke_tracking_tokens(session, organisation_id, order_id, at=clock.now())


def follow_tracking_link(database: Database, secret: str, *, address: str, clock: Clock) -> Principal:
    """Return the recipient who follows a link. Refused: TrackingGone, TooManyTries.

    Unknown, malformed, revoked and over answer alike, and count as a guess of their address. It opens its own
    transaction, because a guess must stay counted although it is refused.
    """
    at = clock.now()
    bucket = hashlib.sha256(f"tracking\x1f{network_of(address)}".encode()).digest()
    with database.system_session() as session:
        guesses, ends_at = sessions.tries_in(session, bucket, at=at)
        token = store.find_tracking_token(session, digest_of(Purpose.TRACKING, secret))
        good = token is not None and token.good(at)
        if guesses < GUESSES and not good:
            sessions.count_try(session, bucket, at=at, stretch=STRETCH)
    if guesses >= GUESSES:
        raise TooManyTries(wait_s=max(1, int((ends_at - at).total_seconds())))
    if token is None or not good:
        raise TrackingGone()
    return replace(token.principal, address=checked_address(address))
