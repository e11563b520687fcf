"""Parcels one by one, and parted."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.orders.builders import an_asked
from zaguan.base.kit.ids import new_id
from zaguan.records.orders.booking import fingerprint_of, folded
from zaguan.records.orders.decisions import refs_of_rests
from zaguan.records.orders.model import OrderId, OrderKind, Parcel, ParcelId, ShipperId
from zaguan.records.orders.parcels import (
    PARCEL_CLOSED,
    ParcelState,
    TrackedParcel,
    find_parcel_transition,
    followed,
    split_parcels,
)
from zaguan.records.orders.refusals import NothingHandedOver, ParcelNotFound
from zaguan.records.orders.states import TRANSITIONS

NOW = datetime(2026, 3, 10, tzinfo=UTC)
ORDER = OrderId(new_id())
contents = st.builds(
    Parcel,
    barcode=st.sampled_from(["", "x", "y"]),
    pieces=st.integers(1, 9),
    weight_g=st.integers(0, 10_000),
    volume_ml=st.integers(0, 10_000),
)


def tracked(content: Parcel, number: int = 1, state: ParcelState = ParcelState.ABOARD) -> TrackedParcel:
    return TrackedParcel(id=ParcelId(new_id()), order_id=ORDER, number=number, content=content, state=state)


@settings(deadline=None)
@given(lines=st.lists(contents, min_size=1, max_size=6), dice=st.randoms())
def test_nothing_is_lost_in_parting(lines: list[Parcel], dice: st.DataObject) -> None:
    """However parcels are parted, what was handed over and what is left add up in pieces, weight and volume."""
    parcels = [tracked(content, number) for number, content in enumerate(lines, start=1)]
    handed = {parcel.id: dice.randint(0, parcel.content.pieces) for parcel in parcels}
    fresh = [ParcelId(new_id()) for _ in parcels]
    total = sum(parcel.content.pieces for parcel in parcels)
    if sum(handed.values()) in {0, total}:
        with pytest.raises(NothingHandedOver):
            split_parcels(parcels, handed, new_ids=fresh)
        return
    split = split_parcels(parcels, handed, new_ids=fresh)
    assert sum(parcel.content.pieces for parcel in split.handed) == sum(handed.values())
    both = [*split.handed, *split.rest]
    for name in ("pieces", "weight_g", "volume_ml"):
        before = sum(getattr(parcel.content, name) for parcel in parcels)
        assert sum(getattr(parcel.content, name) for parcel in both) == before
    assert len({parcel.id for parcel in both}) == len(both)
    assert {parcel.id for parcel in parcels} <= {parcel.id for parcel in both}


def test_a_strangers_parcel_is_not_handed_over() -> None:
    """A parcel of another order, or one that is gone already, cannot be handed over."""
    gone = tracked(Parcel(), state=ParcelState.LOST)
    with pytest.raises(ParcelNotFound):
        split_parcels([gone, tracked(Parcel()), tracked(Parcel())], {gone.id: 1}, new_ids=[])


@settings(deadline=None)
@given(
    states=st.lists(st.sampled_from(ParcelState), max_size=5),
    fact=st.sampled_from(sorted({way.fact for way in TRANSITIONS})),
    kind=st.sampled_from(OrderKind),
)
def test_parcels_follow_where_they_can(states: list[ParcelState], fact: str, kind: OrderKind) -> None:
    """Whatever happens to an order, its parcels take only ways that are theirs, and closed ones stay."""
    parcels = [tracked(Parcel(), number, state) for number, state in enumerate(states)]
    for before, after in zip(parcels, followed(parcels, fact, kind, at=NOW, place="hub"), strict=True):
        if after != before:
            assert before.state not in PARCEL_CLOSED
            assert find_parcel_transition(before.state, after.state) is not None
            assert (after.seen_at, after.seen_place) == (NOW, "hub")


def test_rests_are_numbered_on() -> None:
    """The rest of A-1 is A-1/2, that of A-1/2 is A-1/3; a number that only looks so is left alone."""
    assert [next(refs_of_rests(ref)) for ref in ("A-1", "A-1/2", "A-1/9", "A/x", "/7")] == [
        *("A-1/2", "A-1/3", "A-1/10", "A/x/2", "/7/2")
    ]


def test_folding_forgets_accents_and_marks() -> None:
    """A search looks through letters and digits, without accents, case and punctuation."""
    assert folded("  Ñuñoa, AV. O'Higgins #12-B\u0301 ") == "nunoa av o higgins 12 b"


def test_an_order_without_a_recipient_has_no_double() -> None:
    """Shops get several like orders a day: only orders for somebody are compared."""
    shipper = ShipperId(new_id())
    somebody = an_asked()
    nobody = an_asked(recipient=type(somebody.recipient)())
    assert fingerprint_of(shipper, somebody)
    assert fingerprint_of(shipper, nobody) == ""
    assert fingerprint_of(ShipperId(new_id()), somebody) != fingerprint_of(shipper, somebody)
