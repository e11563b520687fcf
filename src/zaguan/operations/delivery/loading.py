"""What goes into a vehicle and comes out of it again: the manifest, its scans, and the balance at the day's end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from zaguan.operations.delivery.acts import (
    AnyAct,
    Depart,
    EndRoute,
    FinishLoading,
    LeftBehind,
    Pieces,
    ScanParcel,
    ScanPurpose,
    in_field_order,
)
from zaguan.operations.delivery.door import DoorStop, StopState
from zaguan.operations.delivery.model import BadAct
from zaguan.records.orders.model import OrderKind


class ScanVerdict(StrEnum):
    """What a scan at the depot tells the driver."""

    RIGHT = "right"
    AGAIN = "again"  # all its pieces are on board already
    OTHER_ROUTE = "other_route"
    SURPLUS = "surplus"  # on no route of the day
    NOT_LOADED = "not_loaded"  # taken off or brought back, but never loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Pieces of one order that belong on the route."""

    order_id: UUID
    order_ref: str
    barcode: str
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parcels that belong on a route."""

    route_id: UUID
    expected: tuple[Expected, ...] = ()

    def pieces_of(self, barcode: str) -> int:
        """Return how many pieces of a barcode belong on the route."""
        return sum(line.pieces for line in self.expected if line.barcode == barcode)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanAnswer:
    """What the driver hears after a scan. `route_ref` is where the parcel belongs, if it is another route."""

    verdict: ScanVerdict
    barcode: str
    order_ref: str = ""
    route_ref: str = ""
    counted: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadState:
    """What is known of a route's load by now."""

    on_board: Mapping[str, int]
    strangers: tuple[str, ...] = ()  # scanned for loading, and not of this route
    brought_back: Mapping[str, int]
    left_behind: tuple[LeftBehind, ...] = ()
    finished_at: datetime | None = None
    departed_at: datetime | None = None
    ended_at: datetime | None = None


def manifest_of(route_id: UUID, stops: Iterable[DoorStop]) -> Manifest:
    """Return the parcels that a route takes out of the depot: those of its deliveries."""
    stops = tuple(stops)
    taken_over = {order.order_id for stop in stops for order in stop.orders if order.takes_over}
    return Manifest(
        route_id=route_id,
        expected=tuple(
            Expected(order_id=order.order_id, order_ref=order.ref, barcode=piece.barcode, pieces=piece.pieces)
            for stop in stops
            if not stop.is_called_off
            for order in stop.orders
            if order.kind is OrderKind.DELIVERY and order.order_id not in taken_over
            for piece in order.parcels
        ),
    )


def load_state(manifest: Manifest, acts: Iterable[AnyAct]) -> LoadState:
    """Fold the acts of a route that are not of a stop."""
    on_board: dict[str, int] = {}
    brought_back: dict[str, int] = {}
    strangers: dict[str, None] = {}
    finished: FinishLoading | None = None
    departed_at: datetime | None = None
    ended_at: datetime | None = None
    for act in in_field_order(acts):
        match act:
            case ScanParcel():
                _count_scan(act, manifest, on_board, brought_back, strangers)
            case FinishLoading():
                finished = act
            case Depart():
                departed_at = departed_at or act.happened_at
            case EndRoute():
                ended_at = act.happened_at
            case _:
                pass
    return LoadState(
        on_board=on_board,
        strangers=tuple(strangers),
        brought_back=brought_back,
        left_behind=finished.left_behind if finished else (),
        finished_at=finished.happened_at if finished else None,
        departed_at=departed_at,
        ended_at=ended_at,
    )


def scan_answer(
    manifest: Manifest, state: LoadState, scan: ScanParcel, *, belongs_to: str = "", order_ref: str = ""
) -> ScanAnswer:
    """Return what the driver hears, `state` being the one before the scan.

    `belongs_to` is the other route on which the barcode is expected, if any, and `order_ref` its order there.
    """
    expected = manifest.pieces_of(scan.barcode)
    refs = sorted({line.order_ref for line in manifest.expected if line.barcode == scan.barcode})
    if scan.purpose is ScanPurpose.LOAD:
        if not expected:
            verdict = ScanVerdict.OTHER_ROUTE if belongs_to else ScanVerdict.SURPLUS
            return ScanAnswer(verdict=verdict, barcode=scan.barcode, route_ref=belongs_to, order_ref=order_ref)
        aboard = state.on_board.get(scan.barcode, 0)
        verdict = ScanVerdict.AGAIN if aboard >= expected else ScanVerdict.RIGHT
        counted = min(expected, aboard + 1)
    elif scan.purpose is ScanPurpose.TAKE_OFF:
        aboard = state.on_board.get(scan.barcode, 0)
        verdict = ScanVerdict.RIGHT if aboard else ScanVerdict.NOT_LOADED
        counted = max(0, aboard - 1)
    else:
        verdict, counted = ScanVerdict.RIGHT, state.brought_back.get(scan.barcode, 0) + 1
    return ScanAnswer(verdict=verdict, barcode=scan.barcode, order_ref=", ".join(refs), counted=counted, of=expected)


def missing_of(manifest: Manifest, state: LoadState) -> tuple[Expected, ...]:
    """Return what belongs on the route and is not on board, order by order."""
    aboard = dict(state.on_board)
    missing = []
    for line in manifest.expected:
        there = min(line.pieces, aboard.get(line.barcode, 0))
        aboard[line.barcode] = aboard.get(line.barcode, 0) - there
        if there < line.pieces:
            missing.append(
                Expected(
                    order_id=line.order_id,
                    order_ref=line.order_ref,
                    barcode=line.barcode,
                    pieces=line.pieces - there,
                )
            )
    return tuple(missing)


def unexplained_of(manifest: Manifest, state: LoadState) -> tuple[Expected, ...]:
    """Return what is missing without a reason."""
    explained = {(left.order_id, left.barcode): left.pieces for left in state.left_behind}
    return tuple(
        line for line in missing_of(manifest, state) if line.pieces > explained.get((line.order_id, line.barcode), 0)
    )


def check_left_behind(manifest: Manifest, left_behind: Sequence[LeftBehind]) -> None:
    """Refuse a reason for a parcel that does not belong on the route."""
    lines = {(line.order_id, line.barcode) for line in manifest.expected}
    for left in left_behind:
        if (left.order_id, left.barcode) not in lines:
            raise BadAct(field="left_behind.barcode", what=left.barcode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Where the pieces of one barcode went. `unexplained` below zero: more came back than there were."""

    barcode: str
    loaded: int
    fetched: int
    handed_over: int
    brought_back: int

    @property
    def unexplained(self) -> int:
        """Pieces that went on board and are neither at a door nor back."""
        return self.loaded + self.fetched - self.handed_over - self.brought_back


def balance_of(
    manifest: Manifest, state: LoadState, stops: Iterable[tuple[DoorStop, StopState]]
) -> tuple[Balance, ...]:
    """Return the balance of a route by barcode: at the day's end each has to be even.

    Who does not scan when loading tells of a parcel only at the door or back at the depot: it was on board, then.
    """
    given: dict[str, int] = {}
    fetched: dict[str, int] = {}
    for stop, done in stops:
        for order in stop.orders:
            into = fetched if order.takes_over or order.kind is OrderKind.PICKUP else given
            for piece in _handed(done, order.order_id):
                into[piece.barcode] = into.get(piece.barcode, 0) + piece.pieces
    balances = []
    for barcode in sorted({*state.on_board, *given, *fetched, *state.brought_back}):
        came, went = fetched.get(barcode, 0), given.get(barcode, 0)
        scanned_back = state.brought_back.get(barcode, 0)
        seen = min(manifest.pieces_of(barcode), went + max(0, scanned_back - came))
        aboard = max(state.on_board.get(barcode, 0), seen)
        # a piece that is scanned twice at the depot is still one piece; one that nobody had is not
        back = min(max(1, aboard + came - went), scanned_back)
        balances.append(Balance(barcode=barcode, loaded=aboard, fetched=came, handed_over=went, brought_back=back))
    return tuple(balances)


def _handed(done: StopState, order_id: UUID) -> tuple[Pieces, ...]:
    order = done.order(order_id)
    return order.handed if order.outcome.handed_over else ()


def _count_scan(
    scan: ScanParcel,
    manifest: Manifest,
    on_board: dict[str, int],
    brought_back: dict[str, int],
    strangers: dict[str, None],
) -> None:
    expected = manifest.pieces_of(scan.barcode)
    match scan.purpose:
        case ScanPurpose.LOAD if not expected:
            strangers[scan.barcode] = None
        case ScanPurpose.LOAD:
            # a scan too many is no piece more
            on_board[scan.barcode] = min(expected, on_board.get(scan.barcode, 0) + 1)
        case ScanPurpose.TAKE_OFF:
            strangers.pop(scan.barcode, None)
            if on_board.get(scan.barcode, 0):
                on_board[scan.barcode] -= 1
        case ScanPurpose.BRING_BACK:
            brought_back[scan.barcode] = brought_back.get(scan.barcode, 0) + 1
