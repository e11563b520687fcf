"""A generated town as a whole: the same every time, of the size asked for, in the files promised."""

from pathlib import Path

import numpy as np
import osmium
import osmium.io
import pytest

from tests.engines.roads.town.conftest import Made
from tests.engines.roads.town.mapped import metres
from zaguan.base.kit.errors import Kind
from zaguan.base.kit.files import sha256_of
from zaguan.base.kit.progress import SilentProgress
from zaguan.base.kit.words import LOCALES
from zaguan.engines.roads.town.scale import TownSizeRefused, scale_for
from zaguan.engines.roads.town.town import TownFiles, build_town, generate_town


def _make(folder: Path, *, seed: int, addresses: int = 1_000) -> TownFiles:
    return generate_town(seed=seed, addresses=addresses, folder=folder, progress=SilentProgress())


def _hashes(files: TownFiles) -> list[str]:
    return [sha256_of(path) for path in (files.extract, files.register, files.residents)]


@pytest.mark.parametrize("addresses", [1_000, 9_000])
def test_the_same_seed_and_size_give_the_same_bytes(tmp_path: Path, addresses: int) -> None:
    """Two towns of one seed and size are equal in every byte of every file."""
    first = _make(tmp_path / "first", seed=3, addresses=addresses)
    second = _make(tmp_path / "second", seed=3, addresses=addresses)
    assert _hashes(first) == _hashes(second)


def test_another_seed_gives_another_town(tmp_path: Path) -> None:
    """No file of one seed equals that of another."""
    first, second = _make(tmp_path / "first", seed=3), _make(tmp_path / "second", seed=4)
    assert all(a != b for a, b in zip(_hashes(first), _hashes(second), strict=True))


@pytest.mark.parametrize("addresses", [-5, 0, 999, 1_000_001])
def test_a_size_outside_the_bounds_is_refused(tmp_path: Path, addresses: int) -> None:
    """Too small and too large towns are refused with the bounds, in every language, and nothing is written."""
    with pytest.raises(TownSizeRefused) as caught:
        _make(tmp_path / "town", seed=1, addresses=addresses)
    assert caught.value.kind is Kind.INVALID
    for locale in LOCALES:
        assert str(addresses) in caught.value.message(locale)
        hint = caught.value.hint(locale)
        assert hint is not None
        assert "1000" in hint
        assert "1000000" in hint
    assert not (tmp_path / "town").exists()


@pytest.mark.parametrize("seed", range(4))
def test_any_seed_gives_exactly_the_addresses_asked_for(tmp_path: Path, seed: int) -> None:
    """A town of 1,234 addresses has 1,234 of them, each different."""
    rows = _make(tmp_path, seed=seed, addresses=1_234).register.read_text("utf-8").splitlines()
    assert rows[0] == "street,number,commune,lon,lat"
    assert len(rows) == 1_235
    assert len({tuple(row.split(",")[:3]) for row in rows[1:]}) == 1_234


@pytest.mark.parametrize("seed", range(6))
def test_every_village_has_a_road_to_the_plaza(seed: int) -> None:
    """The streets that are joined to the plaza pass through every village."""
    town = build_town(scale_for(9_000), seed)
    joined = town.network.reached_from(town.network.nearest(np.zeros(2)))
    ends = np.array([town.network.points[node] for node in np.flatnonzero(joined)])
    assert town.names.villages
    for i, j in town.names.villages:
        middle = town.ground.plane(np.array(float(i)), np.array(float(j)))
        assert np.hypot(*(ends - middle).T).min() < 30


def test_the_extract_is_a_sorted_file_with_its_box_and_no_time(made: Made) -> None:
    """The header holds the box of all nodes; things are sorted by kind and number and bear no time of writing."""
    reader = osmium.io.Reader(str(made.files.extract))
    box = reader.header().box()
    reader.close()
    order = []
    for thing in osmium.FileProcessor(str(made.files.extract)):
        rank = {"n": 0, "w": 1, "r": 2}[thing.type_str()]
        order.append((rank, thing.id))
        assert thing.timestamp.timestamp() == 0
    assert order == sorted(set(order))
    low, high = metres(box.bottom_left.lon, box.bottom_left.lat), metres(box.top_right.lon, box.top_right.lat)
    assert all((low - 0.1 <= place).all() and (place <= high + 0.1).all() for place in made.mapped.places.values())


def test_the_files_say_what_the_region_is_called(made: Made) -> None:
    """Name, country and time zone come with the files."""
    assert (made.files.name, made.files.country, made.files.time_zone) == ("Villa Zaguán", "CL", "America/Santiago")


def test_the_map_has_water_green_houses_and_labels(made: Made) -> None:
    """There is a plaza, a river, woods by the hills, an industrial estate, some houses, and names on the map."""
    tags = [tags for _, tags in made.mapped.ways.values()]
    for key, value in (("natural", "water"), ("natural", "wood"), ("leisure", "park"), ("landuse", "industrial")):
        assert any(one.get(key) == value for one in tags), (key, value)
    assert sum(one.get("name") == "Plaza de Armas" for one in tags) == 1
    assert 200 < sum("building" in one for one in tags) <= 1_500
    assert made.mapped.place_named("village")
    assert made.mapped.place_named("suburb")
    areas = [nodes for nodes, one in made.mapped.ways.values() if "leisure" in one or one.get("natural")]
    assert all(nodes[0] == nodes[-1] for nodes in areas)
