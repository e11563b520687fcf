"""The life of an order."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zaguan.base.events.fact import fact_types
from zaguan.base.kit.words import LOCALES, Locale, say
from zaguan.records.orders.parcels import PARCEL_CLOSED, PARCEL_TRANSITIONS, ParcelState
from zaguan.records.orders.refusals import NotAllowed, NotYours
from zaguan.records.orders.states import (
    CLOSED,
    RECEIVED,
    TERMINAL,
    TRANSITIONS,
    Mover,
    OrderState,
    find_transition,
    targets_of,
    transition_between,
)

INITIAL = (OrderState.CREATED, OrderState.ON_HOLD, OrderState.READY)


def reached_from(start: OrderState) -> set[OrderState]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = set(targets_of(waiting.pop())) - found
        found |= fresh
        waiting += fresh
    return found


def test_there_are_eighteen_states() -> None:
    """An order is in one of eighteen states, four of them its ends."""
    assert len(OrderState) == 18
    assert {state.value for state in TERMINAL} == {"delivered", "returned", "cancelled", "lost"}


@settings(deadline=None)
@given(start=st.sampled_from(INITIAL), steps=st.lists(st.tuples(st.sampled_from(OrderState), st.sampled_from(Mover))))
def test_a_walk_never_leaves_the_machine(start: OrderState, steps: list[tuple[OrderState, Mover]]) -> None:
    """Whoever asks for whatever, in any order: each move is a way of the table, by one of its movers, or refused."""
    state = start
    for target, mover in steps:
        try:
            way = transition_between(state, target, by=mover)
        except NotAllowed:
            assert target not in targets_of(state)
        except NotYours:
            known = find_transition(state, target)
            assert known is not None
            assert mover not in known.movers
        else:
            assert state not in CLOSED
            assert (way.source, way.target) == (state, target)
            state = target
    assert state in OrderState


@settings(deadline=None)
@given(state=st.sampled_from(sorted(CLOSED)), target=st.sampled_from(OrderState), mover=st.sampled_from(Mover))
def test_a_closed_order_never_moves(state: OrderState, target: OrderState, mover: Mover) -> None:
    """What is delivered, delivered in part, returned, cancelled or lost stays so."""
    with pytest.raises(NotAllowed):
        transition_between(state, target, by=mover)


@pytest.mark.parametrize("state", OrderState)
def test_every_state_is_reached(state: OrderState) -> None:
    """Each state can be reached from the first one, and each open one leads to every end."""
    assert state in reached_from(OrderState.CREATED)
    if state not in CLOSED:
        assert TERMINAL - {OrderState.CANCELLED} <= reached_from(state)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_way_is_said(locale: Locale) -> None:
    """Every state, every way and every mover has words in each language."""
    for way in TRANSITIONS:
        assert say(way.fact, locale)
    assert say(RECEIVED, locale)
    assert all(say(f"order.state.{state}", locale) for state in OrderState)
    assert all(say(f"order.mover.{mover}", locale) for mover in Mover)
    assert all(say(way.fact, locale) for way in PARCEL_TRANSITIONS)
    assert all(say(f"parcel.state.{state}", locale) for state in ParcelState)


def test_every_way_announces_a_fact() -> None:
    """Each way of orders and of parcels has a fact that is told of it, and somebody who may take it."""
    known = fact_types()
    assert {RECEIVED, *(way.fact for way in TRANSITIONS), *(way.fact for way in PARCEL_TRANSITIONS)} <= known.keys()
    assert all(way.movers for way in TRANSITIONS)


def test_no_fact_leads_to_two_states() -> None:
    """A fact says where the order is now: its type alone decides the state."""
    targets: dict[str, set[OrderState]] = {}
    for way in TRANSITIONS:
        targets.setdefault(way.fact, set()).add(way.target)
    assert [fact for fact, reached in targets.items() if len(reached) > 1] == []


@pytest.mark.parametrize("mover", [Mover.RECIPIENT, Mover.SHIPPER])
def test_people_outside_do_not_drive(mover: Mover) -> None:
    """Neither shippers nor recipients can say that the driver was at the door."""
    theirs = {way.target for way in TRANSITIONS if mover in way.movers and way.source is not _POINT}
    assert not theirs & {OrderState.DELIVERED, OrderState.ATTEMPT_FAILED, OrderState.ARRIVED, OrderState.LOADED}


_POINT = OrderState.AVAILABLE_FOR_PICKUP


def test_a_refusal_says_what_is_possible() -> None:
    """Who asks for a way that is not there is told those that are."""
    with pytest.raises(NotAllowed) as refusal:
        transition_between(OrderState.PLANNED, OrderState.DELIVERED, by=Mover.DRIVER)
    assert "dispatched" in refusal.value.facts["allowed"]  # type: ignore[operator]
    assert "asignado al conductor" in (refusal.value.hint("es") or "")
    assert refusal.value.message("pt") == "um pedido em “planejado” não pode passar a “entregue”"


def test_a_refusal_survives_the_way_between_processes() -> None:
    """What one process refuses another one can say in the reader's language."""
    with pytest.raises(NotAllowed) as refusal:
        transition_between(OrderState.LOST, OrderState.READY, by=Mover.PLATFORM)
    again = pickle.loads(pickle.dumps(refusal.value))
    assert (str(again), again.hint("en")) == (str(refusal.value), "from here it can become: –")


@pytest.mark.parametrize("state", sorted(PARCEL_CLOSED))
def test_a_closed_parcel_never_moves(state: ParcelState) -> None:
    """What was handed over, returned, lost or withdrawn stays so, parcel by parcel."""
    assert [way for way in PARCEL_TRANSITIONS if way.source is state] == []
