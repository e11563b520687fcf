"""Holding, moving, changing, rescheduling and cancelling orders on the real database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.records.orders.builders import ACTOR, ZONE, StoppedClock, a_booked_order, a_place, a_shipper
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.records.orders import persons, scanning, service
from zaguan.records.orders.booking import BookedOrder, Hold
from zaguan.records.orders.model import Channel, OrderId, Parcel
from zaguan.records.orders.parcels import ParcelState
from zaguan.records.orders.promise import LocalWindow
from zaguan.records.orders.reasons import FailureReason
from zaguan.records.orders.refusals import (
    BadCursor,
    BadOrder,
    GoodsWithUs,
    NotAllowed,
    NotChangeable,
    NotYours,
    OrderNotFound,
    ParcelAmbiguous,
    ParcelNotAllowed,
    ParcelNotFound,
    StaleOrder,
)
from zaguan.records.orders.search import OrderSearch
from zaguan.records.orders.states import Mover, OrderState
from zaguan.records.orders.telling import Details

CLOCK = StoppedClock()
DESK = {"by": Mover.DISPATCHER, "actor": ACTOR, "clock": CLOCK}
SHIPPER = {"by": Mover.SHIPPER, "actor": ACTOR, "clock": CLOCK}
RECIPIENT = {"by": Mover.RECIPIENT, "actor": ACTOR, "clock": CLOCK}
DRIVER = {"by": Mover.DRIVER, "actor": ACTOR, "clock": CLOCK}
FRIDAY = LocalWindow(on=date(2026, 3, 13), opens_s=36_000, closes_s=43_200, time_zone=ZONE)


def booked(database: Database, organisation_id: OrganisationId, ref: str = "A-1", **rest: object) -> BookedOrder:
    with database.session(organisation_id) as session:
        return a_booked_order(session, organisation_id, ref, **rest)


def move(
    database: Database, organisation_id: OrganisationId, order_id: OrderId, *states: OrderState, **details: object
) -> BookedOrder:
    with database.session(organisation_id) as session:
        for state in states:
            order = service.move_order(session, organisation_id, order_id, state, details=Details(**details), **DESK)
    return order


def told_of(database: Database, organisation_id: OrganisationId, order_id: OrderId) -> list[tuple[str, str, str]]:
    with database.session(organisation_id) as session:
        entries = journal.read_stream(session, organisation_id, Stream("order", order_id))
        return [(each.type, str(each.data["previous_state"]), str(each.data["state"])) for each in entries]


def test_each_move_is_kept_and_told(database: Database, organisation_id: OrganisationId) -> None:
    """A day's moves are told one by one, each with where the order came from and where it is (C02)."""
    order = booked(database, organisation_id)
    route_id = new_id()
    path = (OrderState.PLANNED, OrderState.DISPATCHED, OrderState.LOADED, OrderState.OUT_FOR_DELIVERY)
    moved = move(database, organisation_id, order.id, *path, route_id=route_id)
    assert (moved.state, moved.state_by, moved.route_id) == (OrderState.OUT_FOR_DELIVERY, Mover.DISPATCHER, route_id)
    assert {parcel.state for parcel in moved.parcels} == {ParcelState.ABOARD}
    with database.session(organisation_id) as session:
        assert service.get_order(session, organisation_id, order.id) == moved
        assert journal.verify(session, organisation_id) == ()
    assert told_of(database, organisation_id, order.id) == [
        ("order.received", "", "ready"),
        ("order.planned", "ready", "planned"),
        ("order.dispatched", "planned", "dispatched"),
        ("order.loaded", "dispatched", "loaded"),
        ("order.departed", "loaded", "out_for_delivery"),
    ]


def test_of_many_the_good_ones_move(database: Database, organisation_id: OrganisationId) -> None:
    """Of orders that are to be planned, those that may not are refused one by one and the others go."""
    first, second, held = (booked(database, organisation_id, f"A-{number}").id for number in range(3))
    with database.session(organisation_id) as session:
        service.hold_order(session, organisation_id, held, Details(hold=Hold.ADDRESS), **DESK)
        stranger = OrderId(new_id())
        results = service.move_orders(
            session, organisation_id, [first, held, stranger, second, first], OrderState.PLANNED, **DESK
        )
    assert [type(result.refusal) for result in results] == [
        type(None),
        NotAllowed,
        OrderNotFound,
        type(None),
        NotAllowed,
    ]
    assert [kind for kind, _, _ in told_of(database, organisation_id, first)] == ["order.received", "order.planned"]


def test_a_hold_says_what_for(database: Database, organisation_id: OrganisationId) -> None:
    """A held order says what it waits for until it is released."""
    order = booked(database, organisation_id)
    with database.session(organisation_id) as session:
        held = service.hold_order(session, organisation_id, order.id, Details(hold=Hold.PAYMENT), **SHIPPER)
        assert held.hold is Hold.PAYMENT
        free = service.release_order(session, organisation_id, order.id, **DESK)
    assert (free.state, free.hold) == (OrderState.READY, None)


def test_an_order_whose_parcels_are_with_us_goes_back(database: Database, organisation_id: OrganisationId) -> None:
    """An order is cancelled only where its parcels are not with us; else it is sent back."""
    order = booked(database, organisation_id)
    with database.session(organisation_id) as session:
        scanning.scan_parcel(session, organisation_id, order.parcels[0].id, ParcelState.AT_HUB, place="hub-1", **DESK)
        why = Details(why=FailureReason.SHIPPER_CANCELLED)
        with pytest.raises(GoodsWithUs):
            service.cancel_order(session, organisation_id, order.id, why, **SHIPPER)
        back = service.send_back(session, organisation_id, order.id, why, **SHIPPER)
    assert back.state is OrderState.RETURNING


def test_a_cancelled_order_withdraws_its_parcels(database: Database, organisation_id: OrganisationId) -> None:
    """With a cancelled order nobody waits for its parcels any more."""
    order = booked(database, organisation_id)
    with database.session(organisation_id) as session:
        done = service.cancel_order(session, organisation_id, order.id, Details(), **RECIPIENT)
    assert {parcel.state for parcel in done.parcels} == {ParcelState.WITHDRAWN}


def test_a_driver_changes_nothing(database: Database, organisation_id: OrganisationId) -> None:
    """What was asked for is changed by those who ask, not by those who carry it out."""
    order = booked(database, organisation_id)
    with pytest.raises(NotYours), database.session(organisation_id) as session:
        service.change_order(session, organisation_id, order.id, replace(order.asked, notes="no"), **DRIVER)


def test_another_address_takes_an_order_off_its_plan(database: Database, organisation_id: OrganisationId) -> None:
    """A planned order with another place is to be planned again; with other notes it stays where it is."""
    order = booked(database, organisation_id)
    move(database, organisation_id, order.id, OrderState.PLANNED, route_id=new_id())
    with database.session(organisation_id) as session:
        noted = service.change_order(
            session, organisation_id, order.id, lambda asked: replace(asked, notes="ring twice"), **SHIPPER
        )
        assert noted.state is OrderState.PLANNED
        elsewhere = service.change_order(
            session, organisation_id, order.id, lambda asked: replace(asked, place=a_place("Colón 7")), **SHIPPER
        )
    assert (elsewhere.state, elsewhere.route_id) == (OrderState.READY, None)
    assert [kind for kind, _, _ in told_of(database, organisation_id, order.id)][2:] == [
        "order.changed",
        "order.changed",
        "order.unplanned",
    ]


def test_an_order_on_its_way_cannot_be_changed(database: Database, organisation_id: OrganisationId) -> None:
    """Once its route is published an order is what it is."""
    order = booked(database, organisation_id)
    move(database, organisation_id, order.id, OrderState.PLANNED, OrderState.DISPATCHED)
    with pytest.raises(NotChangeable), database.session(organisation_id) as session:
        service.reschedule_order(session, organisation_id, order.id, FRIDAY, **RECIPIENT)


def test_a_stale_change_is_refused(database: Database, organisation_id: OrganisationId) -> None:
    """Who changes an order that has changed since is told both versions."""
    order = booked(database, organisation_id)
    move(database, organisation_id, order.id, OrderState.PLANNED)
    asked = replace(order.asked, notes="x")
    with pytest.raises(StaleOrder) as refusal, database.session(organisation_id) as session:
        service.change_order(session, organisation_id, order.id, asked, expected_version=order.version, **SHIPPER)
    assert (refusal.value.facts["version"], refusal.value.facts["given"]) == (2, 1)


def test_parcels_that_were_seen_stay(database: Database, organisation_id: OrganisationId) -> None:
    """A change may add parcels and alter lines, but not take away one that a hub has seen."""
    order = booked(database, organisation_id)
    first, second = order.asked.parcels
    with database.session(organisation_id) as session:
        scanning.scan_parcel(session, organisation_id, order.parcels[0].id, ParcelState.AT_HUB, **DESK)
        more = (Parcel(barcode="new"), replace(first, weight_g=5_000), second)
        fresh = service.change_order(session, organisation_id, order.id, replace(order.asked, parcels=more), **SHIPPER)
        assert [parcel.state for parcel in fresh.parcels] == ["expected", "at_hub", "expected"]
        assert {parcel.id for parcel in order.parcels} < {parcel.id for parcel in fresh.parcels}
        fewer = replace(order.asked, parcels=(second,))
        with pytest.raises(BadOrder):
            service.change_order(session, organisation_id, order.id, fewer, **SHIPPER)
    with database.session(organisation_id) as session:
        assert service.get_order(session, organisation_id, order.id) == fresh


def test_a_recipient_reschedules(database: Database, organisation_id: OrganisationId) -> None:
    """Another day takes a planned order off its plan; the first promise stays beside the last one (C69)."""
    order = booked(database, organisation_id, service_on=date(2026, 3, 11))
    move(database, organisation_id, order.id, OrderState.PLANNED, route_id=new_id())
    with database.session(organisation_id) as session:
        fresh = service.reschedule_order(session, organisation_id, order.id, FRIDAY, **RECIPIENT)
        assert service.get_order(session, organisation_id, order.id) == fresh
    assert (fresh.state, fresh.promise, fresh.first_promise) == (OrderState.READY, FRIDAY, order.promise)
    assert fresh.to_plan().windows == (FRIDAY.as_time_window(),)
    assert [kind for kind, _, _ in told_of(database, organisation_id, order.id)][2:] == [
        "order.rescheduled",
        "order.unplanned",
    ]


def test_plans_may_keep_another_window(database: Database, organisation_id: OrganisationId) -> None:
    """The window that a plan keeps is apart from the promised one, and may be taken back."""
    order = booked(database, organisation_id, service_on=date(2026, 3, 13))
    with database.session(organisation_id) as session:
        fresh = service.set_plan_window(session, organisation_id, order.id, FRIDAY, **DESK)
        assert service.get_order(session, organisation_id, order.id) == fresh
        again = service.set_plan_window(session, organisation_id, order.id, None, **DESK)
    assert (fresh.to_plan().windows, fresh.promise) == ((FRIDAY.as_time_window(),), order.promise)
    assert again.to_plan() == order.asked


def test_scans_follow_the_parcel(database: Database, organisation_id: OrganisationId) -> None:
    """A barcode is found, scanned once and again, seen at another hub, refused where it cannot be (C55)."""
    order = booked(database, organisation_id)
    with database.session(organisation_id) as session:
        order_id, parcel_id = scanning.find_parcel_by_barcode(session, organisation_id, "A-1-2")
        assert order_id == order.id
        scan = scanning.scan_parcel(session, organisation_id, parcel_id, ParcelState.AT_HUB, place="hub-1", **DESK)
        again = scanning.scan_parcel(session, organisation_id, parcel_id, ParcelState.AT_HUB, place="hub-1", **DESK)
        other = scanning.scan_parcel(session, organisation_id, parcel_id, ParcelState.AT_HUB, place="hub-2", **DESK)
        assert (scan.repeated, again.repeated, other.parcel.seen_place) == (False, True, "hub-2")
        scanning.report_damage(session, organisation_id, parcel_id, **DRIVER)
        with pytest.raises(ParcelNotAllowed):
            scanning.scan_parcel(session, organisation_id, parcel_id, ParcelState.WITHDRAWN, **DESK)
    told = [kind for kind, _, _ in told_of(database, organisation_id, order.id)]
    assert told == ["order.received", "parcel.received", "parcel.received", "parcel.damaged"]


def test_a_barcode_of_two_orders_is_asked_about(database: Database, organisation_id: OrganisationId) -> None:
    """Where two orders carry the same barcode the order has to be named."""
    parcels = (Parcel(barcode="same"),)
    first, second = (booked(database, organisation_id, ref, parcels=parcels) for ref in ("A-1", "A-2"))
    with database.session(organisation_id) as session:
        with pytest.raises(ParcelAmbiguous):
            scanning.find_parcel_by_barcode(session, organisation_id, "same")
        found, _ = scanning.find_parcel_by_barcode(session, organisation_id, "same", order_id=second.id)
    assert (found, first.id) != (first.id, second.id)


def test_pages_hold_every_order_once(database: Database, organisation_id: OrganisationId) -> None:
    """Cursor pages list each order once, newest first, also while new ones come in."""
    ids = [booked(database, organisation_id, f"A-{number}").id for number in range(5)]
    found: list[OrderId] = []
    cursor: str | None = None
    with database.session(organisation_id) as session:
        while True:
            page = service.list_orders(session, organisation_id, OrderSearch(), cursor=cursor, limit=2)
            found += [order.id for order in page.orders]
            cursor = page.next_cursor
            if cursor is None:
                break
            a_booked_order(session, organisation_id, f"late-{len(found)}")
    assert found == ids[::-1]


@pytest.mark.parametrize("cursor", ["", "x", "*", "AAAA", "a" * 500])
def test_a_made_up_cursor_is_refused(database: Database, organisation_id: OrganisationId, cursor: str) -> None:
    """A cursor that is none of ours is refused, not guessed at."""
    with pytest.raises(BadCursor), database.session(organisation_id) as session:
        service.list_orders(session, organisation_id, OrderSearch(), cursor=cursor)


@pytest.mark.parametrize(
    ("search", "refs"),
    [
        (OrderSearch(text="nunez"), ["B-2", "A-1"]),
        (OrderSearch(text="  COLÓN ana "), ["B-2"]),
        (OrderSearch(text="5555"), ["B-2", "A-1"]),
        (OrderSearch(text="a-1"), ["A-1"]),
        (OrderSearch(text="A-1-2"), ["A-1"]),
        (OrderSearch(text="%"), []),
        (OrderSearch(text="nobody"), []),
        (OrderSearch(states=frozenset({OrderState.ON_HOLD})), ["B-2"]),
        (OrderSearch(from_day=date(2026, 3, 12)), ["B-2"]),
        (OrderSearch(to_day=date(2026, 3, 12)), ["A-1"]),
        (OrderSearch(zone_refs=frozenset({"north", "east"})), ["A-1"]),
    ],
)
def test_orders_are_found(
    database: Database, organisation_id: OrganisationId, search: OrderSearch, refs: list[str]
) -> None:
    """Orders are found by parts of their texts without accents, by state, day and zone."""
    booked(database, organisation_id, "A-1", service_on=date(2026, 3, 11), zone_ref="north")
    booked(database, organisation_id, "B-2", service_on=date(2026, 3, 13), place=a_place("Colón 7"), hold=Hold.OTHER)
    with database.session(organisation_id) as session:
        page = service.list_orders(session, organisation_id, search)
        counts = service.count_by_state(session, organisation_id, search)
    assert [order.external_id for order in page.orders] == refs
    assert sum(counts.values()) == len(refs)


@pytest.mark.parametrize("text", ["\x00", "A-1\x00", "\ud800"])
def test_what_is_no_text_is_not_found(database: Database, organisation_id: OrganisationId, text: str) -> None:
    """What the database cannot even look for is not found, instead of failing."""
    order = booked(database, organisation_id)
    with database.session(organisation_id) as session:
        assert service.find_order(session, organisation_id, order.shipper_id, text) is None
        assert service.list_orders(session, organisation_id, OrderSearch(zone_refs=frozenset({text}))).orders == ()
        assert len(service.list_orders(session, organisation_id, OrderSearch(text=text)).orders) == ("A" in text)
        assert persons.orders_of_person(session, organisation_id, phone=text, email=text) == ()
        with pytest.raises(ParcelNotFound) as refusal:
            scanning.find_parcel_by_barcode(session, organisation_id, text)
        assert str(refusal.value).encode("utf-8")
        for name in ("ref", "name", "email", "phone"):
            with pytest.raises(BadOrder):
                a_shipper(session, organisation_id, **{"ref": "other", name: text})


def test_a_day_has_its_orders(database: Database, organisation_id: OrganisationId) -> None:
    """A plan of a day is made of the orders of that day and those of no day, in the states asked for."""
    day = date(2026, 3, 12)
    booked(database, organisation_id, "A-1", service_on=day)
    booked(database, organisation_id, "A-2", service_on=day + timedelta(days=1))
    booked(database, organisation_id, "A-3")
    booked(database, organisation_id, "A-4", service_on=day, hold=Hold.OTHER)
    with database.session(organisation_id) as session:
        found = service.list_orders_of_day(session, organisation_id, day, {OrderState.READY})
    assert [order.external_id for order in found] == ["A-1", "A-3"]


def test_a_person_is_forgotten(database: Database, organisation_id: OrganisationId) -> None:
    """Erasing a person leaves no trace in ended orders and says which are still under way; figures stay."""
    done = booked(database, organisation_id, "A-1", notes="dog bites", zone_ref="north")
    going = booked(database, organisation_id, "A-2")
    with database.session(organisation_id) as session:
        persons.add_note(session, organisation_id, done.id, "called Ana", written_by=ACTOR, clock=CLOCK)
        persons.set_consent(session, organisation_id, done.id, Channel.SMS, False, **RECIPIENT)
        service.cancel_order(session, organisation_id, done.id, Details(), **DESK)
        assert len(persons.orders_of_person(session, organisation_id, email="ana@example.cl")) == 2
        erasure = persons.erase_person(session, organisation_id, phone="+56955550100", actor=ACTOR, clock=CLOCK)
        assert (erasure.erased, erasure.waiting) == (1, (going.id,))
    with database.session(organisation_id) as session:
        order = service.get_order(session, organisation_id, done.id)
        assert persons.list_notes(session, organisation_id, done.id) == ()
        assert service.list_orders(session, organisation_id, OrderSearch(text="ana")).orders[0].id == going.id
    text = repr(order)
    assert [word for word in ("Ana", "55550100", "example", "Olivos", "dog", "gate", "chair") if word in text] == []
    assert (order.asked.place.commune, order.zone_ref, order.asked.weight_g) == ("La Serena", "north", 5_000)
    assert order.state is OrderState.CANCELLED


def test_a_no_to_a_channel_is_kept(database: Database, organisation_id: OrganisationId) -> None:
    """The latest yes or no to a channel counts, with its moment."""
    order = booked(database, organisation_id)
    with database.session(organisation_id) as session:
        for granted in (True, False):
            fresh = persons.set_consent(session, organisation_id, order.id, Channel.SMS, granted, **RECIPIENT)
        assert service.get_order(session, organisation_id, order.id) == fresh
    assert fresh.asked.recipient.has_refused(Channel.SMS)
    assert not fresh.asked.recipient.has_refused(Channel.EMAIL)
