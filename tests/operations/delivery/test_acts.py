"""Acts told twice, late, or in another order."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.operations.delivery.builders import (
    OTHER_PHONE,
    PHONE,
    a_name,
    a_photo,
    a_stop,
    an_id,
    an_order,
    arrives,
    at,
    departs,
    fails,
    hands_over,
    leaves,
    scans,
    told,
)
from zaguan.operations.delivery.acts import AnyAct, Pieces, ScanPurpose, in_field_order
from zaguan.operations.delivery.door import StopState, stop_state
from zaguan.operations.delivery.loading import load_state, manifest_of
from zaguan.operations.delivery.model import MAX_NOTE_CHARS, ActId, BadAct, Outcome

STOPS = (
    a_stop(an_order(1, parcels=(Pieces(barcode="ZG1", pieces=2), Pieces(barcode="ZG9"))), an_order(2), number=1),
    a_stop(an_order(3), number=2),
)
MANIFEST = manifest_of(STOPS[0].route_id, STOPS)


@st.composite
def days(draw: st.DrawFn) -> list[AnyAct]:
    """Draw what one or two phones did on a route, in any order and at any time."""
    acts: list[AnyAct] = []
    for sequence in range(1, draw(st.integers(1, 14)) + 1):
        facts: dict[str, Any] = {
            "minutes": draw(st.integers(-60, 300)),
            "device_id": draw(st.sampled_from((PHONE, OTHER_PHONE))),
        }
        stop = draw(st.sampled_from((1, 2)))
        order = draw(st.sampled_from((1, 2))) if stop == 1 else 3
        barcode = draw(st.sampled_from(("ZG1", "ZG2", "ZG3", "ZG9", "X")))
        partial = (Pieces(barcode="ZG1"),) if order == 1 and draw(st.booleans()) else ()
        choices: list[AnyAct] = [
            scans(sequence, barcode, purpose=draw(st.sampled_from(ScanPurpose)), **facts),
            departs(sequence, **facts),
            arrives(sequence, stop=stop, **facts),
            leaves(sequence, stop=stop, **facts),
            fails(sequence, stop=stop, order=order, **facts),
            hands_over(sequence, stop=stop, order=order, handed=partial, **facts),
        ]
        acts.append(draw(st.sampled_from(choices)))
    return acts


def heard(acts: list[AnyAct], dice: random.Random) -> list[AnyAct]:
    """Return the acts shuffled, some of them twice or three times."""
    again = acts + dice.choices(acts, k=dice.randint(0, 2 * len(acts)))
    dice.shuffle(again)
    return again


def ends(acts: list[AnyAct]) -> tuple[object, ...]:
    """Return the state of the load and of every stop after some acts."""
    return (load_state(MANIFEST, acts), *(stop_state(stop, acts) for stop in STOPS))


@given(days(), st.randoms(use_true_random=False))
def test_any_shuffle_and_repetition_comes_to_the_same_end(acts: list[AnyAct], dice: random.Random) -> None:
    """Acts heard in any order, and any of them several times, give the same load and the same stops (C52)."""
    assert ends(heard(acts, dice)) == ends(acts)


@given(days(), st.randoms(use_true_random=False))
def test_what_was_told_is_never_taken_back(acts: list[AnyAct], dice: random.Random) -> None:
    """Act by act, in any order, the outcome of an order only ever moves on, and a done stop stays done."""
    order_heard: list[AnyAct] = []
    before: list[StopState] = [stop_state(stop, []) for stop in STOPS]
    for act in heard(acts, dice):
        order_heard.append(act)
        after = [stop_state(stop, order_heard) for stop in STOPS]
        for old, new in zip(before, after, strict=True):
            assert old.stage != "done" or new.stage == "done"
            for was, now in zip(old.orders, new.orders, strict=True):
                assert now.outcome.rank >= was.outcome.rank
        before = after


@given(days())
def test_no_act_touches_another_stop(acts: list[AnyAct]) -> None:
    """The state of a stop depends on the acts that name it, and on no others."""
    for stop in STOPS:
        own = [act for act in acts if getattr(act, "stop_id", None) == stop.stop_id]
        assert stop_state(stop, own) == stop_state(stop, acts)
        others = [act for act in acts if getattr(act, "stop_id", None) != stop.stop_id]
        assert stop_state(stop, others) == stop_state(stop, [])


def test_the_numbers_of_a_phone_go_before_its_clock() -> None:
    """A phone whose clock was set back still arrived before it handed over."""
    arrival, handing = arrives(1, minutes=70), hands_over(2, minutes=10)
    assert in_field_order([handing, arrival]) == (arrival, handing)


def test_two_phones_are_put_together_by_time() -> None:
    """A second phone counts from one again: between phones the times decide."""
    first, second = arrives(7, minutes=5), hands_over(1, minutes=10, device_id=OTHER_PHONE)
    assert in_field_order([second, first]) == (first, second)


def test_a_clock_that_is_off_is_flagged() -> None:
    """An offset of more than five minutes, or an act in the phone's own future, is flagged; less is not."""
    act = hands_over(1)
    assert not told(act, offset_s=299).is_skewed
    assert told(act, offset_s=301).is_skewed
    assert told(act, offset_s=-301).is_skewed
    assert told(act, after_s=-301).is_skewed


def test_waiting_for_a_signal_is_no_skew() -> None:
    """An act that was told four hours later is late, keeps its own time, and its clock is right (C52)."""
    late = told(hands_over(1, minutes=10), after_s=4 * 3600)
    assert not late.is_skewed
    assert late.delay_s == 4 * 3600
    assert late.act.happened_at == at(10)
    assert late.offset_s == 0


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ("sequence", lambda: arrives(0)),
        ("happened_at", lambda: arrives(1, happened_at=at(0).replace(tzinfo=None))),
        ("note", lambda: fails(1, note="x" * (MAX_NOTE_CHARS + 1))),
        ("proofs", lambda: fails(1, proofs=tuple(a_photo(number) for number in range(21)))),
        ("proofs.proof_id", lambda: fails(1, proofs=(a_photo(1), a_photo(1)))),
        ("barcode", lambda: scans(1, "")),
        ("pieces", lambda: Pieces(barcode="ZG1", pieces=0)),
        ("proofs.name", lambda: a_name(name="  ")),
    ],
)
def test_an_act_that_cannot_be_is_refused(field: str, made: Any) -> None:
    """Bad input is refused by the name of its field."""
    with pytest.raises(BadAct) as refusal:
        made()
    assert refusal.value.facts["field"] == field


def test_an_act_without_signal_is_told_once() -> None:
    """The same act twice counts once, whatever comes between."""
    first = hands_over(2, minutes=10)
    acts: list[AnyAct] = [first, arrives(1), first, leaves(3, minutes=12), first]
    state = stop_state(STOPS[0], acts)
    assert state.orders[0].outcome is Outcome.DELIVERED
    assert state.orders[0].told_by == ActId(an_id(2, kind=4))
    assert state.left_at == at(12)
    assert state.arrived_at is not None
    assert state.arrived_at < at(10) < state.left_at < at(10) + timedelta(hours=1)
