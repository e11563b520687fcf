"""What a region consists of, and what each part is made from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from zaguan.base.kit.files import sha256_of
from zaguan.engines.roads.base_map import map_version
from zaguan.engines.roads.geocoder.layout import SCHEMA_VERSION as INDEX_VERSION
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.products import Product, digest
from zaguan.engines.roads.region import BASE_MAP_FILE, STREETS_FILE, Source
from zaguan.engines.roads.slots import SLOTS
from zaguan.engines.roads.traffic import traffic_version

# to be raised when the code makes other files from the same input
ROADS_VERSION: Final = "1"
SPEEDS_VERSION: Final = "1"
STREETS_VERSION: Final = "1"
MAP_VERSION: Final = "1"

ROADS: Final = "roads"
STREETS: Final = "streets"
BASE_MAP: Final = "base-map"

# only the van meets traffic: the others have their own speeds in every slot
PROFILES_IN_TRAFFIC: Final = frozenset((Profile.VAN,))


def graph_of(profile: Profile) -> str:
    """Return the name of a profile's graph among the products."""
    return f"graph-{profile.value}"


def speeds_of(profile: Profile) -> str:
    """Return the name of a profile's speeds among the products."""
    return f"speeds-{profile.value}"


def planned_products(
    sources: tuple[Source, ...], *, profiles: tuple[Profile, ...], graph_version: str
) -> dict[str, Product]:
    """Return the products of a region by name, in the order of their making; the first source is the extract."""
    extract = sources[0].sha256
    registers = tuple(source.sha256 for source in sources[1:])
    attribution = attribution_of(sources)
    products = [Product(name=ROADS, inputs=digest(extract, ROADS_VERSION), outputs=())]
    for profile in profiles:
        graph = digest(extract, profile.value, graph_version)
        traffic = traffic_version() if profile in PROFILES_IN_TRAFFIC else "free"
        speeds = digest(graph, traffic, SPEEDS_VERSION)
        base, *slots = (f"osrm/{profile.value}/{name}" for name in ("base", *(slot.name for slot in SLOTS)))
        products.append(Product(name=graph_of(profile), inputs=graph, outputs=(base,)))
        products.append(Product(name=speeds_of(profile), inputs=speeds, outputs=tuple(slots)))
    streets = digest(extract, *registers, STREETS_VERSION, str(INDEX_VERSION))
    base_map = digest(extract, attribution, MAP_VERSION, map_version())
    products.append(Product(name=STREETS, inputs=streets, outputs=(STREETS_FILE,)))
    products.append(Product(name=BASE_MAP, inputs=base_map, outputs=(BASE_MAP_FILE,)))
    return {product.name: product for product in products}


def region_hash_of(sources: tuple[Source, ...], *, graph_version: str) -> str:
    """Return the hash of the roads and their speeds: travel times kept under another one are out of date."""
    return digest(sources[0].sha256, graph_version, traffic_version(), SPEEDS_VERSION)


def attribution_of(sources: tuple[Source, ...]) -> str:
    """Return the attributions of all sources, each once."""
    return " · ".join(dict.fromkeys(source.attribution for source in sources if source.attribution))


def read_sources(
    extract: Path, registers: tuple[Path, ...], *, extract_attribution: str, attributions: tuple[str, ...]
) -> Iterator[Source]:
    """Yield the files with their hashes and attributions, the extract first.

    Attributions are those of the registers in their order; a single one counts for all.
    """
    yield Source(file=extract.name, sha256=sha256_of(extract), attribution=extract_attribution)
    for at, register in enumerate(registers):
        told = attributions[min(at, len(attributions) - 1)] if attributions else ""
        yield Source(file=register.name, sha256=sha256_of(register), attribution=told)
