"""Money at the door: what is due, whether it was settled, and what a driver has to hand in at the end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from zaguan.operations.delivery.model import PaymentWrong
from zaguan.operations.delivery.proofs import PaymentMethod, PaymentTaken


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be collected. `may_stay_open`: the parcels are handed over all the same, and it is flagged."""

    amount_minor: int
    currency: str
    may_stay_open: bool = False

    def __post_init__(self) -> None:
        if self.amount_minor < 0 or (self.amount_minor and len(self.currency) != 3):
            raise ValueError("what is due has a currency and is not negative")


NOTHING_DUE: Final = Due(amount_minor=0, currency="")


def check_payments(due: Due, payments: Iterable[PaymentTaken], *, whole: bool) -> int:
    """Return what stays unpaid, in minor units.

    Refused: money that was not due, another currency, change that does not add up, no reference for what is not cash,
    too little for an order that is handed over as a whole, unless it may stay open. A part of an order may be paid
    in part: what it is worth only the shipper knows.
    """
    paid = 0
    for payment in payments:
        if payment.amount_minor <= 0:
            raise PaymentWrong(what="amount_minor ≤ 0")
        if payment.currency != due.currency:
            raise PaymentWrong(what=f"{payment.currency} ≠ {due.currency or '–'}")
        _check_method(payment)
        paid += payment.amount_minor
    if paid > due.amount_minor:
        raise PaymentWrong(what=f"{paid} > {due.amount_minor} {due.currency}")
    unpaid = due.amount_minor - paid
    if unpaid and whole and not due.may_stay_open:
        raise PaymentWrong(what=f"{paid} < {due.amount_minor} {due.currency}")
    return unpaid


def cash_in_hand(payments: Iterable[PaymentTaken]) -> Mapping[str, int]:
    """Return the cash that a driver has to hand in, by currency."""
    cash: dict[str, int] = {}
    for payment in payments:
        if payment.method is PaymentMethod.CASH:
            cash[payment.currency] = cash.get(payment.currency, 0) + payment.amount_minor
    return cash


def _check_method(payment: PaymentTaken) -> None:
    if payment.method is not PaymentMethod.CASH:
        if not payment.reference.strip():
            raise PaymentWrong(what="reference")
        return
    if payment.tendered_minor < 0 or payment.change_minor < 0:
        raise PaymentWrong(what="change_minor < 0")
    if payment.tendered_minor and payment.tendered_minor - payment.change_minor != payment.amount_minor:
        raise PaymentWrong(
            what=f"{payment.tendered_minor} − {payment.change_minor} ≠ {payment.amount_minor} {payment.currency}"
        )
