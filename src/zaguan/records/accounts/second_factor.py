"""The second factor: six digits of an authenticator (RFC 6238), or a recovery code when the phone is lost."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.accounts import audit
from zaguan.records.accounts.credentials import RECOVERY_CODES, Totp, session_of
from zaguan.records.accounts.model import Permission, Principal, User, UserId
from zaguan.records.accounts.refusals import TotpConfirmed, TotpNotBegun, WrongCode
from zaguan.records.accounts.store import people, sessions
from zaguan.records.accounts.tokens import NewToken, Purpose, Secret, digest_of
from zaguan.records.accounts.tries import count_own_try, take_back

ISSUER: Final = "Zaguán"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What an authenticator needs: the secret to type, or the same as a link for a QR code. Shown this once."""

    secret: Secret
    uri: Secret = field(repr=False)


def begin_totp(session: Session, organisation_id: OrganisationId, *, by: Principal, clock: Clock) -> Enrolment:
    """Draw one's own second factor; it counts once it is confirmed. Refused: UserNotFound, TotpConfirmed."""
    user = people.get_user(session, organisation_id, UserId(by.id))
    before = people.find_totp(session, organisation_id, user.id, lock=True)
    if before is not None and before.confirmed_at is not None:
        raise TotpConfirmed()
    totp = Totp.draw()
    people.save_totp(session, organisation_id, user.id, totp)
    audit.note(session, organisation_id, "user.totp_begun", record=("user", user.id), by=by, clock=clock)
    return Enrolment(secret=Secret(totp.secret), uri=Secret(totp.uri(email=user.email, issuer=ISSUER)))


def confirm_totp(
    session: Session, organisation_id: OrganisationId, code: str, *, by: Principal, clock: Clock
) -> tuple[Secret, ...]:
    """Confirm one's own second factor by its first code and return the recovery codes, which are shown this once.

    Refused: TotpNotBegun, TotpConfirmed, WrongCode.
    """
    user_id = UserId(by.id)
    totp = people.find_totp(session, organisation_id, user_id, lock=True)
    if totp is None:
        raise TotpNotBegun()
    if totp.confirmed_at is not None:
        raise TotpConfirmed()
    step = totp.matching_step(code, clock.now())
    if step is None:
        raise WrongCode()
    people.save_totp(session, organisation_id, user_id, replace(totp, confirmed_at=clock.now(), last_step=step))
    # whoever signed in before had one factor only
    sessions.end_sessions_of(session, organisation_id, user_id, at=clock.now(), but=session_of(by))
    audit.note(session, organisation_id, "user.totp_confirmed", record=("user", user_id), by=by, clock=clock)
    return _new_recovery_codes(session, organisation_id, user_id)


def renew_recovery_codes(
    database: Database, organisation_id: OrganisationId, code: str, *, by: Principal, clock: Clock
) -> tuple[Secret, ...]:
    """Return new recovery codes of one's own instead of those before.

    It opens its own transactions, because a wrong code must stay counted.
    Refused: TotpNotBegun, WrongCode, TooManyTries.
    """
    counts = count_own_try(database, by.id, clock=clock)
    with database.session(organisation_id) as session:
        user = _proven(session, organisation_id, code, by=by, at=clock.now())
        take_back(session, counts, right=True)
        audit.note(
            session, organisation_id, "user.recovery_codes_renewed", record=("user", user.id), by=by, clock=clock
        )
        return _new_recovery_codes(session, organisation_id, user.id)


def remove_totp(database: Database, organisation_id: OrganisationId, code: str, *, by: Principal, clock: Clock) -> None:
    """Take one's own second factor away.

    It opens its own transactions, because a wrong code must stay counted.
    Refused: TotpNotBegun, WrongCode, TooManyTries.
    """
    counts = count_own_try(database, by.id, clock=clock)
    with database.session(organisation_id) as session:
        user = _proven(session, organisation_id, code, by=by, at=clock.now())
        take_back(session, counts, right=True)
        _remove(session, organisation_id, user.id)
        audit.note(session, organisation_id, "user.totp_removed", record=("user", user.id), by=by, clock=clock)


def reset_totp(
    session: Session, organisation_id: OrganisationId, user_id: UserId, *, by: Principal, clock: Clock
) -> None:
    """Take away the second factor of somebody who lost phone and codes; sessions end.

    Refused: NotPermitted, UserNotFound.
    """
    by.require(Permission.USERS_MANAGE)
    people.get_user(session, organisation_id, user_id)
    _remove(session, organisation_id, user_id)
    sessions.end_sessions_of(session, organisation_id, user_id, at=clock.now())
    audit.note(session, organisation_id, "user.totp_reset", record=("user", user_id), by=by, clock=clock)


def passes_second_factor(session: Session, user: User, code: str, *, at: datetime) -> bool:
    """Tell whether a code of the authenticator or a recovery code is right, and spend it."""
    totp = people.find_totp(session, user.organisation_id, user.id, lock=True)
    if totp is None or totp.confirmed_at is None:
        return False
    step = totp.matching_step(code, at)
    if step is not None:
        people.save_totp(session, user.organisation_id, user.id, replace(totp, last_step=step))
        return True
    digest = digest_of(Purpose.RECOVERY, code)
    return people.spend_recovery_code(session, user.organisation_id, user.id, digest)


def _proven(session: Session, organisation_id: OrganisationId, code: str, *, by: Principal, at: datetime) -> User:
    """Return the user who has just proven the second factor."""
    user = people.get_user(session, organisation_id, UserId(by.id))
    totp = people.find_totp(session, organisation_id, user.id)
    if totp is None or totp.confirmed_at is None:
        raise TotpNotBegun()
    if not passes_second_factor(session, user, code, at=at):
        raise WrongCode()
    return user


def _remove(session: Session, organisation_id: OrganisationId, user_id: UserId) -> None:
    people.save_totp(session, organisation_id, user_id, None)
    people.save_recovery_codes(session, organisation_id, user_id, ())


def _new_recovery_codes(session: Session, organisation_id: OrganisationId, user_id: UserId) -> tuple[Secret, ...]:
    drawn = [NewToken.draw(Purpose.RECOVERY) for _ in range(RECOVERY_CODES)]
    people.save_recovery_codes(session, organisation_id, user_id, [token.digest for token in drawn])
    return tuple(token.secret for token in drawn)
