"""What is decided about one order, without a database: taking it on, changing, rescheduling, attempts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from zaguan.base.kit.ids import new_id
from zaguan.base.kit.wall_time import find_zone
from zaguan.records.orders.booking import (
    BookedOrder,
    Failure,
    Hold,
    NewOrder,
    changed,
    check_order,
    differences,
    moved,
)
from zaguan.records.orders.model import Order, OrderId, OrderKind, Parcel, ParcelId
from zaguan.records.orders.parcels import ParcelState, TrackedParcel, split_parcels
from zaguan.records.orders.promise import Calendar, LocalWindow, ServiceLevel, promise_of, promised_by
from zaguan.records.orders.reasons import (
    AttemptPolicy,
    CompletionDetail,
    Decision,
    FailureReason,
    charge_of,
    decide,
)
from zaguan.records.orders.refusals import BadOrder, NotChangeable, NotYours
from zaguan.records.orders.states import CHANGEABLE, Mover, OrderState, Transition

# whose wish an order is; the others carry it out
ASKERS: Final = frozenset({Mover.SHIPPER, Mover.RECIPIENT, Mover.DISPATCHER, Mover.PLATFORM})
MAX_RESTS: Final = 100
_NEWS_TO_A_PLAN: Final = frozenset({"place", "service_on", "kind", "depot_ref"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A service level with the calendar that it counts its days by."""

    level: ServiceLevel
    calendar: Calendar


def book_order(
    new: NewOrder, *, level: Level | None, by: Mover, at: datetime, duplicate_of: OrderId | None = None
) -> BookedOrder:
    """Take a new order on: held where that was asked for, ready where its goods are.

    Its fields were looked at by `check_order`. A time zone that does not exist is refused.
    """
    if find_zone(new.time_zone) is None:
        raise BadOrder(field="time_zone", why="time_zone")
    order_id = OrderId(new_id())
    promise, asked = _promised(new, level, at)
    state = OrderState.ON_HOLD if new.hold else OrderState.READY if new.goods_ready else OrderState.CREATED
    return BookedOrder(
        id=order_id,
        shipper_id=new.shipper_id,
        asked=asked,
        state=state,
        state_since=at,
        state_by=by,
        received_at=at,
        changed_at=at,
        time_zone=new.time_zone,
        parcels=_tracked(order_id, asked.parcels),
        hold=new.hold,
        service_level=new.service_level,
        ready_at=new.ready_at,
        zone_ref=new.zone_ref,
        first_promise=promise,
        promise=promise,
        duplicate_of=duplicate_of,
    )


def _promised(new: NewOrder, level: Level | None, at: datetime) -> tuple[LocalWindow | None, Order]:
    """Return what is promised, and the order as it is planned by: with the day and window of the promise."""
    promise = new.promise
    if promise is None and new.asked.service_on is None and level is not None:
        promise = promise_of(level.level, level.calendar, max(at, new.ready_at or at))
    if promise is None:
        return promised_by(new.asked, new.time_zone), new.asked
    windows = new.asked.windows if new.asked.service_on == promise.on else ()
    return promise, replace(new.asked, service_on=promise.on, windows=windows or (promise.as_time_window(),))


def _tracked(order_id: OrderId, parcels: Sequence[Parcel], *, first: int = 1) -> tuple[TrackedParcel, ...]:
    return tuple(
        TrackedParcel(id=ParcelId(new_id()), order_id=order_id, number=number, content=content)
        for number, content in enumerate(parcels, start=first)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A change of what was asked for. `fields` is empty where nothing differs; `ways` are the moves that it brought."""

    order: BookedOrder
    fields: tuple[str, ...]
    ways: tuple[Transition, ...] = ()


def revise_order(order: BookedOrder, asked: Order, *, by: Mover, at: datetime, zone_ref: str | None = None) -> Revision:
    """Put what is asked for now in the place of what was; `zone_ref` is the zone of the place, where it is known.

    A planned order with another day or place comes off its plan. Refused: an order on its way or at its end, another
    external id, the taking away of parcels that were seen, and bad fields.
    """
    if asked.ref != order.external_id:
        raise BadOrder(field="ref", why="fixed")
    check_order(asked)
    fields = differences(order.asked, asked)
    if not fields:
        return Revision(order=order, fields=())
    _refuse_strangers(order, by)
    parcels = order.parcels
    if "parcels" in fields:
        parcels = _revised_parcels(order, asked.parcels)
        asked = replace(asked, parcels=tuple(parcel.content for parcel in parcels))
    result = changed(order, at=at, asked=asked, parcels=parcels)
    if zone_ref is not None and zone_ref != order.zone_ref:
        fields = (*fields, "zone_ref")
        result = replace(result, zone_ref=zone_ref)
    if {"service_on", "windows"} & set(fields):
        result = _with_promise(result, promised_by(asked, order.time_zone))
    if order.state is OrderState.PLANNED and _NEWS_TO_A_PLAN & set(fields):
        result, way = moved(result, OrderState.READY, by=by, at=at)
        return Revision(order=replace(result, route_id=None), fields=fields, ways=(way,))
    return Revision(order=result, fields=fields)


def recheck_hold(revision: Revision, hold: Hold | None, *, by: Mover, at: datetime) -> Revision:
    """Hold an order whose new place is doubtful, and release one that waited for a better address and has it now."""
    order = revision.order
    if "place" not in revision.fields:
        return revision
    if hold is not None and order.state in {OrderState.CREATED, OrderState.READY}:
        target = OrderState.ON_HOLD
    elif hold is None and order.hold is Hold.ADDRESS:
        target = OrderState.READY
    else:
        return revision
    result, way = moved(order, target, by=by, at=at)
    return replace(revision, order=replace(result, hold=hold), ways=(*revision.ways, way))


def _refuse_strangers(order: BookedOrder, by: Mover) -> None:
    if order.state not in CHANGEABLE:
        raise NotChangeable(order=order.external_id, state=order.state.value)
    if by not in ASKERS:
        raise NotYours(source=order.state.value, target=order.state.value, by=by.value)


def _revised_parcels(order: BookedOrder, wanted: Sequence[Parcel]) -> tuple[TrackedParcel, ...]:
    """Match wanted parcels with those that are known, by barcode, else by content; the rest are new."""
    known = list(order.parcels)
    kept: list[tuple[Parcel, TrackedParcel | None]] = []
    for content in wanted:
        same = [each for each in known if (each.content.barcode == content.barcode if content.barcode else True)]
        found = next((each for each in same if each.content == content), None)
        if found is None and content.barcode:
            found = next(iter(same), None)
        if found is not None:
            known.remove(found)
        kept.append((content, found))
    if any(parcel.state is not ParcelState.EXPECTED for parcel in known):
        raise BadOrder(field="parcels", why="parcels_seen")
    fresh = _tracked(order.id, wanted)
    return tuple(
        replace(new, content=content) if old is None else replace(old, content=content, number=new.number)
        for new, (content, old) in zip(fresh, kept, strict=True)
    )


def reschedule(
    order: BookedOrder, window: LocalWindow, *, by: Mover, at: datetime
) -> tuple[BookedOrder, Transition | None]:
    """Promise another window. A planned order comes off its plan, a failed one is to be tried again."""
    _refuse_strangers(order, by)
    asked = replace(order.asked, service_on=window.on, windows=(window.as_time_window(),))
    result = _with_promise(changed(order, at=at, asked=asked, plan_window=None), window)
    waits = order.state is OrderState.ON_HOLD and order.hold is Hold.FAILED_ATTEMPT
    if waits or order.state in {OrderState.PLANNED, OrderState.ATTEMPT_FAILED}:
        result, way = moved(result, OrderState.READY, by=by, at=at)
        return replace(result, route_id=None), way
    return result, None


def retry(
    order: BookedOrder, policy: AttemptPolicy, level: Level | None, *, by: Mover, at: datetime
) -> tuple[BookedOrder, Transition]:
    """Have another attempt planned, as many days later as the policy says, in the same hours.

    It falls on a day of service where the order has a service level. One without a day may be planned any day.
    """
    result, way = moved(order, OrderState.READY, by=by, at=at)
    result = replace(result, route_id=None)
    if order.asked.service_on is None:
        return result, way
    zone = find_zone(order.time_zone)
    assert zone is not None, "looked at when the order was taken on"
    day = max(order.asked.service_on, at.astimezone(zone).date() + timedelta(days=policy.days_between))
    if level is not None:
        day = level.calendar.service_day(day)
    asked = replace(order.asked, service_on=day)
    return _with_promise(replace(result, asked=asked, plan_window=None), promised_by(asked, order.time_zone)), way


def _with_promise(order: BookedOrder, promise: LocalWindow | None) -> BookedOrder:
    """The last promise changes; the first one stays what on-time is measured by."""
    return replace(order, promise=promise, first_promise=order.first_promise or promise)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempt:
    """An attempt in vain, what was decided, and what the next one costs the shipper."""

    order: BookedOrder
    way: Transition
    failure: Failure
    charge_minor: int


def fail_attempt(
    order: BookedOrder,
    reason: FailureReason,
    policy: AttemptPolicy,
    *,
    by: Mover,
    at: datetime,
    place: str = "",
    sub_reason: str = "",
) -> FailedAttempt:
    """Record that an attempt failed; the shipper's policy decides what comes next."""
    result, way = moved(order, OrderState.ATTEMPT_FAILED, by=by, at=at, place=place)
    attempts = order.attempts + 1
    decision = decide(policy, reason, attempts=attempts)
    failure = Failure(reason=reason, decision=decision, failed_at=at, sub_reason=sub_reason)
    charge = charge_of(policy, reason) if decision in {Decision.RETRY, Decision.REDIRECT} else 0
    return FailedAttempt(
        order=replace(result, attempts=attempts, failure=failure), way=way, failure=failure, charge_minor=charge
    )


def complete(
    order: BookedOrder, detail: CompletionDetail, *, by: Mover, at: datetime, place: str = ""
) -> tuple[BookedOrder, Transition]:
    """Record that all was handed over, or fetched."""
    result, way = moved(order, OrderState.DELIVERED, by=by, at=at, place=place)
    # who comes to the point makes no attempt of ours
    attempts = order.attempts + (order.state is not OrderState.AVAILABLE_FOR_PICKUP)
    return replace(result, attempts=attempts, completion=detail, completed_at=at, failure=None), way


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDelivery:
    """An order that was delivered in part, and the new one in which its rest goes on."""

    order: BookedOrder
    way: Transition
    rest: BookedOrder
    handed_pieces: int


def complete_in_part(
    order: BookedOrder,
    handed: Mapping[ParcelId, int],
    detail: CompletionDetail,
    *,
    rest_ref: str,
    rest_cash_minor: int,
    by: Mover,
    at: datetime,
    place: str = "",
) -> PartialDelivery:
    """Record that some pieces were handed over. The rest is held as a new order until somebody decides."""
    result, way = moved(order, OrderState.PARTIALLY_DELIVERED, by=by, at=at, place=place)
    split = split_parcels(order.parcels, handed, new_ids=[ParcelId(new_id()) for _ in order.parcels])
    # what is fetched is aboard now, what is brought is the recipient's
    there = ParcelState.ABOARD if order.asked.kind is OrderKind.PICKUP else ParcelState.HANDED_OVER
    given = tuple(parcel.moved(there, at=at, place=place) for parcel in split.handed)
    done = with_parcels(
        replace(result, attempts=order.attempts + 1, completion=detail, completed_at=at, failure=None), given
    )
    rest_id = OrderId(new_id())
    rest = BookedOrder(
        id=rest_id,
        shipper_id=order.shipper_id,
        asked=replace(order.asked, ref=rest_ref, cash_minor=rest_cash_minor, service_on=None, windows=()),
        state=OrderState.ON_HOLD,
        state_since=at,
        state_by=by,
        received_at=at,
        changed_at=at,
        time_zone=order.time_zone,
        hold=Hold.FAILED_ATTEMPT,
        service_level=order.service_level,
        zone_ref=order.zone_ref,
        attempts=order.attempts,
        continues=order.id,
    )
    left = tuple(replace(each, order_id=rest_id, number=at_) for at_, each in enumerate(split.rest, start=1))
    return PartialDelivery(
        order=done, way=way, rest=with_parcels(rest, left), handed_pieces=sum(each.content.pieces for each in given)
    )


def with_parcels(order: BookedOrder, parcels: tuple[TrackedParcel, ...]) -> BookedOrder:
    """Return the order with other parcels, and asking for them."""
    contents = tuple(parcel.content for parcel in parcels)
    return replace(order, parcels=parcels, asked=replace(order.asked, parcels=contents))


def refs_of_rests(ref: str) -> Iterator[str]:
    """Yield the numbers that the rest of an order may have: A-7/2, A-7/3, and after that one A-7/4."""
    stem, _, number = ref.rpartition("/")
    first, stem = (int(number) + 1, stem) if stem and number.isdecimal() else (2, ref)
    return (f"{stem}/{count}" for count in range(first, first + MAX_RESTS))
