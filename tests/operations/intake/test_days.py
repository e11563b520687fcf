"""Which orders a day has."""

from dataclasses import replace
from datetime import date

from tests.operations.intake.test_book import an_order
from zaguan.operations.intake.days import orders_of_day

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


def test_a_day_has_its_orders_and_those_of_no_day() -> None:
    """Orders of the day and of no day are planned; those of another day are named, not lost."""
    orders = [
        an_order("any"),
        replace(an_order("mon"), service_on=MONDAY),
        replace(an_order("tue"), service_on=TUESDAY),
    ]
    found = orders_of_day(orders, MONDAY)
    assert [order.ref for order in found.orders] == ["any", "mon"]
    assert [order.ref for order in found.other_days] == ["tue"]


def test_a_recurring_order_comes_again_on_its_weekdays() -> None:
    """C32: an order that recurs becomes one of the day's, each time under a name of its own."""
    order = replace(an_order("shop"), recurs="mon,thu", service_on=MONDAY)
    (monday,) = orders_of_day([order], MONDAY).orders
    (thursday,) = orders_of_day([order], date(2026, 1, 8)).orders
    assert (monday.ref, monday.service_on, monday.recurs) == ("shop@2026-01-05", MONDAY, "")
    assert thursday.ref == "shop@2026-01-08"
    assert orders_of_day([order], TUESDAY).other_days == (order,)
    assert orders_of_day([order], date(2026, 1, 1)).orders == ()  # a Thursday, but before it begins
