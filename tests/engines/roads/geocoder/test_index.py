"""Building the index from several sources."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engines.roads.geocoder.small_city import (
    MAIPU,
    MAIPU_EAST_M,
    NUNOA,
    addresses,
    at,
    house,
    off_m,
    street,
    streets,
)
from zaguan.base.geo.place import Grade
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.geocoder.geocoder import AddressQuery, Geocoder
from zaguan.engines.roads.geocoder.index import IndexCounts, build_index
from zaguan.engines.roads.geocoder.sources import AddressRow, StreetRow
from zaguan.engines.roads.geocoder.store import IndexUnusable


def build(path: Path, streets: Sequence[StreetRow], addresses: Sequence[AddressRow]) -> IndexCounts:
    """Build an index without showing progress."""
    return build_index(path, streets=streets, addresses=addresses, progress=SilentProgress())


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    """Building twice gives the same file: a region's hash depends on its sources only."""
    for name in ("one", "two"):
        build(tmp_path / name, list(streets()), list(addresses()))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_spellings_of_one_street_are_joined(tmp_path: Path) -> None:
    """The extract's and the registers' spellings of a street are one street, under the extract's name."""
    counts = build(
        tmp_path / "index",
        [street("Avenida General Bulnes", NUNOA, (0, 0), (100, 0))],
        [house("AV. GRAL. BULNES", "1", "NUNOA", 0, 5), house("General Bulnes", "2", "ñuñoa", 10, 5)],
    )
    assert (counts.streets, counts.communes, counts.houses) == (1, 1, 2)
    with Geocoder(tmp_path / "index") as geocoder:
        assert geocoder.find(AddressQuery(text="bulnes 2", commune="Ñuñoa")).street == "Avenida General Bulnes"


def test_streets_of_a_grid_are_not_joined(tmp_path: Path) -> None:
    """Calle 15 and Carrera 15 stay two streets."""
    lines = [street("Calle 15", NUNOA, (0, 0), (100, 0)), street("Carrera 15", NUNOA, (0, 0), (0, 100))]
    assert build(tmp_path / "index", lines, []).streets == 2


def test_a_house_of_two_registers_is_kept_once(tmp_path: Path) -> None:
    """Two registers that list one house a few metres apart give one house; far apart they give two."""
    near = [house("Brasil", "5", NUNOA, 0, 0), house("BRASIL", "5", NUNOA, 12, 5)]
    assert build(tmp_path / "near", [], near).houses == 1
    far = [house("Brasil", "5", NUNOA, 0, 0), house("BRASIL", "5", NUNOA, 900, 5)]
    assert build(tmp_path / "far", [], far).houses == 2
    with Geocoder(tmp_path / "far") as geocoder:
        best, other, *_ = geocoder.find_all(AddressQuery(text="Brasil 5", commune=NUNOA))
        assert best.ambiguous
        assert best.grade is Grade.STREET
        assert {best.point, other.point} == {at(0, 0), at(900, 5)} or off_m(best.point, 0, 0) < 905


def test_a_long_row_of_one_number_is_not_drawn_together(tmp_path: Path) -> None:
    """Buildings with one number, each near the next but 250 m from end to end, are no single spot."""
    row = [house("Brasil", "5", NUNOA, east_m, 0) for east_m in range(0, 300, 50)]
    build(tmp_path / "index", [], row)
    with Geocoder(tmp_path / "index") as geocoder:
        found = geocoder.find(AddressQuery(text="Brasil 5", commune=NUNOA))
        assert (found.grade, found.ambiguous) == (Grade.STREET, True)


def test_a_corner_is_found_from_houses_alone(tmp_path: Path) -> None:
    """Where no extract draws the streets, a corner lies between the corner houses, once."""
    rows = [house("Brasil", str(100 + east_m), NUNOA, east_m, 8) for east_m in range(-300, 301, 50)]
    rows += [house("Los Olivos", str(400 + north_m), NUNOA, 8, north_m) for north_m in range(-300, 301, 50)]
    build(tmp_path / "index", [], rows)
    with Geocoder(tmp_path / "index") as geocoder:
        found = geocoder.find(AddressQuery(text="Brasil esquina Los Olivos", commune=NUNOA))
        assert (found.grade, found.ambiguous) == (Grade.INTERPOLATED, False)
        assert off_m(found.point, 0, 0) < 40


def test_houses_without_a_street_go_to_the_nearest_one(tmp_path: Path) -> None:
    """A register of numbers alone is joined to the streets it stands on; houses far from any are dropped."""
    lines = [street("Rua A", NUNOA, (0, 0), (500, 0)), street("Rua B", NUNOA, (0, 200), (500, 200))]
    rows = [house("", "10", NUNOA, 100, 12), house("", "20", NUNOA, 200, 190), house("", "30", NUNOA, 200, 900)]
    counts = build(tmp_path / "index", lines, rows)
    assert (counts.houses, counts.joined, counts.dropped) == (2, 2, 1)
    with Geocoder(tmp_path / "index") as geocoder:
        assert off_m(geocoder.find(AddressQuery(text="R. B, 20")).point, 200, 190) < 1


def test_streets_without_a_commune_take_that_of_their_neighbours(tmp_path: Path) -> None:
    """An extract without boundaries gets its communes from the register's houses around each street."""
    lines = [
        street("Los Olivos", "", (0, 0), (200, 0)),
        street("Los Olivos", "", (MAIPU_EAST_M, 0), (MAIPU_EAST_M, 200)),
    ]
    rows = [house("Brasil", "1", NUNOA, 50, 50), house("Brasil", "1", MAIPU, MAIPU_EAST_M, 50)]
    assert build(tmp_path / "index", lines, rows).streets == 4
    with Geocoder(tmp_path / "index") as geocoder:
        found = geocoder.find(AddressQuery(text="Los Olivos", commune="Maipú"))
        assert (found.commune, found.grade) == ("Maipú", Grade.STREET)


def test_rows_without_a_name_or_number_are_counted(tmp_path: Path) -> None:
    """Rows that nobody could ask for are dropped and counted."""
    rows = [house("?", "1", NUNOA, 0, 0), house("S/N", "2", NUNOA, 0, 0), house("Brasil", "casa azul", NUNOA, 0, 0)]
    assert build(tmp_path / "index", [], [*rows, house("Brasil", "1", NUNOA, 0, 0)]).dropped == 3


def test_a_region_without_houses_still_knows_its_streets(tmp_path: Path) -> None:
    """Streets alone answer with grade street, and samples are points on them without a number."""
    build(tmp_path / "index", [street("Calle Real", "", (0, 0), (300, 0))], [])
    with Geocoder(tmp_path / "index") as geocoder:
        found = geocoder.find(AddressQuery(text="Calle Real 12", commune="Donde Sea"))
        assert (found.grade, found.commune) == (Grade.STREET, "")
        [row] = geocoder.sample(1, seed=1)
        assert (row.street, row.number) == ("Calle Real", "")


def test_an_empty_index_answers_none(tmp_path: Path) -> None:
    """A region with no named street at all is no error."""
    assert build(tmp_path / "index", [], []).streets == 0
    with Geocoder(tmp_path / "index") as geocoder:
        assert geocoder.find(AddressQuery(text="Brasil 1", commune="Ñuñoa")).grade is Grade.NONE
        assert geocoder.sample(3, seed=1) == []


def test_an_unusable_index_is_refused_with_a_remedy(tmp_path: Path) -> None:
    """A missing, foreign or cut index is refused by name, and the hint says to build the region."""
    (tmp_path / "rubbish").write_bytes(b"no database")
    whole = tmp_path / "whole"
    build(whole, list(streets()), list(addresses()))
    (tmp_path / "cut").write_bytes(whole.read_bytes()[:5_000])
    (tmp_path / "empty").write_bytes(b"")
    for name in ("missing", "rubbish", "cut", "empty"):
        with pytest.raises(IndexUnusable) as refused:
            Geocoder(tmp_path / name)
        assert refused.value.facts["file"] == name
        assert "zaguan region build" in (refused.value.hint("en") or "")


def test_a_failed_build_leaves_the_old_index(tmp_path: Path) -> None:
    """When a source breaks off in the middle, the index that was there stays."""
    path = tmp_path / "index"
    build(path, [], [house("Brasil", "1", NUNOA, 0, 0)])
    before = path.read_bytes()

    def broken() -> object:
        yield house("Brasil", "2", NUNOA, 0, 0)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        build_index(path, streets=[], addresses=broken(), progress=SilentProgress())  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
