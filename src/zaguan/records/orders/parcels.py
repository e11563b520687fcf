"""The parcels that the platform knows one by one: where each is, and where it was last seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final

from zaguan.records.orders.model import OrderId, OrderKind, Parcel, ParcelId
from zaguan.records.orders.refusals import NothingHandedOver, ParcelNotAllowed, ParcelNotFound


class ParcelState(StrEnum):
    """Where a parcel is."""

    EXPECTED = "expected"  # with the shipper, or with the recipient where it is fetched
    AT_HUB = "at_hub"
    ABOARD = "aboard"
    AT_POINT = "at_point"  # in a locker or pickup point
    MISSING = "missing"  # was not where it should have been; it may turn up
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    LOST = "lost"
    WITHDRAWN = "withdrawn"  # never came: its order was cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelTransition:
    """An allowed way of a parcel. `fact` is the type of what it announces, and the key of its words."""

    source: ParcelState
    target: ParcelState
    fact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedParcel:
    """A parcel of a booked order. One line of several equal pieces is one parcel until it is split."""

    id: ParcelId
    order_id: OrderId
    number: int  # 1, 2, ... within the order
    content: Parcel
    state: ParcelState = ParcelState.EXPECTED
    damaged: bool = False
    seen_at: datetime | None = None  # the last scan or hand-over
    seen_place: str = ""  # a ref of ours: the depot, hub, point or route

    def moved(self, target: ParcelState, *, at: datetime, place: str) -> "TrackedParcel":
        """Return it in another state, seen now. A way that is not there is refused."""
        if find_parcel_transition(self.state, target) is None:
            raise ParcelNotAllowed(
                barcode=self.content.barcode or str(self.id), source=self.state.value, target=target.value
            )
        return replace(self, state=target, seen_at=at, seen_place=place)


_P = ParcelState
PARCEL_CLOSED: Final = frozenset({_P.HANDED_OVER, _P.RETURNED, _P.LOST, _P.WITHDRAWN})
WITH_US: Final = frozenset({_P.AT_HUB, _P.ABOARD, _P.AT_POINT})
_HELD_OR_COMING: Final = (_P.EXPECTED, _P.AT_HUB, _P.ABOARD, _P.AT_POINT, _P.MISSING)

_TABLE: Final[tuple[tuple[str, tuple[ParcelState, ...], ParcelState], ...]] = (
    ("parcel.received", (_P.EXPECTED, _P.ABOARD, _P.AT_POINT, _P.MISSING), _P.AT_HUB),
    ("parcel.loaded", (_P.EXPECTED, _P.AT_HUB, _P.AT_POINT, _P.MISSING), _P.ABOARD),
    ("parcel.left_at_point", (_P.EXPECTED, _P.AT_HUB, _P.ABOARD, _P.MISSING), _P.AT_POINT),
    # who does not scan tells of a parcel only when it is handed over
    ("parcel.handed_over", _HELD_OR_COMING, _P.HANDED_OVER),
    ("parcel.returned", _HELD_OR_COMING, _P.RETURNED),
    ("parcel.missed", (_P.EXPECTED, _P.AT_HUB, _P.ABOARD, _P.AT_POINT), _P.MISSING),
    ("parcel.lost", _HELD_OR_COMING, _P.LOST),
    ("parcel.withdrawn", (_P.EXPECTED, _P.MISSING), _P.WITHDRAWN),
)
PARCEL_TRANSITIONS: Final = tuple(
    ParcelTransition(source=source, target=target, fact=fact) for fact, sources, target in _TABLE for source in sources
)
# what a fact of the order says of all its parcels that are still open
_FOLLOWS: Final = {
    "order.loaded": _P.ABOARD,
    "order.departed_for_hub": _P.ABOARD,
    "order.unloaded": _P.AT_HUB,
    "order.left_behind": _P.AT_HUB,
    "order.brought_back": _P.AT_HUB,
    "order.reached_hub": _P.AT_HUB,
    "order.left_at_point": _P.AT_POINT,
    "order.collected": _P.HANDED_OVER,
    "order.delivered": _P.HANDED_OVER,
    "order.returned": _P.RETURNED,
    "order.lost": _P.LOST,
    "order.cancelled": _P.WITHDRAWN,
}


@cache
def _ways() -> dict[tuple[ParcelState, ParcelState], ParcelTransition]:
    ways = {(way.source, way.target): way for way in PARCEL_TRANSITIONS}
    assert len(ways) == len(PARCEL_TRANSITIONS), "two ways between the same states"
    return ways


def find_parcel_transition(source: ParcelState, target: ParcelState) -> ParcelTransition | None:
    """Return the way between two states, or None where there is none."""
    return _ways().get((source, target))


def followed(
    parcels: Sequence[TrackedParcel], fact: str, kind: OrderKind, *, at: datetime, place: str
) -> tuple[TrackedParcel, ...]:
    """Return an order's parcels after something happened to the order as a whole.

    Parcels for which there is no way, and those that are closed, stay as they are: nobody saw them move.
    """
    target = _FOLLOWS.get(fact)
    if fact == "order.departed" and kind is OrderKind.DELIVERY:
        target = _P.ABOARD
    if fact == "order.delivered" and kind is OrderKind.PICKUP:
        target = _P.ABOARD  # fetched: on its way to the depot
    if target is None:
        return tuple(parcels)
    return tuple(
        parcel.moved(target, at=at, place=place) if find_parcel_transition(parcel.state, target) else parcel
        for parcel in parcels
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A partial delivery: what was handed over, and what goes on in a new order."""

    handed: tuple[TrackedParcel, ...]
    rest: tuple[TrackedParcel, ...]


def split_parcels(
    parcels: Sequence[TrackedParcel], handed: Mapping[ParcelId, int], *, new_ids: Sequence[ParcelId]
) -> Split:
    """Part an order's parcels by how many pieces of each were handed over; parcels not named were not.

    A line of equal pieces may be parted: its rest takes one of `new_ids`, and its weight and volume are shared out
    so that the sums stay exact. Handing over nothing or everything, unknown parcels and too many pieces are refused.
    """
    open_parcels = [parcel for parcel in parcels if parcel.state not in PARCEL_CLOSED]
    if unknown := set(handed) - {parcel.id for parcel in open_parcels}:
        raise ParcelNotFound(parcel=str(min(unknown)))
    given: list[TrackedParcel] = []
    rest: list[TrackedParcel] = []
    fresh = iter(new_ids)
    for parcel in open_parcels:
        pieces = handed.get(parcel.id, 0)
        if not 0 <= pieces <= parcel.content.pieces:
            raise NothingHandedOver(pieces=pieces, most=parcel.content.pieces)
        if pieces == parcel.content.pieces:
            given.append(parcel)
        elif pieces == 0:
            rest.append(parcel)
        else:
            given.append(replace(parcel, content=_share(parcel.content, 0, pieces)))
            rest.append(replace(parcel, id=next(fresh), content=_share(parcel.content, pieces, parcel.content.pieces)))
    if not given or not rest:
        raise NothingHandedOver(pieces=sum(handed.values()), most=sum(each.content.pieces for each in open_parcels))
    return Split(handed=tuple(given), rest=tuple(rest))


def _share(content: Parcel, first: int, last: int) -> Parcel:
    """Return the pieces from `first` up to `last` of a line."""
    total = content.pieces
    return replace(
        content,
        pieces=last - first,
        weight_g=content.weight_g * last // total - content.weight_g * first // total,
        volume_ml=content.volume_ml * last // total - content.volume_ml * first // total,
    )
