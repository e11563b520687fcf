"""A region: the folder that is built once from an extract and holds everything map-like."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson

from zaguan.base.geo.point import BoundingBox
from zaguan.base.kit.files import write_whole
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.region_refusals import RegionBroken, RegionIncomplete, RegionNewer, RegionNotFound

SCHEMA_VERSION: Final = 1
REGION_FILE: Final = "region.json"
STREETS_FILE: Final = "streets.sqlite"
BASE_MAP_FILE: Final = "map.pmtiles"
WORK_FOLDER: Final = ".building"  # what a build has finished and not yet put in place


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that the region was built from."""

    file: str
    sha256: str
    attribution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCounts:
    """How much there is in a region; ways, kilometres and segments are those that a van may drive on."""

    drivable_ways: int
    drivable_km: float
    segments: int
    streets: int
    addresses: int
    communes: int
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What region.json says, and where it stands.

    `region_hash` changes when the roads or their speeds change, not when only addresses do.
    `products` says for each part (graph, speeds, streets, map) what it was built from, as a hash.
    """

    folder: Path
    name: str
    country: str
    time_zone: str
    box: BoundingBox
    region_hash: str
    profiles: tuple[Profile, ...]
    slots: tuple[str, ...]
    sources: tuple[Source, ...]
    attribution: str
    counts: RegionCounts
    built_at: datetime
    products: dict[str, str] = field(default_factory=dict)

    @property
    def streets(self) -> Path:
        """The geocoder's index."""
        return self.folder / STREETS_FILE

    @property
    def base_map(self) -> Path:
        """The vector tiles."""
        return self.folder / BASE_MAP_FILE

    def graph_folder(self, profile: Profile) -> Path:
        """Return the folder of a profile's graph: `base` and one folder per slot."""
        return self.folder / "osrm" / profile.value

    def write(self) -> None:
        """Write region.json, whole."""
        facts = {name: value for name, value in asdict(self).items() if name != "folder"}
        ordered = {"schema_version": SCHEMA_VERSION, **facts, "built_at": self.built_at.isoformat()}
        write_whole(self.folder / REGION_FILE, orjson.dumps(ordered, option=orjson.OPT_INDENT_2) + b"\n")

    @classmethod
    def from_facts(cls, folder: Path, facts: dict[str, Any]) -> Self:
        """Return the region that the facts of a region.json describe; a missing one raises KeyError."""
        return cls(
            folder=folder,
            name=str(facts["name"]),
            country=str(facts["country"]),
            time_zone=str(facts["time_zone"]),
            box=BoundingBox(**{edge: float(facts["box"][edge]) for edge in ("west", "south", "east", "north")}),
            region_hash=str(facts["region_hash"]),
            profiles=tuple(Profile(name) for name in facts["profiles"]),
            slots=tuple(map(str, facts["slots"])),
            sources=tuple(Source(**source) for source in facts["sources"]),
            attribution=str(facts["attribution"]),
            counts=RegionCounts(**facts["counts"]),
            built_at=datetime.fromisoformat(facts["built_at"]),
            products=dict(facts["products"]),
        )


def open_region(folder: Path) -> Region:
    """Return the region in a folder.

    Refused: RegionNotFound (no such folder, or nothing built there), RegionIncomplete (the build was stopped, or a
    part is gone), RegionNewer (made by a later version), RegionBroken (region.json cannot be read).
    """
    region = read_region(folder)
    for needed in (region.streets, region.base_map, *(region.graph_folder(profile) for profile in region.profiles)):
        if not needed.exists():
            raise RegionIncomplete(path=folder, missing=needed.relative_to(folder))
    return region


def read_region(folder: Path) -> Region:
    """Return what region.json says, whether or not all parts are there. Refused: as by `open_region`."""
    path = folder / REGION_FILE
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as cause:
        if (folder / WORK_FOLDER).exists():
            raise RegionIncomplete(path=folder, missing=REGION_FILE) from cause
        raise RegionNotFound(path=folder) from cause
    except OSError as cause:
        raise RegionBroken(path=path, reason=cause.strerror) from cause
    return _region_of(folder, path, content)


def _region_of(folder: Path, path: Path, content: bytes) -> Region:
    try:
        facts = orjson.loads(content)
        schema_version = int(facts["schema_version"])
    except (ValueError, TypeError, KeyError) as cause:
        raise RegionBroken(path=path, reason=str(cause)) from cause
    if schema_version > SCHEMA_VERSION:
        raise RegionNewer(path=folder, found=schema_version, known=SCHEMA_VERSION)
    try:
        return Region.from_facts(folder, facts)
    except (ValueError, TypeError, KeyError, AttributeError) as cause:
        raise RegionBroken(path=path, reason=f"{type(cause).__name__}: {cause}") from cause
