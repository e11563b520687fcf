"""The real register of a large city, where it is at hand."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared_data import shared_data
from zaguan.base.geo.point import distance_m
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.geocoder.geocoder import AddressQuery, Geocoder
from zaguan.engines.roads.geocoder.house_number import has_house_number
from zaguan.engines.roads.geocoder.index import build_index
from zaguan.engines.roads.geocoder.sources import AddressRow, read_register

COMMUNES = ("ÑUÑOA", "MACUL", "PROVIDENCIA", "LA REINA")
pytestmark = pytest.mark.shared_data


def houses() -> Iterator[AddressRow]:
    """Yield the houses of a few communes."""
    rows = read_register(shared_data("addresses/santiago-rm.csv.gz"))
    return (row for row in rows if row.commune in COMMUNES)


def test_misspelt_houses_of_a_real_register_are_found(tmp_path: Path) -> None:
    """Of 400 real houses asked for with a missing letter and a flat, 95 in 100 lie within 100 m (C07)."""
    rows = list(houses())
    build_index(tmp_path / "index", streets=[], addresses=rows, progress=SilentProgress())
    chance = random.Random(5)
    asked = chance.sample([row for row in rows if has_house_number(row.number) and len(row.street) > 5], 400)
    near = 0
    with Geocoder(tmp_path / "index") as geocoder:
        for row in asked:
            at = chance.randrange(1, len(row.street))
            text = f"{row.street[:at]}{row.street[at + 1 :]} {row.number} depto 12".lower()
            found = geocoder.find(AddressQuery(text=text, commune=row.commune.title()))
            near += found.point is not None and distance_m(found.point, row.point) <= 100
    assert near >= 0.95 * len(asked)
