"""What accounts know of a person: told on request, and taken out."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from zaguan.base.events.account import UserErased
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.journal import append
from zaguan.records.accounts import audit
from zaguan.records.accounts.model import Permission, Principal, PrincipalKind, Role, User, UserId
from zaguan.records.accounts.refusals import LastAdmin
from zaguan.records.accounts.store import audit as audit_store
from zaguan.records.accounts.store import people, sessions

ERASED_NAME: Final = "–"
SESSIONS_KEPT: Final = timedelta(days=90)  # after their last use; old cookies are known for as long


def export_person(
    session: Session, organisation_id: OrganisationId, user_id: UserId, *, by: Principal, clock: Clock
) -> dict[str, Any]:
    """Return all that accounts know of a user, as plain values. Refused: NotPermitted, UserNotFound."""
    by.require(Permission.PERSONS_ERASE)
    user = people.get_user(session, organisation_id, user_id)
    totp = people.find_totp(session, organisation_id, user_id)
    audit.note(session, organisation_id, "user.exported", record=("user", user_id), by=by, clock=clock)
    return {
        "id": str(user.id),
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "created_at": user.created_at.isoformat(),
        "disabled_at": _text(user.disabled_at),
        "second_factor": totp is not None and totp.confirmed_at is not None,
        "sessions": [
            {
                "created_at": one.created_at.isoformat(),
                "seen_at": one.seen_at.isoformat(),
                "ended_at": _text(one.ended_at),
                "address": one.address,
                "agent": one.agent,
            }
            for one in sessions.list_sessions(session, organisation_id, user_id, limit=audit.PAGE_LONGEST)
        ],
        "acts": [
            {"at": entry.at.isoformat(), "action": entry.action, "address": entry.address}
            for entry in audit_store.list_entries(
                session, organisation_id, actor=actor_of(user), limit=audit.PAGE_LONGEST
            )
        ],
    }


def erase_person(
    session: Session, organisation_id: OrganisationId, user_id: UserId, *, by: Principal, clock: Clock
) -> None:
    """Take out who a user was: name, e-mail, password, sessions, addresses. What was done stays, under an id.

    Refused: NotPermitted, UserNotFound, LastAdmin.
    """
    by.require(Permission.PERSONS_ERASE)
    people.get_organisation(session, organisation_id, lock=True)
    user = people.get_user(session, organisation_id, user_id)
    if user.erased_at is not None:
        return
    keep_an_admin(session, user)
    at = clock.now()
    people.erase_user(session, organisation_id, user_id, at=at, name=ERASED_NAME)
    sessions.forget_sessions_of(session, organisation_id, user_id)
    append(
        session,
        organisation_id,
        Stream("user", user_id),
        [UserErased(user_id=user_id)],
        occurred_at=at,
        actor=by.actor,
    )
    audit.note(session, organisation_id, UserErased.type, record=("user", user_id), by=by, clock=clock)
    # last: somebody may erase themselves, and that act has an address, too
    audit_store.forget_addresses(session, organisation_id, actor_of(user))


def keep_an_admin(session: Session, user: User) -> None:
    """Refuse to lose the last admin who may sign in; the organisation is locked by then. Refused: LastAdmin."""
    alone = user.role is Role.ADMIN and user.active
    if alone and people.count_active_admins(session, user.organisation_id) <= 1:
        raise LastAdmin()


def sweep(session: Session, *, clock: Clock) -> int:
    """Remove what served its time, in a session that crosses organisations: old sessions, counts of wrong tries."""
    at = clock.now()
    return sessions.forget_sessions(session, unused_since=at - SESSIONS_KEPT) + sessions.sweep_tries(session, at=at)


def actor_of(user: User) -> str:
    """Return how facts and the audit trail name a user."""
    return f"{PrincipalKind.USER.value}:{user.id}"


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
