"""Signing in and out: e-mail, password, second factor, and limits on wrong tries that spare the real user.

A wrong try counts three times: for this e-mail from this address, for this address, for this e-mail. Whoever signed in
before from the same address, or still holds the cookie of an earlier session, has a count of their own, so that
strangers who guess cannot keep the real user out, however many they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.records.accounts import audit
from zaguan.records.accounts.addresses import checked_address, network_of
from zaguan.records.accounts.credentials import SEEN_EVERY, UserSession, UserSessionId, principal_of
from zaguan.records.accounts.model import (
    Principal,
    Role,
    User,
    UserId,
    checked_email,
    normal_password,
)
from zaguan.records.accounts.passwords import Passwords
from zaguan.records.accounts.refusals import BadEmail, CodeNeeded, NotSignedIn, TooManyTries, WrongCredentials
from zaguan.records.accounts.second_factor import passes_second_factor
from zaguan.records.accounts.store import people, sessions
from zaguan.records.accounts.tokens import NewToken, Purpose, Secret, digest_of, same
from zaguan.records.accounts.tries import Count, bucket_of, count, take_back

STRETCH_OF_EMAIL: Final = timedelta(hours=1)
TRIES_OF_ADDRESS: Final = 50  # an office signs in through one address
TRIES_OF_EMAIL: Final = 50  # from all addresses that are new to the user
KNOWN_FOR: Final = timedelta(days=60)
AGENT_LENGTH: Final = 300
_NOBODY: Final = UserId(UUID(int=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody typed, and from where."""

    email: str = field(repr=False)
    password: str = field(repr=False)
    code: str = field(default="", repr=False)  # of the second factor, or a recovery code
    address: str = field(repr=False)
    agent: str = field(default="", repr=False)
    earlier_token: str = field(default="", repr=False)  # the cookie of a session before, if there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that has begun: who it is, and the token for the cookie, which is shown this once."""

    principal: Principal
    session: UserSession
    token: Secret


def sign_in(database: Database, attempt: Attempt, *, passwords: Passwords, clock: Clock) -> SignedIn:
    """Begin a session. Refused: WrongCredentials, CodeNeeded, TooManyTries.

    It opens its own transactions: a wrong try must stay counted although it is refused, and no connection waits while
    a password is hashed. Whether the e-mail is known, the password wrong or the user disabled makes no difference, in
    words or in work done.
    """
    email = _readable(attempt.email)
    with database.system_session() as session:
        found = None if email is None else people.find_user_by_email(session, email)
        counts = _counts(session, attempt, email, None if found is None else found[0], at=clock.now())
        wait_s = count(session, counts, at=clock.now())
    if wait_s is not None:
        raise TooManyTries(wait_s=wait_s)
    user, hashed = (None, None) if found is None else found
    password = normal_password(attempt.password)
    matches = passwords.verify(hashed or passwords.dummy, password or "")
    if user is None or hashed is None or password is None or not user.active or not matches:
        raise WrongCredentials()
    renewed = passwords.hash(password) if passwords.stale(hashed) else None
    with database.system_session() as session:
        outcome = _open(session, attempt, user.id, hashed=hashed, renewed=renewed, counts=counts, clock=clock)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def sign_out(session: Session, token: str, *, clock: Clock) -> None:
    """End the session of a token, in a session that crosses organisations. A token that is over is let be."""
    found = sessions.find_session(session, digest_of(Purpose.SESSION, token))
    if found is None or found[0].ended_at is not None:
        return
    opened, user = found[0], found[1]
    sessions.end_session(session, opened.organisation_id, opened.id, at=clock.now())
    by = principal_of(user, opened, must_enrol=False)
    audit.note(session, user.organisation_id, "user.signed_out", record=("user", user.id), by=by, clock=clock)


def authenticate_session(session: Session, token: str, *, address: str, clock: Clock) -> Principal:
    """Return who holds a session's token, in a session that crosses organisations. Refused: NotSignedIn."""
    digest, at = digest_of(Purpose.SESSION, token), clock.now()
    found = sessions.find_session(session, digest)
    if found is None:
        raise NotSignedIn()
    opened, user, must_enrol, stored = found
    if not (same(digest, stored) and opened.good(at) and user.active):
        raise NotSignedIn()
    if at - opened.seen_at >= SEEN_EVERY:
        sessions.save_seen(session, opened.organisation_id, opened.id, at=at)
    return principal_of(user, opened, must_enrol=must_enrol, address=checked_address(address))


def _open(
    session: Session,
    attempt: Attempt,
    user_id: UserId,
    *,
    hashed: str,
    renewed: str | None,
    counts: Sequence[Count],
    clock: Clock,
) -> SignedIn | WrongCredentials | CodeNeeded:
    """Ask for the second factor and begin the session; a refusal is returned, so that a spent code stays spent."""
    at, email = clock.now(), checked_email(attempt.email)
    found = people.find_user_by_email(session, email, lock=True)
    # meanwhile the user may have been disabled, or the password changed
    if found is None or found[0].id != user_id or found[1] != hashed or not found[0].active:
        return WrongCredentials()
    user = found[0]
    totp = people.find_totp(session, user.organisation_id, user.id)
    enrolled = totp is not None and totp.confirmed_at is not None
    if enrolled and not attempt.code.strip():
        take_back(session, counts, right=False)
        return CodeNeeded()
    if enrolled and not passes_second_factor(session, user, attempt.code, at=at):
        return WrongCredentials()
    take_back(session, counts, right=True)
    if renewed is not None:
        people.save_password(session, user.organisation_id, user.id, renewed)
    organisation = people.get_organisation(session, user.organisation_id)
    must_enrol = organisation.admins_need_totp and user.role is Role.ADMIN and not enrolled
    opened = UserSession(
        id=UserSessionId(new_id(clock)),
        organisation_id=user.organisation_id,
        user_id=user.id,
        created_at=at,
        seen_at=at,
        address=checked_address(attempt.address),
        agent=_shown(attempt.agent),
    )
    token = NewToken.draw(Purpose.SESSION)
    sessions.add_session(session, opened, digest=token.digest)
    by = principal_of(user, opened, must_enrol=must_enrol)
    audit.note(session, user.organisation_id, "user.signed_in", record=("user", user.id), by=by, clock=clock)
    return SignedIn(principal=by, session=opened, token=token.secret)


def _counts(
    session: Session, attempt: Attempt, email: str | None, user: User | None, *, at: datetime
) -> tuple[Count, ...]:
    """Return where this try is counted. The same is asked of the database for a user and for nobody."""
    user_id = _NOBODY if user is None else user.id
    from_known_address = sessions.signed_in_from(
        session, user_id, checked_address(attempt.address), since=at - KNOWN_FOR
    )
    earlier = sessions.find_session(session, digest_of(Purpose.SESSION, attempt.earlier_token))
    if earlier is not None and earlier[1].id == user_id and at - earlier[0].created_at < KNOWN_FOR:
        return (Count(bucket=bucket_of("device", str(earlier[0].id))),)
    # what is no e-mail is nobody's, and counted as one
    name, network = email or "", network_of(attempt.address)
    pair = Count(bucket=bucket_of("pair", name, network))
    if from_known_address:
        return (pair,)
    return (
        pair,
        Count(bucket=bucket_of("address", network), most=TRIES_OF_ADDRESS, own=False),
        Count(bucket=bucket_of("email", name), most=TRIES_OF_EMAIL, stretch=STRETCH_OF_EMAIL, own=False),
    )


def _readable(email: str) -> str | None:
    try:
        return checked_email(email)
    except BadEmail:
        return None


def _shown(agent: str) -> str:
    """Return what a browser calls itself, as a table takes it."""
    return "".join(sign for sign in agent[:AGENT_LENGTH] if sign.isprintable())
