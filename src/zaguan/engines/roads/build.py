"""Build a region from an extract and address registers: only what changed since the last time."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

from zaguan.base.geo.point import BoundingBox
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import say
from zaguan.engines.roads.base_map import build_base_map
from zaguan.engines.roads.build_plan import (
    BASE_MAP,
    PROFILES_IN_TRAFFIC,
    ROADS,
    STREETS,
    attribution_of,
    graph_of,
    planned_products,
    read_sources,
    region_hash_of,
    speeds_of,
)
from zaguan.engines.roads.extract import Collector, RoadCollector, check_extract, read_extract
from zaguan.engines.roads.geocoder.index import build_index
from zaguan.engines.roads.geocoder.sources import AddressRow, read_register
from zaguan.engines.roads.map_features import MapCollector
from zaguan.engines.roads.memory import available_mb, needed_mb
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.products import Workshop, working_in
from zaguan.engines.roads.region import BASE_MAP_FILE, STREETS_FILE, Region, RegionCounts, Source, read_region
from zaguan.engines.roads.region_refusals import (
    RegionBroken,
    RegionIncomplete,
    RegionNotFound,
    RegisterMissing,
    RegisterOffTheMap,
    TooLittleMemory,
)
from zaguan.engines.roads.slots import SLOTS
from zaguan.engines.roads.streets import StreetCollector
from zaguan.engines.roads.traffic import Segments, write_speeds
from zaguan.engines.roads.whereabouts import checked_country, checked_time_zone, whereabouts

OSM_ATTRIBUTION: Final = "© OpenStreetMap contributors"
# a house this far outside of the roads' box still counts as inside
EDGE_M: Final = 300.0
MAP_NAME: Final = "zaguan"  # the region's own would make the map stale with every new name

Facts = dict[str, Any]  # as JSON has them: counts, box, country


class GraphBuilder(Protocol):
    """What makes a road graph of an extract; adapters/osrm fills it."""

    def version(self) -> str:
        """Return the version of the program: graphs of another one are out of date."""
        ...

    def build_graph(self, extract: Path, *, profile: Profile, folder: Path, progress: Progress) -> None:
        """Write the graph of a profile to `folder`/base."""
        ...

    def add_metric(self, folder: Path, *, slot: str, speeds_csv: Path | None) -> None:
        """Write `folder`/`slot`: the graph in `folder`/base with the speeds of a slot, or with its own for None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionInput:
    """What a region is to be built from, and where.

    `None` for name, country or time zone keeps what the region in `out` has, else derives it.
    `attributions` are of the registers; the extract's own always goes first.
    `memory_mb` is how much memory a build may take; `None` for what the machine or the container has left.
    """

    extract: Path
    out: Path
    registers: tuple[Path, ...] = ()
    name: str | None = None
    country: str | None = None
    time_zone: str | None = None
    profiles: tuple[Profile, ...] = (Profile.VAN, Profile.BICYCLE)
    attributions: tuple[str, ...] = ()
    extract_attribution: str = OSM_ATTRIBUTION
    memory_mb: float | None = None


@dataclass(slots=True, kw_only=True)
class BuildReport:
    """What a build did: products made, facts that nobody gave, houses left out by register and cause."""

    region: Region
    made: tuple[str, ...]
    facts_renewed: bool  # region.json was written, if only for its facts
    derived: tuple[str, ...] = ()
    left_out: dict[str, Counter[str]] = field(default_factory=dict)


def build_region(wanted: RegionInput, *, graphs: GraphBuilder, clock: Clock, progress: Progress) -> BuildReport:
    """Bring the region in `wanted.out` up to date and return what was done.

    Refused before anything is written: a missing, empty, foreign or cut extract; a missing or unreadable register;
    an unknown country or zone; an extract for which there is too little memory. Refused on reading: an extract that
    cannot be decoded or has no roads. The old region stays as it was until all new parts are ready.
    """
    check_extract(wanted.extract)
    for register in wanted.registers:
        if not register.is_file():
            raise RegisterMissing(path=register)
        next(read_register(register), None)  # refuses a file without the columns
    wanted = replace(
        wanted,
        profiles=tuple(profile for profile in Profile if profile in wanted.profiles),
        country=None if wanted.country is None else checked_country(wanted.country),
        time_zone=None if wanted.time_zone is None else checked_time_zone(wanted.time_zone),
    )
    with working_in(wanted.out):
        return _Build(wanted, graphs, clock, progress).run()


class _Build:
    """One run, step by step."""

    def __init__(self, wanted: RegionInput, graphs: GraphBuilder, clock: Clock, progress: Progress) -> None:
        self._wanted, self._graphs, self._clock, self._progress = wanted, graphs, clock, progress
        with progress.step(say("region.step.check")):
            self._sources = tuple(
                read_sources(
                    wanted.extract,
                    wanted.registers,
                    extract_attribution=wanted.extract_attribution,
                    attributions=wanted.attributions,
                )
            )
        self._old = _standing_region(wanted.out, self._sources[0])
        self._products = planned_products(self._sources, profiles=wanted.profiles, graph_version=graphs.version())
        self._shop = Workshop(wanted.out, self._old.products if self._old is not None else {})
        self._left_out: dict[str, Counter[str]] = {}
        self._segments: Segments | None = None

    def run(self) -> BuildReport:
        """Make what is stale, put it in place, write region.json."""
        self._shop.drop_scratch()  # of a run that was stopped
        stale = [
            product
            for product in self._products.values()
            if not self._shop.is_done(product) or (product.name == STREETS and self._country_changed())
        ]
        if any(product.name.startswith("graph") for product in stale):
            _check_memory(self._wanted)
        for product in stale:
            self._shop.clear(product)
        try:
            self._make({product.name for product in stale})
        except BaseException:
            self._shop.leave()
            raise
        return self._finish(tuple(product.name for product in stale))

    def _make(self, stale: set[str]) -> None:
        """Make the products that are stale, each remembered when it is ready."""
        with ExitStack() as open_files:
            streets, features = self._read(stale, open_files)
            for profile in self._wanted.profiles:
                self._make_graph(profile, stale)
            if STREETS in stale:
                assert streets is not None, "stale streets have the extract read"
                self._make_streets(streets)
        if BASE_MAP in stale:
            assert features is not None, "a stale map has the extract read"
            out = self._shop.work / BASE_MAP_FILE
            attribution = attribution_of(self._sources)
            build_base_map(features, out=out, name=MAP_NAME, attribution=attribution, progress=self._progress)
            self._shop.finish(self._products[BASE_MAP])

    def _read(self, stale: set[str], open_files: ExitStack) -> tuple[StreetCollector | None, Path | None]:
        """Read the extract once for all stale products that need it."""
        in_traffic = {speeds_of(profile) for profile in PROFILES_IN_TRAFFIC}
        if not stale & {ROADS, STREETS, BASE_MAP, *in_traffic}:
            return None, None
        roads, collectors = RoadCollector(), list[Collector]()
        streets = open_files.enter_context(StreetCollector(self._shop.scratch))
        collectors = [roads, streets]
        features = None
        if BASE_MAP in stale:
            features = open_files.enter_context(MapCollector(self._shop.scratch / "map.geojsonl"))
            collectors.append(features)
        read_extract(self._wanted.extract, collectors, progress=self._progress)
        found = roads.roads(self._wanted.extract)
        self._segments = found.segments
        if features is not None:
            features.add_places(streets.places)
            features.close()
        facts = {
            "drivable_ways": found.ways,
            "drivable_km": round(found.km, 1),
            "segments": len(found.segments),
            "places": len(streets.places),
            "box": asdict(found.box),
            "tagged": streets.country,
        }
        whereabouts(found.box, **self._told(streets.country))  # refuses before the long work
        self._shop.finish(self._products[ROADS], facts)
        return streets, None if features is None else features.path

    def _make_graph(self, profile: Profile, stale: set[str]) -> None:
        """Build the graph of a profile and its slots, as far as they are stale."""
        folder = self._shop.work / "osrm" / profile.value
        graph, speeds = self._products[graph_of(profile)], self._products[speeds_of(profile)]
        if graph.name in stale:
            self._graphs.build_graph(self._wanted.extract, profile=profile, folder=folder, progress=self._progress)
            self._shop.finish(graph)
        if speeds.name not in stale:
            return
        self._shop.borrow(graph.outputs[0])
        title = say("region.step.speeds", profile=say(f"region.profile.{profile.value}"))
        with self._progress.step(title, total=len(SLOTS)) as step:
            for slot in SLOTS:
                table = None
                if profile in PROFILES_IN_TRAFFIC:
                    assert self._segments is not None, "stale speeds have the extract read"
                    table = self._shop.scratch / "speeds.csv"
                    write_speeds(self._segments, slot=slot.name, path=table)
                self._graphs.add_metric(folder, slot=slot.name, speeds_csv=table)
                step.advance()
        self._shop.finish(speeds)

    def _make_streets(self, streets: StreetCollector) -> None:
        """Build the geocoder's index from the extract and the registers."""
        box = BoundingBox(**self._facts(ROADS)["box"]).grown_by(EDGE_M)
        country, _ = self._country_and_zone()
        counts = build_index(
            self._shop.work / STREETS_FILE,
            streets=streets.streets(country=country),
            addresses=self._addresses(streets, country, box),
            progress=self._progress,
        )
        facts = {
            "streets": counts.streets,
            "addresses": counts.houses,
            "communes": counts.communes,
            "country": country,
        }
        self._shop.finish(self._products[STREETS], facts)

    def _addresses(self, streets: StreetCollector, country: str, box: BoundingBox) -> Iterator[AddressRow]:
        """Yield the houses of the registers, then of the extract; those outside of its roads are left out."""
        for register in self._wanted.registers:
            left_out = self._left_out.setdefault(register.name, Counter())
            inside = 0
            for row in read_register(register, skipped=left_out):
                if box.contains(row.point):
                    inside += 1
                    yield row
                else:
                    left_out["off_map"] += 1
            if not inside:
                raise RegisterOffTheMap(path=register, rows=left_out.total())
        yield from streets.addresses(country=country)

    def _facts(self, name: str) -> Facts:
        """Return what is known of a product: from this run or a stopped one, else from the region that stands."""
        if (facts := self._shop.facts(self._products[name])) is not None:
            return facts
        assert self._old is not None, "a product without facts is in a region"
        country = self._old.country
        return {**asdict(self._old.counts), "box": asdict(self._old.box), "tagged": country, "country": country}

    def _country_changed(self) -> bool:
        """Tell whether the user names another country: it decides which boundaries are communes."""
        return self._wanted.country not in (None, self._facts(STREETS)["country"])

    def _told(self, tagged: str | None) -> dict[str, str | None]:
        """Return country and zone as given, else as the region has them already, and the tags' country."""
        wanted, old = self._wanted, self._old
        return {
            "country": wanted.country or (old.country if old is not None and wanted.time_zone is None else None),
            "time_zone": wanted.time_zone or (old.time_zone if old is not None and wanted.country is None else None),
            "tagged": tagged,
        }

    def _country_and_zone(self) -> tuple[str, str]:
        facts = self._facts(ROADS)
        found = whereabouts(BoundingBox(**facts["box"]), **self._told(facts["tagged"]))
        return found.country, found.time_zone

    def _finish(self, made: tuple[str, ...]) -> BuildReport:
        """Put the new products in place and write region.json; touch nothing where all is as it was."""
        wanted, facts, streets = self._wanted, self._facts(ROADS), self._facts(STREETS)
        box = BoundingBox(**facts["box"])
        place = whereabouts(box, **self._told(facts["tagged"]))
        region = Region(
            folder=wanted.out,
            name=wanted.name or (self._old.name if self._old is not None else wanted.out.resolve().name),
            country=place.country,
            time_zone=place.time_zone,
            box=box,
            region_hash=region_hash_of(self._sources, graph_version=self._graphs.version()),
            profiles=wanted.profiles,
            slots=tuple(slot.name for slot in SLOTS),
            sources=self._sources,
            attribution=attribution_of(self._sources),
            counts=RegionCounts(
                **{name: facts[name] for name in ("drivable_ways", "drivable_km", "segments", "places")},
                **{name: streets[name] for name in ("streets", "addresses", "communes")},
            ),
            built_at=self._clock.now(),
            products={product.name: product.inputs for product in self._products.values()},
        )
        as_it_was = self._old is not None and region == replace(self._old, built_at=region.built_at) and not made
        if as_it_was and self._old is not None:
            region = self._old
        else:
            kept: dict[str, Facts] = {ROADS: facts, STREETS: streets}
            gone = [f"osrm/{profile.value}" for profile in Profile if profile not in wanted.profiles]
            self._shop.put_in_place(list(self._products.values()), kept_facts=kept, obsolete=gone)
            region.write()
        self._shop.close()
        derived = place.derived if self._old is None else ()
        return BuildReport(
            region=region, made=made, facts_renewed=not as_it_was, derived=derived, left_out=self._left_out
        )


def _standing_region(folder: Path, extract: Source) -> Region | None:
    """Return the region in the folder if it was built from this extract: another one's facts count for nothing."""
    try:
        region = read_region(folder)
    except (RegionNotFound, RegionIncomplete, RegionBroken):
        return None  # it is about to be built
    return region if region.sources and region.sources[0].sha256 == extract.sha256 else None


def _check_memory(wanted: RegionInput) -> None:
    needed = needed_mb(wanted.extract, wanted.registers)
    allowed = available_mb() if wanted.memory_mb is None else wanted.memory_mb
    if allowed is not None and needed > allowed:
        raise TooLittleMemory(path=wanted.extract, needed_mb=round(needed), available_mb=round(allowed))
