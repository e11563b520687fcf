"""Figures of a day as drivers really tell it, act by act, on the database."""

from datetime import timedelta

from tests.operations.delivery.builders import OTHER_PHONE, at, fails, hands_over
from tests.operations.delivery.drawn_road import Day, a_day, ids
from zaguan.base.kit.database import Database
from zaguan.operations.analytics.ledger import Ledger, OrderRecord
from zaguan.operations.analytics.measures import Terms
from zaguan.operations.analytics.model import Figure, Period
from zaguan.operations.analytics.service import figures, follow
from zaguan.operations.delivery import service
from zaguan.operations.delivery.policy import DoorTerms


def told_day(database: Database) -> Day:
    """A day whose shipper demands no proofs."""
    day = a_day(database)
    shipper = day.has_shipper()
    with day.session() as session:
        service.set_terms(session, day.organisation_id, shipper.id, DoorTerms(matrix=()))
    return day


def ledger_of(day: Day) -> Ledger:
    """Return what the journal of the day comes to."""
    with day.session() as session:
        return follow(session, day.organisation_id, Ledger())


def record(day: Day, ref: str) -> OrderRecord:
    """Return what is known of an order."""
    return ledger_of(day).orders[day.orders[ref]]


def found(day: Day, name: str) -> Figure:
    """Return a figure of the day."""
    on = at(0).date()
    terms = Terms(as_of=at(0) + timedelta(days=2), time_zone="America/Santiago")
    return next(one for one in figures(ledger_of(day), terms, Period(first=on, last=on), None) if one.name == name)


def test_somebody_came_after_all(database: Database) -> None:
    """M04: a failure mended at the same stop becomes a success of the first attempt, for the same one order."""
    day = told_day(database)
    day.has_stop("1", "2")
    day.tells(fails(2, minutes=8, **ids(day, "1")))
    assert (found(day, "first_attempt").numerator, found(day, "first_attempt").denominator) == (0, 1)
    day.tells(hands_over(3, minutes=12, **ids(day, "1")))
    day.tells(hands_over(4, minutes=20, **ids(day, "2")))
    figure = found(day, "first_attempt")
    assert (figure.numerator, figure.denominator) == (2, 2)
    assert set(figure.order_ids) == {day.orders["1"], day.orders["2"]}


def test_an_earlier_act_heard_later_moves_the_moment(database: Database) -> None:
    """M01: the moment of a delivery is that of the act that counts in the end, by the phone that did it."""
    day = told_day(database)
    day.has_stop("1")
    day.tells(hands_over(5, minutes=20, **ids(day, "1")))
    before = record(day, "1").brought
    day.tells(hands_over(1, minutes=10, device_id=OTHER_PHONE, **ids(day, "1")))
    after = record(day, "1").brought
    assert before is not None
    assert after is not None
    assert (before.at, after.at) == (at(20), at(10))
