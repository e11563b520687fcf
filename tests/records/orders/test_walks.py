"""Random days of orders on the real database: whatever is asked for, in whatever order, the books agree."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.records.orders.builders import ACTOR, StoppedClock, a_booked_order
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.orders import attempts, scanning, service
from zaguan.records.orders.booking import BookedOrder
from zaguan.records.orders.model import OrderId
from zaguan.records.orders.parcels import PARCEL_CLOSED, ParcelState
from zaguan.records.orders.reasons import CompletionDetail, FailureReason
from zaguan.records.orders.search import OrderSearch
from zaguan.records.orders.states import CLOSED, Mover, OrderState, find_transition, targets_of

STEPS = 40
OWN_VERBS = {OrderState.DELIVERED, OrderState.PARTIALLY_DELIVERED, OrderState.ATTEMPT_FAILED}
Act = Callable[[Session, OrganisationId, BookedOrder, random.Random, dict[str, Any]], object]


def somewhere(session: Session, organisation_id: OrganisationId, order: BookedOrder, dice: Any, who: Any) -> None:
    # mostly along the table, so that walks go far; now and then anywhere
    states = [state for state in targets_of(order.state) if state not in OWN_VERBS]
    if not states or dice.random() < 0.2:
        states = [state for state in OrderState if state not in OWN_VERBS]
    service.move_order(session, organisation_id, order.id, dice.choice(states), **who)


def deliver(session: Session, organisation_id: OrganisationId, order: BookedOrder, dice: Any, who: Any) -> None:
    attempts.report_delivered(session, organisation_id, order.id, dice.choice(list(CompletionDetail)), **who)


def deliver_in_part(session: Session, organisation_id: OrganisationId, order: BookedOrder, dice: Any, who: Any) -> None:
    handed = {parcel.id: dice.randint(0, parcel.content.pieces) for parcel in order.parcels}
    attempts.report_partial_delivery(session, organisation_id, order.id, handed, CompletionDetail.RECIPIENT, **who)


def fail(session: Session, organisation_id: OrganisationId, order: BookedOrder, dice: Any, who: Any) -> None:
    attempts.report_failed(session, organisation_id, order.id, dice.choice(list(FailureReason)), **who)


def follow(session: Session, organisation_id: OrganisationId, order: BookedOrder, _dice: Any, who: Any) -> None:
    attempts.follow_decision(session, organisation_id, order.id, actor=ACTOR, clock=who["clock"])


def scan(session: Session, organisation_id: OrganisationId, order: BookedOrder, dice: Any, who: Any) -> None:
    parcel = dice.choice(order.parcels)
    scanning.scan_parcel(session, organisation_id, parcel.id, dice.choice(list(ParcelState)), **who)


def write(session: Session, organisation_id: OrganisationId, order: BookedOrder, dice: Any, who: Any) -> None:
    asked = replace(order.asked, notes=f"note {dice.random()}")
    service.change_order(session, organisation_id, order.id, asked, **who)


ACTS: tuple[Act, ...] = (*[somewhere] * 6, deliver, deliver_in_part, fail, follow, follow, scan, write)


@pytest.mark.parametrize("seed", range(8))
def test_the_books_agree_after_any_day(database: Database, organisation_id: OrganisationId, seed: int) -> None:
    """After any acts by anybody: rows say what the journal says, closed orders stay, no piece is lost (C55)."""
    dice, clock = random.Random(seed), StoppedClock()
    with database.session(organisation_id) as session:
        first = a_booked_order(session, organisation_id, f"A-{seed}")
    for _ in range(STEPS):
        clock.go_on(minutes=5)
        with database.session(organisation_id) as session:
            orders = service.list_orders(session, organisation_id, OrderSearch()).orders
        act, order = dice.choice(ACTS), dice.choice(orders)
        # a dispatcher may do most things, so that walks go far
        who = {"by": dice.choice([*Mover, *[Mover.DISPATCHER] * 7]), "actor": ACTOR, "clock": clock}
        refused = False
        try:
            with database.session(organisation_id) as session:
                act(session, organisation_id, order, dice, who)
        except ZaguanError:
            refused = True
        with database.session(organisation_id) as session:
            after = service.get_order(session, organisation_id, order.id)
        assert after == order or not refused, f"seed {seed}: a refused {act.__name__} changed something"
        assert after.state is order.state or order.state not in CLOSED
        assert after.state is order.state or find_transition(order.state, after.state)
        moved = {parcel.id: parcel.state for parcel in after.parcels}
        assert all(moved.get(p.id, p.state) is p.state for p in order.parcels if p.state in PARCEL_CLOSED)
    with database.session(organisation_id) as session:
        orders = service.list_orders(session, organisation_id, OrderSearch()).orders
        assert sum(order.asked.pieces for order in orders) == first.asked.pieces
        assert sum(order.asked.weight_g for order in orders) == first.asked.weight_g
        assert journal.verify(session, organisation_id) == ()
        for order in orders:
            check_told(session, organisation_id, order.id, order.state)


def check_told(session: Session, organisation_id: OrganisationId, order_id: OrderId, state: OrderState) -> None:
    """Assert that the facts of an order lead, one after the other, to where its row stands."""
    entries = journal.read_stream(session, organisation_id, Stream("order", order_id))
    told = [(entry.data["previous_state"], entry.data["state"]) for entry in entries if entry.type[:6] == "order."]
    assert told[0][0] == ""
    assert [before for before, _ in told[1:]] == [now for _, now in told[:-1]]
    assert told[-1][1] == state
