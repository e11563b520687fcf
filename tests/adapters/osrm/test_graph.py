"""Graphs are built by OSRM's own programs, and only whole ones are left behind."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.adapters.osrm.drawn_town import DrawnTown, moved
from zaguan.adapters.osrm.graph import BASE, FREE_FLOW, OsrmGraphBuilder, metric_of
from zaguan.adapters.osrm.network import OsrmNetwork
from zaguan.adapters.osrm.refusals import GraphMissing, NoRoadsForProfile, ToolFailed, ToolMissing
from zaguan.adapters.osrm.tools import Tools
from zaguan.base.geo.point import Point
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.network import Leg, Profile, Snap
from zaguan.engines.roads.slots import SLOTS

NIGHT = SLOTS[0]


def built(folder: Path, town: DrawnTown, profile: Profile = Profile.VAN) -> Path:
    """Build the graph of a town with its free flow at night, and return the region's folder."""
    builder, graph = OsrmGraphBuilder(), folder / "osrm" / profile.value
    extract = town.write(folder / "town.osm.pbf")
    builder.build_graph(extract, profile=profile, folder=graph, progress=SilentProgress())
    builder.add_metric(graph, slot=NIGHT.name, speeds_csv=None)
    return folder


def leg(region: Path, town: DrawnTown, letters: str, profile: Profile = Profile.VAN) -> Leg:
    """Return the way between two crossings."""
    with OsrmNetwork(region, region_hash="", box=town.box(), cache_folder=region / "cache") as roads:
        return roads.route(town.points(letters), profile=profile, slot=NIGHT)[0]


def snap(region: Path, town: DrawnTown, point: Point) -> Snap:
    """Return where a point falls on the streets."""
    with OsrmNetwork(region, region_hash="", box=town.box(), cache_folder=region / "cache") as roads:
        return roads.nearest(point, profile=Profile.VAN)


def script(folder: Path, name: str, text: str) -> None:
    """Put an executable of the test's own in place of one of OSRM's."""
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", "ascii")
    path.chmod(0o755)


def tools_with(folder: Path, **scripts: str) -> Tools:
    """Return OSRM's programs, some of them exchanged for shell scripts."""
    folder.mkdir()
    for program in Tools().programs.iterdir():
        (folder / program.name).symlink_to(program)
    for name, text in scripts.items():
        script(folder, f"osrm-{name}", text)
    return Tools(programs=folder)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_slots_share_what_is_alike(built_region: Path) -> None:
    """A slot's folder holds its own times and links to the rest of the graph."""
    base, slot = built_region / "osrm/van" / BASE, built_region / "osrm/van/morning"
    assert (base / "region.osrm.partition").samefile(slot / "region.osrm.partition")
    assert not (base / "region.osrm.geometry").samefile(slot / "region.osrm.geometry")
    assert not (base / "region.osrm.mldgr").exists()


def test_slots_with_the_same_speeds_share_all(built_region: Path) -> None:
    """Slots whose speeds are the same have the same metric, and its files once on the disk."""
    night, morning = (built_region / "osrm/bicycle" / name for name in ("night", "morning"))
    assert metric_of(night) == metric_of(morning) == FREE_FLOW
    assert (night / "region.osrm.mldgr").samefile(morning / "region.osrm.mldgr")
    van = {metric_of(built_region / "osrm/van" / name) for name in ("night", "morning", "evening")}
    assert len(van) == 3


def test_what_the_programs_took_is_recorded(tmp_path: Path, town: DrawnTown) -> None:
    """CPU time and memory of each program are noted, and lie beside the graph."""
    builder, graph = OsrmGraphBuilder(), tmp_path / "van"
    extract = town.write(tmp_path / "town.osm.pbf")
    builder.build_graph(extract, profile=Profile.VAN, folder=graph, progress=SilentProgress())
    assert [use.tool for use in builder.uses] == ["osrm-extract", "osrm-partition"]
    assert all(use.wall_s > 0 for use in builder.uses)
    assert 1 < builder.uses[0].memory_mb < 1_000
    assert '"osrm-extract"' in (graph / BASE / "uses.json").read_text("utf-8")


def test_building_again_drops_the_old_slots(tmp_path: Path, town: DrawnTown) -> None:
    """A new base takes the slots of the old one away: they would not fit."""
    region = built(tmp_path, town)
    graph = region / "osrm/van"
    extract = tmp_path / "town.osm.pbf"
    OsrmGraphBuilder().build_graph(extract, profile=Profile.VAN, folder=graph, progress=SilentProgress())
    assert names_in(graph) == [BASE]


def test_vans_are_let_into_pedestrian_streets_to_deliver(tmp_path: Path) -> None:
    """A pedestrian street is closed to vans unless it is tagged as open to deliveries."""
    drawing = "A---B\n|   |\nC===D"
    closed, let_in = DrawnTown(drawing), DrawnTown(drawing, {"motor_vehicle": "delivery"})
    door = moved(closed.point("C"), east_m=200)
    assert snap(built(tmp_path / "closed", closed), closed, door).distance_m > 150
    assert snap(built(tmp_path / "open", let_in), let_in, door).street == "Calle CD"


@pytest.mark.parametrize("profile", list(Profile))
def test_nobody_takes_a_ferry(tmp_path: Path, profile: Profile) -> None:
    """A ferry is no road: the other bank is reached by an estimate only."""
    town = DrawnTown("A---B~~~C---D")
    assert leg(built(tmp_path, town, profile), town, "AD", profile).estimated


def test_people_on_foot_ignore_one_way_streets(tmp_path: Path) -> None:
    """A one-way street is long for a van in the wrong direction, and short for people on foot."""
    town = DrawnTown("A>>>B\n|   |\nC---D")
    assert leg(built(tmp_path / "van", town), town, "BA").distance_m > 1_000
    assert leg(built(tmp_path / "foot", town, Profile.FOOT), town, "BA", Profile.FOOT).distance_m < 450


def test_a_missing_program_is_refused(tmp_path: Path, town: DrawnTown) -> None:
    """Without OSRM's programs the refusal says what to install, and nothing is left behind."""
    builder = OsrmGraphBuilder(Tools(programs=tmp_path / "nowhere"))
    extract, graph = town.write(tmp_path / "town.osm.pbf"), tmp_path / "van"
    with pytest.raises(ToolMissing) as refusal:
        builder.build_graph(extract, profile=Profile.VAN, folder=graph, progress=SilentProgress())
    assert "osrm-extract" in refusal.value.message("en")
    assert not graph.exists() or names_in(graph) == []


def test_a_failing_program_is_quoted(tmp_path: Path) -> None:
    """When a program fails its last lines are told."""
    extract = tmp_path / "city.osm.pbf"
    extract.write_bytes(b"this is no extract" * 100)
    with pytest.raises(ToolFailed) as refusal:
        OsrmGraphBuilder().build_graph(extract, profile=Profile.VAN, folder=tmp_path / "van", progress=SilentProgress())
    assert "pbf" in refusal.value.message("en").lower()
    assert refusal.value.facts["status"] != 0


def test_an_extract_without_roads_for_the_profile_is_refused(tmp_path: Path) -> None:
    """An extract that has only footways has no graph for vans, and the refusal says so."""
    extract = DrawnTown("A---B", {"highway": "footway"}).write(tmp_path / "paths.osm.pbf")
    with pytest.raises(NoRoadsForProfile):
        OsrmGraphBuilder().build_graph(extract, profile=Profile.VAN, folder=tmp_path / "van", progress=SilentProgress())


def test_a_failed_build_leaves_the_old_graph(tmp_path: Path, town: DrawnTown) -> None:
    """When a program fails in the middle the old graph stays and is usable, and no half of a new one is there."""
    region = built(tmp_path, town)
    tools = tools_with(tmp_path / "tools", partition="echo out of luck; exit 3", customize="exit 4")
    builder, extract, graph = OsrmGraphBuilder(tools), tmp_path / "town.osm.pbf", region / "osrm/van"
    with pytest.raises(ToolFailed) as refusal:
        builder.build_graph(extract, profile=Profile.VAN, folder=graph, progress=SilentProgress())
    assert (refusal.value.facts["status"], refusal.value.facts["lines"]) == (3, "out of luck")
    with pytest.raises(ToolFailed):
        builder.add_metric(graph, slot=NIGHT.name, speeds_csv=town.write_speeds(tmp_path / "s.csv", kmh=20))
    assert names_in(graph) == [BASE, NIGHT.name]
    assert not leg(region, town, "AL").estimated


def test_what_a_killed_build_left_is_swept(tmp_path: Path, town: DrawnTown) -> None:
    """A folder that a killed process left behind is removed by the next build; that of a live one is spared."""
    graph = tmp_path / "osrm/van"
    ended = subprocess.Popen(["true"])
    ended.wait()
    dead, alive = (graph / f".base.{number}.0123abcd.part" for number in (ended.pid, os.getpid()))
    for folder in (dead, alive):
        folder.mkdir(parents=True)
    built(tmp_path, town)
    assert not dead.exists()
    assert alive.exists()


def test_a_slot_without_a_graph_is_refused(tmp_path: Path) -> None:
    """Times cannot be added where no graph was built."""
    with pytest.raises(GraphMissing):
        OsrmGraphBuilder().add_metric(tmp_path / "van", slot="night", speeds_csv=None)


def test_a_damaged_table_of_speeds_is_quoted(tmp_path: Path, town: DrawnTown) -> None:
    """A table of speeds that OSRM cannot read is refused with its words, and no slot is left half made."""
    graph = built(tmp_path, town) / "osrm/van"
    table = tmp_path / "speeds.csv"
    table.write_text("one,two,quick\n", "ascii")
    with pytest.raises(ToolFailed) as refusal:
        OsrmGraphBuilder().add_metric(graph, slot="morning", speeds_csv=table)
    assert "speeds.csv" in refusal.value.message("en")
    assert names_in(graph) == [BASE, NIGHT.name]


def test_folders_may_have_any_name(tmp_path: Path, town: DrawnTown) -> None:
    """Spaces and accents in the names of folders do no harm."""
    assert not leg(built(tmp_path / "São José d'Oeste (1)", town), town, "AL").estimated


def test_the_version_names_programs_and_profiles() -> None:
    """The version holds OSRM's and is the same each time: a region is built again only when it changes."""
    assert OsrmGraphBuilder().version() == OsrmGraphBuilder().version()
    assert "26." in OsrmGraphBuilder().version()
