"""Money is exact, knows its currency, and loses nothing when it is shared."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaguan.base.kit.money import (
    MAX_MINOR,
    AmountTooFine,
    AmountTooLarge,
    CurrenciesDiffer,
    CurrencyUnknown,
    Money,
    total_of,
)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12990", "CLP", 12_990), ("12.90", "EUR", 1_290), ("1.234", "KWD", 1_234), ("-0.01", "USD", -1)],
)
def test_an_amount_is_kept_in_minor_units(amount: str, currency: str, minor: int) -> None:
    """Major units become the currency's minor ones, and back, without loss."""
    money = Money.of(Decimal(amount), currency)
    assert money == Money(minor=minor, currency=currency)
    assert money.amount == Decimal(amount)


def test_an_amount_finer_than_its_currency_is_refused() -> None:
    """Half a Chilean peso, or a tenth of a cent, is refused, not rounded."""
    for amount, currency in (("0.5", "CLP"), ("0.001", "EUR")):
        with pytest.raises(AmountTooFine):
            Money.of(Decimal(amount), currency)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e400", "100000000000000001"])
def test_an_amount_beyond_all_bounds_is_refused(amount: str) -> None:
    """What is no number, or larger than the column, is refused."""
    with pytest.raises(AmountTooLarge):
        Money.of(Decimal(amount), "CLP")


def test_strange_currencies_are_refused() -> None:
    """A code that is no currency is refused, and so is a sum of two currencies."""
    with pytest.raises(CurrencyUnknown):
        Money(minor=1, currency="eur")
    with pytest.raises(CurrenciesDiffer):
        Money(minor=1, currency="EUR") + Money(minor=1, currency="CLP")


def test_amounts_are_added_and_compared() -> None:
    """Sums, differences and comparisons are those of the minor units."""
    ten, three = Money(minor=10, currency="CLP"), Money(minor=3, currency="CLP")
    assert total_of([ten, three, -three], currency="CLP") == ten
    assert ten - three == Money(minor=7, currency="CLP")
    assert three < ten
    assert total_of([], currency="CLP").minor == 0


def test_a_product_is_rounded_to_the_even_unit() -> None:
    """A tax of 19 % is rounded to the nearest minor unit, halves to the even one."""
    assert Money(minor=1_000, currency="CLP").times(Decimal("0.19")).minor == 190
    assert [Money(minor=minor, currency="CLP").times(Decimal("0.5")).minor for minor in (1, 3, 5)] == [0, 2, 2]


@given(
    minor=st.integers(-MAX_MINOR, MAX_MINOR),
    weights=st.lists(st.integers(0, 1_000), min_size=1, max_size=20).filter(lambda weights: sum(weights) > 0),
)
def test_shares_add_up(minor: int, weights: list[int]) -> None:
    """The parts of a shared amount add up to it, and none is a unit away from its exact part."""
    money = Money(minor=minor, currency="CLP")
    parts = money.shared_by(weights)
    assert total_of(parts, currency="CLP") == money
    assert all(
        abs(part.minor * sum(weights) - minor * weight) < sum(weights)
        for part, weight in zip(parts, weights, strict=True)
    )
