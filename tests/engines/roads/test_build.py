"""Building a region: what is made, what is kept, what is refused."""

import gzip
import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.engines.roads.small_town import write_small_town
from tests.fakes.graphs import FakeGraphs, Stopped
from zaguan.base.geo.place import Grade
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.build import BuildReport, RegionInput, build_region
from zaguan.engines.roads.geocoder.geocoder import AddressQuery, Geocoder
from zaguan.engines.roads.geocoder.sources import RegisterColumnsMissing
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.products import working_in
from zaguan.engines.roads.region import open_region
from zaguan.engines.roads.region_refusals import (
    CountryWrong,
    ExtractMissing,
    ExtractWithoutRoads,
    FolderBusy,
    FolderUnwritable,
    RegionIncomplete,
    RegisterMissing,
    RegisterOffTheMap,
    TooLittleMemory,
)
from zaguan.engines.roads.slots import SLOTS

ALL = (
    "roads",
    "graph-van",
    "speeds-van",
    "graph-bicycle",
    "speeds-bicycle",
    "streets",
    "base-map",
)
REGISTER = "street,number,commune,lon,lat\nCalle Uno,100,Poniente,-70.6038,-33.4001\n"


class FixedClock:
    """A clock that moves one hour at each look."""

    def __init__(self) -> None:
        self.hour = 0

    def now(self) -> datetime:
        """Return an hour later than the last time."""
        self.hour += 1
        return datetime(2026, 3, 1, self.hour, tzinfo=UTC)


class Site:
    """A folder with an extract and a register, and builds in it."""

    def __init__(self, folder: Path) -> None:
        self.extract = write_small_town(folder / "town.osm.pbf")
        self.register = folder / "register.csv"
        self.register.write_text(REGISTER)
        self.out = folder / "region"
        self.clock = FixedClock()
        self.graphs = FakeGraphs()

    def build(self, *registers: Path, **wanted: object) -> BuildReport:
        """Build with the registers, the rest as wanted."""
        facts = {"extract": self.extract, "out": self.out, "registers": registers, **wanted}
        return build_region(
            RegionInput(**facts),  # type: ignore[arg-type]
            graphs=self.graphs,
            clock=self.clock,
            progress=SilentProgress(),
        )

    def stamps(self) -> dict[str, tuple[int, int]]:
        """Return inode and time of each file of the region."""
        return {
            str(path.relative_to(self.out)): (path.stat().st_ino, path.stat().st_mtime_ns)
            for path in sorted(self.out.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_region_has_graph_slots_streets_map_and_facts(site: Site) -> None:
    """C07 C119: one extract and one register give all that planning needs, offline, with its attribution."""
    report = site.build(site.register, name="Villa", attributions=("Registro municipal, CC0",))
    region = open_region(site.out)
    assert report.region == region
    assert report.made == ALL
    assert (region.name, region.country, region.time_zone) == ("Villa", "CL", "America/Santiago")
    assert report.derived == ("country", "time_zone")
    assert region.attribution == "© OpenStreetMap contributors · Registro municipal, CC0"
    assert [source.file for source in region.sources] == ["town.osm.pbf", "register.csv"]
    assert region.counts.drivable_ways == 5
    assert region.counts.addresses == 3
    assert region.counts.communes == 2
    assert region.slots == tuple(slot.name for slot in SLOTS)
    for profile in region.profiles:
        folders = {path.name for path in region.graph_folder(profile).iterdir()}
        assert folders == {"base", *region.slots}
    assert not (site.out / ".building").exists()


def test_each_slot_of_the_van_has_its_speeds_and_the_bicycle_none(site: Site) -> None:
    """The van's slots differ, night is the fastest; the bicycle rides alike at all hours."""
    site.build()
    van, bicycle = (site.out / "osrm" / profile for profile in ("van", "bicycle"))
    speeds = {slot.name: (van / slot.name / "speeds").read_text() for slot in SLOTS}
    assert len(set(speeds.values())) == len(SLOTS)
    assert "4,5,48.0" in speeds["night"]
    assert "4,5,24.0" in speeds["evening-peak"]
    assert len({(bicycle / slot.name / "speeds").read_text() for slot in SLOTS}) == 1


def test_houses_of_extract_and_register_are_found(site: Site) -> None:
    """C07: the index knows the register's houses and the extract's own, with their communes."""
    region = site.build(site.register).region
    with Geocoder(region.streets) as geocoder:
        for text in ("Calle Uno 100", "Calle Uno 120", "Avenida Grande 45"):
            found = geocoder.find(AddressQuery(text=text, commune="Poniente"))
            assert found.grade is Grade.ROOFTOP, text


def test_nothing_is_touched_when_all_is_current(site: Site) -> None:
    """A second run makes nothing, rewrites nothing and keeps the time of building."""
    first = site.build(site.register)
    before = site.stamps()
    site.graphs.asked.clear()
    again = site.build(site.register)
    assert again.made == ()
    assert not again.facts_renewed
    assert again.region == first.region
    assert site.stamps() == before
    assert site.graphs.asked == []


def test_another_register_makes_only_the_addresses_again(site: Site) -> None:
    """The graph, its slots and the map stay the same files; the hash of the roads stays, too."""
    first = site.build(site.register)
    before = site.stamps()
    site.register.write_text(REGISTER + "Calle Uno,200,Oriente,-70.6008,-33.4001\n")
    again = site.build(site.register)
    changed = {name for name, stamp in site.stamps().items() if before.get(name) != stamp}
    assert again.made == ("streets",)
    assert changed == {"streets.sqlite", "region.json"}
    assert again.region.region_hash == first.region.region_hash
    assert again.region.counts.addresses == first.region.counts.addresses + 1
    assert again.region.counts.drivable_km == first.region.counts.drivable_km


def test_another_extract_makes_all_again(site: Site) -> None:
    """Other roads are another region: everything is made anew and the hash changes."""
    first = site.build()
    write_small_town(site.extract, scenery=False)
    again = site.build()
    assert again.made == ALL
    assert again.region.region_hash != first.region.region_hash
    assert again.region.counts.places == 0


def test_a_new_profile_is_added_and_an_unwanted_one_removed(site: Site) -> None:
    """Only the graph of the new profile is built; the folder of the old one goes."""
    site.build(profiles=(Profile.VAN,))
    again = site.build(profiles=(Profile.FOOT, Profile.VAN))
    assert again.made == ("graph-foot", "speeds-foot")
    assert again.region.profiles == (Profile.VAN, Profile.FOOT)
    last = site.build(profiles=(Profile.VAN,))
    assert last.made == ()
    assert last.facts_renewed
    assert not (site.out / "osrm" / "foot").exists()
    assert open_region(site.out) == last.region


def test_another_graph_program_makes_the_graphs_again(site: Site) -> None:
    """Graphs and slots belong to a version of the program; addresses and map do not."""
    first = site.build()
    site.graphs.program = "2"
    again = site.build()
    assert again.made == ("graph-van", "speeds-van", "graph-bicycle", "speeds-bicycle")
    assert again.region.region_hash != first.region.region_hash


def test_facts_alone_are_renewed_without_making_anything(site: Site) -> None:
    """A new name or time zone rewrites region.json only; it stays when it is not said again."""
    site.build()
    renamed = site.build(name="Nueva Villa", time_zone="America/Punta_Arenas")
    assert renamed.made == ()
    assert (renamed.region.name, renamed.region.time_zone) == ("Nueva Villa", "America/Punta_Arenas")
    assert site.build().region == renamed.region


def test_another_country_makes_the_addresses_again(site: Site) -> None:
    """The country decides which boundaries are communes."""
    site.build()
    assert site.build(country="CL").made == ()
    again = site.build(country="co")
    assert again.made == ("streets",)
    assert (again.region.country, again.region.time_zone) == ("CO", "America/Bogota")


@pytest.mark.parametrize(
    "stops_at", ["graph van", "slot van night", "slot van midday", "graph bicycle", "slot bicycle sunday"]
)
def test_a_stopped_build_goes_on_where_it_was(site: Site, stops_at: str) -> None:
    """What was finished is not made twice, and the result is that of a build that was never stopped."""
    site.graphs.stops_at = stops_at
    with pytest.raises(Stopped):
        site.build(site.register)
    with pytest.raises(RegionIncomplete):
        open_region(site.out)
    finished = {ask for ask in site.graphs.asked if ask.startswith("graph")}
    site.graphs.stops_at = ""
    site.graphs.asked.clear()
    report = site.build(site.register)
    assert not finished & set(site.graphs.asked)
    (site.out.parent / "other").mkdir()
    other = Site(site.out.parent / "other")
    whole = other.build(other.register)
    assert report.region.products == whole.region.products
    assert report.region.counts == whole.region.counts
    assert sorted(site.stamps()) == sorted(other.stamps())


def test_a_build_that_is_stopped_while_parts_move_loses_none(site: Site) -> None:
    """Parts that are in place and parts that are still in the work folder are all found by the next run."""
    whole = site.build(site.register).region
    work = site.out / ".building"
    (work / "osrm").mkdir(parents=True)
    for part in ("map.pmtiles", "osrm/bicycle"):
        (site.out / part).rename(work / part)
    counts = {**asdict(whole.counts), "box": asdict(whole.box), "tagged": "CL", "country": "CL"}
    done = {name: {"inputs": inputs, "facts": counts} for name, inputs in whole.products.items()}
    (work / "done.json").write_text(json.dumps(done))
    (site.out / "region.json").unlink()
    report = site.build(site.register)
    assert report.made == ()
    assert open_region(site.out) == replace(whole, built_at=report.region.built_at)
    assert not work.exists()


def test_the_old_region_stays_until_the_new_one_is_ready(site: Site) -> None:
    """A build of another extract that is stopped leaves the region as it was, usable."""
    first = site.build()
    before = site.stamps()
    write_small_town(site.extract, scenery=False)
    site.graphs.stops_at = "slot bicycle"
    with pytest.raises(Stopped):
        site.build()
    assert open_region(site.out) == first.region
    assert {name: stamp for name, stamp in site.stamps().items() if not name.startswith(".building")} == before


def test_an_extract_that_is_refused_leaves_nothing(site: Site) -> None:
    """A folder that a refused build made is not left behind."""
    write_small_town(site.extract, roads=False)
    with pytest.raises(ExtractWithoutRoads):
        site.build()
    assert not site.out.exists()


def test_a_lost_part_is_made_again(site: Site) -> None:
    """A map that was deleted is made again, alone."""
    site.build()
    (site.out / "map.pmtiles").unlink()
    assert site.build().made == ("base-map",)
    assert open_region(site.out).base_map.exists()


def test_a_torn_region_is_built_anew(site: Site) -> None:
    """A region.json that cannot be read does not stop a build."""
    site.build()
    (site.out / "region.json").write_text("{")
    assert site.build().made == ALL


def test_wrong_input_is_refused_before_anything_is_written(site: Site) -> None:
    """Missing files, registers without columns and unknown countries are refused at once."""
    (site.register.parent / "poor.csv").write_text("street,number\nCalle Uno,100\n")
    with pytest.raises(ExtractMissing):
        site.build(extract=site.extract.with_name("no.osm.pbf"))
    with pytest.raises(RegisterMissing):
        site.build(site.register.with_name("no.csv"))
    with pytest.raises(RegisterColumnsMissing):
        site.build(site.register.with_name("poor.csv"))
    with pytest.raises(CountryWrong):
        site.build(country="Chile")
    assert not site.out.exists()


def test_an_extract_that_is_larger_than_memory_is_refused_before_the_work(site: Site) -> None:
    """The refusal gives the estimate; a region that is current needs no memory and is not refused."""
    with pytest.raises(TooLittleMemory) as refused:
        site.build(memory_mb=100.0)
    assert refused.value.facts["available_mb"] == 100
    assert refused.value.facts["needed_mb"] == 180
    assert site.graphs.asked == []
    site.build()
    assert site.build(memory_mb=1.0).made == ()


def test_a_register_of_another_city_is_refused(site: Site) -> None:
    """A register with swapped or foreign coordinates gives no region of empty addresses."""
    site.register.write_text("street,number,lon,lat\nCalle Uno,100,-33.4001,-70.6038\n")
    with pytest.raises(RegisterOffTheMap) as refused:
        site.build(site.register)
    assert refused.value.facts["rows"] == 1


def test_houses_that_are_left_out_are_counted(site: Site) -> None:
    """Rows outside of the roads, without a number or a point are counted by cause; .csv.gz is read as well."""
    zipped = site.register.with_suffix(".csv.gz")
    zipped.write_bytes(gzip.compress((REGISTER + "A,1,x,-71.0,-34.0\nB,,x,-70.6038,-33.4001\nC,3,x,,\n").encode()))
    report = site.build(zipped)
    assert dict(report.left_out["register.csv.gz"]) == {"off_map": 1, "number": 1, "point": 1}


def test_two_builds_do_not_share_a_folder(site: Site) -> None:
    """A second build in the same folder is refused while the first one works."""
    with working_in(site.out), pytest.raises(FolderBusy):
        site.build()
    assert site.build().made == ALL


def test_a_folder_that_cannot_be_made_is_refused(site: Site) -> None:
    """A file in the way, or a folder without permission, is refused by name."""
    (site.out.parent / "file").write_text("x")
    with pytest.raises(FolderUnwritable):
        site.build(out=site.out.parent / "file" / "region")
    with pytest.raises(FolderUnwritable):
        site.build(out=site.out.parent / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write anywhere")
def test_a_folder_without_permission_is_refused(site: Site) -> None:
    """A folder that one may not write to is refused."""
    site.out.mkdir(mode=0o555)
    with pytest.raises(FolderUnwritable):
        site.build()
