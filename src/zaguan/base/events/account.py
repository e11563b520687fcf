"""What happens to accounts. They name people by id only, so that facts outlive the erasure of a person."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationCreated:
    """A new organisation."""

    type: ClassVar[str] = "organisation.created"
    organisation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationChanged:
    """An organisation has another name, language, time zone, currency or rule; the names of what changed."""

    type: ClassVar[str] = "organisation.changed"
    organisation_id: UUID
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAdded:
    """Somebody may sign in from now on."""

    type: ClassVar[str] = "user.added"
    user_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRoleChanged:
    """Somebody may do other things, or sees other records."""

    type: ClassVar[str] = "user.role_changed"
    user_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDisabled:
    """Somebody may not sign in any more; all sessions have ended."""

    type: ClassVar[str] = "user.disabled"
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEnabled:
    """Somebody may sign in again."""

    type: ClassVar[str] = "user.enabled"
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UserErased:
    """Nothing tells any more who a user was."""

    type: ClassVar[str] = "user.erased"
    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCreated:
    """A program may knock with a new API key."""

    type: ClassVar[str] = "api_key.created"
    key_id: UUID
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRevoked:
    """An API key opens nothing any more."""

    type: ClassVar[str] = "api_key.revoked"
    key_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceBound:
    """A driver's device followed its link."""

    type: ClassVar[str] = "device.bound"
    device_id: UUID
    driver_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRevoked:
    """A driver's device opens nothing any more."""

    type: ClassVar[str] = "device.revoked"
    device_id: UUID
    driver_id: UUID
