"""`zaguan region`, as it is typed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.engines.roads.small_town import write_small_town
from tests.shared_data import shared_data
from zaguan.adapters.osrm.graph import metric_of
from zaguan.app.cli.main import make_app
from zaguan.app.cli.terminal import EXIT_STATUS
from zaguan.base.geo.place import Grade
from zaguan.base.kit.errors import Kind
from zaguan.engines.roads.geocoder.geocoder import AddressQuery, Geocoder
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.region import open_region


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(make_app(), ["--lang", "en", "region", *map(str, words)])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A region that the real programs built from the small town."""
    folder = tmp_path_factory.mktemp("region")
    extract = write_small_town(folder / "villa.osm.pbf")
    result = run("build", extract, "--out", folder / "out")
    assert result.exit_code == 0, result.stderr
    return folder


def test_an_extract_becomes_a_region_with_one_command(built: Path) -> None:
    """C119: build leaves graph, slots, addresses, map and facts, all from one file and without any key."""
    region = open_region(built / "out")
    assert (region.name, region.country) == ("out", "CL")
    van = region.graph_folder(Profile.VAN)
    assert len({metric_of(van / slot) for slot in region.slots}) == len(region.slots)
    bicycle = region.graph_folder(Profile.BICYCLE)
    assert len({metric_of(bicycle / slot) for slot in region.slots}) == 1


def test_a_second_run_says_that_nothing_was_touched(built: Path) -> None:
    """Building again without any change says so, with the time and memory that it took."""
    again = run("build", built / "villa.osm.pbf", "--out", built / "out")
    assert again.exit_code == 0
    assert "up to date" in again.stdout
    assert "memory needed" in again.stderr
    assert "peak memory" in again.stderr


def test_show_tells_what_is_in_a_region(built: Path) -> None:
    """For people as a table with the attribution, for programs as JSON with the sizes."""
    table = run("show", built / "out")
    assert "© OpenStreetMap contributors" in table.stdout
    assert "America/Santiago" in table.stdout
    facts = json.loads(run("show", built / "out", "--json").stdout)
    assert facts["counts"]["drivable_ways"] == 5
    assert all(size > 0 for size in facts["sizes_bytes"].values())


def test_a_refusal_is_a_message_a_hint_and_a_status(built: Path, tmp_path: Path) -> None:
    """Wrong files, profiles and folders end with the status of their kind and say what to do next."""
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes((built / "villa.osm.pbf").read_bytes()[:-5])
    extract = built / "villa.osm.pbf"
    for words, kind, told in (
        (("build", tmp_path / "no.osm.pbf", "--out", tmp_path / "out"), Kind.NOT_FOUND, "no extract"),
        (("build", broken, "--out", tmp_path / "out"), Kind.INVALID, "cut off"),
        (("build", extract, "--out", tmp_path / "out", "--profiles", "van,car"), Kind.INVALID, "no profile car"),
        (("build", extract, "--out", tmp_path / "out", "--time-zone", "Mars/Base"), Kind.INVALID, "Mars/Base"),
        (("build", extract, "--out", broken), Kind.FORBIDDEN, "cannot write"),
        (("show", tmp_path), Kind.NOT_FOUND, "no region"),
    ):
        result = run(*words)
        assert result.exit_code == EXIT_STATUS[kind], words
        assert told in result.stderr
        assert "hint:" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_pin_is_checked_before_it_is_kept(built: Path) -> None:
    """C07: a point that is none or off the map, or no address, is refused with a hint and teaches nothing."""
    where = ("--region", built / "out")
    for words, told in (
        (("Calle Uno 120", "--at", "here"), "“here” is not"),
        (("Calle Uno 120", "--at", "-33.4"), "latitude first"),
        (("Calle Uno 120", "--at", "-133.4,-70.6"), "is not a latitude"),
        (("Calle Uno 120", "--at", "-70.6,-33.4"), "latitude comes first"),
        ((" ", "--at", "-33.4,-70.6"), "no address"),
    ):
        result = run("pin", *words, *where)
        assert result.exit_code == EXIT_STATUS[Kind.INVALID], words
        assert told in result.stderr
        assert "hint:" in result.stderr
    assert not (built / "out" / "pins").exists()
    moved = run("pin", "Calle Uno 120", "--at", "-33.4009,-70.6035", *where)
    assert moved.exit_code == 0, moved.stderr
    assert "100 m from where it was" in moved.stdout


def test_a_town_is_generated_and_built_through_the_same_door(tmp_path: Path) -> None:
    """Its addresses are found at their doors, and a second run touches nothing."""
    words = ("town", "--seed", "3", "--addresses", "1000", "--profiles", "van", "--out", tmp_path)
    assert run(*words).exit_code == 0
    region = open_region(tmp_path)
    assert region.counts.addresses == 1000
    assert "OpenStreetMap" not in region.attribution
    with Geocoder(region.streets) as geocoder:
        for house in geocoder.sample(20, seed=1):
            query = AddressQuery(text=f"{house.street} {house.number}", commune=house.commune)
            assert geocoder.find(query).grade is Grade.ROOFTOP
    assert "up to date" in run(*words).stdout


def test_a_build_that_is_killed_goes_on_at_the_next_run(tmp_path: Path) -> None:
    """Killed without warning while it works, a build leaves a folder that the next run completes."""
    extract = write_small_town(tmp_path / "villa.osm.pbf")
    command = [sys.executable, "-c", "from zaguan.app.cli.main import main; main()"]
    words = ["region", "build", str(extract), "--out", str(tmp_path / "out")]
    with subprocess.Popen([*command, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        graph = tmp_path / "out" / ".building" / "osrm" / "van" / "base"
        while not graph.exists() and process.poll() is None:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    assert not (tmp_path / "out" / "region.json").exists()
    assert run("show", tmp_path / "out").exit_code == EXIT_STATUS[Kind.CONFLICT]
    again = run(*words[1:])
    assert again.exit_code == 0, again.stderr
    assert open_region(tmp_path / "out").counts.drivable_ways == 5
    assert not (tmp_path / "out" / ".building").exists()


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("city", "register", "country", "time_zone", "least_km", "street", "commune"),
    [
        ("porto-alegre", "addresses.csv.gz", "BR", "America/Sao_Paulo", 1600, "Av. Independência", ""),
        ("duitama", None, "CO", "America/Bogota", 800, "Carrera 16", "Duitama"),
    ],
)
def test_a_real_city_is_built(
    tmp_path: Path,
    city: str,
    register: str | None,
    country: str,
    time_zone: str,
    least_km: float,
    street: str,
    commune: str,
) -> None:
    """C119: extracts of real cities become regions in their own country, with streets that are found."""
    folder = shared_data(f"osm/{city}")
    addresses = () if register is None else ("--addresses", folder / register)
    result = run("build", folder / "roads.osm.pbf", *addresses, "--profiles", "van", "--out", tmp_path)
    assert result.exit_code == 0, result.stderr
    region = open_region(tmp_path)
    assert (region.country, region.time_zone) == (country, time_zone)
    assert region.counts.drivable_km > least_km
    assert region.base_map.stat().st_size < 1_500_000
    with Geocoder(region.streets) as geocoder:
        found = geocoder.find(AddressQuery(text=street, commune=commune))
    assert found.point is not None
    assert region.box.contains(found.point)
