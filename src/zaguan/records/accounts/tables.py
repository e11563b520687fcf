"""The tables of accounts. No secret stands in them that could be used: passwords and tokens are kept as hashes."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from zaguan.base.kit.tables import Base, Currency, Owned, TextList, reference
from zaguan.base.kit.wall import GUARDS
from zaguan.records.accounts.credentials import ApiKeyId, DeviceId, TrackingTokenId, UserSessionId
from zaguan.records.accounts.model import Role, UserId

_ENTRIES_STAY = """
    CREATE OR REPLACE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            OLD.address := NULL;
            IF NEW IS NOT DISTINCT FROM OLD THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
    END $$
"""
_TRIGGER = """
    CREATE OR REPLACE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_entries_stay()
"""


class Scoped:
    """Whose records are seen: none given, all of the organisation's."""

    hub_id: Mapped[UUID | None]
    shipper_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    driver_id: Mapped[UUID | None]


class OrganisationRow(Owned, Base):
    """An organisation; it owns itself, so that it sees no other."""

    __tablename__ = "organisations"

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)  # the name without case
    locale: Mapped[str]
    time_zone: Mapped[str]
    currency: Mapped[Currency]
    admins_need_totp: Mapped[bool]
    created_at: Mapped[datetime]


class UserRow(Owned, Scoped, Base):
    """A user. One e-mail signs in at one place on the whole server."""

    __tablename__ = "users"

    id: Mapped[UserId] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(unique=True)  # none: erased
    name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str | None]
    # as it is: the codes are computed from it, so a hash would not do
    totp_secret: Mapped[str | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class RecoveryCodeRow(Owned, Base):
    """A recovery code that was not used yet."""

    __tablename__ = "recovery_codes"
    __table_args__ = (reference("user_id", "users", on_delete="CASCADE"),)

    user_id: Mapped[UserId] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)


class UserSessionRow(Owned, Base):
    """A sign-in and what became of it."""

    __tablename__ = "user_sessions"
    __table_args__ = (
        reference("user_id", "users", on_delete="CASCADE"),
        sa.Index(None, "user_id", "created_at"),
    )

    id: Mapped[UserSessionId] = mapped_column(primary_key=True)
    user_id: Mapped[UserId]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str]
    agent: Mapped[str]


class ApiKeyRow(Owned, Scoped, Base):
    """An API key; revoked ones stay, so that the audit trail keeps its sense."""

    __tablename__ = "api_keys"

    id: Mapped[ApiKeyId] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[bytes]
    grants: Mapped[TextList]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class DeviceRow(Owned, Base):
    """A driver's device: first a link, then, once bound, a token."""

    __tablename__ = "driver_devices"
    __table_args__ = (sa.Index(None, "organisation_id", "driver_id"),)

    id: Mapped[DeviceId] = mapped_column(primary_key=True)
    driver_id: Mapped[UUID]
    name: Mapped[str]
    link_digest: Mapped[bytes] = mapped_column(unique=True)
    digest: Mapped[bytes | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    link_expires_at: Mapped[datetime]
    bound_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class TrackingTokenRow(Owned, Base):
    """What a recipient's link holds."""

    __tablename__ = "tracking_tokens"
    __table_args__ = (sa.Index(None, "organisation_id", "order_id"),)

    id: Mapped[TrackingTokenId] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class WrongTriesRow(Base):
    """How often something was tried in a stretch of time. It is counted before an organisation is known."""

    __tablename__ = "wrong_tries"

    bucket: Mapped[bytes] = mapped_column(primary_key=True)  # a hash: neither e-mail nor address stands here
    ends_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]


class AuditRow(Owned, Base):
    """Who did what to which record, from where: rows that are only added. Of an old one an address may be erased."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index(None, "organisation_id", "record_kind", "record_id", "id"),
        sa.Index(None, "organisation_id", "actor", "id"),
        {"info": {GUARDS: [_ENTRIES_STAY, _TRIGGER]}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    record_kind: Mapped[str]
    record_id: Mapped[str]
    address: Mapped[str | None]
    details: Mapped[dict[str, Any]]
