"""The fold over the journal is the same however it is cut."""

from hypothesis import given
from hypothesis import strategies as st

from tests.operations.analytics.builders import (
    NINE,
    amended,
    cancelled,
    delivered,
    disputed,
    done,
    ended,
    failed,
    handed_over,
    happenings,
    minutes,
    promised,
    published,
    received,
    rescheduled,
    route_cancelled,
    started,
    stop_amended,
)
from zaguan.base.events.fact import fact_types
from zaguan.base.kit.facts import Fact
from zaguan.operations.analytics.ledger import HEARD, Ledger, hear

MOMENTS = st.integers(0, 600).map(lambda count: NINE + minutes(count))
WHICH = st.integers(1, 4)
OUTCOMES = st.sampled_from(["failed", "partially_delivered", "delivered"])
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(lambda which, at: received(which, promised(at)), WHICH, MOMENTS),
    st.builds(lambda which, at: rescheduled(which, promised(at), None), WHICH, MOMENTS),
    st.builds(delivered, WHICH, MOMENTS),
    st.builds(cancelled, WHICH),
    st.builds(handed_over, WHICH, MOMENTS, at_stop=WHICH, whole=st.booleans()),
    st.builds(failed, WHICH, MOMENTS, at_stop=WHICH),
    st.builds(amended, WHICH, MOMENTS, OUTCOMES),
    st.builds(disputed, WHICH, MOMENTS, OUTCOMES),
    st.builds(done, WHICH, MOMENTS),
    st.builds(stop_amended, WHICH, MOMENTS),
    st.permutations([1, 2, 3, 4]).map(lambda order: published(*order)),
    st.builds(started, MOMENTS),
    st.builds(ended, MOMENTS),
    st.builds(route_cancelled),
)


@given(facts=st.lists(FACTS, max_size=30), data=st.data())
def test_any_cut_comes_to_the_same(facts: list[Fact], data: st.DataObject) -> None:
    """Heard in pieces, with any overlap, the events come to the same ledger as heard at once."""
    told = happenings(*facts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(told)), max_size=5)))
    overlap = data.draw(st.integers(0, 3))
    ledger = Ledger()
    for start, end in zip([0, *cuts], [*cuts, len(told)], strict=True):
        before = ledger
        ledger = hear(before, told[max(0, start - overlap) : end])
        assert before == hear(Ledger(), told[:start]), "the ledger before is untouched"
    assert ledger == hear(Ledger(), told)


def test_what_is_heard_exists() -> None:
    """Every type that is asked of the journal is one that the platform tells."""
    assert set(HEARD) <= fact_types().keys()
    assert len(set(HEARD)) == len(HEARD)
