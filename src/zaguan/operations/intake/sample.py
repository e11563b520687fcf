"""Invented orders for real addresses: a day that looks like one, the same for the same seed.

Sizes follow the public sample of Brazilian shop orders by Olist (MIT licence), of which only the figures below were
taken: per line a log-normal weight with a median of 0.70 kg and a 90th percentile of 6.6 kg, a volume with a median
of 7.3 litres and a 90th percentile of 40 litres, their logarithms correlated with 0.77; nine orders in ten have one
line.
"""

import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from zaguan.base.kit.words import Locale
from zaguan.engines.roads.geocoder.sources import AddressRow
from zaguan.operations.intake.model import NoAddresses

WORDS_FILE: Final = Path(__file__).parent / "sample_words.json"
COLUMNS: Final = (
    "ref", "service_on", "kind", "name", "phone", "address", "complement", "commune", "city", "lat", "lon", "window",
    "service", "pieces", "weight", "volume", "description", "priority", "skills", "proofs", "cash", "notes", "mark",
)  # fmt: skip

# the logarithms of grams and millilitres per line, in the Olist sample
WEIGHT_LOG_MEAN: Final = 6.738
WEIGHT_LOG_SPREAD: Final = 1.372
VOLUME_LOG_MEAN: Final = 8.905
VOLUME_LOG_SPREAD: Final = 1.316
WEIGHT_VOLUME_CORRELATION: Final = 0.77
MAX_WEIGHT_G: Final = 30_000
MAX_VOLUME_ML: Final = 400_000
# share of a day's orders that arrive in each hour, in thousandths, in the Olist sample
ARRIVALS_BY_HOUR: Final = (
    26, 9, 4, 3, 2, 1, 4, 12, 25, 48, 67, 64, 63, 55, 70, 67, 70, 63, 65, 64, 73, 54, 56, 36,
)  # fmt: skip
LINES: Final = ((1, 0.897), (2, 0.077), (3, 0.014), (4, 0.012))

# promises as shops make them: most none, many half a day, a few one hour
WINDOWS: Final = (
    ("", 0.58), ("09:00-13:00", 0.11), ("14:00-18:00", 0.09), ("10:00-14:00", 0.05), ("15:00-19:00", 0.04),
    ("09:00-11:00", 0.04), ("11:00-13:00", 0.03), ("16:00-18:00", 0.03), ("18:00-20:00", 0.015),
    ("12:00-13:00", 0.01), ("17:30-18:30", 0.005),
)  # fmt: skip
PICKUP_SHARE: Final = 0.06
POINT_SHARE: Final = 0.15
COLD_SHARE: Final = 0.015
BULKY_SHARE: Final = 0.012  # white goods and furniture, for two people
CASH_SHARE: Final = 0.03
COMPLEMENT_SHARE: Final = 0.22
NOTE_SHARE: Final = 0.12
PRIORITIES: Final = (("", 0.93), ("high", 0.055), ("critical", 0.015))
PROOFS: Final = (("", 0.70), ("photo", 0.20), ("signature", 0.10))
# numbers that no operator hands out, by country: dialling one reaches nobody
PHONES: Final = {
    "CL": "+56900{:06d}", "BR": "+5511900{:06d}", "CO": "+57399{:07d}", "MX": "+5255000{:05d}", "PE": "+511000{:04d}",
    "US": "+1555555{:04d}",
}  # fmt: skip
_PHONE_DIGITS: Final = {"CL": 6, "BR": 6, "CO": 7, "MX": 5, "PE": 4, "US": 4}

Row = dict[str, str | int | float | date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A table of invented orders: column names, and rows in the order in which the orders came in."""

    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    flaws: tuple[int, ...] = field(default_factory=tuple)  # physical lines of the rows that are bad on purpose


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = json.loads(WORDS_FILE.read_text("utf-8"))
    return words


def make_sample(
    addresses: Sequence[AddressRow],
    *,
    count: int,
    service_on: date,
    seed: int,
    locale: Locale,
    country: str = "CL",
    flawed: int = 0,
) -> Sample:
    """Invent `count` orders for the given addresses, and `flawed` bad rows spread among them.

    The same arguments give the same table. No address raises NoAddresses.
    """
    if not addresses:
        raise NoAddresses
    dice = random.Random(seed)
    arrivals = sorted(_arrival(dice, service_on) for _ in range(count))
    rows: list[Row] = []
    for number, arrived_at in enumerate(arrivals, start=1):
        house = addresses[(number - 1) % len(addresses)]
        order = _order(dice, number, house, locale=locale, country=country, service_on=service_on)
        if len(addresses) >= count and dice.random() < 0.002 and rows:
            order["address"], order["commune"] = rows[-1]["address"], rows[-1]["commune"]  # neighbours order too
            order["lat"], order["lon"] = rows[-1]["lat"], rows[-1]["lon"]
        order["mark"] = f"{_words()['headers'][locale]['mark'].lower()} · {arrived_at:%Y-%m-%d %H:%M}"
        rows.extend(_with_lines(dice, order, locale))
    flaws = _spoil(dice, rows, flawed)
    header = tuple(_words()["headers"][locale][column] for column in COLUMNS)
    table = tuple(tuple(row.get(column, "") for column in COLUMNS) for row in rows)
    return Sample(header=header, rows=table, flaws=flaws)


def _pick[T](dice: random.Random, choices: Sequence[tuple[T, float]]) -> T:
    return dice.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]


def _arrival(dice: random.Random, service_on: date) -> datetime:
    """Draw the moment, on the day before, at which an order came in."""
    hour = dice.choices(range(24), ARRIVALS_BY_HOUR)[0]
    return datetime.combine(service_on, time(hour, dice.randrange(60))) - timedelta(days=1)


def _size(dice: random.Random) -> tuple[int, int]:
    """Draw grams and millilitres of one line."""
    a, b = dice.gauss(0, 1), dice.gauss(0, 1)
    c = WEIGHT_VOLUME_CORRELATION * a + math.sqrt(1 - WEIGHT_VOLUME_CORRELATION**2) * b
    weight_g = math.exp(WEIGHT_LOG_MEAN + WEIGHT_LOG_SPREAD * a)
    volume_ml = math.exp(VOLUME_LOG_MEAN + VOLUME_LOG_SPREAD * c)
    return max(50, min(MAX_WEIGHT_G, round(weight_g / 10) * 10)), max(
        200, min(MAX_VOLUME_ML, round(volume_ml / 100) * 100)
    )


def _order(
    dice: random.Random, number: int, house: AddressRow, *, locale: Locale, country: str, service_on: date
) -> Row:
    words = _words()
    values = words["values"][locale]
    has_point = dice.random() < POINT_SHARE
    is_pickup = dice.random() < PICKUP_SHARE
    priority, proof = _pick(dice, PRIORITIES), _pick(dice, PROOFS)
    skill = "cold" if dice.random() < COLD_SHARE else "two-person" if dice.random() < BULKY_SHARE else ""
    template = PHONES.get(country, "+999{:09d}")
    digits = _PHONE_DIGITS.get(country, 9)
    note = dice.choice(words["notes"][locale]) if dice.random() < NOTE_SHARE else ""
    return {
        "ref": f"INV-{number:06d}",
        "service_on": service_on,
        "kind": values["pickup" if is_pickup else "delivery"],
        "name": f"{dice.choice(words['first_names'])} {dice.choice(words['family_names'])}",
        "phone": template.format(dice.randrange(10**digits)),
        "address": f"{house.street} {house.number}".strip(),
        "complement": dice.choice(words["complements"][locale]) if dice.random() < COMPLEMENT_SHARE else "",
        "commune": house.commune,
        "city": house.city,
        "lat": round(house.point.lat, 6) if has_point else "",
        "lon": round(house.point.lon, 6) if has_point else "",
        "window": _pick(dice, WINDOWS),
        "service": 15 if skill == "two-person" else dice.choice(("", "", "", 3, 5, 8)),
        "priority": values[priority] if priority else "",
        "skills": values[skill] if skill else "",
        "proofs": values[proof] if proof else "",
        "cash": _cash(dice, country) if not is_pickup and dice.random() < CASH_SHARE else "",
        "notes": note,
    }


def _cash(dice: random.Random, country: str) -> int | float:
    """Draw an amount: median about 15 dollars."""
    dollars = math.exp(dice.gauss(2.7, 0.8))
    if country in {"CL", "CO", "PY"}:
        return round(dollars * 950, -1)
    return round(dollars * 5, 2)


def _with_lines(dice: random.Random, order: Row, locale: Locale) -> list[Row]:
    """Give an order its parcels, one row each."""
    values = _words()["values"][locale]
    rows = []
    for _ in range(_pick(dice, LINES)):
        weight_g, volume_ml = _size(dice)
        if order["skills"] == values["two-person"]:
            weight_g, volume_ml = dice.randrange(35_000, 75_000, 500), dice.randrange(350_000, 1_200_000, 5_000)
        parcel = {"weight": weight_g / 1000, "volume": volume_ml / 1_000_000, "pieces": 1}
        rows.append({**order, **parcel, "description": dice.choice(_words()["goods"][locale])})
    return rows


def _spoil(dice: random.Random, rows: list[Row], flawed: int) -> tuple[int, ...]:
    """Put bad rows among the good ones; return the lines on which they stand, the header being line 1."""
    flaws: tuple[Row, ...] = (
        {"address": "", "lat": "", "lon": ""},
        {"service_on": "31/02/2026"},
        {"window": "18:00-09:00"},
        {"weight": "mucho"},
        {"lat": "NaN", "lon": "-70.65"},
        {"kind": "???"},
        {"pieces": -3},
        {"priority": "ayer"},
        {"cash": "gratis"},
        {"weight": -2.5},
    )
    spoiled = []
    for number in range(flawed):
        bad: Row = {**dice.choice(rows), **flaws[number % len(flaws)], "ref": f"INV-BAD-{number + 1:03d}"}
        spoiled.append((dice.randrange(len(rows) + 1), bad))
    for position, bad in sorted(spoiled, key=lambda entry: -entry[0]):
        rows.insert(position, bad)
    return tuple(line for line, row in enumerate(rows, start=2) if str(row["ref"]).startswith("INV-BAD-"))
