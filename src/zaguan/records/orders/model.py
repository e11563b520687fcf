"""The order: a request to bring, fetch or return parcels to or from a place within a window.

`Order` is what was asked for: all that a file can say and a plan needs. What the platform adds once it has taken the
order on (its state, promise and history) stands in `booking.py`.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from zaguan.base.geo.place import Place
from zaguan.base.kit.words import Locale

OrderId = NewType("OrderId", UUID)
ParcelId = NewType("ParcelId", UUID)
ShipperId = NewType("ShipperId", UUID)

_E164: Final = re.compile(r"\+[1-9]\d{6,14}")


class OrderKind(StrEnum):
    """Which way the parcels go."""

    DELIVERY = "delivery"  # from the depot to the place
    PICKUP = "pickup"  # from the place to the depot: fetched goods and returns


class Priority(StrEnum):
    """Who goes first when not all fit, least urgent first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class Proof(StrEnum):
    """What the driver must bring back from the door."""

    SIGNATURE = "signature"
    PHOTO = "photo"
    CODE = "code"
    IDENTITY = "identity"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:
    """Bounds promised to the recipient, in seconds of local wall time after midnight of the service day.

    A window may end after midnight (`closes_s` > 86400). A hard window is kept or the order stays out;
    a soft one may be missed at a price.
    """

    opens_s: int
    closes_s: int
    hard: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.opens_s < self.closes_s <= 2 * 86_400:
            raise ValueError(f"a window must open before it closes: {self.opens_s}..{self.closes_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One piece with a barcode, or several equal pieces of one line."""

    barcode: str = ""
    description: str = ""
    pieces: int = 1
    weight_g: int = 0  # of all pieces together
    volume_ml: int = 0  # of all pieces together

    def __post_init__(self) -> None:
        if self.pieces < 1 or self.weight_g < 0 or self.volume_ml < 0:
            raise ValueError("a parcel has at least one piece and no negative weight or volume")


class Channel(StrEnum):
    """How a recipient may be written to or called."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    CALL = "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A recipient's yes or no to being reached by a channel, the latest one, and when it was given."""

    channel: Channel
    granted: bool
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets the parcels, or hands them over."""

    name: str = ""
    phone: str = ""  # E.164 where it could be read as such, else as given
    email: str = ""
    locale: Locale | None = None  # None: the shipper's
    consents: tuple[Consent, ...] = ()  # at most one of each channel

    @property
    def has_phone(self) -> bool:
        """Tell whether there is a number that a machine can dial."""
        return _E164.fullmatch(self.phone) is not None

    def has_refused(self, channel: Channel) -> bool:
        """Tell whether the recipient said no to a channel; saying nothing is no refusal."""
        return any(consent.channel is channel and not consent.granted for consent in self.consents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for, as it stands now. `ref` is the shipper's own number and names the order everywhere."""

    ref: str
    place: Place
    kind: OrderKind = OrderKind.DELIVERY
    recipient: Recipient = field(default_factory=Recipient)
    service_on: date | None = None  # the day it is wanted; None: the day that is planned
    windows: tuple[TimeWindow, ...] = ()  # none: any time of the day
    service_s: int | None = None  # minutes at the door, if the shipper knows them better
    parcels: tuple[Parcel, ...] = ()
    priority: Priority = Priority.NORMAL
    skills: frozenset[str] = frozenset()  # what driver and vehicle together must bring: "cold", "two-person", ...
    vehicle_kinds: frozenset[str] = frozenset()  # only these kinds may come; none: any
    depot_ref: str = ""
    driver_ref: str = ""  # only this driver may come
    proofs: frozenset[Proof] = frozenset()
    cash_minor: int = 0  # to be collected at the door, in minor units of `currency`
    currency: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    recurs: str = ""  # weekdays on which the order comes again: "mon,thu"; empty: once
    source: str = ""  # file and physical lines that it came from

    @property
    def weight_g(self) -> int:
        """Weight of all parcels."""
        return sum(parcel.weight_g for parcel in self.parcels)

    @property
    def volume_ml(self) -> int:
        """Volume of all parcels."""
        return sum(parcel.volume_ml for parcel in self.parcels)

    @property
    def pieces(self) -> int:
        """Number of pieces; an order that lists no parcels counts as one."""
        return sum(parcel.pieces for parcel in self.parcels) or 1
