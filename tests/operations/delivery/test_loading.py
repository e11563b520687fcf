"""Loading by scan, leaving with a part, and the balance at the end of the day."""

from typing import Any

import pytest

from tests.operations.delivery.builders import (
    ROUTE,
    a_stop,
    an_id,
    an_order,
    at,
    departs,
    fails,
    hands_over,
    scans,
)
from zaguan.operations.delivery.acts import AnyAct, EndRoute, FinishLoading, LeftBehind, Pieces, ScanPurpose
from zaguan.operations.delivery.door import stop_state
from zaguan.operations.delivery.loading import (
    ScanVerdict,
    balance_of,
    check_left_behind,
    load_state,
    manifest_of,
    missing_of,
    scan_answer,
    unexplained_of,
)
from zaguan.operations.delivery.model import BadAct
from zaguan.records.orders.model import OrderKind
from zaguan.records.orders.reasons import CompletionDetail, FailureReason

STOPS = (
    a_stop(an_order(1, parcels=(Pieces(barcode="A", pieces=2), Pieces(barcode="B"))), number=1),
    a_stop(an_order(2, parcels=(Pieces(barcode="C"),)), number=2),
    a_stop(an_order(3, kind=OrderKind.PICKUP, parcels=(Pieces(barcode="R"),)), number=3),
)
MANIFEST = manifest_of(ROUTE, STOPS)


def answers(*barcodes: str, **rest: Any) -> list[tuple[str, int, int]]:
    """Return what the driver hears, scan by scan: the verdict, the pieces counted, and of how many."""
    acts: list[AnyAct] = []
    heard = []
    for sequence, barcode in enumerate(barcodes, start=1):
        scan = scans(sequence, barcode)
        answer = scan_answer(MANIFEST, load_state(MANIFEST, acts), scan, **rest)
        heard.append((answer.verdict.value, answer.counted, answer.of))
        acts.append(scan)
    return heard


def finishes(sequence: int, *left: LeftBehind) -> FinishLoading:
    scan = scans(sequence, "-")
    return FinishLoading(
        act_id=scan.act_id,
        route_id=ROUTE,
        driver_id=scan.driver_id,
        device_id=scan.device_id,
        sequence=sequence,
        happened_at=at(-5),
        left_behind=left,
    )


def test_each_piece_is_counted() -> None:
    """A right parcel counts piece by piece, and a scan too many says that it is on board already (C49)."""
    assert answers("A", "B", "A", "A") == [("right", 1, 2), ("right", 1, 1), ("right", 2, 2), ("again", 2, 2)]


def test_a_scan_too_many_is_no_piece_more() -> None:
    """A parcel that is scanned once too often and then taken off is off."""
    acts: list[AnyAct] = [scans(1, "B"), scans(2, "B"), scans(3, "B", purpose=ScanPurpose.TAKE_OFF)]
    assert load_state(MANIFEST, acts[:2]).on_board == {"B": 1}
    assert load_state(MANIFEST, acts).on_board == {"B": 0}


def test_a_parcel_of_another_route_says_which() -> None:
    """A parcel that belongs elsewhere is answered with its route, one that belongs nowhere is surplus (C49)."""
    state = load_state(MANIFEST, [])
    other = scan_answer(MANIFEST, state, scans(1, "Z"), belongs_to="R07", order_ref="P-77")
    assert (other.verdict, other.route_ref, other.order_ref) == (ScanVerdict.OTHER_ROUTE, "R07", "P-77")
    assert scan_answer(MANIFEST, state, scans(1, "Z")).verdict is ScanVerdict.SURPLUS
    assert load_state(MANIFEST, [scans(1, "Z")]).strangers == ("Z",)
    taken_off = [scans(1, "Z"), scans(2, "Z", purpose=ScanPurpose.TAKE_OFF)]
    assert load_state(MANIFEST, taken_off).strangers == ()


def test_what_is_fetched_is_not_loaded() -> None:
    """An order that is fetched belongs on no manifest: there is nothing to load for it (C83)."""
    assert [line.barcode for line in MANIFEST.expected] == ["A", "B", "C"]


def test_what_is_missing_needs_a_reason() -> None:
    """Missing pieces are listed by order; those with a reason are explained, the others are not (C55)."""
    acts: list[AnyAct] = [scans(1, "A"), scans(2, "B")]
    state = load_state(MANIFEST, acts)
    assert [(line.barcode, line.pieces) for line in missing_of(MANIFEST, state)] == [("A", 1), ("C", 1)]
    left = LeftBehind(order_id=an_id(2, kind=2), barcode="C", pieces=1, reason=FailureReason.SHIPPER_NOT_READY)
    state = load_state(MANIFEST, [*acts, finishes(3, left), departs(4)])
    assert [line.barcode for line in unexplained_of(MANIFEST, state)] == ["A"]
    assert (state.finished_at, state.departed_at) == (at(-5), at(0))


def test_a_parcel_that_came_after_all_is_no_longer_missing() -> None:
    """A scan that was told after the loading was finished still counts, and the reason falls away."""
    left = LeftBehind(order_id=an_id(2, kind=2), barcode="C", pieces=1, reason=FailureReason.SHIPPER_NOT_READY)
    acts: list[AnyAct] = [finishes(9, left), *(scans(n, code) for n, code in enumerate("AABC", start=1))]
    assert missing_of(MANIFEST, load_state(MANIFEST, acts)) == ()


def test_a_reason_for_a_parcel_of_another_route_is_refused() -> None:
    """Only what belongs on the route can be left behind by it."""
    left = LeftBehind(order_id=an_id(2, kind=2), barcode="Q", pieces=1, reason=FailureReason.SHIPPER_NOT_READY)
    with pytest.raises(BadAct):
        check_left_behind(MANIFEST, (left,))


def test_taking_off_what_was_never_loaded() -> None:
    """Taking a parcel off again counts back, and never below nothing."""
    off = scans(2, "B", purpose=ScanPurpose.TAKE_OFF)
    assert scan_answer(MANIFEST, load_state(MANIFEST, []), off).verdict is ScanVerdict.NOT_LOADED
    assert load_state(MANIFEST, [scans(1, "B"), off]).on_board == {"B": 0}
    assert load_state(MANIFEST, [off]).on_board == {}


def balance(*acts: AnyAct) -> dict[str, int]:
    """Return what stays unexplained by barcode, where it is not nothing."""
    done = [(stop, stop_state(stop, acts)) for stop in STOPS]
    return {
        line.barcode: line.unexplained
        for line in balance_of(MANIFEST, load_state(MANIFEST, acts), done)
        if line.unexplained
    }


def test_the_day_ends_even() -> None:
    """Delivered, brought back and fetched parcels add up to what went out: nothing is unexplained (C55)."""
    out: list[AnyAct] = [scans(n, code) for n, code in enumerate("AABC", start=1)]
    door: list[AnyAct] = [
        hands_over(11, order=1, stop=1, handed=(Pieces(barcode="A", pieces=2),)),
        fails(12, order=2, stop=2),
        hands_over(13, order=3, stop=3, detail=CompletionDetail.FROM_SENDER),
    ]
    assert balance(*out, *door) == {"B": 1, "C": 1, "R": 1}
    back: list[AnyAct] = [
        scans(20 + n, code, minutes=300, purpose=ScanPurpose.BRING_BACK) for n, code in enumerate("BCR")
    ]
    assert balance(*out, *door, *back) == {}
    twice = scans(30, "C", minutes=301, purpose=ScanPurpose.BRING_BACK)
    assert balance(*out, *door, *back, twice) == {}


def test_a_parcel_that_was_delivered_and_comes_back() -> None:
    """A parcel that is said to be with the recipient and lies in the depot is a contradiction, and is shown."""
    acts: list[AnyAct] = [scans(1, "C"), hands_over(2, order=2, stop=2)]
    assert balance(*acts, scans(3, "C", minutes=300, purpose=ScanPurpose.BRING_BACK)) == {"C": -1}


def test_who_does_not_scan_when_loading_is_even_as_well() -> None:
    """Without load scans a parcel shows at the door, or back at the depot; both at once is a contradiction."""
    back = scans(3, "B", minutes=300, purpose=ScanPurpose.BRING_BACK)
    assert balance(hands_over(2, order=2, stop=2), back) == {}
    twice = scans(4, "C", minutes=300, purpose=ScanPurpose.BRING_BACK)
    assert balance(hands_over(2, order=2, stop=2), twice) == {"C": -1}


def test_a_route_ends() -> None:
    """The end of a route is the last that was told."""
    scan = scans(1, "-")
    end = EndRoute(
        act_id=scan.act_id,
        route_id=ROUTE,
        driver_id=scan.driver_id,
        device_id=scan.device_id,
        sequence=99,
        happened_at=at(480),
    )
    assert load_state(MANIFEST, [end]).ended_at == at(480)
