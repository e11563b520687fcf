"""API keys, drivers' devices and tracking tokens."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.records.accounts.credentials import ApiKey, ApiKeyId, Device, DeviceId, TrackingToken, TrackingTokenId
from zaguan.records.accounts.model import Permission
from zaguan.records.accounts.refusals import DeviceNotFound, KeyNotFound
from zaguan.records.accounts.store.people import scope_of, scope_values
from zaguan.records.accounts.tables import ApiKeyRow, DeviceRow, TrackingTokenRow


def add_key(session: Session, key: ApiKey, *, digest: bytes) -> None:
    """Store a new API key."""
    session.add(
        ApiKeyRow(
            organisation_id=key.organisation_id,
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            digest=digest,
            grants=sorted(permission.value for permission in key.grants),
            created_by=key.created_by,
            created_at=key.created_at,
            expires_at=key.expires_at,
            **scope_values(key.scope),
        )
    )
    session.flush()


def find_key(session: Session, prefix: str) -> tuple[ApiKey, bytes] | None:
    """Return the API key of a prefix and the digest of its secret; in any organisation."""
    row = session.scalars(sa.select(ApiKeyRow).where(ApiKeyRow.prefix == prefix)).one_or_none()
    return None if row is None else (_key(row), row.digest)


def get_key(session: Session, organisation_id: OrganisationId, key_id: ApiKeyId, *, lock: bool = False) -> ApiKey:
    """Return an API key of the organisation; `lock` keeps others from revoking it meanwhile."""
    row = session.get(ApiKeyRow, (organisation_id, key_id), with_for_update=lock or None)
    if row is None:
        raise KeyNotFound()
    return _key(row)


def list_keys(
    session: Session, organisation_id: OrganisationId, *, after: ApiKeyId | None = None, limit: int = 100
) -> list[ApiKey]:
    """Return a page of the API keys in the order in which they were made, revoked ones included."""
    wanted = sa.select(ApiKeyRow).where(ApiKeyRow.organisation_id == organisation_id)
    if after is not None:
        wanted = wanted.where(ApiKeyRow.id > after)
    return [_key(row) for row in session.scalars(wanted.order_by(ApiKeyRow.id).limit(limit))]


def save_key_used(session: Session, organisation_id: OrganisationId, key_id: ApiKeyId, *, at: datetime) -> None:
    """Store when a key was last used."""
    session.execute(
        sa.update(ApiKeyRow)
        .where(ApiKeyRow.organisation_id == organisation_id, ApiKeyRow.id == key_id)
        .values(used_at=at)
    )


def revoke_key(session: Session, organisation_id: OrganisationId, key_id: ApiKeyId, *, at: datetime) -> None:
    """Store that a key opens nothing any more; the first revocation counts."""
    session.execute(
        sa.update(ApiKeyRow)
        .where(ApiKeyRow.organisation_id == organisation_id, ApiKeyRow.id == key_id)
        .values(revoked_at=sa.func.coalesce(ApiKeyRow.revoked_at, at))
    )


def add_device(session: Session, device: Device, *, link_digest: bytes) -> None:
    """Store a device that awaits its driver."""
    session.add(
        DeviceRow(
            organisation_id=device.organisation_id,
            id=device.id,
            driver_id=device.driver_id,
            name=device.name,
            link_digest=link_digest,
            created_at=device.created_at,
            link_expires_at=device.link_expires_at,
        )
    )
    session.flush()


def find_device_by_link(session: Session, link_digest: bytes) -> Device | None:
    """Return the device of a link, locked: of two phones that follow it at once only one is bound."""
    row = session.scalars(
        sa.select(DeviceRow).where(DeviceRow.link_digest == link_digest).with_for_update()
    ).one_or_none()
    return None if row is None else _device(row)


def find_device(session: Session, digest: bytes) -> Device | None:
    """Return the device of a token; in any organisation."""
    row = session.scalars(sa.select(DeviceRow).where(DeviceRow.digest == digest)).one_or_none()
    return None if row is None else _device(row)


def get_device(session: Session, organisation_id: OrganisationId, device_id: DeviceId, *, lock: bool = False) -> Device:
    """Return a device of the organisation; `lock` keeps others from revoking it meanwhile."""
    row = session.get(DeviceRow, (organisation_id, device_id), with_for_update=lock or None)
    if row is None:
        raise DeviceNotFound()
    return _device(row)


def list_devices(
    session: Session,
    organisation_id: OrganisationId,
    *,
    driver_id: UUID | None = None,
    after: DeviceId | None = None,
    limit: int = 100,
) -> list[Device]:
    """Return a page of the devices, of one driver where given, in the order in which their links were made."""
    wanted = sa.select(DeviceRow).where(DeviceRow.organisation_id == organisation_id)
    if driver_id is not None:
        wanted = wanted.where(DeviceRow.driver_id == driver_id)
    if after is not None:
        wanted = wanted.where(DeviceRow.id > after)
    return [_device(row) for row in session.scalars(wanted.order_by(DeviceRow.id).limit(limit))]


def bind_device(session: Session, device: Device, *, digest: bytes, name: str, at: datetime) -> None:
    """Store the token of a device whose link was followed."""
    _change_device(session, device.organisation_id, device.id, digest=digest, name=name, bound_at=at, seen_at=at)


def save_device_seen(session: Session, organisation_id: OrganisationId, device_id: DeviceId, *, at: datetime) -> None:
    """Store when a device was last heard of."""
    _change_device(session, organisation_id, device_id, seen_at=at)


def revoke_device(session: Session, organisation_id: OrganisationId, device_id: DeviceId, *, at: datetime) -> None:
    """Store that a device opens nothing any more; the first revocation counts."""
    _change_device(session, organisation_id, device_id, revoked_at=sa.func.coalesce(DeviceRow.revoked_at, at))


def forget_driver(session: Session, organisation_id: OrganisationId, driver_id: UUID) -> None:
    """Forget what the devices of a driver were called."""
    session.execute(
        sa.update(DeviceRow)
        .where(DeviceRow.organisation_id == organisation_id, DeviceRow.driver_id == driver_id)
        .values(name="")
    )


def add_tracking_token(session: Session, token: TrackingToken, *, digest: bytes) -> None:
    """Store the token of a new tracking link."""
    session.add(
        TrackingTokenRow(
            organisation_id=token.organisation_id,
            id=token.id,
            order_id=token.order_id,
            digest=digest,
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )
    session.flush()


def find_tracking_token(session: Session, digest: bytes) -> TrackingToken | None:
    """Return a tracking token; in any organisation."""
    row = session.scalars(sa.select(TrackingTokenRow).where(TrackingTokenRow.digest == digest)).one_or_none()
    return None if row is None else _tracking_token(row)


def find_tracking_token_by_id(
    session: Session, organisation_id: OrganisationId, token_id: TrackingTokenId
) -> TrackingToken | None:
    """Return a tracking token of the organisation."""
    row = session.get(TrackingTokenRow, (organisation_id, token_id))
    return None if row is None else _tracking_token(row)


def revoke_tracking_tokens(session: Session, organisation_id: OrganisationId, order_id: UUID, *, at: datetime) -> int:
    """Store that no link to an order opens it any more, and return how many did."""
    revoked = (
        sa.update(TrackingTokenRow)
        .where(TrackingTokenRow.organisation_id == organisation_id, TrackingTokenRow.order_id == order_id)
        .where(TrackingTokenRow.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(TrackingTokenRow.id)
    )
    return len(session.execute(revoked).all())


def _change_device(session: Session, organisation_id: OrganisationId, device_id: DeviceId, **values: object) -> None:
    session.execute(
        sa.update(DeviceRow)
        .where(DeviceRow.organisation_id == organisation_id, DeviceRow.id == device_id)
        .values(values)
    )


def _key(row: ApiKeyRow) -> ApiKey:
    # a permission that a later release dropped is none any more
    known = {permission.value for permission in Permission}
    return ApiKey(
        id=row.id,
        organisation_id=row.organisation_id,
        name=row.name,
        prefix=row.prefix,
        grants=frozenset(Permission(grant) for grant in row.grants if grant in known),
        scope=scope_of(row),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )


def _device(row: DeviceRow) -> Device:
    return Device(
        id=row.id,
        organisation_id=row.organisation_id,
        driver_id=row.driver_id,
        name=row.name,
        created_at=row.created_at,
        link_expires_at=row.link_expires_at,
        bound_at=row.bound_at,
        seen_at=row.seen_at,
        revoked_at=row.revoked_at,
    )


def _tracking_token(row: TrackingTokenRow) -> TrackingToken:
    return TrackingToken(
        id=row.id,
        organisation_id=row.organisation_id,
        order_id=row.order_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
