"""Who may do what: organisations, users, roles and their permissions, and the one who knocks at a door."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID
from zoneinfo import ZoneInfo

from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.money import CURRENCIES
from zaguan.base.kit.words import LOCALES, Locale
from zaguan.records.accounts.refusals import (
    BadCurrency,
    BadEmail,
    BadLocale,
    BadName,
    BadPassword,
    BadTimeZone,
    NotPermitted,
    ScopeMissing,
    ScopeUnfit,
)

UserId = NewType("UserId", UUID)

NAME_LENGTH: Final = 200
EMAIL_LENGTH: Final = 254  # RFC 5321, 4.5.3.1.3, less its angle brackets
PASSWORD_SHORTEST: Final = 12
PASSWORD_LONGEST: Final = 256

# deliberately plain: whether a mailbox exists is known only once a message has arrived there
_SIGN: Final = r"[^\s@<>()\[\],;:\\\"]"
_EMAIL: Final = re.compile(rf"{_SIGN}+@{_SIGN}+\.[^\s@.\"]{{2,}}")
_CONTROL: Final = {"Cc", "Cs", "Co", "Cn"}


class Permission(StrEnum):
    """One thing that can be allowed: a noun, and what is done to it."""

    ORGANISATION_MANAGE = "organisation:manage"
    USERS_MANAGE = "users:manage"
    KEYS_MANAGE = "keys:manage"
    WEBHOOKS_MANAGE = "webhooks:manage"
    DEVICES_MANAGE = "devices:manage"
    AUDIT_READ = "audit:read"
    PERSONS_ERASE = "persons:erase"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    CONTACTS_READ = "contacts:read"
    NETWORK_READ = "network:read"
    NETWORK_WRITE = "network:write"
    FLEET_READ = "fleet:read"
    FLEET_WRITE = "fleet:write"
    DRIVERS_READ = "drivers:read"
    DRIVERS_WRITE = "drivers:write"
    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"
    PLANS_PUBLISH = "plans:publish"
    DISPATCH = "dispatch"
    OFFERS_ANSWER = "offers:answer"
    ROUTE_DRIVE = "route:drive"
    POSITIONS_READ = "positions:read"
    PROOFS_READ = "proofs:read"
    EVENTS_READ = "events:read"
    KPIS_READ = "kpis:read"
    TRACKING_READ = "tracking:read"
    TRACKING_ACT = "tracking:act"


class Role(StrEnum):
    """What somebody is to an organisation."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    VIEWER = "viewer"
    DRIVER = "driver"
    PARTNER = "partner"
    SHIPPER = "shipper"
    RECIPIENT = "recipient"  # whoever holds a tracking link: never a user's role


_TRACKING: Final = frozenset({Permission.TRACKING_READ, Permission.TRACKING_ACT})
_VIEWING: Final = frozenset(
    {
        Permission.ORDERS_READ,
        Permission.NETWORK_READ,
        Permission.FLEET_READ,
        Permission.DRIVERS_READ,
        Permission.PLANS_READ,
        Permission.POSITIONS_READ,
        Permission.PROOFS_READ,
        Permission.EVENTS_READ,
        Permission.KPIS_READ,
    }
)
_DISPATCHING: Final = _VIEWING | {
    Permission.ORDERS_WRITE,
    Permission.CONTACTS_READ,
    Permission.NETWORK_WRITE,
    Permission.FLEET_WRITE,
    Permission.DRIVERS_WRITE,
    Permission.DEVICES_MANAGE,
    Permission.PLANS_WRITE,
    Permission.PLANS_PUBLISH,
    Permission.DISPATCH,
}

PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    # all but what only the one at the wheel, a partner or a recipient can do
    Role.ADMIN: frozenset(Permission) - _TRACKING - {Permission.ROUTE_DRIVE, Permission.OFFERS_ANSWER},
    Role.DISPATCHER: _DISPATCHING,
    Role.VIEWER: _VIEWING,
    Role.DRIVER: frozenset({Permission.ROUTE_DRIVE, Permission.CONTACTS_READ, Permission.OFFERS_ANSWER}),
    Role.PARTNER: frozenset(
        {
            Permission.OFFERS_ANSWER,
            Permission.ORDERS_READ,
            Permission.CONTACTS_READ,
            Permission.PLANS_READ,
            Permission.POSITIONS_READ,
            Permission.PROOFS_READ,
            Permission.EVENTS_READ,
        }
    ),
    Role.SHIPPER: frozenset(
        {
            Permission.ORDERS_READ,
            Permission.ORDERS_WRITE,
            Permission.CONTACTS_READ,
            Permission.PROOFS_READ,
            Permission.EVENTS_READ,
            Permission.KPIS_READ,
        }
    ),
    Role.RECIPIENT: _TRACKING,
}

# a key speaks for a program: it can neither make more keys or users nor hold what belongs to one person
GRANTABLE: Final = PERMISSIONS[Role.ADMIN] - {
    Permission.ORGANISATION_MANAGE,
    Permission.USERS_MANAGE,
    Permission.KEYS_MANAGE,
    Permission.AUDIT_READ,
}


def may(role: Role, permission: Permission) -> bool:
    """Tell whether a role includes a permission."""
    return permission in PERMISSIONS[role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What part of the organisation somebody sees: all of it, or only what belongs to each id that is given."""

    hub_id: UUID | None = None
    shipper_id: UUID | None = None
    partner_id: UUID | None = None
    driver_id: UUID | None = None
    order_id: UUID | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is out of sight."""
        return self == EVERYTHING

    def reaches(
        self,
        *,
        hub_id: UUID | None = None,
        shipper_id: UUID | None = None,
        partner_id: UUID | None = None,
        driver_id: UUID | None = None,
        order_id: UUID | None = None,
    ) -> bool:
        """Tell whether a record with these owners is in sight; one without an owner is outside of a narrow scope."""
        record = Scope(
            hub_id=hub_id, shipper_id=shipper_id, partner_id=partner_id, driver_id=driver_id, order_id=order_id
        )
        return all(
            getattr(self, name) is None or getattr(self, name) == getattr(record, name) for name in Scope.__slots__
        )


EVERYTHING: Final = Scope()

# what the scope of a role must name, and what else it may name
SCOPE_NEEDED: Final[dict[Role, str]] = {
    Role.SHIPPER: "shipper_id",
    Role.PARTNER: "partner_id",
    Role.DRIVER: "driver_id",
    Role.RECIPIENT: "order_id",
}
SCOPE_ALLOWED: Final[dict[Role, frozenset[str]]] = {
    Role.DISPATCHER: frozenset({"hub_id"}),
    Role.VIEWER: frozenset({"hub_id"}),
}


def check_scope(role: Role, scope: Scope) -> None:
    """Refuse a scope that lacks what the role needs, or names what the role does not know."""
    named = {name for name in Scope.__slots__ if getattr(scope, name) is not None}
    needed = SCOPE_NEEDED.get(role)
    if needed is not None and needed not in named:
        raise ScopeMissing(role=role.value, field=needed)
    unfit = named - SCOPE_ALLOWED.get(role, frozenset()) - {needed}
    if unfit:
        raise ScopeUnfit(role=role.value, field=min(unfit))


class PrincipalKind(StrEnum):
    """By what somebody was recognised."""

    USER = "user"  # a person who signed in
    KEY = "key"  # a program with an API key
    DEVICE = "device"  # a driver's phone
    RECIPIENT = "recipient"  # a tracking link
    OPERATOR = "operator"  # whoever runs the server, at its command line
    SYSTEM = "system"  # the platform itself: a timer, a reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who knocks: recognised, of one organisation, with what they may do and see."""

    kind: PrincipalKind
    organisation_id: OrganisationId
    id: UUID  # of the user, key, device or tracking token
    role: Role | None = None  # None: a key, which has grants of its own
    grants: frozenset[Permission] = frozenset()
    scope: Scope = EVERYTHING
    session_id: UUID | None = None  # of a person who signed in
    must_enrol: bool = False  # an admin who has to set up the second factor before anything else
    address: str | None = field(default=None, repr=False, compare=False)  # from where, for the audit trail

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that is allowed."""
        if self.must_enrol:
            return frozenset()
        return self.grants if self.role is None else PERMISSIONS[self.role]

    @property
    def actor(self) -> str:
        """How facts and the audit trail name who acted: kind and id, never a person's name."""
        if self.kind in {PrincipalKind.OPERATOR, PrincipalKind.SYSTEM}:
            return self.kind.value
        return f"{self.kind.value}:{self.id}"

    def may(self, permission: Permission) -> bool:
        """Tell whether something is allowed."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse what is not allowed."""
        if not self.may(permission):
            raise NotPermitted(permission=permission.value)


def operator_of(organisation_id: OrganisationId) -> Principal:
    """Return whoever runs the server, at work for an organisation."""
    return Principal(kind=PrincipalKind.OPERATOR, organisation_id=organisation_id, id=UUID(int=0), role=Role.ADMIN)


def platform_of(organisation_id: OrganisationId) -> Principal:
    """Return the platform itself, at work for an organisation."""
    return Principal(kind=PrincipalKind.SYSTEM, organisation_id=organisation_id, id=UUID(int=0), role=Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Whose orders, drivers and plans these are; organisations never see each other."""

    id: OrganisationId
    name: str
    locale: Locale
    time_zone: str  # IANA name
    currency: str  # ISO 4217
    admins_need_totp: bool = False
    created_at: datetime

    def __post_init__(self) -> None:
        if checked_name(self.name) != self.name:
            raise BadName(field="name", longest=NAME_LENGTH)
        if self.locale not in LOCALES:
            raise BadLocale(known=", ".join(LOCALES))
        if self.currency not in CURRENCIES:
            raise BadCurrency()
        if not _is_time_zone(self.time_zone):
            raise BadTimeZone()


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who signs in with e-mail and password."""

    id: UserId
    organisation_id: OrganisationId
    email: str
    name: str = field(repr=False)
    role: Role
    scope: Scope = EVERYTHING
    created_at: datetime
    disabled_at: datetime | None = None
    erased_at: datetime | None = None

    def __post_init__(self) -> None:
        assert self.role is not Role.RECIPIENT, "a recipient holds a link and is no user"
        check_scope(self.role, self.scope)

    @property
    def active(self) -> bool:
        """Whether the person may sign in."""
        return self.disabled_at is None


def checked_name(text: str, *, field_name: str = "name") -> str:
    """Return a name without outer blanks; an empty, too long or unprintable one is refused."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name or len(name) > NAME_LENGTH or any(unicodedata.category(sign) in _CONTROL for sign in name):
        raise BadName(field=field_name, longest=NAME_LENGTH)
    return name


def checked_email(text: str) -> str:
    """Return an e-mail address in lower case; one that no mail server would take is refused."""
    email = unicodedata.normalize("NFC", text).strip().lower()
    unprintable = any(unicodedata.category(sign) in _CONTROL for sign in email)
    if len(email) > EMAIL_LENGTH or unprintable or not _EMAIL.fullmatch(email):
        raise BadEmail()
    return email


def checked_password(text: str, *, email: str) -> str:
    """Return a new password as it is hashed; one that is too short, too long or the e-mail itself is refused."""
    password = normal_password(text)
    same = password is not None and password.casefold() in {email, email.partition("@")[0]}
    if password is None or len(password) < PASSWORD_SHORTEST or same or len(set(password)) < 4:
        raise BadPassword(shortest=PASSWORD_SHORTEST, longest=PASSWORD_LONGEST)
    return password


def normal_password(text: str) -> str | None:
    """Return a typed password as it is compared, or None for a text that no password can be.

    Two keyboards may write the same letter in two ways: both count (NIST SP 800-63B, 5.1.1.2).
    """
    if len(text) > PASSWORD_LONGEST or any(unicodedata.category(sign) == "Cs" for sign in text):
        return None
    return unicodedata.normalize("NFKC", text)


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, a path, a folder of zones, or longer than a file name
        return False
    return "/" in name or name == "UTC"
