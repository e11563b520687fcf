"""Where the pieces of a route are after an act, whatever came before it: back in the depot, or nowhere to be found.

Said of all acts together, so that a scan that was told late does not put on board what is back already.
"""

from collections.abc import Sequence
from datetime import datetime

from zaguan.base.events.loading import LoadBalanced, PiecesUnexplained
from zaguan.operations.delivery.acts import AnyAct, EndRoute, ScanParcel, ScanPurpose
from zaguan.operations.delivery.doing import Doing
from zaguan.operations.delivery.door import DoorStop, StopState, stop_state
from zaguan.operations.delivery.loading import Balance, balance_of, load_state
from zaguan.operations.delivery.model import Outcome
from zaguan.operations.delivery.order_moves import see_parcels
from zaguan.records.orders import scanning
from zaguan.records.orders import service as orders
from zaguan.records.orders.model import OrderId, OrderKind
from zaguan.records.orders.parcels import ParcelState
from zaguan.records.orders.refusals import ParcelAmbiguous, ParcelNotFound


def settle(doing: Doing) -> tuple[Balance, ...]:
    """Have parcels follow what came back, and once the route has ended what did not; return what is uneven."""
    act = doing.told.act
    state = load_state(doing.sheet.manifest, doing.after)
    back = set(state.brought_back)
    if isinstance(act, ScanParcel) and act.purpose is ScanPurpose.BRING_BACK:
        _see_back(doing, act)
    elif back:
        _see_all_back(doing, back, at=act.happened_at)
    if state.ended_at is None:
        return ()
    uneven = _uneven(doing, doing.after)
    lost = {line.barcode for line in uneven if line.unexplained > 0}
    if lost:
        for order_id in doing.sheet.booked:
            fresh = orders.get_order(doing.session, doing.organisation_id, OrderId(order_id))
            see_parcels(doing, fresh, lost, ParcelState.MISSING, at=state.ended_at)
    if isinstance(act, EndRoute) or uneven != _uneven(doing, doing.before):
        _tell(doing, uneven, at=state.ended_at)
    return uneven


def stops_after(doing: Doing, acts: Sequence[AnyAct]) -> list[tuple[DoorStop, StopState]]:
    """Return the stops of the sheet with what some acts made of them."""
    return [(stop, stop_state(stop, acts)) for stop in doing.sheet.stops]


def _uneven(doing: Doing, acts: Sequence[AnyAct]) -> tuple[Balance, ...]:
    manifest = doing.sheet.manifest
    lines = balance_of(manifest, load_state(manifest, acts), stops_after(doing, acts))
    return tuple(line for line in lines if line.unexplained)


def _see_back(doing: Doing, act: ScanParcel) -> None:
    """Note that a parcel is in the depot, of whichever order it is by now: a rest has one of its own."""
    try:
        order_id, _ = scanning.find_parcel_by_barcode(doing.session, doing.organisation_id, act.barcode)
    except (ParcelNotFound, ParcelAmbiguous):
        _see_all_back(doing, {act.barcode}, at=act.happened_at)
        return
    order = orders.get_order(doing.session, doing.organisation_id, order_id)
    see_parcels(doing, order, [act.barcode], ParcelState.AT_HUB, at=act.happened_at)


def _see_all_back(doing: Doing, barcodes: set[str], *, at: datetime) -> None:
    for stop, state in stops_after(doing, doing.after):
        for order in stop.orders:
            brought = order.kind is OrderKind.DELIVERY and not order.takes_over
            if not (brought and state.order(order.order_id).outcome.handed_over):
                fresh = orders.get_order(doing.session, doing.organisation_id, OrderId(order.order_id))
                see_parcels(doing, fresh, barcodes, ParcelState.AT_HUB, at=at)


def _tell(doing: Doing, uneven: Sequence[Balance], *, at: datetime) -> None:
    act = doing.told.act
    doing.tell_of_route(
        LoadBalanced(
            route_id=act.route_id,
            driver_id=act.driver_id,
            happened_at=at,
            clock_skewed=doing.told.is_skewed,
            unexplained=tuple(PiecesUnexplained(barcode=line.barcode, pieces=line.unexplained) for line in uneven),
            open_stops=tuple(
                stop.stop_id for stop, done in stops_after(doing, doing.after) if done.outcome is Outcome.OPEN
            ),
        )
    )
