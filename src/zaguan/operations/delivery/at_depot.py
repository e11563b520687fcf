"""Acts at the depot: parcels scanned in and out, the loading finished, the leaving and the coming back."""

from typing import Any
from uuid import UUID

from zaguan.base.events.loading import (
    LoadDeparted,
    LoadingFinished,
    PiecesMissing,
    StrangerScanned,
)
from zaguan.operations.delivery.acts import Depart, EndRoute, FinishLoading, ScanParcel, ScanPurpose
from zaguan.operations.delivery.doing import ActAnswer, Doing, MissingPieces
from zaguan.operations.delivery.door import stop_state
from zaguan.operations.delivery.loading import (
    LoadState,
    Manifest,
    ScanVerdict,
    check_left_behind,
    load_state,
    missing_of,
    scan_answer,
)
from zaguan.operations.delivery.model import Outcome
from zaguan.operations.delivery.order_moves import leave_behind, move_all, see_parcels
from zaguan.records.orders import scanning
from zaguan.records.orders import service as orders
from zaguan.records.orders.parcels import ParcelState
from zaguan.records.orders.refusals import ParcelAmbiguous, ParcelNotFound
from zaguan.records.orders.states import ON_THE_ROAD, OrderState

_BEFORE_LEAVING = (OrderState.DISPATCHED, OrderState.LOADED, OrderState.IN_TRANSIT)


def scan(doing: Doing, act: ScanParcel) -> ActAnswer:
    """Count a parcel in or out. One of another route is answered with the route that it belongs to."""
    manifest = doing.sheet.manifest
    before, after = load_state(manifest, doing.before), load_state(manifest, doing.after)
    belongs_to, order_ref = ("", "")
    if not manifest.pieces_of(act.barcode):
        belongs_to, order_ref = _elsewhere(doing, act.barcode)
    answer = scan_answer(manifest, before, act, belongs_to=belongs_to, order_ref=order_ref)
    if answer.verdict in {ScanVerdict.OTHER_ROUTE, ScanVerdict.SURPLUS}:
        doing.tell_of_route(StrangerScanned(**_head(doing), barcode=act.barcode, belongs_to=belongs_to))
    elif act.purpose is not ScanPurpose.BRING_BACK:
        _see_loaded(doing, act, manifest, after)
    return ActAnswer(act_id=act.act_id, clock_skewed=doing.told.is_skewed, scan=answer)


def finish_loading(doing: Doing, act: FinishLoading) -> ActAnswer:
    """Note that nothing more is loaded, and why some of it stays. Refused: a reason for a parcel of another route."""
    manifest = doing.sheet.manifest
    check_left_behind(manifest, act.left_behind)
    state = load_state(manifest, doing.after)
    missing = _missing(manifest, state)
    doing.tell_of_route(
        LoadingFinished(**_head(doing), pieces=sum(state.on_board.values()), missing=_told_missing(missing))
    )
    return ActAnswer(act_id=act.act_id, clock_skewed=doing.told.is_skewed, missing=missing)


def depart(doing: Doing, act: Depart) -> ActAnswer:
    """Let the route leave: its orders are out for delivery, those left behind with a reason are off the route.

    What is missing without a reason is told and not held back: the vehicle leaves all the same.
    """
    manifest = doing.sheet.manifest
    before, state = load_state(manifest, doing.before), load_state(manifest, doing.after)
    missing = _missing(manifest, state)
    if before.departed_at is not None:
        return ActAnswer(act_id=act.act_id, counts=False, clock_skewed=doing.told.is_skewed, missing=missing)
    at = act.happened_at
    stays = _left_behind(manifest, state)
    for order_id in stays:
        reason = next(left.reason for left in state.left_behind if left.order_id == order_id)
        leave_behind(doing, order_id, reason, at=at)
    not_here = {order.order_id for stop in doing.sheet.stops for order in stop.orders if order.takes_over}
    called_off = {order.order_id for stop in doing.sheet.stops if stop.is_called_off for order in stop.orders}
    move_all(
        doing,
        [order_id for order_id in doing.sheet.booked if order_id not in stays | not_here | called_off],
        OrderState.OUT_FOR_DELIVERY,
        sources=_BEFORE_LEAVING,
        at=at,
    )
    doing.tell_of_route(
        LoadDeparted(**_head(doing), pieces=sum(state.on_board.values()), missing=_told_missing(missing))
    )
    return ActAnswer(act_id=act.act_id, clock_skewed=doing.told.is_skewed, missing=missing)


def end_route(doing: Doing, act: EndRoute) -> ActAnswer:
    """Close the route: orders that nobody told of came back. Whether every piece is somewhere is settled after it."""
    untold = [
        order.order_id
        for stop in doing.sheet.stops
        for order in stop.orders
        if stop_state(stop, doing.after).order(order.order_id).outcome is Outcome.OPEN
    ]
    move_all(doing, untold, OrderState.READY, sources=ON_THE_ROAD, at=act.happened_at)
    return ActAnswer(act_id=act.act_id, clock_skewed=doing.told.is_skewed)


def _head(doing: Doing) -> dict[str, Any]:
    act = doing.told.act
    return {
        "route_id": act.route_id,
        "driver_id": act.driver_id,
        "happened_at": act.happened_at,
        "clock_skewed": doing.told.is_skewed,
    }


def _elsewhere(doing: Doing, barcode: str) -> tuple[str, str]:
    """Return the route and the order that a barcode belongs to, as far as there are any."""
    try:
        order_id, _ = scanning.find_parcel_by_barcode(doing.session, doing.organisation_id, barcode)
    except (ParcelNotFound, ParcelAmbiguous):
        return "", ""
    order = orders.get_order(doing.session, doing.organisation_id, order_id)
    if order.route_id is None:
        return "", order.external_id
    route = doing.road.find_route(doing.session, doing.organisation_id, order.route_id)
    return (route.ref if route else ""), order.external_id


def _see_loaded(doing: Doing, act: ScanParcel, manifest: Manifest, state: LoadState) -> None:
    """Have parcels and orders follow what is on board now."""
    missing = {(line.order_id, line.barcode) for line in missing_of(manifest, state)}
    incomplete = {order_id for order_id, _ in missing}
    concerned = {line.order_id for line in manifest.expected if line.barcode == act.barcode}
    at = act.happened_at
    for order_id in sorted(concerned):
        order = doing.sheet.booked[order_id]
        if order.state not in {OrderState.DISPATCHED, OrderState.LOADED}:
            continue  # it has left, or went another way
        aboard = (order_id, act.barcode) not in missing
        target = ParcelState.ABOARD if aboard else ParcelState.AT_HUB
        if order_id not in incomplete:
            see_parcels(doing, order, [act.barcode], target, at=at)
            move_all(doing, [order_id], OrderState.LOADED, sources=[OrderState.DISPATCHED], at=at)
            continue
        move_all(doing, [order_id], OrderState.DISPATCHED, sources=[OrderState.LOADED], at=at)
        fresh = orders.get_order(doing.session, doing.organisation_id, order.id)
        see_parcels(doing, fresh, [act.barcode], target, at=at)
        # the order came off as a whole: what is still on board is seen there
        rest = [
            line.barcode
            for line in manifest.expected
            if line.order_id == order_id and (order_id, line.barcode) not in missing and line.barcode != act.barcode
        ]
        see_parcels(doing, fresh, rest, ParcelState.ABOARD, at=at)


def _missing(manifest: Manifest, state: LoadState) -> tuple[MissingPieces, ...]:
    reasons = {(left.order_id, left.barcode): left.reason.value for left in state.left_behind}
    return tuple(
        MissingPieces(
            order_id=line.order_id,
            order_ref=line.order_ref,
            barcode=line.barcode,
            pieces=line.pieces,
            reason=reasons.get((line.order_id, line.barcode), ""),
        )
        for line in missing_of(manifest, state)
    )


def _told_missing(missing: tuple[MissingPieces, ...]) -> tuple[PiecesMissing, ...]:
    return tuple(
        PiecesMissing(order_id=line.order_id, barcode=line.barcode, pieces=line.pieces, reason=line.reason)
        for line in missing
    )


def _left_behind(manifest: Manifest, state: LoadState) -> set[UUID]:
    """Return the orders of which nothing goes out, and somebody said why."""
    reasons = {left.order_id for left in state.left_behind}
    expected: dict[UUID, int] = {}
    absent: dict[UUID, int] = {}
    for line in manifest.expected:
        expected[line.order_id] = expected.get(line.order_id, 0) + line.pieces
    for line in missing_of(manifest, state):
        absent[line.order_id] = absent.get(line.order_id, 0) + line.pieces
    return {order_id for order_id in reasons if order_id in absent and absent[order_id] == expected[order_id]}
