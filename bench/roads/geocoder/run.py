"""Measure the geocoder: how many noisy addresses are found within 100 m, how surely, and how fast.

python bench/roads/geocoder/run.py santiago REGISTER.csv.gz
python bench/roads/geocoder/run.py porto-alegre REGISTER.csv.gz --extract ROADS.osm.pbf
"""

import argparse
import platform
import random
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import osmium

sys.path.insert(0, str(Path(__file__).parent))
from noise import Noises, noisy_text

from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point, distance_m
from zaguan.base.kit.clock import cpu_s
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
    times: list[float] = []
    for sample in samples:
        before = cpu_s()
        answer = geocoder.find(AddressQuery(text=sample.text, commune=sample.commune))
        times.append((cpu_s() - before) * 1000)
        off = float("inf") if answer.point is None else distance_m(answer.point, sample.row.point)
        found.append((answer, off))
    count = len(found)
    confident = [off for answer, off in found if answer.grade in (Grade.ROOFTOP, Grade.INTERPOLATED)]
    times.sort()
    return {
        "samples": count,
        "within_100_m_pct": round(100 * sum(off <= WITHIN_M for _, off in found) / count, 2),
        "confident_pct": round(100 * len(confident) / count, 2),
        "confident_but_off_pct": round(100 * sum(off > WITHIN_M for off in confident) / count, 2),
        "grades": dict(sorted(Counter(answer.grade.value for answer, _ in found).items())),
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(times[int(0.95 * count)], 2),
        "max_ms": round(times[-1], 2),
    }


def main() -> None:
    """Build, ask, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("register", type=Path)
    parser.add_argument("--extract", type=Path)
    parser.add_argument("--samples", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--misses", type=int, default=0, help="print so many of the worst answers of the last case")
    arguments = parser.parse_args()
    portuguese = arguments.extract is not None
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "streets.sqlite"
        before = cpu_s()
        streets = streets_of(arguments.extract) if arguments.extract else ()
        counts = build_index(
            index, streets=streets, addresses=read_register(arguments.register), progress=SilentProgress()
        )
        build_s = cpu_s() - before
        with Geocoder(index) as geocoder:
            rows = houses(arguments.register, geocoder, portuguese=portuguese)
            chosen = random.Random(arguments.seed).sample(rows, min(arguments.samples, len(rows)))
            results: dict[str, object] = {}
            for name, noises in CASES.items():
                results[name] = ask(geocoder, chosen, noises, arguments, portuguese=portuguese)
                print(name, results[name])
            if not portuguese:
                results["all, without the commune"] = ask(
                    geocoder, chosen, CASES["all"], arguments, portuguese=portuguese, commune=False
                )
                print("all, without the commune", results["all, without the commune"])
        report = {
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "index": {
                "streets": counts.streets,
                "houses": counts.houses,
                "build_cpu_s": round(build_s, 1),
                "megabytes": round(index.stat().st_size / 1e6, 1),
            },
            "cases": results,
        }
    path = Path(__file__).parent / "results" / f"{arguments.name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
    print(report["index"], path)


def houses(register: Path, geocoder: Geocoder, *, portuguese: bool) -> list[AddressRow]:
    """Return the houses to draw from: those with a street's name and a house number."""
    if portuguese:  # the register has no street names: take those that the index gave them
        return [row for row in geocoder.sample(20_000, seed=1) if has_house_number(row.number)]
    return [row for row in read_register(register) if street_name(row.street) and has_house_number(row.number)]


def ask(
    geocoder: Geocoder,
    rows: Sequence[AddressRow],
    noises: Noises,
    arguments: argparse.Namespace,
    *,
    portuguese: bool,
    commune: bool = True,
) -> dict[str, object]:
    """Draw the texts of a case and measure them."""
    chance = random.Random(arguments.seed)
    samples = [
        Sample(row, noisy_text(row, noises, chance, portuguese=portuguese), row.commune if commune else "")
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
