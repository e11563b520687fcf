"""Named streets, addresses, communes and places of an extract, gathered for the geocoder.

What may be large is written to a file while the extract is read and read back when the communes are known.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import orjson

from zaguan.base.geo.point import Point
from zaguan.engines.roads.communes import Boundary, CommuneMap, NamedPlace
from zaguan.engines.roads.extract import OsmObject
from zaguan.engines.roads.geocoder.sources import AddressRow, StreetRow

OTHER_NAMES: Final = (
    "alt_name",
    "official_name",
    "old_name",
    "short_name",
    "loc_name",
    "name:es",
    "name:pt",
    "name:en",
)
NO_STREETS: Final = frozenset(("proposed", "construction", "platform", "bus_stop", "rest_area", "services"))
PLACE_KINDS: Final = {
    "city": "city",
    "town": "town",
    "village": "village",
    "hamlet": "village",
    "suburb": "suburb",
    "quarter": "suburb",
    "neighbourhood": "neighbourhood",
}
ROWS_AT_ONCE: Final = 20_000
LEVELS: Final = range(6, 11)


class StreetCollector:
    """Keeps what an address can be found by; a context manager that closes its two files."""

    wants_areas = True

    def __init__(self, folder: Path) -> None:
        self._streets_path, self._addresses_path = folder / "streets.jsonl", folder / "addresses.jsonl"
        self._streets, self._addresses = self._streets_path.open("wb"), self._addresses_path.open("wb")
        self._boundaries: list[Boundary] = []
        self._places: dict[tuple[str, str], NamedPlace] = {}
        self._countries: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._streets.close()
        self._addresses.close()

    @property
    def places(self) -> tuple[NamedPlace, ...]:
        """Places with a name that have been read so far."""
        return tuple(self._places.values())

    @property
    def country(self) -> str | None:
        """The country that most addresses and boundaries name, as an ISO code, or None."""
        return self._countries.most_common(1)[0][0] if self._countries else None

    def node(self, node: OsmObject) -> None:
        """Keep places and addresses."""
        tags = node.tags
        if not node.location.valid():
            return
        self._take_country(tags)
        self._take_place(tags, node.lon, node.lat)
        self._take_address(tags, node.lon, node.lat)

    def way(self, way: OsmObject) -> None:
        """Keep streets with a name, and buildings with an address."""
        tags = way.tags
        if "highway" in tags:
            self._take_street(way)
        elif "addr:housenumber" in tags and (centre := _centre(way.nodes)) is not None:
            self._take_country(tags)
            self._take_address(tags, *centre)

    def area(self, area: OsmObject) -> None:
        """Keep administrative boundaries, places drawn as areas, and addresses of multipolygons."""
        tags = area.tags
        if tags.get("boundary") == "administrative":
            self._take_country(tags)
            self._take_boundary(area)
        kind = tags.get("place")
        multipolygon_address = not area.from_way() and "addr:housenumber" in tags
        if kind in PLACE_KINDS or multipolygon_address:
            outer = next(iter(area.outer_rings()), None)
            if outer is not None and (centre := _centre(outer)) is not None:
                self._take_place(tags, *centre)
                if multipolygon_address:
                    self._take_address(tags, *centre)

    def streets(self, *, country: str) -> Iterator[StreetRow]:
        """Yield the streets of the extract, piece by piece, with their communes."""
        self._streets.flush()
        for names, others, flat in self._with_communes(self._streets_path, country, middle=_middle_of_line):
            name, commune = names
            points = tuple(Point(lon=lon, lat=lat) for lon, lat in zip(flat[::2], flat[1::2], strict=True))
            yield StreetRow(name=name, commune=commune, geometry=points, other_names=tuple(others))

    def addresses(self, *, country: str) -> Iterator[AddressRow]:
        """Yield the houses of the extract with their communes."""
        self._addresses.flush()
        for (street, commune), (number, city, postcode), point in self._with_communes(
            self._addresses_path, country, middle=tuple
        ):
            yield AddressRow(
                street=street,
                number=number,
                commune=commune,
                city=city,
                postcode=postcode,
                point=Point(lon=point[0], lat=point[1]),
            )

    def _with_communes(
        self, path: Path, country: str, *, middle: Any
    ) -> Iterator[tuple[tuple[str, str], list[str], list[float]]]:
        """Yield (name, commune), other facts and coordinates of each line of a file of ours."""
        communes = CommuneMap(self._boundaries, self.places, country=country)
        with path.open("rb") as file:
            while lines := list(islice(file, ROWS_AT_ONCE)):
                rows = [orjson.loads(line) for line in lines]
                middles = np.array([middle(row[2]) for row in rows], dtype=np.float64)
                names = communes.names_of(middles[:, 0], middles[:, 1])
                for (name, facts, flat), commune in zip(rows, names, strict=True):
                    yield (name, commune), facts, flat

    def _take_street(self, way: OsmObject) -> None:
        tags = way.tags
        name = tags.get("name", "").strip()
        if not name or tags.get("highway") in NO_STREETS:
            return
        others = {other.strip() for key in OTHER_NAMES if key in tags for other in tags.get(key, "").split(";")} - {
            "",
            name,
        }
        flat = array("d")
        for node in way.nodes:
            if node.location.valid():
                flat.extend((node.lon, node.lat))
        if len(flat) >= 4:
            self._streets.write(orjson.dumps([name, sorted(others), flat.tolist()]) + b"\n")

    def _take_address(self, tags: OsmObject, lon: float, lat: float) -> None:
        number = tags.get("addr:housenumber", "").strip()
        street = (tags.get("addr:street") or tags.get("addr:place") or "").strip()
        if number and street:
            facts = [number, tags.get("addr:city", "").strip(), tags.get("addr:postcode", "").strip()]
            self._addresses.write(orjson.dumps([street, facts, [lon, lat]]) + b"\n")

    def _take_place(self, tags: OsmObject, lon: float, lat: float) -> None:
        kind, name = PLACE_KINDS.get(tags.get("place", "")), tags.get("name", "").strip()
        if kind is not None and name:
            self._places.setdefault((name, kind), NamedPlace(name=name, kind=kind, lon=lon, lat=lat))

    def _take_boundary(self, area: OsmObject) -> None:
        name, level = area.tags.get("name", "").strip(), area.tags.get("admin_level", "")
        if not name or not level.isdigit() or int(level) not in LEVELS:
            return
        rings = [
            np.array([(node.lon, node.lat) for node in ring], dtype=np.float64)
            for outer in area.outer_rings()
            for ring in (outer, *area.inner_rings(outer))
        ]
        if rings:
            self._boundaries.append(Boundary(name=name, level=int(level), rings=tuple(rings)))

    def _take_country(self, tags: OsmObject) -> None:
        for key in ("addr:country", "is_in:country_code", "ISO3166-1:alpha2", "ISO3166-1", "ISO3166-2"):
            code = tags.get(key, "")[:2].upper()
            if len(code) == 2 and code.isalpha() and code.isascii():
                self._countries[code] += 1
                return


def _centre(nodes: Iterable[OsmObject]) -> tuple[float, float] | None:
    """Return the middle of the box of a ring's nodes."""
    points = [(node.lon, node.lat) for node in nodes if node.location.valid()]
    if not points:
        return None
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    return (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2


def _middle_of_line(flat: list[float]) -> tuple[float, float]:
    middle = len(flat) // 4 * 2
    return flat[middle], flat[middle + 1]
