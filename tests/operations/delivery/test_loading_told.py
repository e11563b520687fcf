"""Loading, returns and the balance of a route, on the database."""

from tests.operations.delivery.builders import an_id, arrives, at, cash, departs, ends, finishes, hands_over, scans
from tests.operations.delivery.drawn_road import Day, ids
from zaguan.operations.delivery.acts import LeftBehind, Pieces, ScanPurpose
from zaguan.operations.delivery.loading import ScanVerdict
from zaguan.records.orders.model import OrderKind, Parcel
from zaguan.records.orders.reasons import CompletionDetail, FailureReason
from zaguan.records.orders.states import OrderState


def test_a_part_goes_on_as_a_new_order(day: Day) -> None:
    """What was not handed over goes on in an order of its own with what is still to be paid, and comes back (C55)."""
    lines = (Parcel(barcode="A", pieces=3), Parcel(barcode="B"))
    day.has_stop("1", parcels=lines, cash_minor=1_000, currency="CLP")
    for sequence, barcode in enumerate("AAAB", start=1):
        day.tells(scans(sequence, barcode))
    day.tells(departs(5))
    answer = day.tells(hands_over(6, handed=(Pieces(barcode="A", pieces=2),), proofs=(cash(400),), **ids(day, "1")))
    assert (answer.outcome, answer.unpaid_minor) == ("partially_delivered", 600)
    assert day.state("1") == "partially_delivered"
    rest_id = day.fact("order.partially_delivered", "1")["rest_order_id"]
    day.orders["rest"] = rest_id
    rest = day.order("rest")
    assert sorted((parcel.content.barcode, parcel.content.pieces) for parcel in rest.parcels) == [("A", 1), ("B", 1)]
    assert rest.asked.cash_minor == 600
    # the stop is still judged by what it was: told again, nothing changes
    assert day.tells(arrives(7, minutes=4)).outcome == "partially_delivered"
    for sequence, barcode in ((20, "A"), (21, "B")):
        day.tells(scans(sequence, barcode, minutes=200, purpose=ScanPurpose.BRING_BACK))
    assert day.tells(ends(22, 210)).unexplained == ()
    assert {parcel.state for parcel in day.order("rest").parcels} == {"at_hub"}


def test_returns_are_fetched_on_the_same_route(day: Day) -> None:
    """A return is fetched between two deliveries, aboard until the depot has it, and the route ends even (C83)."""
    day.has_stop("1")
    day.has_stop("2", kind=OrderKind.PICKUP)
    day.tells(scans(1, "ZG1"))
    day.tells(departs(2))
    assert day.state("2") == "out_for_delivery"
    day.tells(hands_over(3, minutes=10, **ids(day, "1")))
    day.tells(hands_over(4, minutes=30, stop=2, detail=CompletionDetail.FROM_SENDER, **ids(day, "2")))
    assert day.order("2").parcels[0].state == "aboard"
    day.tells(scans(5, "ZG2", minutes=90, purpose=ScanPurpose.BRING_BACK))
    assert day.order("2").parcels[0].state == "at_hub"
    assert day.tells(ends(6, 100)).unexplained == ()
    assert day.fact("loading.balanced")["unexplained"] == []


def test_a_parcel_that_nobody_saw_again_is_missing(day: Day) -> None:
    """Loaded, not handed over and not brought back: named at the end of the route, and missing from then on (C55)."""
    day.has_stop("1")
    day.has_stop("2")
    for sequence, barcode in ((1, "ZG1"), (2, "ZG2")):
        day.tells(scans(sequence, barcode))
    day.tells(departs(3))
    day.tells(hands_over(4, minutes=10, **ids(day, "1")))
    assert day.tells(ends(5, 100)).unexplained == ("ZG2",)
    assert day.order("2").parcels[0].state == "missing"
    assert day.fact("loading.balanced")["open_stops"] == [str(day.stops[1].stop_id)]
    assert day.road.ended_at == at(100)


def test_a_parcel_of_another_route_says_which(day: Day) -> None:
    """A parcel that belongs to another route, or to none, is refused at loading, and that is told (C49)."""
    day.has_stop("1")
    other = Day(database=day.database, organisation_id=day.organisation_id, road=day.road)
    other.route_id, other.route_ref = an_id(77), "R07"
    other.has_stop("9")
    answer = day.tells(scans(1, "ZG9")).scan
    assert answer is not None
    assert (answer.verdict, answer.route_ref, answer.order_ref) == (ScanVerdict.OTHER_ROUTE, "R07", "9")
    surplus = day.tells(scans(2, "nobody's")).scan
    assert surplus is not None
    assert surplus.verdict is ScanVerdict.SURPLUS
    assert day.facts() == ["loading.stranger_scanned"] * 2
    assert day.fact("loading.stranger_scanned")["belongs_to"] == ""
    assert day.entries()[0].data["belongs_to"] == "R07"
    assert day.order("1").state is OrderState.DISPATCHED
    assert other.order("9").parcels[0].state == "expected"


def test_an_order_left_behind_waits(day: Day) -> None:
    """What stays in the depot with a reason is off the route; what has none is told and goes out all the same."""
    day.has_stop("1")
    day.has_stop("2")
    day.has_stop("3")
    day.tells(scans(1, "ZG1"))
    left = LeftBehind(order_id=day.orders["2"], barcode="ZG2", pieces=1, reason=FailureReason.SHIPPER_MISSING_GOODS)
    missing = day.tells(finishes(2, left)).missing
    assert [(line.order_ref, line.reason) for line in missing] == [("2", "shipper.missing_item"), ("3", "")]
    day.tells(departs(3))
    assert [day.state(ref) for ref in "123"] == ["out_for_delivery", "on_hold", "out_for_delivery"]
    assert [line["barcode"] for line in day.fact("loading.departed")["missing"]] == ["ZG2", "ZG3"]


def test_taking_a_parcel_off_again(day: Day) -> None:
    """An order is loaded with its last piece and no longer when one comes off; the other stays aboard."""
    day.has_stop("1", parcels=(Parcel(barcode="A", pieces=2), Parcel(barcode="B")))
    states = []
    for sequence, barcode in enumerate("AAB", start=1):
        day.tells(scans(sequence, barcode))
        states.append(day.state("1"))
    assert states == ["dispatched", "dispatched", "loaded"]
    day.tells(scans(4, "B", purpose=ScanPurpose.TAKE_OFF))
    order = day.order("1")
    assert order.state is OrderState.DISPATCHED
    assert {parcel.content.barcode: parcel.state.value for parcel in order.parcels} == {"A": "aboard", "B": "at_hub"}
