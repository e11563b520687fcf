"""What proves who knocks: sessions, second factors, API keys, drivers' devices, tracking links. No I/O."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NewType, Self
from uuid import UUID

import pyotp

from zaguan.base.kit.ids import OrganisationId
from zaguan.records.accounts.model import (
    GRANTABLE,
    PERMISSIONS,
    Permission,
    Principal,
    PrincipalKind,
    Role,
    Scope,
    User,
    UserId,
)
from zaguan.records.accounts.refusals import BadLife, NotGrantable, NothingGranted

UserSessionId = NewType("UserSessionId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
DeviceId = NewType("DeviceId", UUID)
TrackingTokenId = NewType("TrackingTokenId", UUID)

SESSION_IDLE: Final = timedelta(hours=4)
SESSION_LIFE: Final = timedelta(hours=16)  # a dispatcher's longest day
SEEN_EVERY: Final = timedelta(minutes=1)  # a use is written down once a minute at most
DEVICE_IDLE: Final = timedelta(days=30)
DEVICE_LINK_LIFE: Final = timedelta(hours=24)
TRACKING_LIFE: Final = timedelta(days=30)
KEY_LIFE_LONGEST: Final = timedelta(days=5 * 366)
LIFE_SHORTEST: Final = timedelta(minutes=1)
TOTP_STEP_S: Final = 30
TOTP_DRIFT_STEPS: Final = 1  # a phone's clock may be half a minute off
RECOVERY_CODES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSession:
    """A person at a screen, from sign-in to the first of: signing out, too long idle, the end of the day."""

    id: UserSessionId
    organisation_id: OrganisationId
    user_id: UserId
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    address: str = field(repr=False)
    agent: str = field(repr=False)

    @property
    def expires_at(self) -> datetime:
        """When it ends at the latest, if nothing is heard from now on."""
        return min(self.seen_at + SESSION_IDLE, self.created_at + SESSION_LIFE)

    def good(self, at: datetime) -> bool:
        """Whether it still opens doors."""
        return self.ended_at is None and at < self.expires_at


def principal_of(user: User, session: UserSession, *, must_enrol: bool, address: str | None = None) -> Principal:
    """Return who has signed in."""
    return Principal(
        kind=PrincipalKind.USER,
        organisation_id=user.organisation_id,
        id=user.id,
        role=user.role,
        scope=user.scope,
        session_id=session.id,
        must_enrol=must_enrol,
        address=session.address if address is None else address,
    )


def session_of(by: Principal) -> UserSessionId | None:
    """Return the session in which somebody acts."""
    return None if by.session_id is None else UserSessionId(by.session_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totp:
    """The second factor of a user (RFC 6238, six digits, 30 s)."""

    secret: str = field(repr=False)
    confirmed_at: datetime | None = None
    last_step: int = 0  # the newest step whose code was used: no code counts twice

    @classmethod
    def draw(cls) -> Self:
        """Draw a secret for a new second factor."""
        return cls(secret=pyotp.random_base32())

    def uri(self, *, email: str, issuer: str) -> str:
        """Return what an authenticator reads from the QR code."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=email, issuer_name=issuer)

    def matching_step(self, code: str, at: datetime) -> int | None:
        """Return the step that a code belongs to, or None if it is wrong, over or used."""
        digits = code.strip().replace(" ", "")
        if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
            return None
        generator, step = pyotp.TOTP(self.secret), int(at.timestamp()) // TOTP_STEP_S
        found = None
        for candidate in range(step - TOTP_DRIFT_STEPS, step + TOTP_DRIFT_STEPS + 1):
            # all candidates are compared, each in constant time
            if pyotp.utils.strings_equal(digits, generator.generate_otp(candidate)) and candidate > self.last_step:
                found = candidate
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What a program shows: a prefix that may be read by all, a secret that was shown once."""

    id: ApiKeyId
    organisation_id: OrganisationId
    name: str
    prefix: str
    grants: frozenset[Permission]
    scope: Scope
    created_by: str
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def good(self, at: datetime) -> bool:
        """Whether it still opens doors."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    @property
    def principal(self) -> Principal:
        """Who knocks with it."""
        return Principal(
            kind=PrincipalKind.KEY,
            organisation_id=self.organisation_id,
            id=self.id,
            grants=self.grants,
            scope=self.scope,
        )


def checked_grants(grants: frozenset[Permission], scope: Scope) -> frozenset[Permission]:
    """Return what a key may hold; nothing at all, or what belongs to persons, is refused.

    A key that sees one shipper's or one partner's records holds no more than those themselves may do.
    """
    roles = [(scope.shipper_id, Role.SHIPPER), (scope.partner_id, Role.PARTNER)]
    allowed = GRANTABLE
    for owner, role in roles:
        if owner is not None:
            allowed = allowed & PERMISSIONS[role]
    if not grants:
        raise NothingGranted(known=", ".join(sorted(allowed)))
    if too_much := grants - allowed:
        raise NotGrantable(permission=min(too_much).value, known=", ".join(sorted(allowed)))
    return grants


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A driver's phone, from the link that was made for it until it is revoked."""

    id: DeviceId
    organisation_id: OrganisationId
    driver_id: UUID
    name: str = ""
    created_at: datetime
    link_expires_at: datetime
    bound_at: datetime | None = None
    seen_at: datetime | None = None
    revoked_at: datetime | None = None

    def awaits_binding(self, at: datetime) -> bool:
        """Whether its link can still be used."""
        return self.bound_at is None and self.revoked_at is None and at < self.link_expires_at

    def good(self, at: datetime) -> bool:
        """Whether it still opens doors."""
        heard_at = self.seen_at or self.bound_at
        return heard_at is not None and self.revoked_at is None and at < heard_at + DEVICE_IDLE

    @property
    def principal(self) -> Principal:
        """Who knocks with it."""
        return Principal(
            kind=PrincipalKind.DEVICE,
            organisation_id=self.organisation_id,
            id=self.id,
            role=Role.DRIVER,
            scope=Scope(driver_id=self.driver_id),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingToken:
    """What a recipient's link holds: it opens one order, for a time."""

    id: TrackingTokenId
    organisation_id: OrganisationId
    order_id: UUID
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def good(self, at: datetime) -> bool:
        """Whether it still opens the order."""
        return self.revoked_at is None and at < self.expires_at

    @property
    def principal(self) -> Principal:
        """Who knocks with it."""
        return Principal(
            kind=PrincipalKind.RECIPIENT,
            organisation_id=self.organisation_id,
            id=self.id,
            role=Role.RECIPIENT,
            scope=Scope(order_id=self.order_id),
        )


def checked_life(life: timedelta, *, longest: timedelta) -> timedelta:
    """Return how long a credential lives; no time and too long a time are refused."""
    if not LIFE_SHORTEST <= life <= longest:
        raise BadLife(longest_days=longest.days)
    return life
