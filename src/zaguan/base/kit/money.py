"""Money: a whole number of minor units and an ISO 4217 currency. No floats, no rounding that nobody asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import ClassVar, Final

from zaguan.base.kit.errors import ZaguanError

# a sum of the world's money fits, and so does the column
MAX_MINOR: Final = 10**17
# ISO 4217, active codes of 2025 that people pay with; two digits after the point unless said below
_CODES: Final = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED
    VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_WITHOUT_CENTS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_THOUSANDTHS: Final = "BHD IQD JOD KWD LYD OMR TND"
_DIGITS: Final = {
    **dict.fromkeys(_WITHOUT_CENTS.split(), 0),
    **dict.fromkeys(_WITH_THOUSANDTHS.split(), 3),
    "CLF": 4,
}
CURRENCIES: Final = frozenset(_CODES.split())


class CurrencyUnknown(ZaguanError):
    """There is no currency with the code `currency`."""

    code: ClassVar = "money.currency_unknown"


class CurrenciesDiffer(ZaguanError):
    """Amounts in `one` and in `other` cannot be added or compared."""

    code: ClassVar = "money.currencies_differ"


class AmountTooFine(ZaguanError):
    """The amount `amount` has more digits after the point than `currency` has (`digits`)."""

    code: ClassVar = "money.amount_too_fine"


class AmountTooLarge(ZaguanError):
    """An amount is beyond `most` minor units, or no number."""

    code: ClassVar = "money.amount_too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount: `minor` is 1290 for 12.90 EUR and for 1290 CLP. Refused: CurrencyUnknown, AmountTooLarge."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        digits_of(self.currency)
        if abs(self.minor) > MAX_MINOR:
            raise AmountTooLarge(most=MAX_MINOR)

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "Money":
        """Return an amount of major units. Refused: AmountTooFine, AmountTooLarge, CurrencyUnknown."""
        digits = digits_of(currency)
        if not amount.is_finite() or abs(amount) > MAX_MINOR:
            raise AmountTooLarge(most=MAX_MINOR)
        minor = amount.scaleb(digits)
        if minor != minor.to_integral_value():
            raise AmountTooFine(amount=amount, currency=currency, digits=digits)
        return cls(minor=int(minor), currency=currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's digits."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency))

    def __add__(self, other: "Money") -> "Money":
        self._must_match(other)
        return Money(minor=self.minor + other.minor, currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def __neg__(self) -> "Money":
        return Money(minor=-self.minor, currency=self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._must_match(other)
        return self.minor < other.minor

    def times(self, factor: Decimal) -> "Money":
        """Return the amount multiplied, rounded to the nearest minor unit, halves to the even one."""
        minor = (self.minor * factor).to_integral_value(ROUND_HALF_EVEN)
        return Money(minor=int(minor), currency=self.currency)

    def shared_by(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Return parts in proportion to weights whose sum is this amount to the last minor unit.

        What is left over by rounding goes to the parts that lost most by it, the first of equals.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError(f"weights must be positive in sum, none negative: {weights}")
        parts = [self.minor * weight // total for weight in weights]
        lost = sorted(range(len(parts)), key=lambda at: (-(self.minor * weights[at] % total), at))
        for at in lost[: self.minor - sum(parts)]:
            parts[at] += 1
        return tuple(Money(minor=part, currency=self.currency) for part in parts)

    def _must_match(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrenciesDiffer(one=self.currency, other=other.currency)


def digits_of(currency: str) -> int:
    """Return how many digits a currency has after the point. Refused: CurrencyUnknown."""
    if currency not in CURRENCIES:
        raise CurrencyUnknown(currency=currency[:8])
    return _DIGITS.get(currency, 2)


def total_of(amounts: Sequence[Money], *, currency: str) -> Money:
    """Return the sum of amounts of one currency, zero of it where there are none."""
    total = Money(minor=0, currency=currency)
    for amount in amounts:
        total += amount
    return total
