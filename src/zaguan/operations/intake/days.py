"""Which orders belong to a service day: those of the day, those of no day, and the ones that come again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from zaguan.operations.intake.choices import WEEKDAYS
from zaguan.records.orders.model import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOrders:
    """The orders of one day, and those of other days, which are left where they are."""

    orders: tuple[Order, ...]
    other_days: tuple[Order, ...]


def orders_of_day(orders: Iterable[Order], day: date) -> DayOrders:
    """Pick the orders of a day. An order that comes again on this weekday becomes one of this day's, named so.

    A date on a recurring order is the day from which it comes again.
    """
    wanted: list[Order] = []
    others: list[Order] = []
    for order in orders:
        if not order.recurs:
            (wanted if order.service_on in {None, day} else others).append(order)
        elif WEEKDAYS[day.weekday()] in order.recurs.split(",") and (order.service_on or day) <= day:
            wanted.append(replace(order, ref=f"{order.ref}@{day.isoformat()}", service_on=day, recurs=""))
        else:
            others.append(order)
    return DayOrders(orders=tuple(wanted), other_days=tuple(others))
