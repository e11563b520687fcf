"""Reading an extract."""

from pathlib import Path

import pytest

from tests.engines.roads.small_town import NORTH, STEP, WEST, write_small_town
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.extract import RoadCollector, check_extract, read_extract
from zaguan.engines.roads.region_refusals import (
    ExtractBroken,
    ExtractEmpty,
    ExtractMissing,
    ExtractNotPbf,
    ExtractTruncated,
    ExtractUnordered,
    ExtractWithoutRoads,
)
from zaguan.engines.roads.streets import StreetCollector


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_small_town(tmp_path / "town.osm.pbf")


def roads_of(path: Path) -> RoadCollector:
    collector = RoadCollector()
    read_extract(path, [collector], progress=SilentProgress())
    return collector


def test_drivable_roads_are_counted_and_measured(town: Path) -> None:
    """Footways and closed streets do not count; the box is that of the roads, not of the scenery."""
    roads = roads_of(town).roads(town)
    assert roads.ways == 5
    assert roads.km == pytest.approx(3 * 0.3715 + 2 * 0.4448, rel=0.01)
    assert (roads.box.west, roads.box.north) == (WEST, NORTH)
    assert (roads.box.east, roads.box.south) == (pytest.approx(WEST + 2 * STEP), pytest.approx(NORTH - 2 * STEP))
    # three ways of two pieces both ways, two ways of two pieces one way
    assert len(roads.segments) == 3 * 4 + 2 * 2


def test_one_way_streets_have_segments_in_their_direction_only(town: Path) -> None:
    """Calle Uno is driven eastwards, Calle Dos against the order of its nodes."""
    segments = roads_of(town).roads(town).segments
    pairs = set(zip(segments.from_nodes.tolist(), segments.to_nodes.tolist(), strict=True))
    assert {(1, 2), (2, 3), (9, 8), (8, 7), (4, 5), (5, 4)} <= pairs
    assert not {(2, 1), (7, 8), (2, 6), (2, 5)} & pairs


def test_streets_have_names_and_communes(town: Path, tmp_path: Path) -> None:
    """Named ways are streets, footways too; each lies in the commune of its middle."""
    with StreetCollector(tmp_path) as collector:
        read_extract(town, [collector], progress=SilentProgress())
        streets = {street.name: street for street in collector.streets(country="CL")}
        houses = {(house.street, house.number): house for house in collector.addresses(country="CL")}
    assert set(streets) == {
        "Avenida Grande",
        "Calle Uno",
        "Calle Dos",
        "Los Olmos",
        "Pasaje del Sol",
        "Calle Vedada",
    }
    assert streets["Los Olmos"].commune == "Poniente"
    assert streets["Calle Vedada"].commune == "Oriente"
    assert streets["Avenida Grande"].other_names == ("La Grande",)
    assert [point.lon for point in streets["Avenida Grande"].geometry] == pytest.approx(
        [WEST, WEST + STEP, WEST + 2 * STEP]
    )
    assert set(houses) == {("Calle Uno", "120"), ("Avenida Grande", "45")}
    assert all(house.commune == "Poniente" for house in houses.values())
    assert collector.country == "CL"
    assert [(place.name, place.kind) for place in collector.places] == [("Villa del Medio", "suburb")]


def test_an_extract_of_roads_only_has_streets_without_communes(tmp_path: Path) -> None:
    """No boundaries, no places: the commune is empty and nothing fails."""
    path = write_small_town(tmp_path / "roads.osm.pbf", scenery=False)
    with StreetCollector(tmp_path) as collector:
        read_extract(path, [collector], progress=SilentProgress())
        assert {street.commune for street in collector.streets(country="CL")} == {""}
        assert list(collector.addresses(country="CL")) == []
    assert collector.country is None


def test_a_whole_extract_passes_the_check(town: Path) -> None:
    """The check of a whole file returns."""
    check_extract(town)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", ExtractEmpty),
        (b"<?xml version='1.0'?><osm></osm>", ExtractNotPbf),
        (b"PK\x03\x04" + bytes(500), ExtractNotPbf),
        (b"\x00\x00", ExtractNotPbf),
        (bytes(1000), ExtractNotPbf),
    ],
)
def test_what_is_no_extract_is_refused(tmp_path: Path, content: bytes, refusal: type[ZaguanError]) -> None:
    """Empty files, other formats and noise are told apart from damaged extracts."""
    path = tmp_path / "city.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(refusal):
        check_extract(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file and a folder are no extracts."""
    for path in (tmp_path / "nothing.osm.pbf", tmp_path):
        with pytest.raises(ExtractMissing):
            check_extract(path)


def test_a_cut_extract_is_refused_wherever_it_was_cut(town: Path, tmp_path: Path) -> None:
    """Every length but those of whole blocks is refused before anything is decoded."""
    content = town.read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    passed = []
    for length in range(1, len(content)):
        cut.write_bytes(content[:length])
        try:
            check_extract(cut)
        except (ExtractTruncated, ExtractNotPbf):
            continue
        passed.append(length)
    # at the border of two blocks the file is whole again, if poorer: it is found to lack its roads when it is read
    assert len(passed) <= 3


def test_damaged_blocks_are_refused_on_reading(town: Path) -> None:
    """A block whose bytes were altered is refused with the reader's reason."""
    content = bytearray(town.read_bytes())
    content[-60:-20] = bytes(40)
    town.write_bytes(content)
    check_extract(town)
    with pytest.raises(ExtractBroken) as refused:
        roads_of(town)
    assert refused.value.facts["reason"]


def test_an_extract_without_roads_is_refused(tmp_path: Path) -> None:
    """Buildings and boundaries alone make no region."""
    path = write_small_town(tmp_path / "scenery.osm.pbf", roads=False)
    with pytest.raises(ExtractWithoutRoads):
        roads_of(path).roads(path)


def test_roads_without_their_nodes_are_refused(tmp_path: Path) -> None:
    """Ways whose nodes are not in the file have no place on earth."""
    path = write_small_town(tmp_path / "ways.osm.pbf", nodes=False, scenery=False)
    with pytest.raises(ExtractUnordered):
        roads_of(path).roads(path)
