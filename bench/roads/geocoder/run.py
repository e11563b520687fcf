"""Measure the geocoder: how many noisy addresses are found within 100 m, how surely, and how fast.

Without arguments both development data sets are measured; a set that is not here is skipped, and that is said.
With a register of your own: python bench/roads/geocoder/run.py --register HOUSES.csv --name my-city
"""

import argparse
import os
import platform
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import orjson
import osmium

sys.path.insert(0, str(Path(__file__).parent))
from noise import Noises, noisy_text

from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point, distance_m
from zaguan.base.kit.clock import SystemClock, cpu_s, today_in
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.geocoder.geocoder import AddressQuery, Found, Geocoder
from zaguan.engines.roads.geocoder.house_number import has_house_number
from zaguan.engines.roads.geocoder.index import build_index
from zaguan.engines.roads.geocoder.normalise import street_name
from zaguan.engines.roads.geocoder.sources import AddressRow, StreetRow, read_register

CASES = {
    "clean": Noises(),
    "abbreviated": Noises(abbreviation=True),
    "typo": Noises(typo=True),
    "without accents, other case": Noises(accents=True, case=True),
    "unit": Noises(unit=True),
    "kind left out or added": Noises(kind=True),
    "all": Noises(abbreviation=True, typo=True, accents=True, case=True, unit=True, kind=True),
}
WITHIN_M = 100.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A house and the line that asks for it."""

    row: AddressRow
    text: str
    commune: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A data set: a register, and where it lacks the streets' names the extract that has them."""

    name: str
    title: str
    register: Path
    extract: Path | None = None
    portuguese: bool = False


DATA = Path(os.environ.get("ZAGUAN_DEV_DATA", Path(__file__).parents[4] / "shared" / "data"))
TOWNS = (
    Town(
        name="santiago",
        title="Address register of the Santiago region, INE 2023",
        register=DATA / "addresses" / "santiago-rm.csv.gz",
    ),
    Town(
        name="porto-alegre",
        title="Address points of Porto Alegre (CC0) on the streets of OpenStreetMap",
        register=DATA / "osm" / "porto-alegre" / "addresses.csv.gz",
        extract=DATA / "osm" / "porto-alegre" / "roads.osm.pbf",
        portuguese=True,
    ),
)


def streets_of(extract: Path) -> Iterator[StreetRow]:
    """Yield the named ways of an extract."""
    for way in osmium.FileProcessor(str(extract)).with_locations().with_filter(osmium.filter.KeyFilter("highway")):
        if way.is_way() and "name" in way.tags:
            points = tuple(Point(lon=node.lon, lat=node.lat) for node in way.nodes if node.location.valid())
            if points:
                yield StreetRow(name=way.tags["name"], commune="", geometry=points)


def measure(geocoder: Geocoder, samples: Sequence[Sample]) -> dict[str, object]:
    """Ask for all samples and return the figures."""
    found: list[tuple[Found, float]] = []
    times_ms: list[float] = []
    for sample in samples:
        before = cpu_s()
        answer = geocoder.find(AddressQuery(text=sample.text, commune=sample.commune))
        times_ms.append((cpu_s() - before) * 1000)
        off_m = float("inf") if answer.point is None else distance_m(answer.point, sample.row.point)
        found.append((answer, off_m))
    count = len(found)
    confident = [off_m for answer, off_m in found if answer.grade in (Grade.ROOFTOP, Grade.INTERPOLATED)]
    times_ms.sort()
    return {
        "samples": count,
        "within_100_m_percent": round(100 * sum(off_m <= WITHIN_M for _, off_m in found) / count, 2),
        "confident_percent": round(100 * len(confident) / count, 2),
        "confident_but_off_percent": round(100 * sum(off_m > WITHIN_M for off_m in confident) / count, 2),
        "median_cpu_ms": round(times_ms[count // 2], 2),
        "p95_cpu_ms": round(times_ms[int(0.95 * count)], 2),
    }


def main() -> None:
    """Measure each data set and write its results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--register", type=Path, help="a register of your own")
    parser.add_argument("--name", default="own", help="name of the results of your own register")
    parser.add_argument("--samples", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--misses", type=int, default=0, help="print so many of the answers that are off")
    arguments = parser.parse_args()
    towns = (
        TOWNS
        if arguments.register is None
        else (Town(name=arguments.name, title=arguments.register.name, register=arguments.register),)
    )
    for town in towns:
        if not town.register.exists():
            print(f"skipped {town.name}: {town.register} is not here (set ZAGUAN_DEV_DATA to its folder)")
            continue
        bench(town, arguments)


def bench(town: Town, arguments: argparse.Namespace) -> None:
    """Build the index, ask for the samples, print and write the results."""
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "streets.sqlite"
        before = cpu_s()
        streets = () if town.extract is None else streets_of(town.extract)
        counts = build_index(index, streets=streets, addresses=read_register(town.register), progress=SilentProgress())
        build_cpu_s = cpu_s() - before
        size_mb = index.stat().st_size / 1e6
        with Geocoder(index) as geocoder:
            rows = houses(town, geocoder)
            chosen = random.Random(arguments.seed).sample(rows, min(arguments.samples, len(rows)))
            table = [
                {"noise": name, **ask(geocoder, chosen, noises, arguments, town=town)} for name, noises in CASES.items()
            ]
            if not town.portuguese:
                figures = ask(geocoder, chosen, CASES["all"], arguments, town=town, commune=False)
                table.append({"noise": "all, and no commune", **figures})
    for row in table:
        print(row)
    report = {
        "question": f"How many noisy addresses of {town.name.replace('-', ' ').title()} are found within 100 m?",
        "command": "make bench ARGS=roads/geocoder",
        "machine": f"2 cores of a shared {platform.machine()} server, Python {platform.python_version()}",
        "data": town.title,
        "at": today_in(UTC, SystemClock()).isoformat(),
        "notes": [
            f"{counts.houses} houses on {counts.streets} streets; index of {size_mb:.0f} MB built in "
            f"{build_cpu_s:.0f} CPU s. {arguments.samples} houses drawn with seed {arguments.seed}; the commune is "
            "given except where said.",
            "confident: graded rooftop or interpolated; confident but off: so graded, yet further than 100 m.",
        ],
        "rows": table,
    }
    path = Path(__file__).parent / "results" / f"{town.name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
    print(report["notes"], path)


def houses(town: Town, geocoder: Geocoder) -> list[AddressRow]:
    """Return the houses to draw from: those with a street's name and a house number."""
    if town.extract is not None:  # the register has no street names: take those that the index gave them
        return [row for row in geocoder.sample(20_000, seed=1) if has_house_number(row.number)]
    return [row for row in read_register(town.register) if street_name(row.street) and has_house_number(row.number)]


def ask(
    geocoder: Geocoder,
    rows: Sequence[AddressRow],
    noises: Noises,
    arguments: argparse.Namespace,
    *,
    town: Town,
    commune: bool = True,
) -> dict[str, object]:
    """Draw the texts of a case and measure them."""
    chance = random.Random(arguments.seed)
    samples = [
        Sample(row, noisy_text(row, noises, chance, portuguese=town.portuguese), row.commune if commune else "")
        for row in rows
    ]
    if arguments.misses and noises == CASES["all"] and commune:
        show_misses(geocoder, samples, arguments.misses)
    return measure(geocoder, samples)


def show_misses(geocoder: Geocoder, samples: Sequence[Sample], count: int) -> None:
    """Print answers that lie off, to learn from."""
    for sample in samples:
        answer = geocoder.find(AddressQuery(text=sample.text, commune=sample.commune))
        off = float("inf") if answer.point is None else distance_m(answer.point, sample.row.point)
        if off > WITHIN_M and count > 0:
            count -= 1
            wanted = f"{sample.row.street} {sample.row.number}"
            doubts = " ".join(answer.doubts)
            print(
                f"{sample.text!r} [{sample.commune}] wanted {wanted!r}, "
                f"{off:.0f} m off: {answer.grade} {answer.label} {answer.score} {doubts}"
            )


if __name__ == "__main__":
    main()
