"""Figures from a journal that is really kept."""

from tests.operations.analytics.builders import (
    DAY,
    EVENING,
    NINE,
    TEN,
    delivered,
    handed_over,
    number,
    promised,
    received,
)
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import Fact
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.operations.analytics.ledger import Ledger
from zaguan.operations.analytics.measures import Terms
from zaguan.operations.analytics.model import By, Period
from zaguan.operations.analytics.service import figures, follow

TERMS = Terms(as_of=EVENING, time_zone="America/Santiago")


def tell(database: Database, organisation_id: OrganisationId, which: int, *facts: Fact) -> None:
    """Write facts of an order to the journal."""
    with database.session(organisation_id) as session:
        journal.append(session, organisation_id, Stream("order", number(which)), facts, occurred_at=NINE, actor="test")


def test_reading_on_comes_to_the_same_as_reading_anew(database: Database, organisation_id: OrganisationId) -> None:
    """A ledger that is brought up to date equals one made from the beginning, and knows its own organisation only."""
    tell(database, organisation_id, 1, received(1, promised()), handed_over(1, TEN), delivered(1, TEN))
    with database.session(organisation_id) as session:
        first = follow(session, organisation_id, Ledger())
    tell(database, organisation_id, 2, received(2, promised()))
    other = OrganisationId(new_id())
    tell(database, other, 3, received(3, promised()))
    with database.session(organisation_id) as session:
        further, anew = follow(session, organisation_id, first), follow(session, organisation_id, Ledger())
    assert further == anew
    assert set(anew.orders) == {number(1), number(2)}
    found = {one.name: one for one in figures(anew, TERMS, Period(first=DAY, last=DAY), None)}
    assert (found["on_time"].numerator, found["on_time"].denominator) == (1, 2)
    assert found["on_time"].order_ids == (number(1), number(2))


def test_figures_of_routes_are_not_split_by_zone() -> None:
    """A split leaves out the figures that it says nothing about."""
    assert figures(Ledger(), TERMS, Period(first=DAY, last=DAY), By.ZONE) == ()
    assert len(figures(Ledger(), TERMS, Period(first=DAY, last=DAY), None)) == 7
