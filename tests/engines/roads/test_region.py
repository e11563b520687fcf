"""Opening a region."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zaguan.base.geo.point import BoundingBox
from zaguan.base.kit.words import LOCALES
from zaguan.engines.roads import region_refusals
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.region import Region, RegionCounts, Source, open_region
from zaguan.engines.roads.region_refusals import RegionBroken, RegionIncomplete, RegionNewer, RegionNotFound


def a_region(folder: Path) -> Region:
    """Return a region that is written, its parts as empty files."""
    region = Region(
        folder=folder,
        name="Ciudad",
        country="CL",
        time_zone="America/Santiago",
        box=BoundingBox(west=-70.7, south=-33.5, east=-70.6, north=-33.4),
        region_hash="abc",
        profiles=(Profile.VAN,),
        slots=("night",),
        sources=(Source(file="city.osm.pbf", sha256="00", attribution="©"),),
        attribution="©",
        counts=RegionCounts(drivable_ways=1, drivable_km=1.5, segments=2, streets=1, addresses=0, communes=0, places=0),
        built_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        products={"roads": "1"},
    )
    region.graph_folder(Profile.VAN).mkdir(parents=True)
    region.streets.touch()
    region.base_map.touch()
    region.write()
    return region


def change(folder: Path, **facts: Any) -> None:
    path = folder / "region.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """A region opened is equal to the region written."""
    region = a_region(tmp_path)
    assert open_region(tmp_path) == region
    assert region.streets == tmp_path / "streets.sqlite"
    assert region.base_map == tmp_path / "map.pmtiles"
    assert region.graph_folder(Profile.VAN) == tmp_path / "osrm" / "van"


def test_region_json_says_what_the_interface_promises(tmp_path: Path) -> None:
    """Schema version first, then the facts that other programs may read; not where the folder stands."""
    a_region(tmp_path)
    facts = json.loads((tmp_path / "region.json").read_text())
    assert next(iter(facts)) == "schema_version"
    assert facts["schema_version"] == 1
    assert facts["box"] == {"west": -70.7, "south": -33.5, "east": -70.6, "north": -33.4}
    assert facts["profiles"] == ["van"]
    assert facts["built_at"] == "2026-03-01T12:00:00+00:00"
    assert "folder" not in facts


def test_no_region_is_told_from_an_unfinished_one(tmp_path: Path) -> None:
    """A folder without a region, or none at all, is not found; one with a stopped build is incomplete."""
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(RegionNotFound):
            open_region(folder)
    (tmp_path / ".building").mkdir()
    with pytest.raises(RegionIncomplete):
        open_region(tmp_path)


@pytest.mark.parametrize("part", ["streets.sqlite", "map.pmtiles", "osrm/van"])
def test_a_region_that_lost_a_part_is_refused(tmp_path: Path, part: str) -> None:
    """The refusal names the part that is missing."""
    a_region(tmp_path)
    path = tmp_path / part
    path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(RegionIncomplete) as refused:
        open_region(tmp_path)
    assert str(refused.value.facts["missing"]) == part


def test_a_region_of_a_later_version_is_refused(tmp_path: Path) -> None:
    """A newer schema is refused as newer, even when its facts are of another kind."""
    a_region(tmp_path)
    change(tmp_path, schema_version=2, box="everywhere")
    with pytest.raises(RegionNewer) as refused:
        open_region(tmp_path)
    assert (refused.value.facts["found"], refused.value.facts["known"]) == (2, 1)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"schema_version": "x"}', '{"schema_version": 1}'])
def test_a_torn_region_json_is_refused(tmp_path: Path, content: str) -> None:
    """What is no region.json of ours is refused with a reason."""
    (tmp_path / "region.json").write_text(content)
    with pytest.raises(RegionBroken):
        open_region(tmp_path)


@pytest.mark.parametrize(
    "facts", [{"box": None}, {"profiles": ["hovercraft"]}, {"sources": [{"file": "x"}]}, {"built_at": "yesterday"}]
)
def test_wrong_facts_are_refused(tmp_path: Path, facts: dict[str, Any]) -> None:
    """A fact of the wrong kind is refused, not carried on."""
    a_region(tmp_path)
    change(tmp_path, **facts)
    with pytest.raises(RegionBroken):
        open_region(tmp_path)


def test_a_region_is_not_changed_in_place(tmp_path: Path) -> None:
    """Another name is another region."""
    region = a_region(tmp_path)
    assert replace(region, name="Otra") != region


@pytest.mark.parametrize("locale", LOCALES)
def test_every_refusal_has_words_and_a_hint(locale: str) -> None:
    """Each refusal about regions says in three languages what is wrong and what to do."""
    names = ("path", "size", "reason", "ways", "rows", "needed_mb", "available_mb", "lon", "lat", "country")
    more = ("time_zone", "status", "missing", "found", "known", "wanted")
    facts = dict.fromkeys(names + more, "x")
    refusals = [found for found in vars(region_refusals).values() if isinstance(found, type) and hasattr(found, "code")]
    assert len(refusals) > 15
    for refusal in refusals:
        refused = refusal(**facts)
        assert refused.message(locale)
        assert refused.hint(locale)
