"""Organisations, users and their second factor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.words import Locale
from zaguan.records.accounts.credentials import Totp
from zaguan.records.accounts.model import Organisation, Role, Scope, User, UserId
from zaguan.records.accounts.refusals import EmailTaken, OrganisationNotFound, OrganisationTaken, UserNotFound
from zaguan.records.accounts.tables import OrganisationRow, RecoveryCodeRow, Scoped, UserRow

ORGANISATIONS_PER_PAGE: Final = 1_000
SCOPE_COLUMNS: Final = ("hub_id", "shipper_id", "partner_id", "driver_id")


def add_organisation(session: Session, organisation: Organisation) -> None:
    """Store a new organisation. Refused: OrganisationTaken."""
    added = session.execute(
        insert(OrganisationRow)
        .values(
            organisation_id=organisation.id,
            name=organisation.name,
            name_key=organisation.name.casefold(),
            locale=organisation.locale,
            time_zone=organisation.time_zone,
            currency=organisation.currency,
            admins_need_totp=organisation.admins_need_totp,
            created_at=organisation.created_at,
        )
        .on_conflict_do_nothing()
        .returning(OrganisationRow.organisation_id)
    )
    if added.first() is None:
        raise OrganisationTaken()


def save_organisation(session: Session, organisation: Organisation) -> None:
    """Store what an organisation is by now. Refused: OrganisationTaken."""
    changed = (
        sa.update(OrganisationRow)
        .where(OrganisationRow.organisation_id == organisation.id)
        .values(
            name=organisation.name,
            name_key=organisation.name.casefold(),
            locale=organisation.locale,
            time_zone=organisation.time_zone,
            currency=organisation.currency,
            admins_need_totp=organisation.admins_need_totp,
        )
    )
    # the one that has the name stands behind the wall: only the database sees it
    try:
        with session.begin_nested():
            session.execute(changed)
    except IntegrityError:
        raise OrganisationTaken() from None


def get_organisation(session: Session, organisation_id: OrganisationId, *, lock: bool = False) -> Organisation:
    """Return an organisation; `lock` keeps other writers of its accounts waiting until the transaction ends."""
    wanted = sa.select(OrganisationRow).where(OrganisationRow.organisation_id == organisation_id)
    row = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise OrganisationNotFound()
    return _organisation(row)


def find_organisation_named(session: Session, name: str) -> Organisation | None:
    """Return the organisation of that name, in whatever case."""
    row = session.scalars(
        sa.select(OrganisationRow).where(OrganisationRow.name_key == name.strip().casefold())
    ).one_or_none()
    return None if row is None else _organisation(row)


def list_organisations(session: Session, *, limit: int = ORGANISATIONS_PER_PAGE) -> list[Organisation]:
    """Return the organisations of this server by name."""
    rows = session.scalars(sa.select(OrganisationRow).order_by(OrganisationRow.name_key).limit(limit))
    return [_organisation(row) for row in rows]


def add_user(session: Session, user: User, *, password_hash: str | None) -> None:
    """Store a new user. Refused: EmailTaken."""
    added = session.execute(
        insert(UserRow)
        .values(
            organisation_id=user.organisation_id,
            id=user.id,
            email=user.email,
            name=user.name,
            role=user.role,
            password_hash=password_hash,
            totp_last_step=0,
            created_at=user.created_at,
            **scope_values(user.scope),
        )
        .on_conflict_do_nothing()
        .returning(UserRow.id)
    )
    if added.first() is None:
        raise EmailTaken()


def get_user(session: Session, organisation_id: OrganisationId, user_id: UserId) -> User:
    """Return a user of the organisation."""
    row = session.get(UserRow, (organisation_id, user_id))
    if row is None:
        raise UserNotFound()
    return _user(row)


def find_user_by_email(session: Session, email: str, *, lock: bool = False) -> tuple[User, str | None] | None:
    """Return the user who signs in with an e-mail, and the hash of the password; in any organisation.

    `lock` keeps others from changing the user until the transaction ends.
    """
    wanted = sa.select(UserRow).where(UserRow.email == email)
    row = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    return None if row is None else (_user(row), row.password_hash)


def password_hash_of(session: Session, organisation_id: OrganisationId, user_id: UserId) -> str | None:
    """Return the hash of a user's password, or None where there is none."""
    return session.scalars(sa.select(UserRow.password_hash).where(*_is(organisation_id, user_id))).one_or_none()


def list_users(
    session: Session, organisation_id: OrganisationId, *, after: UserId | None = None, limit: int = 100
) -> list[User]:
    """Return a page of the users in the order in which they were added, erased ones left out."""
    wanted = sa.select(UserRow).where(UserRow.organisation_id == organisation_id, UserRow.erased_at.is_(None))
    if after is not None:
        wanted = wanted.where(UserRow.id > after)
    return [_user(row) for row in session.scalars(wanted.order_by(UserRow.id).limit(limit))]


def count_active_admins(session: Session, organisation_id: OrganisationId) -> int:
    """Return how many admins may sign in."""
    return (
        session.scalar(
            sa.select(sa.func.count()).where(
                UserRow.organisation_id == organisation_id, UserRow.role == Role.ADMIN, UserRow.disabled_at.is_(None)
            )
        )
        or 0
    )


def save_password(session: Session, organisation_id: OrganisationId, user_id: UserId, password_hash: str) -> None:
    """Store the hash of a new password."""
    _change(session, organisation_id, user_id, password_hash=password_hash)


def save_role(session: Session, organisation_id: OrganisationId, user_id: UserId, *, role: Role, scope: Scope) -> None:
    """Store another role and scope."""
    _change(session, organisation_id, user_id, role=role, **scope_values(scope))


def save_disabled(
    session: Session, organisation_id: OrganisationId, user_id: UserId, *, disabled_at: datetime | None
) -> None:
    """Store since when a user may not sign in, or that it may."""
    _change(session, organisation_id, user_id, disabled_at=disabled_at)


def erase_user(session: Session, organisation_id: OrganisationId, user_id: UserId, *, at: datetime, name: str) -> None:
    """Take out all that tells who a user was; the row stays, so that facts keep their actor."""
    save_recovery_codes(session, organisation_id, user_id, ())
    _change(
        session,
        organisation_id,
        user_id,
        email=None,
        name=name,
        password_hash=None,
        totp_secret=None,
        totp_confirmed_at=None,
        disabled_at=sa.func.coalesce(UserRow.disabled_at, at),
        erased_at=at,
    )


def find_totp(session: Session, organisation_id: OrganisationId, user_id: UserId, *, lock: bool = False) -> Totp | None:
    """Return the second factor of a user; `lock` lets one code be tried at a time."""
    wanted = sa.select(UserRow.totp_secret, UserRow.totp_confirmed_at, UserRow.totp_last_step)
    wanted = wanted.where(*_is(organisation_id, user_id))
    row = session.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None or row.totp_secret is None:
        return None
    return Totp(secret=row.totp_secret, confirmed_at=row.totp_confirmed_at, last_step=row.totp_last_step)


def save_totp(session: Session, organisation_id: OrganisationId, user_id: UserId, totp: Totp | None) -> None:
    """Store a second factor, or that there is none."""
    _change(
        session,
        organisation_id,
        user_id,
        totp_secret=None if totp is None else totp.secret,
        totp_confirmed_at=None if totp is None else totp.confirmed_at,
        totp_last_step=0 if totp is None else totp.last_step,
    )


def save_recovery_codes(
    session: Session, organisation_id: OrganisationId, user_id: UserId, digests: Sequence[bytes]
) -> None:
    """Store the recovery codes of a user instead of those before."""
    session.execute(
        sa.delete(RecoveryCodeRow).where(
            RecoveryCodeRow.organisation_id == organisation_id, RecoveryCodeRow.user_id == user_id
        )
    )
    if digests:
        rows = [{"organisation_id": organisation_id, "user_id": user_id, "digest": digest} for digest in digests]
        session.execute(insert(RecoveryCodeRow), rows)


def spend_recovery_code(session: Session, organisation_id: OrganisationId, user_id: UserId, digest: bytes) -> bool:
    """Take a recovery code out, and tell whether it was there."""
    spent = session.execute(
        sa.delete(RecoveryCodeRow)
        .where(
            RecoveryCodeRow.organisation_id == organisation_id,
            RecoveryCodeRow.user_id == user_id,
            RecoveryCodeRow.digest == digest,
        )
        .returning(RecoveryCodeRow.digest)
    )
    return spent.first() is not None


def scope_of(row: Scoped) -> Scope:
    """Return the scope that a row holds."""
    return Scope(hub_id=row.hub_id, shipper_id=row.shipper_id, partner_id=row.partner_id, driver_id=row.driver_id)


def scope_values(scope: Scope) -> dict[str, Any]:
    """Return a scope as columns."""
    assert scope.order_id is None, "only a tracking link is of one order"
    return {name: getattr(scope, name) for name in SCOPE_COLUMNS}


def user_of(row: UserRow) -> User:
    """Return the user that a row holds."""
    return _user(row)


def _change(session: Session, organisation_id: OrganisationId, user_id: UserId, **values: Any) -> None:
    changed = session.execute(
        sa.update(UserRow).where(*_is(organisation_id, user_id)).values(values).returning(UserRow.id)
    )
    if changed.first() is None:
        raise UserNotFound()


def _is(organisation_id: OrganisationId, user_id: UserId) -> tuple[sa.ColumnElement[bool], ...]:
    return (UserRow.organisation_id == organisation_id, UserRow.id == user_id)


def _organisation(row: OrganisationRow) -> Organisation:
    return Organisation(
        id=row.organisation_id,
        name=row.name,
        locale=cast(Locale, row.locale),
        time_zone=row.time_zone,
        currency=row.currency,
        admins_need_totp=row.admins_need_totp,
        created_at=row.created_at,
    )


def _user(row: UserRow) -> User:
    return User(
        id=row.id,
        organisation_id=row.organisation_id,
        email=row.email or "",
        name=row.name,
        role=row.role,
        scope=scope_of(row),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        erased_at=row.erased_at,
    )
