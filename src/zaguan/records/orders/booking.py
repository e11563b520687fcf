"""An order that the platform has taken on: what was asked for, where it stands, and what was promised."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from zaguan.base.kit.words import Locale
from zaguan.records.orders.model import Order, OrderId, ShipperId
from zaguan.records.orders.parcels import WITH_US, TrackedParcel, followed
from zaguan.records.orders.promise import LocalWindow
from zaguan.records.orders.reasons import AttemptPolicy, CompletionDetail, Decision, FailureReason
from zaguan.records.orders.refusals import BadOrder, GoodsWithUs
from zaguan.records.orders.states import Mover, OrderState, Transition, transition_between

MAX_TEXT_CHARS: Final = 2_000
MAX_SHORT_CHARS: Final = 200
MAX_PARCELS: Final = 2_000
MAX_WINDOWS: Final = 20
MAX_AMOUNT: Final = 10**15  # minor units, grams, millilitres: fits every column with room for sums
_LONG: Final = frozenset({"notes", "access_notes", "address"})
# PostgreSQL keeps no NUL, UTF-8 no lone surrogate, and other control characters are no text
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_WORDS: Final = re.compile(r"[^\W_]+")


class Hold(StrEnum):
    """What a held order waits for."""

    ADDRESS = "address"  # the point is doubtful
    DUPLICATE = "duplicate"
    PAYMENT = "payment"
    SHIPPER = "shipper"  # asked for by who sends
    FAILED_ATTEMPT = "failed_attempt"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipper:
    """Who sends, and on what terms. `ref` is unique in the organisation."""

    id: ShipperId
    ref: str
    name: str
    email: str = ""
    phone: str = ""
    locale: Locale = "es"
    time_zone: str = "America/Santiago"
    service_level: str = ""  # of orders that name none
    policy: AttemptPolicy = field(default_factory=AttemptPolicy)
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order on its way in. `asked.ref` is its external id, unique among its shipper's."""

    shipper_id: ShipperId
    asked: Order
    time_zone: str  # that days and windows are told in
    service_level: str = ""
    goods_ready: bool = True
    ready_at: datetime | None = None  # when the goods will be, where that is known
    hold: Hold | None = None
    zone_ref: str = ""
    promise: LocalWindow | None = None  # else from the service level, or from what was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why the last attempt failed, and what was decided."""

    reason: FailureReason
    decision: Decision
    failed_at: datetime
    sub_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedOrder:
    """An order as it stands. `version` grows with every change."""

    id: OrderId
    shipper_id: ShipperId
    asked: Order
    state: OrderState
    state_since: datetime
    state_by: Mover
    received_at: datetime
    changed_at: datetime
    time_zone: str
    version: int = 1
    parcels: tuple[TrackedParcel, ...] = ()
    attempts: int = 0
    failure: Failure | None = None
    completion: CompletionDetail | None = None
    completed_at: datetime | None = None
    hold: Hold | None = None
    service_level: str = ""
    ready_at: datetime | None = None
    zone_ref: str = ""
    first_promise: LocalWindow | None = None  # what on-time is measured by
    promise: LocalWindow | None = None  # the last one
    plan_window: LocalWindow | None = None  # what plans keep instead, where the desk says so
    route_id: UUID | None = None  # that it stands on
    continues: OrderId | None = None  # the rest of this one
    duplicate_of: OrderId | None = None  # looks like this one

    @property
    def external_id(self) -> str:
        """The shipper's own number."""
        return self.asked.ref

    @property
    def is_with_us(self) -> bool:
        """Tell whether any of its parcels is in a vehicle, hub or point."""
        return any(parcel.state in WITH_US for parcel in self.parcels)

    def to_plan(self) -> Order:
        """Return what a plan has to keep: the desk's window in the place of the promised ones, where there is one."""
        if self.plan_window is None:
            return self.asked
        window = self.plan_window.as_time_window()
        return replace(self.asked, service_on=self.plan_window.on, windows=(window,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wrote about an order on its way."""

    id: UUID
    order_id: OrderId
    text: str
    written_by: str
    written_at: datetime


def moved(
    order: BookedOrder, target: OrderState, *, by: Mover, at: datetime, place: str = ""
) -> tuple[BookedOrder, Transition]:
    """Move an order to another state, its parcels with it where the move says where they are.

    Refused: a way that is not there or not this mover's, and the cancelling of an order whose parcels are with us.
    """
    way = transition_between(order.state, target, by=by)
    if target is OrderState.CANCELLED and order.is_with_us:
        raise GoodsWithUs(order=order.external_id)
    parcels = followed(order.parcels, way.fact, order.asked.kind, at=at, place=place)
    fresh = replace(order, parcels=parcels, hold=order.hold if target is OrderState.ON_HOLD else None)
    return changed(fresh, at=at, state=target, state_since=at, state_by=by), way


def changed(order: BookedOrder, *, at: datetime, **values: object) -> BookedOrder:
    """Return the order with other values, one version on. Its time never goes back, even if a clock does."""
    result = replace(order, changed_at=max(at, order.changed_at), version=order.version + 1, **values)  # type: ignore[arg-type]
    assert result.id == order.id, "an order keeps its id"
    assert result.version > order.version, "every change counts"
    return result


def differences(old: Order, new: Order) -> tuple[str, ...]:
    """Return the names of the fields that differ. Where an order was read from says nothing about it."""
    names = [each.name for each in fields(Order) if each.name != "source"]
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def check_order(order: Order) -> None:
    """Refuse an order that cannot be kept: the refusal names the field and what is wrong with it."""
    if not order.ref.strip():
        raise BadOrder(field="ref", why="empty")
    if not order.place.address.strip() and order.place.point is None:
        raise BadOrder(field="address", why="empty")
    if order.recurs:
        raise BadOrder(field="recurs", why="recurs")
    place, recipient = order.place, order.recipient
    texts: list[tuple[str, str]] = [
        *((name, getattr(order, name)) for name in ("ref", "depot_ref", "driver_ref", "currency", "notes", "source")),
        *((name, getattr(place, name)) for name in ("address", "commune", "city", "postcode", "access_notes")),
        *((name, getattr(recipient, name)) for name in ("name", "phone", "email")),
        *(("skills", text) for text in order.skills),
        *(("vehicle_kinds", text) for text in order.vehicle_kinds),
        *(("tags", text) for text in order.tags),
        *(("barcode", parcel.barcode) for parcel in order.parcels),
        *(("description", parcel.description) for parcel in order.parcels),
    ]
    for name, text in texts:
        if not is_text(text):
            raise BadOrder(field=name, why="not_text")
        if len(text) > (MAX_TEXT_CHARS if name in _LONG else MAX_SHORT_CHARS):
            raise BadOrder(field=name, why="too_long")
    _check_figures(order)


def is_text(text: str) -> bool:
    """Tell whether a text can be kept: no control characters, no lone surrogates."""
    return _NOT_TEXT.search(text) is None


def _check_figures(order: Order) -> None:
    if not 0 <= order.cash_minor <= MAX_AMOUNT:
        raise BadOrder(field="cash_minor", why="amount")
    if order.cash_minor and not re.fullmatch(r"[A-Z]{3}", order.currency):
        raise BadOrder(field="currency", why="currency")
    if order.service_s is not None and not 0 <= order.service_s <= 86_400:
        raise BadOrder(field="service_s", why="amount")
    if len(order.parcels) > MAX_PARCELS or len(order.windows) > MAX_WINDOWS:
        raise BadOrder(field="parcels" if len(order.parcels) > MAX_PARCELS else "windows", why="too_many")
    if max(order.weight_g, order.volume_ml, order.pieces) > MAX_AMOUNT:
        raise BadOrder(field="parcels", why="amount")


def folded(text: str) -> str:
    """Return a text without accents, case and punctuation, words parted by one blank: what a search looks through."""
    bare = text.casefold()
    if not bare.isascii():
        decomposed = unicodedata.normalize("NFKD", bare)
        bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(_WORDS.findall(bare))


def fingerprint_of(shipper_id: ShipperId, order: Order) -> str:
    """Return what two orders have in common that are likely the same one under two numbers.

    Shipper, direction, day, address, recipient, pieces and money are the same; an order without a recipient has no
    likely double, for shops get several orders a day.
    """
    who = folded(order.recipient.phone or order.recipient.email or order.recipient.name)
    if not who:
        return ""
    parts = [
        *(str(shipper_id), order.kind.value, str(order.service_on), folded(order.place.address), who),
        *(folded(order.place.commune), str(order.pieces), str(order.weight_g), str(order.cash_minor)),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
