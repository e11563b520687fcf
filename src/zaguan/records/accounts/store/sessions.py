"""Sign-in sessions, and the counting of wrong tries."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.records.accounts.credentials import UserSession, UserSessionId
from zaguan.records.accounts.model import Role, User, UserId
from zaguan.records.accounts.store.people import user_of
from zaguan.records.accounts.tables import OrganisationRow, UserRow, UserSessionRow, WrongTriesRow


def add_session(session: Session, opened: UserSession, *, digest: bytes) -> None:
    """Store a new sign-in session."""
    session.add(
        UserSessionRow(
            organisation_id=opened.organisation_id,
            id=opened.id,
            user_id=opened.user_id,
            digest=digest,
            created_at=opened.created_at,
            seen_at=opened.seen_at,
            ended_at=opened.ended_at,
            address=opened.address,
            agent=opened.agent,
        )
    )
    session.flush()


def find_session(session: Session, digest: bytes) -> tuple[UserSession, User, bool, bytes] | None:
    """Return a session by its token's digest: itself, its user, whether the user lacks a demanded second factor,
    and the digest as stored; in any organisation.
    """
    row = session.execute(_sessions().where(UserSessionRow.digest == digest)).one_or_none()
    return None if row is None else (_session(row[0]), user_of(row[1]), row[2], row[0].digest)


def find_session_by_id(
    session: Session, organisation_id: OrganisationId, session_id: UserSessionId
) -> tuple[UserSession, User, bool] | None:
    """Return a session by id, its user, and whether the user lacks a demanded second factor."""
    row = session.execute(
        _sessions().where(UserSessionRow.organisation_id == organisation_id, UserSessionRow.id == session_id)
    ).one_or_none()
    return None if row is None else (_session(row[0]), user_of(row[1]), row[2])


def list_sessions(
    session: Session, organisation_id: OrganisationId, user_id: UserId, *, limit: int = 100
) -> list[UserSession]:
    """Return the newest sessions of a user."""
    rows = session.scalars(
        sa.select(UserSessionRow)
        .where(UserSessionRow.organisation_id == organisation_id, UserSessionRow.user_id == user_id)
        .order_by(UserSessionRow.created_at.desc(), UserSessionRow.id.desc())
        .limit(limit)
    )
    return [_session(row) for row in rows]


def save_seen(session: Session, organisation_id: OrganisationId, session_id: UserSessionId, *, at: datetime) -> None:
    """Store when a session was last used."""
    session.execute(
        sa.update(UserSessionRow)
        .where(UserSessionRow.organisation_id == organisation_id, UserSessionRow.id == session_id)
        .values(seen_at=at)
    )


def end_session(session: Session, organisation_id: OrganisationId, session_id: UserSessionId, *, at: datetime) -> None:
    """Store that a session is over."""
    session.execute(
        sa.update(UserSessionRow)
        .where(UserSessionRow.organisation_id == organisation_id, UserSessionRow.id == session_id)
        .where(UserSessionRow.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_sessions_of(
    session: Session,
    organisation_id: OrganisationId,
    user_id: UserId,
    *,
    at: datetime,
    but: UserSessionId | None = None,
) -> None:
    """Store that all sessions of a user are over, but for one."""
    ended = sa.update(UserSessionRow).where(
        UserSessionRow.organisation_id == organisation_id,
        UserSessionRow.user_id == user_id,
        UserSessionRow.ended_at.is_(None),
    )
    if but is not None:
        ended = ended.where(UserSessionRow.id != but)
    session.execute(ended.values(ended_at=at))


def forget_sessions(session: Session, *, unused_since: datetime) -> int:
    """Remove the sessions of all organisations that nobody used since a moment, and return how many."""
    old = sa.delete(UserSessionRow).where(UserSessionRow.seen_at < unused_since).returning(UserSessionRow.id)
    return len(session.execute(old).all())


def forget_sessions_of(session: Session, organisation_id: OrganisationId, user_id: UserId) -> None:
    """Remove all sessions of a user."""
    session.execute(
        sa.delete(UserSessionRow).where(
            UserSessionRow.organisation_id == organisation_id, UserSessionRow.user_id == user_id
        )
    )


def signed_in_from(session: Session, user_id: UserId, address: str, *, since: datetime) -> bool:
    """Tell whether a user signed in from an address since a moment; in any organisation."""
    found = sa.select(
        sa.exists().where(
            UserSessionRow.user_id == user_id,
            UserSessionRow.created_at >= since,
            UserSessionRow.address == address,
        )
    )
    return bool(session.scalar(found))


def count_try(session: Session, bucket: bytes, *, at: datetime, stretch: timedelta) -> int:
    """Count one more try in a bucket and return how many there are; a stretch that is over begins anew."""
    fresh = WrongTriesRow.ends_at <= at
    counted = (
        insert(WrongTriesRow)
        .values(bucket=bucket, ends_at=at + stretch, tries=1)
        .on_conflict_do_update(
            index_elements=[WrongTriesRow.bucket],
            set_={
                "tries": sa.case((fresh, 1), else_=WrongTriesRow.tries + 1),
                "ends_at": sa.case((fresh, at + stretch), else_=WrongTriesRow.ends_at),
            },
        )
        .returning(WrongTriesRow.tries)
    )
    return session.execute(counted).scalar_one()


def tries_in(session: Session, bucket: bytes, *, at: datetime) -> tuple[int, datetime]:
    """Return how many tries a bucket holds, and when it begins anew."""
    row = session.execute(
        sa.select(WrongTriesRow.tries, WrongTriesRow.ends_at).where(
            WrongTriesRow.bucket == bucket, WrongTriesRow.ends_at > at
        )
    ).one_or_none()
    return (0, at) if row is None else (row.tries, row.ends_at)


def uncount_try(session: Session, bucket: bytes) -> None:
    """Take one try back: it was none of the wrong ones."""
    session.execute(
        sa.update(WrongTriesRow)
        .where(WrongTriesRow.bucket == bucket, WrongTriesRow.tries > 0)
        .values(tries=WrongTriesRow.tries - 1)
    )


def forget_tries(session: Session, bucket: bytes) -> None:
    """Empty a bucket."""
    session.execute(sa.delete(WrongTriesRow).where(WrongTriesRow.bucket == bucket))


def sweep_tries(session: Session, *, at: datetime) -> int:
    """Remove the buckets whose stretch is over, and return how many."""
    swept = sa.delete(WrongTriesRow).where(WrongTriesRow.ends_at <= at).returning(WrongTriesRow.bucket)
    return len(session.execute(swept).all())


def _sessions() -> sa.Select[UserSessionRow, UserRow, bool]:
    lacks_totp = sa.and_(
        OrganisationRow.admins_need_totp, UserRow.role == Role.ADMIN, UserRow.totp_confirmed_at.is_(None)
    )
    return (
        sa.select(UserSessionRow, UserRow, lacks_totp)
        .join(
            UserRow,
            sa.and_(UserRow.organisation_id == UserSessionRow.organisation_id, UserRow.id == UserSessionRow.user_id),
        )
        .join(OrganisationRow, OrganisationRow.organisation_id == UserSessionRow.organisation_id)
    )


def _session(row: UserSessionRow) -> UserSession:
    return UserSession(
        id=row.id,
        organisation_id=row.organisation_id,
        user_id=row.user_id,
        created_at=row.created_at,
        seen_at=row.seen_at,
        ended_at=row.ended_at,
        address=row.address,
        agent=row.agent,
    )
