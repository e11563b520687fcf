"""The base map."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from pmtiles.reader import MmapSource, Reader

from tests.engines.roads.small_town import write_small_town
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.base_map import build_base_map
from zaguan.engines.roads.communes import NamedPlace
from zaguan.engines.roads.extract import Collector, read_extract
from zaguan.engines.roads.map_features import MapCollector
from zaguan.engines.roads.region_refusals import BaseMapFailed


def features_of(extract: Path, folder: Path, *places: NamedPlace) -> Path:
    with MapCollector(folder / "map.geojsonl") as features:
        collectors: list[Collector] = [features]
        read_extract(extract, collectors, progress=SilentProgress())
        features.add_places(places)
    return features.path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def metadata_of(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        return {**reader.header(), **reader.metadata()}


def test_shapes_go_to_their_layers(tmp_path: Path) -> None:
    """Roads, water, green, buildings and places are told apart; one-way roads are drawn in their direction."""
    extract = write_small_town(tmp_path / "town.osm.pbf")
    lines = read_lines(features_of(extract, tmp_path, NamedPlace(name="Medio", kind="suburb", lon=-70.6, lat=-33.4)))
    layers = {layer: [f for f in lines if f["tippecanoe"]["layer"] == layer] for layer in ("roads", "water", "green")}
    assert {layer: len(found) for layer, found in layers.items()} == {"roads": 7, "water": 1, "green": 1}
    assert sorted({line["tippecanoe"]["layer"] for line in lines}) == [
        "buildings",
        "green",
        "places",
        "roads",
        "water",
    ]
    by_name = {road["properties"].get("name"): road for road in layers["roads"]}
    assert by_name["Avenida Grande"]["properties"] == {"class": "primary", "name": "Avenida Grande"}
    assert by_name["Calle Dos"]["properties"]["oneway"] == 1
    westwards = [lon for lon, _ in by_name["Calle Dos"]["geometry"]["coordinates"]]
    assert westwards == sorted(westwards, reverse=True)


def test_tiles_hold_the_layers_with_the_attribution(tmp_path: Path) -> None:
    """The file is PMTiles from zoom 6 to 14, names its layers, and carries the attribution."""
    extract = write_small_town(tmp_path / "town.osm.pbf")
    features = features_of(extract, tmp_path, NamedPlace(name="Medio", kind="suburb", lon=-70.602, lat=-33.402))
    out = tmp_path / "map.pmtiles"
    build_base_map(features, out=out, name="x", attribution="© nobody", progress=SilentProgress())
    facts = metadata_of(out)
    assert (facts["min_zoom"], facts["max_zoom"]) == (6, 14)
    assert facts["attribution"] == "© nobody"
    assert {layer["id"] for layer in facts["vector_layers"]} == {"roads", "water", "green", "buildings", "places"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.geojsonl", "map.pmtiles", "town.osm.pbf"]


def test_an_extract_of_roads_only_makes_a_map(tmp_path: Path) -> None:
    """Without any scenery the map has one layer."""
    extract = write_small_town(tmp_path / "roads.osm.pbf", scenery=False)
    out = tmp_path / "map.pmtiles"
    build_base_map(features_of(extract, tmp_path), out=out, name="x", attribution="", progress=SilentProgress())
    assert [layer["id"] for layer in metadata_of(out)["vector_layers"]] == ["roads"]


def test_a_tile_maker_that_fails_is_told_and_the_old_map_stays(tmp_path: Path) -> None:
    """What the tile maker said last is in the refusal; the map that was there is as it was."""
    out = tmp_path / "map.pmtiles"
    out.write_bytes(b"old")
    features = tmp_path / "map.geojsonl"
    features.write_text('{"type": "Feature", "geometry": {"type": "Nonsense"}\n')
    with pytest.raises(BaseMapFailed) as refused:
        build_base_map(features, out=out, name="x", attribution="", progress=SilentProgress())
    assert refused.value.facts["status"] != 0
    assert len(str(refused.value.facts["reason"])) > 5
    assert out.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.geojsonl", "map.pmtiles"]
