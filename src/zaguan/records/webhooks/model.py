"""Webhooks: where an organisation or a shipper wants to be told of facts, and how each telling went."""

import ipaddress
import secrets
from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, NewType
from urllib.parse import urlsplit
from uuid import UUID

from zaguan.base.kit.errors import Kind, ZaguanError

EndpointId = NewType("EndpointId", UUID)
DeliveryId = NewType("DeliveryId", UUID)

MAX_ENDPOINTS: Final = 50  # of one owner
MAX_URL: Final = 2_000
KEPT_FOR: Final = timedelta(days=30)  # deliveries, after their end
OVERLAP: Final = timedelta(hours=24)  # the old secret still signs after a rotation
# the waits before the second try, the third, ...: ten tries in under three days, jitter counted
WAITS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 72_000, 86_400)
)
TRIES: Final = len(WAITS) + 1
JITTER: Final = 0.1
# where nobody answers at all, the whole endpoint rests: twice as long each time
FIRST_REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(minutes=15)
GONE: Final = 410


class EndpointNotFound(ZaguanError):
    """There is no such endpoint, or not for this owner."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "webhooks.not_found"


class DeliveryNotFound(ZaguanError):
    """There is no such delivery."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "webhooks.delivery_not_found"

    def __init__(self, **facts: object) -> None:
        super().__init__(**{"days": KEPT_FOR.days, **facts})


class BadUrl(ZaguanError):
    """The address is none that can be told anything."""

    code: ClassVar = "webhooks.bad_url"

    def __init__(self, **facts: object) -> None:
        super().__init__(**{"most": MAX_URL, **facts})


class PrivateTarget(ZaguanError):
    """The address leads into a private network, which only the server's owner may allow."""

    kind: ClassVar = Kind.FORBIDDEN
    code: ClassVar = "webhooks.private_target"


class UnknownType(ZaguanError):
    """No fact has this type."""

    code: ClassVar = "webhooks.unknown_type"


class TooManyEndpoints(ZaguanError):
    """The owner has as many endpoints as one may have."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "webhooks.too_many"

    def __init__(self, **facts: object) -> None:
        super().__init__(**{"most": MAX_ENDPOINTS, **facts})


class SwitchedOff(ZaguanError):
    """Nothing is sent to an endpoint that is switched off."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "webhooks.switched_off"


class OffReason(StrEnum):
    """Why an endpoint is switched off."""

    OWNER = "owner"  # by its owner
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # it took nothing for as long as we try


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSecret:
    """What messages are signed with, in the form of Standard Webhooks."""

    value: str
    until: datetime | None = None  # None: for good

    def __repr__(self) -> str:
        return f"SigningSecret(value=•••, until={self.until!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How one try went: the status of the answer, or why there was none."""

    status: int | None = None
    failure: str = ""  # timeout, connection, tls, private_target, too_large
    duration_ms: int = 0

    @property
    def taken(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def unreachable(self) -> bool:
        """Whether nobody answered at all."""
        return self.status is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where an owner wants to be told. The newest secret stands first."""

    id: EndpointId
    owner: str  # "organisation" or "shipper:<id>"
    url: str
    types: tuple[str, ...] = ()  # none: all
    description: str = ""
    secrets: tuple[SigningSecret, ...]
    enabled: bool = True
    off_reason: OffReason | None = None
    failures: int = 0  # tries in a row that nobody answered
    rests_until: datetime | None = None
    version: int = 1
    created_at: datetime

    def __post_init__(self) -> None:
        assert self.secrets, "unsigned messages are never sent"
        assert self.enabled == (self.off_reason is None)

    def wants(self, event_type: str) -> bool:
        """Tell whether facts of a type are told here."""
        return self.enabled and (not self.types or event_type in self.types)

    def secrets_at(self, at: datetime) -> tuple[str, ...]:
        """Return the secrets that sign at a moment: two while a rotation is under way."""
        return tuple(secret.value for secret in self.secrets if secret.until is None or at < secret.until)

    def rotated(self, value: str, at: datetime) -> "Endpoint":
        """Return it with a new secret; the one before signs along for a day."""
        old = replace(self.secrets[0], until=at + OVERLAP)
        return replace(self, secrets=(SigningSecret(value=value), old), version=self.version + 1)

    def switched(self, reason: OffReason | None) -> "Endpoint":
        """Return it on, or off for a reason."""
        on = reason is None
        return replace(self, enabled=on, off_reason=reason, failures=0, rests_until=None, version=self.version + 1)

    def after(self, sent: Sent, at: datetime) -> "Endpoint":
        """Return it awake where somebody answered, and at rest where nobody did."""
        if not sent.unreachable:
            return replace(self, failures=0, rests_until=None)
        rest = min(LONGEST_REST, FIRST_REST * 2 ** min(self.failures, 20))
        return replace(self, failures=self.failures + 1, rests_until=at + rest)

    def ready_at(self, at: datetime) -> datetime:
        """Return when something may be sent that is due at a moment."""
        return at if self.rests_until is None else max(at, self.rests_until)


class DeliveryState(StrEnum):
    """How one telling stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try, as the log shows it."""

    at: datetime
    status: int | None
    failure: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The telling of one fact to one endpoint. The receiver knows repeats by the event's id."""

    id: DeliveryId
    endpoint_id: EndpointId
    event_id: UUID
    event_type: str
    position: int  # of the event: facts are told in their order
    state: DeliveryState = DeliveryState.PENDING
    tries: int = 0
    next_try_at: datetime | None
    attempts: tuple[Attempt, ...] = ()  # the newest last; of a replay only its own
    created_at: datetime
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        assert (self.next_try_at is not None) == (self.state is DeliveryState.PENDING)

    def after(self, sent: Sent, at: datetime, *, chance: float) -> "Delivery":
        """Return it after a try; `chance`, between 0 and 1, spreads those that failed together."""
        assert self.state is DeliveryState.PENDING
        attempt = Attempt(at=at, status=sent.status, failure=sent.failure, duration_ms=sent.duration_ms)
        tried = replace(self, tries=self.tries + 1, attempts=(*self.attempts, attempt)[-TRIES:])
        if sent.taken:
            return replace(tried, state=DeliveryState.DELIVERED, next_try_at=None, ended_at=at)
        if sent.status == GONE or tried.tries >= TRIES:
            return replace(tried, state=DeliveryState.GIVEN_UP, next_try_at=None, ended_at=at)
        return replace(tried, next_try_at=at + WAITS[tried.tries - 1] * (1 + JITTER * chance))

    def again(self, at: datetime) -> "Delivery":
        """Return it to be sent once more, as if for the first time."""
        pending = DeliveryState.PENDING
        return replace(self, state=pending, tries=0, attempts=(), next_try_at=at, ended_at=None)


def new_secret() -> str:
    """Draw a signing secret of 256 bits."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def checked_url(url: str, *, private_allowed: bool) -> str:
    """Return an address that may be told: https to a host that is no private one, as far as its text shows.

    What the host's name stands for is looked at each time something is sent. Refused: BadUrl, PrivateTarget.
    """
    plain = len(url) <= MAX_URL and url.isascii() and url.isprintable() and " " not in url
    try:
        parts = urlsplit(url) if plain else None
        host = "" if parts is None else (parts.hostname or "")
        port = None if parts is None else parts.port
    except ValueError:
        raise BadUrl from None
    schemes = ("https", "http") if private_allowed else ("https",)
    if parts is None or not host or parts.scheme not in schemes or parts.username or parts.password or port == 0:
        raise BadUrl
    if not private_allowed and (is_private_address(host) or _is_private_name(host)):
        raise PrivateTarget
    return url


def is_private_address(text: str) -> bool:
    """Tell whether a text is the address of a host that is not on the public internet. A name is none.

    >>> is_private_address("127.0.0.1"), is_private_address("8.8.8.8"), is_private_address("::ffff:10.0.0.1")
    (True, False, True)
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _inside(address)
    return not inner.is_global or inner.is_multicast or inner.is_reserved


def _inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address that an IPv6 address carries on to, where it carries one (RFC 4291, 6052, 3056)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_private_name(host: str) -> bool:
    # "localhost" and names without a dot never leave the network; 0x7f.1 and 2130706433 are addresses in disguise
    name = host.rstrip(".").lower()
    last = name.rpartition(".")[2]
    looks_public = ":" in name or ("." in name and not (last[:1].isdigit() and not _is_address(name)))
    return not looks_public or last in {"localhost", "local", "internal", "intranet", "lan", "home", "corp"}


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def checked_types(wanted: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """Return types of facts, each once, sorted. Refused: UnknownType."""
    for one in wanted:
        if one not in known:
            raise UnknownType(wanted=one[:80], known=", ".join(sorted(known)))
    return tuple(sorted(set(wanted)))
