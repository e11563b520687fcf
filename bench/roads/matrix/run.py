"""Measure travel-time matrices: CPU of ours and of OSRM's servers, memory, and what the kept matrices spare.

Without arguments Porto Alegre is measured, where the development data is at hand. With a city of your own:
python bench/roads/matrix/run.py --extract CITY.osm.pbf --register HOUSES.csv --name my-city
"""

import argparse
import os
import platform
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import osmium

from zaguan.adapters.osrm.graph import OsrmGraphBuilder
from zaguan.adapters.osrm.network import OsrmNetwork
from zaguan.base.geo.point import BoundingBox, Point
from zaguan.base.kit.clock import SystemClock, cpu_s, elapsed_s, today_in
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.geocoder.sources import read_register
from zaguan.engines.roads.great_circle import DETOURS, estimate
from zaguan.engines.roads.network import Matrix, Profile
from zaguan.engines.roads.slots import SLOTS

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
DATA = Path(os.environ.get("ZAGUAN_DEV_DATA", ROOT.parent / "shared" / "data"))
SEED = 1
NIGHT = SLOTS[0]
SIZES = (100, 500, 1_000, 2_000)
PROFILES_AT = 1_000
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What is measured: a graph of each profile, and the doors to draw from."""

    region: Path
    box: BoundingBox
    doors: Sequence[Point]


def server_cpu_s(roads: OsrmNetwork) -> float:
    """Return the CPU seconds of all servers that are alive."""
    total = 0.0
    for process_id in roads.process_ids().values():
        fields = Path(f"/proc/{process_id}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / TICKS_PER_S
    return total


def server_memory_mb(roads: OsrmNetwork) -> float:
    """Return the most memory that a server has used."""
    peaks = [0.0]
    for process_id in roads.process_ids().values():
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process_id}/status").read_text("ascii"))
        assert found is not None, "Linux tells it"
        peaks.append(int(found[1]) / 1024)
    return max(peaks)


class Bench:
    """Rows of results, one per question."""

    def __init__(self, city: City) -> None:
        self.city, self.rows = city, list[dict[str, Any]]()

    @contextmanager
    def roads(self, cache: Path) -> Iterator[OsrmNetwork]:
        """Give the city's roads, without servers yet."""
        with OsrmNetwork(self.city.region, region_hash="bench", box=self.city.box, cache_folder=cache) as network:
            yield network

    def ask(self, roads: OsrmNetwork, case: str, points: Sequence[Point], profile: Profile) -> Matrix:
        """Ask for a matrix and note what it took."""
        ours_s, servers_s, began_s = cpu_s(), server_cpu_s(roads), elapsed_s()
        matrix = roads.matrix(points, profile=profile, slots=[NIGHT])
        ours_s, servers_s, wall_s = cpu_s() - ours_s, server_cpu_s(roads) - servers_s, elapsed_s() - began_s
        row = {
            "case": case,
            "profile": profile.value,
            "places": len(points),
            "cpu_s": round(ours_s + servers_s, 2),
            "server_cpu_s": round(servers_s, 2),
            "wall_s": round(wall_s, 2),
            "server_memory_mb": round(server_memory_mb(roads)) or None,
            "estimated": int(matrix.estimated.sum()),
        }
        print(row, flush=True)
        self.rows.append(row)
        return matrix

    def run(self) -> None:
        """Ask all questions, each size in a cache of its own."""
        for size in SIZES:
            with tempfile.TemporaryDirectory() as cache, self.roads(Path(cache)) as roads:
                self.ask(roads, "first time", self.city.doors[:size], Profile.VAN)
        for profile in (Profile.BICYCLE, Profile.FOOT):
            with tempfile.TemporaryDirectory() as cache, self.roads(Path(cache)) as roads:
                self.ask(roads, "first time", self.city.doors[:PROFILES_AT], profile)
        with tempfile.TemporaryDirectory() as cache:
            with self.roads(Path(cache)) as roads:
                roads.matrix(self.city.doors[:PROFILES_AT], profile=Profile.VAN, slots=[NIGHT])
            with self.roads(Path(cache)) as roads:
                self.ask(roads, "second time, new process", self.city.doors[:PROFILES_AT], Profile.VAN)
                self.ask(roads, "one new place", self.city.doors[: PROFILES_AT + 1], Profile.VAN)
                self.ask(roads, "ten new places", self.city.doors[: PROFILES_AT + 11], Profile.VAN)


def detours(city: City) -> list[str]:
    """Say how the estimates' detour factors and speeds compare with this city's roads."""
    told = []
    doors = city.doors[:300]
    for profile in Profile:
        with tempfile.TemporaryDirectory() as cache:
            network = OsrmNetwork(city.region, region_hash="bench", box=city.box, cache_folder=Path(cache))
            with network as roads:
                matrix = roads.matrix(doors, profile=profile, slots=[NIGHT])
        straight = estimate(doors, profile=profile).distances_m / DETOURS[profile].factor
        metres, seconds = matrix.distances_m[0], matrix.durations_s[0]
        kept = np.ix_(~matrix.estimated, ~matrix.estimated)
        factor = float(metres[kept].sum() / straight[kept].sum())
        speed = float(metres[kept].sum() / seconds[kept].sum() * 3.6)
        assumed = DETOURS[profile]
        told.append(
            f"{profile.value}: roads are {factor:.2f} times the great circle at {speed:.1f} km/h in free flow "
            f"(estimates assume {assumed.factor:.2f} and {assumed.speed_kmh:.1f})"
        )
    return told


def built(extract: Path, folder: Path) -> list[dict[str, Any]]:
    """Build all graphs with their free flow, and return what the programs took."""
    rows = []
    for profile in Profile:
        builder, graph = OsrmGraphBuilder(), folder / "osrm" / profile.value
        builder.build_graph(extract, profile=profile, folder=graph, progress=SilentProgress())
        builder.add_metric(graph, slot=NIGHT.name, speeds_csv=None)
        for use in builder.uses:
            rows.append({"profile": profile.value, "program": use.tool, "cpu_s": use.cpu_s, "memory_mb": use.memory_mb})
    return rows


def box_of(extract: Path) -> BoundingBox:
    """Return the box around all roads of an extract."""
    lons, lats = list[float](), list[float]()
    for way in osmium.FileProcessor(str(extract)).with_locations().with_filter(osmium.filter.KeyFilter("highway")):
        if way.is_way():
            lons += [node.lon for node in way.nodes if node.location.valid()]
            lats += [node.lat for node in way.nodes if node.location.valid()]
    return BoundingBox(west=min(lons), south=min(lats), east=max(lons), north=max(lats))


def write(name: str, city_title: str, question: str, rows: list[dict[str, Any]], notes: list[str]) -> None:
    """Write a table of results."""
    result = {
        "question": question,
        "command": "make bench ARGS=roads/matrix",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "data": city_title,
        "at": today_in(UTC, SystemClock()).isoformat(),
        "rows": rows,
        "notes": notes,
    }
    path = HERE / "results" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2) + b"\n")
    print(f"written: {path.relative_to(ROOT)}")


def main() -> int:
    """Measure one city."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extract", type=Path, default=DATA / "osm/porto-alegre/roads.osm.pbf")
    parser.add_argument("--register", type=Path, default=DATA / "osm/porto-alegre/addresses.csv.gz")
    parser.add_argument("--name", default="porto-alegre")
    parser.add_argument("--title", default="Porto Alegre, Brazil (OpenStreetMap; municipal address points)")
    given = parser.parse_args()
    if not (given.extract.exists() and given.register.exists()):
        print(f"skipped: {given.extract} or {given.register} is not here (set ZAGUAN_DEV_DATA)")
        return 0
    box = box_of(given.extract)
    inside = [row.point for row in read_register(given.register) if box.contains(row.point)]
    doors = random.Random(SEED).sample(inside, max(SIZES))
    with tempfile.TemporaryDirectory() as folder:
        programs = built(given.extract, Path(folder))
        bench = Bench(City(region=Path(folder), box=box, doors=doors))
        bench.run()
        notes = detours(bench.city)
    question = "How long does a travel-time matrix take, for the first time and again?"
    write(given.name, given.title, question, bench.rows, ["CPU of the servers included.", *notes])
    write(f"{given.name}-graphs", given.title, "How long does it take to build the road graphs?", programs, [])
    return 0


if __name__ == "__main__":
    sys.exit(main())
