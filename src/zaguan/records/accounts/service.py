"""Organisations and their users."""

from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Session

from zaguan.base.events import account as facts
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import Fact
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.journal import append
from zaguan.base.kit.words import Locale
from zaguan.records.accounts import audit
from zaguan.records.accounts.credentials import session_of
from zaguan.records.accounts.model import (
    EVERYTHING,
    Organisation,
    Permission,
    Principal,
    Role,
    Scope,
    User,
    UserId,
    check_scope,
    checked_email,
    checked_name,
    checked_password,
    normal_password,
    operator_of,
)
from zaguan.records.accounts.passwords import Passwords
from zaguan.records.accounts.privacy import keep_an_admin
from zaguan.records.accounts.refusals import (
    OrganisationNotFound,
    OrganisationUnclear,
    UserNotFound,
    WrongCredentials,
)
from zaguan.records.accounts.store import people, sessions
from zaguan.records.accounts.tries import count_own_try, take_back

PAGE_LONGEST: Final = 1_000
ORGANISATIONS_NAMED: Final = 12


def create_organisation(
    session: Session,
    *,
    name: str,
    locale: Locale,
    time_zone: str,
    currency: str,
    admins_need_totp: bool = False,
    clock: Clock,
) -> Organisation:
    """Make an organisation, in a session that crosses organisations.

    Refused: BadName, BadLocale, BadTimeZone, BadCurrency, OrganisationTaken.
    """
    organisation = Organisation(
        id=OrganisationId(new_id(clock)),
        name=checked_name(name),
        locale=locale,
        time_zone=time_zone,
        currency=currency,
        admins_need_totp=admins_need_totp,
        created_at=clock.now(),
    )
    people.add_organisation(session, organisation)
    by = operator_of(organisation.id)
    told = facts.OrganisationCreated(organisation_id=organisation.id)
    append(
        session,
        organisation.id,
        Stream("organisation", organisation.id),
        [told],
        occurred_at=organisation.created_at,
        actor=by.actor,
    )
    audit.note(
        session, organisation.id, "organisation.created", record=("organisation", organisation.id), by=by, clock=clock
    )
    return organisation


def get_organisation(session: Session, organisation_id: OrganisationId) -> Organisation:
    """Return an organisation. Refused: OrganisationNotFound."""
    return people.get_organisation(session, organisation_id)


def list_organisations(session: Session) -> list[Organisation]:
    """Return the organisations that the session may see, by name."""
    return people.list_organisations(session)


def find_organisation(session: Session, name: str = "") -> Organisation:
    """Return the organisation of that name or id, or the only one there is, in a session that crosses organisations.

    Refused: OrganisationNotFound, OrganisationUnclear.
    """
    if name:
        found = people.find_organisation_named(session, name)
        if found is None:
            found = next((one for one in people.list_organisations(session) if str(one.id) == name.strip()), None)
        if found is None:
            raise OrganisationNotFound()
        return found
    known = people.list_organisations(session, limit=ORGANISATIONS_NAMED)
    if not known:
        raise OrganisationNotFound()
    if len(known) > 1:
        raise OrganisationUnclear(known=", ".join(organisation.name for organisation in known))
    return known[0]


def add_user(
    session: Session,
    organisation_id: OrganisationId,
    *,
    email: str,
    name: str,
    role: Role,
    scope: Scope = EVERYTHING,
    password: str,
    by: Principal,
    passwords: Passwords,
    clock: Clock,
) -> User:
    """Let somebody sign in.

    Refused: NotPermitted, BadEmail, BadName, BadPassword, ScopeMissing, ScopeUnfit, EmailTaken, OrganisationNotFound.
    """
    by.require(Permission.USERS_MANAGE)
    email = checked_email(email)
    user = User(
        id=UserId(new_id(clock)),
        organisation_id=organisation_id,
        email=email,
        name=checked_name(name),
        role=role,
        scope=scope,
        created_at=clock.now(),
    )
    people.get_organisation(session, organisation_id)
    people.add_user(session, user, password_hash=passwords.hash(checked_password(password, email=email)))
    _tell(session, user, facts.UserAdded(user_id=user.id, role=role.value), by=by, clock=clock)
    return user


def get_user(session: Session, organisation_id: OrganisationId, user_id: UserId) -> User:
    """Return a user. Refused: UserNotFound."""
    return people.get_user(session, organisation_id, user_id)


def get_user_by_email(session: Session, organisation_id: OrganisationId, email: str) -> User:
    """Return the user of the organisation who signs in with an e-mail. Refused: BadEmail, UserNotFound."""
    found = people.find_user_by_email(session, checked_email(email))
    if found is None or found[0].organisation_id != organisation_id:
        raise UserNotFound()
    return found[0]


def list_users(
    session: Session,
    organisation_id: OrganisationId,
    *,
    by: Principal,
    after: UserId | None = None,
    limit: int = PAGE_LONGEST,
) -> list[User]:
    """Return a page of the users in the order in which they were added. Refused: NotPermitted."""
    by.require(Permission.USERS_MANAGE)
    return people.list_users(session, organisation_id, after=after, limit=max(1, min(limit, PAGE_LONGEST)))


def change_role(
    session: Session,
    organisation_id: OrganisationId,
    user_id: UserId,
    *,
    role: Role,
    scope: Scope = EVERYTHING,
    by: Principal,
    clock: Clock,
) -> None:
    """Give a user another role or scope; it counts from the next request on.

    Refused: NotPermitted, UserNotFound, ScopeMissing, ScopeUnfit, LastAdmin.
    """
    by.require(Permission.USERS_MANAGE)
    check_scope(role, scope)
    user = _locked(session, organisation_id, user_id)
    if role is not Role.ADMIN:
        keep_an_admin(session, user)
    people.save_role(session, organisation_id, user_id, role=role, scope=scope)
    _tell(session, user, facts.UserRoleChanged(user_id=user_id, role=role.value), by=by, clock=clock)


def disable_user(
    session: Session, organisation_id: OrganisationId, user_id: UserId, *, by: Principal, clock: Clock
) -> None:
    """Let a user sign in no more and end every session. Refused: NotPermitted, UserNotFound, LastAdmin."""
    by.require(Permission.USERS_MANAGE)
    user = _locked(session, organisation_id, user_id)
    if not user.active:
        return
    keep_an_admin(session, user)
    people.save_disabled(session, organisation_id, user_id, disabled_at=clock.now())
    sessions.end_sessions_of(session, organisation_id, user_id, at=clock.now())
    _tell(session, user, facts.UserDisabled(user_id=user_id), by=by, clock=clock)


def enable_user(
    session: Session, organisation_id: OrganisationId, user_id: UserId, *, by: Principal, clock: Clock
) -> None:
    """Let a disabled user sign in again. Refused: NotPermitted, UserNotFound."""
    by.require(Permission.USERS_MANAGE)
    user = _locked(session, organisation_id, user_id)
    if user.active:
        return
    people.save_disabled(session, organisation_id, user_id, disabled_at=None)
    _tell(session, user, facts.UserEnabled(user_id=user_id), by=by, clock=clock)


def set_password(
    session: Session,
    organisation_id: OrganisationId,
    user_id: UserId,
    password: str,
    *,
    by: Principal,
    passwords: Passwords,
    clock: Clock,
) -> None:
    """Give a user another password and end every session. Refused: NotPermitted, UserNotFound, BadPassword."""
    by.require(Permission.USERS_MANAGE)
    user = _locked(session, organisation_id, user_id)
    hashed = passwords.hash(checked_password(password, email=user.email))
    people.save_password(session, organisation_id, user_id, hashed)
    sessions.end_sessions_of(session, organisation_id, user_id, at=clock.now())
    audit.note(session, organisation_id, "user.password_set", record=("user", user_id), by=by, clock=clock)


def change_password(
    database: Database,
    organisation_id: OrganisationId,
    *,
    old: str,
    new: str,
    by: Principal,
    passwords: Passwords,
    clock: Clock,
) -> None:
    """Change one's own password; other sessions end.

    It opens its own transactions, because a wrong try must stay counted. Refused: WrongCredentials, BadPassword,
    TooManyTries.
    """
    user_id = UserId(by.id)
    counts = count_own_try(database, by.id, clock=clock)
    with database.session(organisation_id) as session:
        user = people.get_user(session, organisation_id, user_id)
        hashed = people.password_hash_of(session, organisation_id, user_id) or passwords.dummy
    if not passwords.verify(hashed, normal_password(old) or ""):
        raise WrongCredentials()
    renewed = passwords.hash(checked_password(new, email=user.email))
    with database.session(organisation_id) as session:
        take_back(session, counts, right=True)
        people.save_password(session, organisation_id, user_id, renewed)
        sessions.end_sessions_of(session, organisation_id, user_id, at=clock.now(), but=session_of(by))
        audit.note(session, organisation_id, "user.password_changed", record=("user", user_id), by=by, clock=clock)


def change_organisation(
    session: Session,
    organisation_id: OrganisationId,
    *,
    name: str | None = None,
    locale: Locale | None = None,
    time_zone: str | None = None,
    currency: str | None = None,
    admins_need_totp: bool | None = None,
    by: Principal,
    clock: Clock,
) -> Organisation:
    """Change what is given of an organisation.

    Refused: NotPermitted, BadName, BadLocale, BadTimeZone, BadCurrency, OrganisationTaken, OrganisationNotFound.
    """
    by.require(Permission.ORGANISATION_MANAGE)
    before = people.get_organisation(session, organisation_id, lock=True)
    given = {
        "name": None if name is None else checked_name(name),
        "locale": locale,
        "time_zone": time_zone,
        "currency": currency,
        "admins_need_totp": admins_need_totp,
    }
    changed: dict[str, Any] = {
        field: value for field, value in given.items() if value is not None and value != getattr(before, field)
    }
    after = replace(before, **changed)
    if not changed:
        return after
    people.save_organisation(session, after)
    told = facts.OrganisationChanged(organisation_id=organisation_id, fields=tuple(sorted(changed)))
    stream = Stream("organisation", organisation_id)
    append(session, organisation_id, stream, [told], occurred_at=clock.now(), actor=by.actor)
    audit.note(
        session,
        organisation_id,
        told.type,
        record=("organisation", organisation_id),
        by=by,
        clock=clock,
        details={"fields": " ".join(told.fields)},
    )
    return after


def _locked(session: Session, organisation_id: OrganisationId, user_id: UserId) -> User:
    """Return a user while nobody else changes users of the organisation: two admins cannot remove each other."""
    people.get_organisation(session, organisation_id, lock=True)
    return people.get_user(session, organisation_id, user_id)


def _tell(session: Session, user: User, told: Fact, *, by: Principal, clock: Clock) -> None:
    """Announce what happened to a user, and write it down in the audit trail."""
    stream = Stream("user", user.id)
    append(session, user.organisation_id, stream, [told], occurred_at=clock.now(), actor=by.actor)
    audit.note(session, user.organisation_id, told.type, record=("user", user.id), by=by, clock=clock)
