"""Invented orders: the same for the same seed, readable, realistic, marked."""

import statistics
from datetime import date
from pathlib import Path

import pytest

from tests.operations.intake.tables import notice_codes
from zaguan.base.geo.point import Point
from zaguan.base.kit.words import LOCALES, Locale
from zaguan.engines.roads.geocoder.sources import AddressRow
from zaguan.operations.intake.model import NoAddresses
from zaguan.operations.intake.sample import Sample, make_sample
from zaguan.operations.intake.sample_file import write_sample
from zaguan.operations.intake.service import read_orders
from zaguan.records.orders.model import OrderKind

HOUSES = [
    AddressRow(street=f"Calle {n % 37}", number=str(n), commune=f"Comuna {n % 5}", point=Point(lon=-70.6, lat=-33.4))
    for n in range(2_000)
]
DAY = date(2026, 1, 5)


def a_sample(*, count: int = 300, seed: int = 1, locale: Locale = "es", country: str = "CL", flawed: int = 0) -> Sample:
    """Invent a day."""
    return make_sample(HOUSES, count=count, service_on=DAY, seed=seed, locale=locale, country=country, flawed=flawed)


@pytest.mark.parametrize(("locale", "country"), list(zip(LOCALES, ("CL", "US", "BR"), strict=True)))
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_sample_comes_in_without_a_question(tmp_path: Path, locale: Locale, country: str, suffix: str) -> None:
    """The sample is imported as it is in each language: nothing rejected, nothing guessed, no phone unread."""
    path = tmp_path / f"s{suffix}"
    write_sample(a_sample(locale=locale, country=country), path, locale=locale, region_name="Prueba")
    report = read_orders(path, country=country)
    assert (len(report.orders), report.rejected) == (300, ())
    assert notice_codes(report) <= {"intake.sheet_read", "intake.cash_once"}
    assert all(order.ref.startswith("INV-") and order.service_on == DAY for order in report.orders)


def test_the_same_seed_gives_the_same_day() -> None:
    """A sample is decided by its seed."""
    assert a_sample(seed=3) == a_sample(seed=3)
    assert a_sample(seed=3) != a_sample(seed=4)


def test_sizes_and_windows_are_those_of_shops(tmp_path: Path) -> None:
    """Weights have the median and the tail of the Olist sample; most orders have no window; some are fetched."""
    path = tmp_path / "s.csv"
    write_sample(a_sample(count=2_000), path, locale="es", region_name="Prueba")
    orders = read_orders(path).orders
    weights = sorted(parcel.weight_g for order in orders for parcel in order.parcels)
    assert 550 <= statistics.median(weights) <= 1_000
    assert 4_500 <= weights[int(0.9 * len(weights))] <= 9_000
    share_without = sum(not order.windows for order in orders) / len(orders)
    assert 0.5 < share_without < 0.66
    fetched = sum(order.kind is OrderKind.PICKUP for order in orders)
    assert 60 < fetched < 180
    assert any("cold" in order.skills for order in orders)
    assert 200 < sum(order.place.point is not None for order in orders) < 400


def test_flawed_rows_are_the_ones_rejected(tmp_path: Path) -> None:
    """Rows that are bad on purpose are rejected, exactly these."""
    sample = a_sample(flawed=20)
    path = tmp_path / "s.xlsx"
    write_sample(sample, path, locale="es", region_name="Prueba")
    report = read_orders(path)
    assert tuple(row.line for row in report.rejected) == sample.flaws
    assert len(report.rejected) == 20


def test_a_region_without_addresses_is_refused() -> None:
    """Without addresses there is nothing to invent orders for."""
    with pytest.raises(NoAddresses):
        make_sample([], count=1, service_on=DAY, seed=1, locale="es")
