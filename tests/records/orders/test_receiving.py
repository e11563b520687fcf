"""Taking orders on: one, many, the same again, bad ones, two at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.records.orders.builders import ACTOR, MORNING, StoppedClock, a_new_order, a_place, a_shipper, an_asked
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.records.orders import receiving, service, terms
from zaguan.records.orders.booking import BookedOrder, Hold, NewOrder, Shipper
from zaguan.records.orders.decisions import Level
from zaguan.records.orders.model import (
    Channel,
    Consent,
    OrderKind,
    Parcel,
    Priority,
    Proof,
    Recipient,
    ShipperId,
    TimeWindow,
)
from zaguan.records.orders.promise import Calendar, LocalWindow, ServiceLevel
from zaguan.records.orders.receiving import OnExisting, Outcome, Receipt
from zaguan.records.orders.refusals import BadOrder, NotAllowed, OrderExists, ShipperTaken, TooManyOrders
from zaguan.records.orders.search import OrderSearch
from zaguan.records.orders.states import Mover, OrderState

CLOCK = StoppedClock()


def receive(
    database: Database, organisation_id: OrganisationId, *news: NewOrder, on_existing: OnExisting = OnExisting.CHANGE
) -> tuple[Receipt, ...]:
    with database.session(organisation_id) as session:
        return receiving.receive_orders(
            session, organisation_id, news, by=Mover.SHIPPER, actor=ACTOR, clock=CLOCK, on_existing=on_existing
        )


def shop(database: Database, organisation_id: OrganisationId) -> Shipper:
    with database.session(organisation_id) as session:
        return a_shipper(session, organisation_id)


def types_of(database: Database, organisation_id: OrganisationId, order: BookedOrder) -> list[str]:
    with database.session(organisation_id) as session:
        entries = journal.read_stream(session, organisation_id, Stream("order", order.id))
        assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
        return [entry.type for entry in entries]


def test_what_went_in_comes_out(database: Database, organisation_id: OrganisationId) -> None:
    """An order is read back as it was asked for, with its parcels, ready to be planned, and its fact is told."""
    shipper = shop(database, organisation_id)
    new = a_new_order(shipper, service_on=date(2026, 3, 12), cash_minor=19_990, currency="CLP", zone_ref="north")
    (receipt,) = receive(database, organisation_id, new)
    with database.session(organisation_id) as session:
        order = service.find_order(session, organisation_id, shipper.id, "A-1")
    assert order is not None
    assert order == receipt.order
    assert order.asked == new.asked
    assert [parcel.content for parcel in order.parcels] == list(new.asked.parcels)
    assert (order.state, order.zone_ref, order.received_at) == (OrderState.READY, "north", MORNING)
    assert types_of(database, organisation_id, order) == ["order.received"]


def test_the_same_again_changes_nothing(database: Database, organisation_id: OrganisationId) -> None:
    """The same order sent twice is one order, told once (C01)."""
    shipper = shop(database, organisation_id)
    (first,) = receive(database, organisation_id, a_new_order(shipper))
    (again,) = receive(database, organisation_id, a_new_order(shipper))
    assert (again.outcome, again.order) == (Outcome.UNCHANGED, first.order)
    assert first.order is not None
    assert types_of(database, organisation_id, first.order) == ["order.received"]


def test_a_known_number_changes_its_order(database: Database, organisation_id: OrganisationId) -> None:
    """An order that comes again with another address and day is the same order, changed; its first promise stays."""
    shipper = shop(database, organisation_id)
    (first,) = receive(database, organisation_id, a_new_order(shipper, service_on=date(2026, 3, 12)))
    other = a_new_order(shipper, service_on=date(2026, 3, 14), place=a_place("Balmaceda 5"))
    (again,) = receive(database, organisation_id, other)
    assert first.order is not None
    assert again.order is not None
    assert (again.outcome, again.order.id, again.order.version) == (Outcome.CHANGED, first.order.id, 2)
    assert again.order.promise is not None
    assert again.order.first_promise is not None
    assert (again.order.first_promise.on.day, again.order.promise.on.day) == (12, 14)
    assert types_of(database, organisation_id, again.order) == ["order.received", "order.changed"]


def test_a_better_address_ends_the_wait(database: Database, organisation_id: OrganisationId) -> None:
    """An order held for its address is released by a good one, with its zone; a doubtful one holds it again (C07)."""
    shipper = shop(database, organisation_id)
    doubtful = a_new_order(shipper, hold=Hold.ADDRESS)
    good = a_new_order(shipper, place=a_place("Balmaceda 5"), zone_ref="north")
    (first,), (second,), (third,) = (receive(database, organisation_id, new) for new in (doubtful, good, doubtful))
    found = [receipt.order for receipt in (first, second, third) if receipt.order]
    assert [(order.state.value, order.zone_ref, order.hold) for order in found] == [
        ("on_hold", "", Hold.ADDRESS),
        ("ready", "north", None),
        ("on_hold", "", Hold.ADDRESS),
    ]
    assert types_of(database, organisation_id, found[0]) == [
        *("order.received", "order.changed", "order.released", "order.changed", "order.held")
    ]


def test_a_known_number_may_be_refused(database: Database, organisation_id: OrganisationId) -> None:
    """Who asks for new orders only is told that the number is taken."""
    shipper = shop(database, organisation_id)
    receive(database, organisation_id, a_new_order(shipper))
    (again,) = receive(database, organisation_id, a_new_order(shipper), on_existing=OnExisting.REFUSE)
    assert isinstance(again.refusal, OrderExists)


def test_a_number_belongs_to_its_shipper(database: Database, organisation_id: OrganisationId) -> None:
    """Two shippers may use the same number for two orders."""
    with database.session(organisation_id) as session:
        one, other = (a_shipper(session, organisation_id, ref) for ref in ("one", "other"))
    receipts = receive(database, organisation_id, a_new_order(one), a_new_order(other))
    assert [receipt.outcome for receipt in receipts] == [Outcome.RECEIVED] * 2


def test_a_bad_order_is_refused_alone(database: Database, organisation_id: OrganisationId) -> None:
    """In a batch each bad order is refused with its field, and all the others go in."""
    shipper = shop(database, organisation_id)
    bad = [
        a_new_order(shipper, ""),
        a_new_order(shipper, "B-2", notes="\x00"),
        a_new_order(shipper, "B-3", notes="\ud800"),
        a_new_order(shipper, "B-4", cash_minor=100),
        a_new_order(shipper, "B-5", service_level="no-such"),
        replace(a_new_order(shipper, "B-6"), shipper_id=ShipperId(new_id())),
        a_new_order(shipper, "B-7", time_zone="Chile/Nowhere"),
        a_new_order(shipper, "B-8", recurs="mon"),
        a_new_order(shipper, "G-1"),
    ]
    good = [a_new_order(shipper, f"G-{number}") for number in range(1, 4)]
    receipts = receive(database, organisation_id, *good, *bad)
    assert [receipt.outcome for receipt in receipts[:3]] == [Outcome.RECEIVED] * 3
    fields = [receipt.refusal.facts.get("field") for receipt in receipts[3:] if receipt.refusal]
    assert fields == ["ref", "notes", "notes", "currency", "service_level", "shipper", "time_zone", "recurs", None]
    assert all(receipt.refusal and receipt.refusal.message("es") for receipt in receipts[3:])


def test_one_bad_order_is_raised(database: Database, organisation_id: OrganisationId) -> None:
    """Who sends one order and no batch gets the refusal itself."""
    shipper = shop(database, organisation_id)
    with pytest.raises(BadOrder), database.session(organisation_id) as session:
        receiving.receive_order(
            session, organisation_id, a_new_order(shipper, ""), by=Mover.SHIPPER, actor=ACTOR, clock=CLOCK
        )


def test_too_many_orders_are_refused_at_once(database: Database, organisation_id: OrganisationId) -> None:
    """A batch beyond the bound is refused before anything is looked at."""
    shipper = shop(database, organisation_id)
    with pytest.raises(TooManyOrders):
        receive(database, organisation_id, *[a_new_order(shipper)] * (receiving.MAX_BATCH + 1))


def test_two_at_once_give_one_order(database: Database, organisation_id: OrganisationId) -> None:
    """Of two transactions that bring the same numbers at the same time one books them, the other changes them."""
    shipper = shop(database, organisation_id)
    numbers = [f"A-{number}" for number in range(30)]
    ready = threading.Barrier(2)
    outcomes: dict[str, list[Outcome]] = {}

    def send(name: str, refs: list[str]) -> None:
        ready.wait()
        news = [a_new_order(shipper, ref, notes=f"from {name}") for ref in refs]
        outcomes[name] = [receipt.outcome for receipt in receive(database, organisation_id, *news)]

    # one forwards, one backwards: rows that were locked as they come would cross
    threads = [threading.Thread(target=send, args=pair) for pair in (("one", numbers), ("two", numbers[::-1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(organisation_id) as session:
        page = service.list_orders(session, organisation_id, OrderSearch(), limit=100)
    assert sorted(order.external_id for order in page.orders) == sorted(numbers)
    assert {frozenset(found) for found in outcomes.values()} == {
        frozenset({Outcome.RECEIVED}),
        frozenset({Outcome.CHANGED}),
    }
    assert len({order.asked.notes for order in page.orders}) == 1
    assert types_of(database, organisation_id, page.orders[0]) == ["order.received", "order.changed"]


def test_one_that_waits_for_another_changes_its_order(database: Database, organisation_id: OrganisationId) -> None:
    """Who books a number that another transaction has booked but not committed waits, and then changes that order."""
    shipper = shop(database, organisation_id)
    results: list[Receipt] = []
    second = threading.Thread(
        target=lambda: results.extend(receive(database, organisation_id, a_new_order(shipper, notes="second")))
    )
    with database.session(organisation_id) as session:
        first = receiving.receive_order(
            session, organisation_id, a_new_order(shipper), by=Mover.SHIPPER, actor=ACTOR, clock=CLOCK
        )
        second.start()
        wait_until_blocked(database)
    second.join()
    assert first.order is not None
    assert results[0].order is not None
    assert (results[0].outcome, results[0].order.id) == (Outcome.CHANGED, first.order.id)
    assert results[0].order.asked.notes == "second"


def wait_until_blocked(database: Database) -> None:
    """Return once a connection of this database waits for a lock."""
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(2_000):
        with database.engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
            connection.execute(sa.text("SELECT pg_sleep(0.005)"))
    raise AssertionError("nobody waits")


def test_a_likely_duplicate_is_flagged(database: Database, organisation_id: OrganisationId) -> None:
    """The same goods for the same person at the same door under another number go in, with the first one named."""
    shipper = shop(database, organisation_id)
    parcels = (Parcel(pieces=2, weight_g=500),)
    first, second, third = receive(
        database, organisation_id, *(a_new_order(shipper, ref, parcels=parcels) for ref in ("A-1", "A-2", "A-3"))
    )
    (later,) = receive(
        database, organisation_id, a_new_order(shipper, "A-4", parcels=parcels, place=a_place("los olivos, 123"))
    )
    (other,) = receive(database, organisation_id, a_new_order(shipper, "A-5", parcels=parcels, place=a_place("Sol 9")))
    assert first.order is not None
    flagged = [receipt.order.duplicate_of for receipt in (first, second, third, later, other) if receipt.order]
    assert flagged == [None, first.order.id, first.order.id, first.order.id, None]


def test_a_level_promises_the_day(database: Database, organisation_id: OrganisationId) -> None:
    """An order that names no day gets the one that its shipper's service level promises, and keeps it (C06)."""
    level = Level(
        level=ServiceLevel(code="next", name="Next day", cut_off_s=15 * 3_600, days=1, opens_s=9 * 3_600),
        calendar=Calendar(code="week", time_zone="America/Santiago", weekdays=frozenset(range(5))),
    )
    with database.session(organisation_id) as session:
        terms.save_level(session, organisation_id, level)
        shipper = a_shipper(session, organisation_id, service_level="next")
        assert terms.get_level(session, organisation_id, "next") == level
    (first,) = receive(database, organisation_id, a_new_order(shipper))
    CLOCK.go_on(days=2)
    (again,) = receive(database, organisation_id, a_new_order(shipper))
    CLOCK.go_on(days=-2)
    assert first.order is not None
    assert first.order.promise is not None
    assert first.order.asked.service_on == first.order.promise.on == (MORNING + timedelta(days=1)).date()
    assert again.outcome is Outcome.UNCHANGED


def test_other_organisations_see_nothing(database: Database, organisation_id: OrganisationId) -> None:
    """An order is found by its own organisation alone, even by one that asks with the right number."""
    shipper = shop(database, organisation_id)
    receive(database, organisation_id, a_new_order(shipper))
    stranger = OrganisationId(new_id())
    with database.session(stranger) as session:
        assert service.find_order(session, stranger, shipper.id, "A-1") is None
        assert service.find_order(session, organisation_id, shipper.id, "A-1") is None
    assert receive(database, stranger, a_new_order(shipper))[0].outcome is Outcome.REFUSED


def test_no_fact_holds_personal_data(database: Database, organisation_id: OrganisationId) -> None:
    """What is kept for good names no person, phone, address or note."""
    shipper = shop(database, organisation_id)
    receive(database, organisation_id, a_new_order(shipper, notes="the key is under the mat"))
    receive(database, organisation_id, a_new_order(shipper, place=a_place("Balmaceda 5")))
    with database.session(organisation_id) as session:
        told = repr(journal.read(session, organisation_id).entries)
    asked = an_asked()
    secrets = (asked.recipient.name, asked.recipient.phone, asked.recipient.email, asked.place.address)
    assert [secret for secret in (*secrets, "Balmaceda", "mat", "gate") if secret in told] == []


def test_nothing_that_was_said_is_forgotten(database: Database, organisation_id: OrganisationId) -> None:
    """Every field that an order can have is read back as it was, up to the last consent (C04, C24)."""
    shipper = shop(database, organisation_id)
    full = a_new_order(
        shipper,
        "Ñ-1 / é%_",
        kind=OrderKind.PICKUP,
        recipient=Recipient(
            name="Zoë 💐",
            phone="+5491155550100",
            locale="pt",
            consents=(Consent(channel=Channel.WHATSAPP, granted=True, given_at=MORNING),),
        ),
        service_on=date(2026, 3, 12),
        windows=(TimeWindow(opens_s=1, closes_s=2), TimeWindow(opens_s=80_000, closes_s=100_000, hard=False)),
        service_s=0,
        priority=Priority.CRITICAL,
        skills=frozenset({"cold", "two-person"}),
        vehicle_kinds=frozenset({"van"}),
        depot_ref="d",
        driver_ref="v",
        proofs=frozenset(Proof),
        cash_minor=10**15,
        currency="CLP",
        notes='a "quoted" \\ line\nand another',
        tags=("b", "a", "b"),
        source="file.csv:7",
        parcels=tuple(Parcel(barcode=f"{number}", pieces=number) for number in range(1, 30)),
        hold=Hold.ADDRESS,
        ready_at=MORNING + timedelta(hours=3),
        promise=LocalWindow(on=date(2026, 3, 12), opens_s=0, closes_s=86_400, time_zone="America/Sao_Paulo"),
    )
    (receipt,) = receive(database, organisation_id, full)
    with database.session(organisation_id) as session:
        assert receipt.order is not None
        order = service.get_order(session, organisation_id, receipt.order.id)
    assert order == receipt.order
    assert order.asked == full.asked
    assert (order.state, order.hold, order.promise) == (OrderState.ON_HOLD, Hold.ADDRESS, full.promise)


def test_goods_that_are_not_ready_wait(database: Database, organisation_id: OrganisationId) -> None:
    """An order whose goods are not ready is created, and may be planned once they are (C05)."""
    shipper = shop(database, organisation_id)
    (receipt,) = receive(database, organisation_id, a_new_order(shipper, goods_ready=False))
    assert receipt.order is not None
    assert receipt.order.state is OrderState.CREATED
    with database.session(organisation_id) as session:
        ready = service.release_order(
            session, organisation_id, receipt.order.id, by=Mover.HUB, actor=ACTOR, clock=CLOCK
        )
    assert ready.state is OrderState.READY


def test_a_retired_shipper_sends_no_more(database: Database, organisation_id: OrganisationId) -> None:
    """Orders of a shipper that was retired are refused; two shippers never share a ref."""
    with database.session(organisation_id) as session:
        shipper = terms.own_shipper(session, organisation_id, name="We")
        assert terms.own_shipper(session, organisation_id, name="We") == shipper
        with pytest.raises(ShipperTaken):
            a_shipper(session, organisation_id, ref=shipper.ref)
        terms.retire_shipper(session, organisation_id, shipper.id)
        assert [each.active for each in terms.list_shippers(session, organisation_id)] == [False]
    assert receive(database, organisation_id, a_new_order(shipper))[0].outcome is Outcome.REFUSED


def test_one_of_many_movers_wins(database: Database, organisation_id: OrganisationId) -> None:
    """Of many that plan the same order at the same time one does; the others are told that it is planned."""
    shipper = shop(database, organisation_id)
    (receipt,) = receive(database, organisation_id, a_new_order(shipper))
    assert receipt.order is not None
    order_id = receipt.order.id
    together = threading.Barrier(6)

    def plan(_: int) -> type[object]:
        together.wait()
        try:
            with database.session(organisation_id) as session:
                service.move_order(
                    session, organisation_id, order_id, OrderState.PLANNED, by=Mover.PLATFORM, actor=ACTOR, clock=CLOCK
                )
        except NotAllowed as refusal:
            return type(refusal)
        return BookedOrder

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(plan, range(6)))
    assert sorted(each.__name__ for each in outcomes) == ["BookedOrder", *["NotAllowed"] * 5]
    assert types_of(database, organisation_id, receipt.order) == ["order.received", "order.planned"]
