"""What is taken for a vehicle or a price when the fleet file does not say. Meant to be replaced by the user's own.

Capacities and consumptions are round catalogue figures. Emission factors are well to wheel: fuels after EN
16258:2012, annex A; electricity the world mean of 2023 after Ember's Global Electricity Review 2024 (480 g a
kilowatt-hour).
"""

from dataclasses import dataclass
from typing import Final

from zaguan.base.kit.words import Locale
from zaguan.records.fleet.model import Energy, Vehicle, VehicleKind

EMISSION_G: Final = {
    Energy.DIESEL: 3_240.0,  # a litre
    Energy.PETROL: 2_880.0,  # a litre
    Energy.GAS: 3_070.0,  # a kilogram of compressed natural gas
    Energy.ELECTRIC: 480.0,  # a kilowatt-hour
    Energy.MUSCLE: 0.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KindDefaults:
    """A typical vehicle of a kind; prices of a kilometre and a day are in US dollars."""

    weight_kg: int
    volume_l: int
    pieces: int
    energy: Energy
    per_100km: float
    km_usd: float
    day_usd: float


KINDS: Final = {
    VehicleKind.VAN: KindDefaults(
        weight_kg=900, volume_l=8_000, pieces=200, energy=Energy.DIESEL, per_100km=9.5, km_usd=0.18, day_usd=12.0
    ),
    VehicleKind.TRUCK: KindDefaults(
        weight_kg=4_000,
        volume_l=24_000,
        pieces=600,
        energy=Energy.DIESEL,
        per_100km=22.0,
        km_usd=0.40,
        day_usd=30.0,
    ),
    VehicleKind.CAR: KindDefaults(
        weight_kg=300, volume_l=900, pieces=60, energy=Energy.PETROL, per_100km=7.5, km_usd=0.14, day_usd=6.0
    ),
    VehicleKind.MOTORCYCLE: KindDefaults(
        weight_kg=25, volume_l=90, pieces=12, energy=Energy.PETROL, per_100km=2.8, km_usd=0.06, day_usd=2.0
    ),
    VehicleKind.BICYCLE: KindDefaults(
        weight_kg=20, volume_l=70, pieces=10, energy=Energy.MUSCLE, per_100km=0.0, km_usd=0.02, day_usd=0.5
    ),
    VehicleKind.CARGO_BIKE: KindDefaults(
        weight_kg=120, volume_l=900, pieces=50, energy=Energy.ELECTRIC, per_100km=1.5, km_usd=0.03, day_usd=3.0
    ),
    VehicleKind.ON_FOOT: KindDefaults(
        weight_kg=15, volume_l=60, pieces=8, energy=Energy.MUSCLE, per_100km=0.0, km_usd=0.0, day_usd=0.0
    ),
}

# litres, kilograms or kilowatt-hours of a kind that runs on something else than it mostly does
CONSUMPTION_PER_100KM: Final = {
    (VehicleKind.VAN, Energy.ELECTRIC): 25.0,
    (VehicleKind.VAN, Energy.GAS): 8.5,
    (VehicleKind.VAN, Energy.PETROL): 11.0,
    (VehicleKind.TRUCK, Energy.ELECTRIC): 75.0,
    (VehicleKind.TRUCK, Energy.GAS): 20.0,
    (VehicleKind.CAR, Energy.ELECTRIC): 17.0,
    (VehicleKind.CAR, Energy.DIESEL): 6.0,
    (VehicleKind.CAR, Energy.GAS): 5.0,
    (VehicleKind.MOTORCYCLE, Energy.ELECTRIC): 4.0,
    (VehicleKind.BICYCLE, Energy.ELECTRIC): 0.8,
    (VehicleKind.CARGO_BIKE, Energy.MUSCLE): 0.0,
}

HOUR_USD: Final = 7.0
OVERTIME_FACTOR: Final = 1.5

CURRENCY_OF_COUNTRY: Final = {
    "AR": "ARS",
    "BO": "BOB",
    "BR": "BRL",
    "CL": "CLP",
    "CO": "COP",
    "CR": "CRC",
    "DO": "DOP",
    "GB": "GBP",
    "GT": "GTQ",
    "MX": "MXN",
    "PE": "PEN",
    "PY": "PYG",
    "UY": "UYU",
    **dict.fromkeys(("EC", "PA", "SV", "US"), "USD"),
    **dict.fromkeys(("AT", "BE", "DE", "ES", "FI", "FR", "GR", "IE", "IT", "NL", "PT"), "EUR"),
}

# units for one US dollar, rounded hard: stand-in prices compare plans, they settle no account
PER_USD: Final = {
    "ARS": 1_000.0,
    "BOB": 7.0,
    "BRL": 5.5,
    "CLP": 950.0,
    "COP": 4_000.0,
    "CRC": 510.0,
    "DOP": 60.0,
    "EUR": 0.9,
    "GBP": 0.8,
    "GTQ": 7.7,
    "MXN": 18.0,
    "PEN": 3.7,
    "PYG": 7_500.0,
    "UYU": 40.0,
}
_SWAPPED: Final = str.maketrans(",.", ".,")
WITHOUT_CENTS: Final = frozenset({"CLP", "JPY", "KRW", "PYG", "VND"})
LOCALE_OF_COUNTRY: Final[dict[str, Locale]] = {"BR": "pt", "PT": "pt", "US": "en", "GB": "en", "IE": "en"}


def currency_of(country: str) -> str:
    """Return the ISO 4217 code of a country's money; US dollars for one not listed."""
    return CURRENCY_OF_COUNTRY.get(country.upper(), "USD")


def locale_of(country: str) -> Locale:
    """Return the language that drivers of a country most likely read."""
    return LOCALE_OF_COUNTRY.get(country.upper(), "es")


def minor_units(currency: str) -> int:
    """Return how many minor units one unit of money has: 100, or 1 where there are no cents."""
    return 1 if currency in WITHOUT_CENTS else 100


def money_text(minor: int, currency: str, locale: Locale = "en") -> str:
    """Return an amount with its currency, as the language writes it: 12,345.50 BRL, 3.500 CLP."""
    units = minor_units(currency)
    text = f"{minor / units:,.2f}" if units > 1 else f"{minor:,}"
    return f"{text if locale == 'en' else text.translate(_SWAPPED)} {currency}"


def stand_in_minor(usd: float, currency: str) -> int:
    """Return a price in US dollars as minor units of another currency, at a rounded rate."""
    return round(usd * PER_USD.get(currency, 1.0) * minor_units(currency))


def typical_vehicle(
    ref: str, kind: VehicleKind, *, depot_ref: str, currency: str, energy: Energy | None = None
) -> Vehicle:
    """Return a typical vehicle of a kind."""
    typical = KINDS[kind]
    moved_by = energy or typical.energy
    return Vehicle(
        ref=ref,
        kind=kind,
        depot_ref=depot_ref,
        weight_g=typical.weight_kg * 1000,
        volume_ml=typical.volume_l * 1000,
        pieces=typical.pieces,
        energy=moved_by,
        consumption_per_100km=consumption(kind, moved_by),
        emission_g_per_unit=EMISSION_G[moved_by],
        fixed_cost_minor=stand_in_minor(typical.day_usd, currency),
        cost_per_km_minor=stand_in_minor(typical.km_usd, currency),
    )


def consumption(kind: VehicleKind, energy: Energy) -> float:
    """Return litres, kilograms or kilowatt-hours for 100 km; muscles burn nothing that is counted."""
    if energy is Energy.MUSCLE:
        return 0.0
    return CONSUMPTION_PER_100KM.get((kind, energy), KINDS[kind].per_100km)
