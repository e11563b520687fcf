"""How orders are searched for and paged through."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from zaguan.records.orders.booking import BookedOrder
from zaguan.records.orders.model import OrderId, OrderKind, ShipperId
from zaguan.records.orders.refusals import BadCursor
from zaguan.records.orders.states import OrderState

PAGE: Final = 100
MAX_PAGE: Final = 1_000
_CURSOR_VERSION: Final = b"1"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSearch:
    """What a list of orders is narrowed to; what is left out does not matter."""

    text: str = ""  # parts of number, name, address, phone, mail or barcode, all of which have to be found
    states: frozenset[OrderState] = frozenset()
    from_day: date | None = None  # of service
    to_day: date | None = None
    zone_refs: frozenset[str] = frozenset()
    shipper_id: ShipperId | None = None
    route_id: UUID | None = None
    kind: OrderKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Orders, newest first, and the cursor of the page that follows; None: this was the last."""

    orders: tuple[BookedOrder, ...]
    next_cursor: str | None


def cursor_of(order_id: OrderId) -> str:
    """Return the cursor of the page that follows an order."""
    return base64.urlsafe_b64encode(_CURSOR_VERSION + order_id.bytes).decode().rstrip("=")


def id_of(cursor: str) -> OrderId:
    """Return the order that a cursor follows; one that is none of ours is refused."""
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if packed[:1] != _CURSOR_VERSION:
            raise ValueError
        return OrderId(UUID(bytes=packed[1:]))
    except (ValueError, binascii.Error) as error:
        raise BadCursor from error
