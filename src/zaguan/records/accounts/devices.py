"""Drivers' devices: bound by a link or QR code that works once, until they are revoked."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.events.account import DeviceBound, DeviceRevoked
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.journal import append
from zaguan.records.accounts import audit
from zaguan.records.accounts.addresses import checked_address
from zaguan.records.accounts.credentials import (
    DEVICE_IDLE,
    DEVICE_LINK_LIFE,
    SEEN_EVERY,
    Device,
    DeviceId,
    checked_life,
)
from zaguan.records.accounts.model import Permission, Principal, checked_name
from zaguan.records.accounts.refusals import LinkSpent, NotSignedIn
from zaguan.records.accounts.store import credentials as store
from zaguan.records.accounts.tokens import NewToken, Purpose, Secret, digest_of

PAGE_LONGEST: Final = 1_000
BIND_PATH: Final = "/driver/#bind="  # behind the hash: what stands there reaches no server and no log


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLink:
    """A device that awaits its driver, and the token of its link; shown this once."""

    device: Device
    token: Secret

    def url(self, base: str) -> Secret:
        """Return what the driver opens, or reads as a QR code."""
        return Secret(f"{base.rstrip('/')}{BIND_PATH}{self.token.reveal()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundDevice:
    """A device that followed its link, and the token that it keeps."""

    principal: Principal
    device: Device
    token: Secret


def link_device(
    session: Session,
    organisation_id: OrganisationId,
    driver_id: UUID,
    *,
    life: timedelta = DEVICE_LINK_LIFE,
    by: Principal,
    clock: Clock,
) -> DeviceLink:
    """Make a link by which a driver binds one phone. Refused: NotPermitted, BadLife."""
    by.require(Permission.DEVICES_MANAGE)
    at, drawn = clock.now(), NewToken.draw(Purpose.DEVICE_LINK)
    device = Device(
        id=DeviceId(new_id(clock)),
        organisation_id=organisation_id,
        driver_id=driver_id,
        created_at=at,
        link_expires_at=at + checked_life(life, longest=DEVICE_IDLE),
    )
    store.add_device(session, device, link_digest=drawn.digest)
    audit.note(session, organisation_id, "device.linked", record=("device", device.id), by=by, clock=clock)
    return DeviceLink(device=device, token=drawn.secret)


def bind_device(session: Session, link_token: str, *, name: str = "", address: str, clock: Clock) -> BoundDevice:
    """Bind the phone that follows a link, in a session that crosses organisations. Refused: LinkSpent, BadName.

    A link works once. Unknown, used, revoked and over answer alike.
    """
    at = clock.now()
    device = store.find_device_by_link(session, digest_of(Purpose.DEVICE_LINK, link_token))
    if device is None or not device.awaits_binding(at):
        raise LinkSpent()
    drawn = NewToken.draw(Purpose.DEVICE)
    bound = replace(device, name=checked_name(name) if name.strip() else "", bound_at=at, seen_at=at)
    store.bind_device(session, bound, digest=drawn.digest, name=bound.name, at=at)
    by = replace(bound.principal, address=checked_address(address))
    told = DeviceBound(device_id=bound.id, driver_id=bound.driver_id)
    append(session, bound.organisation_id, Stream("device", bound.id), [told], occurred_at=at, actor=by.actor)
    audit.note(session, bound.organisation_id, told.type, record=("device", bound.id), by=by, clock=clock)
    return BoundDevice(principal=by, device=bound, token=drawn.secret)


def authenticate_device(session: Session, token: str, *, address: str, clock: Clock) -> Principal:
    """Return the driver whose phone shows a token, in a session that crosses organisations. Refused: NotSignedIn."""
    at = clock.now()
    device = store.find_device(session, digest_of(Purpose.DEVICE, token))
    if device is None or not device.good(at):
        raise NotSignedIn()
    if device.seen_at is None or at - device.seen_at >= SEEN_EVERY:
        store.save_device_seen(session, device.organisation_id, device.id, at=at)
    return replace(device.principal, address=checked_address(address))


def list_devices(
    session: Session,
    organisation_id: OrganisationId,
    *,
    driver_id: UUID | None = None,
    by: Principal,
    after: DeviceId | None = None,
    limit: int = PAGE_LONGEST,
) -> list[Device]:
    """Return a page of the devices in the order in which their links were made. Refused: NotPermitted."""
    by.require(Permission.DEVICES_MANAGE)
    limit = max(1, min(limit, PAGE_LONGEST))
    return store.list_devices(session, organisation_id, driver_id=driver_id, after=after, limit=limit)


def revoke_device(
    session: Session, organisation_id: OrganisationId, device_id: DeviceId, *, by: Principal, clock: Clock
) -> None:
    """Let a device, or a link that nobody followed yet, open nothing any more.

    Refused: NotPermitted, DeviceNotFound.
    """
    by.require(Permission.DEVICES_MANAGE)
    device = store.get_device(session, organisation_id, device_id, lock=True)
    if device.revoked_at is None:
        _revoke(session, device, by=by, clock=clock)


def revoke_devices_of(
    session: Session, organisation_id: OrganisationId, driver_id: UUID, *, by: Principal, clock: Clock
) -> int:
    """Let no device of a driver open anything any more, as when the driver leaves; return how many did.

    Refused: NotPermitted.
    """
    by.require(Permission.DEVICES_MANAGE)
    devices = store.list_devices(session, organisation_id, driver_id=driver_id, limit=PAGE_LONGEST)
    good = [device for device in devices if device.revoked_at is None]
    for device in good:
        _revoke(session, device, by=by, clock=clock)
    return len(good)


def forget_driver(
    session: Session, organisation_id: OrganisationId, driver_id: UUID, *, by: Principal, clock: Clock
) -> None:
    """Revoke the devices of a driver and forget what they were called. Refused: NotPermitted."""
    by.require(Permission.PERSONS_ERASE)
    revoke_devices_of(session, organisation_id, driver_id, by=by, clock=clock)
    store.forget_driver(session, organisation_id, driver_id)


def _revoke(session: Session, device: Device, *, by: Principal, clock: Clock) -> None:
    at = clock.now()
    store.revoke_device(session, device.organisation_id, device.id, at=at)
    told = DeviceRevoked(device_id=device.id, driver_id=device.driver_id)
    append(session, device.organisation_id, Stream("device", device.id), [told], occurred_at=at, actor=by.actor)
    audit.note(session, device.organisation_id, told.type, record=("device", device.id), by=by, clock=clock)
