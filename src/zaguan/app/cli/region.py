"""`zaguan region`: build a city's roads, addresses and map, or an invented town's; show and correct what is in one."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer
from rich.table import Table

from zaguan.app.cli.terminal import TerminalProgress, err, out
from zaguan.base.geo.point import Point, distance_m
from zaguan.base.kit.clock import SystemClock, elapsed_s
from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import say
from zaguan.engines.roads.build import BuildReport, RegionInput, build_region
from zaguan.engines.roads.build_plan import ROADS
from zaguan.engines.roads.geocoder.answer import AddressQuery
from zaguan.engines.roads.memory import MEGABYTE, available_mb, needed_mb, spent
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.region import Region, open_region
from zaguan.engines.roads.region_refusals import ProfileUnknown

SOURCES_FOLDER: Final = "sources"
TOWN_ATTRIBUTION: Final = "Zaguán (invented town)"  # part of the map: the same in every language
EVERYDAY_PROFILES: Final = f"{Profile.VAN},{Profile.BICYCLE}"


def register(app: typer.Typer) -> None:
    """Add `zaguan region build`, `town`, `show` and `pin`."""
    commands = typer.Typer(help=say("region.help"), no_args_is_help=True)
    commands.command("build", help=say("region.build.help"))(build)
    commands.command("town", help=say("region.town.help"))(town)
    commands.command("show", help=say("region.show.help"))(show)
    commands.command("pin", help=say("region.pin.help"))(pin)
    app.add_typer(commands, name="region")


def build(
    extract: Annotated[
        Path, typer.Argument(metavar="CITY.osm.pbf", help=say("region.build.extract.help"), show_default=False)
    ],
    to: Annotated[Path, typer.Option("--out", help=say("region.build.out.help"), show_default=False)],
    addresses: Annotated[list[Path] | None, typer.Option(help=say("region.build.addresses.help"))] = None,
    name: Annotated[str | None, typer.Option(help=say("region.build.name.help"))] = None,
    country: Annotated[str | None, typer.Option(help=say("region.build.country.help"))] = None,
    time_zone: Annotated[str | None, typer.Option(help=say("region.build.time_zone.help"))] = None,
    profiles: Annotated[str, typer.Option(help=say("region.build.profiles.help"))] = EVERYDAY_PROFILES,
    attribution: Annotated[list[str] | None, typer.Option(help=say("region.build.attribution.help"))] = None,
    despite_memory: Annotated[
        bool, typer.Option("--despite-memory", help=say("region.build.despite_memory.help"))
    ] = False,
) -> None:
    """Build a region from an extract, or bring it up to date."""
    wanted = RegionInput(
        extract=extract,
        out=to,
        registers=tuple(addresses or ()),
        name=name,
        country=country,
        time_zone=time_zone,
        profiles=_profiles(profiles),
        attributions=tuple(attribution or ()),
        memory_mb=math.inf if despite_memory else None,
    )
    _build(wanted, TerminalProgress())


def town(
    to: Annotated[Path, typer.Option("--out", help=say("region.build.out.help"), show_default=False)],
    seed: Annotated[int, typer.Option(help=say("region.town.seed.help"))] = 7,
    addresses: Annotated[int, typer.Option(help=say("region.town.addresses.help"))] = 20_000,
    profiles: Annotated[str, typer.Option(help=say("region.build.profiles.help"))] = EVERYDAY_PROFILES,
) -> None:
    """Generate an invented town and build its region."""
    from zaguan.engines.roads.town.town import generate_town

    wanted_profiles = _profiles(profiles)
    progress = TerminalProgress()
    files = generate_town(seed=seed, addresses=addresses, folder=to / SOURCES_FOLDER, progress=progress)
    wanted = RegionInput(
        extract=files.extract,
        out=to,
        registers=(files.register,),
        name=f"{files.name} {seed}",
        country=files.country,
        time_zone=files.time_zone,
        profiles=wanted_profiles,
        extract_attribution=TOWN_ATTRIBUTION,
    )
    _build(wanted, progress)


def show(
    folder: Annotated[Path, typer.Argument(help=say("region.build.out.help"), show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help=say("region.show.json.help"))] = False,
) -> None:
    """Show what is in a region."""
    region = open_region(folder)
    sizes = sizes_of(region)
    if as_json:
        facts = {**asdict(region), "folder": str(region.folder), "sizes_bytes": asdict(sizes)}
        typer.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode())
        return
    table = Table(title=region.name, show_header=False, title_justify="left", box=None)
    for label, value in _rows(region, sizes):
        table.add_row(f"[bold]{say(f'region.show.{label}')}[/]", value)
    out.print(table)


def pin(
    address: Annotated[str, typer.Argument(help=say("region.pin.address.help"), show_default=False)],
    region: Annotated[Path, typer.Option("--region", help=say("region.build.out.help"), show_default=False)],
    at: Annotated[str, typer.Option("--at", metavar="LAT,LON", help=say("region.pin.at.help"), show_default=False)],
    commune: Annotated[str, typer.Option(help=say("region.pin.commune.help"))] = "",
    city: Annotated[str, typer.Option(help=say("region.pin.city.help"))] = "",
) -> None:
    """Teach a region where an address really is."""
    from zaguan.app.cli.region_pin import pin_address, tell

    tell(pin_address(region, AddressQuery(text=address, commune=commune, city=city), at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Bytes on the disk; files that share their bytes count once."""

    graphs: int
    streets: int
    map: int


def sizes_of(region: Region) -> Sizes:
    """Return how much room a region takes."""
    graphs = {
        (status.st_dev, status.st_ino): status.st_size
        for profile in region.profiles
        for path in region.graph_folder(profile).rglob("*")
        if (status := path.stat()) and path.is_file()
    }
    return Sizes(
        graphs=sum(graphs.values()),
        streets=region.streets.stat().st_size,
        map=region.base_map.stat().st_size,
    )


def _rows(region: Region, sizes: Sizes) -> list[tuple[str, str]]:
    """Return label and value of each line of `region show`."""
    box, counts = region.box, region.counts
    corner = Point(lon=box.west, lat=box.south)
    area = say(
        "region.show.area.value",
        None,
        width_km=f"{distance_m(corner, Point(lon=box.east, lat=box.south)) / 1000:.1f}",
        height_km=f"{distance_m(corner, Point(lon=box.west, lat=box.north)) / 1000:.1f}",
        **{edge: f"{degrees:.3f}" for edge, degrees in asdict(box).items()},
    )
    roads = say(
        "region.show.roads.value",
        km=f"{counts.drivable_km:,.0f}",
        ways=f"{counts.drivable_ways:,}",
        segments=f"{counts.segments:,}",
    )
    addresses = say(
        "region.show.addresses.value",
        addresses=f"{counts.addresses:,}",
        streets=f"{counts.streets:,}",
        communes=f"{counts.communes:,}",
    )
    megabytes = {f"{part}_mb": f"{size / MEGABYTE:.1f}" for part, size in asdict(sizes).items()}
    total_mb = f"{sum(asdict(sizes).values()) / MEGABYTE:.1f}"
    return [
        ("folder", str(region.folder)),
        ("where", f"{region.country} · {region.time_zone}"),
        ("area", area),
        ("roads", roads),
        ("addresses", addresses),
        ("profiles", ", ".join(say(f"region.profile.{profile.value}") for profile in region.profiles)),
        ("slots", ", ".join(say(f"region.slot.{slot}") for slot in region.slots)),
        ("sizes", say("region.show.sizes.value", None, total_mb=total_mb, **megabytes)),
        ("sources", ", ".join(f"{source.file} ({source.sha256[:12]})" for source in region.sources)),
        ("attribution", region.attribution),
        ("built", region.built_at.strftime("%Y-%m-%d %H:%M UTC")),
    ]


def _build(wanted: RegionInput, progress: Progress) -> None:
    """Build and tell what was done and what it took."""
    from zaguan.adapters.osrm.graph import OsrmGraphBuilder

    began_s = elapsed_s()
    files = (wanted.extract, *wanted.registers)
    if all(file.is_file() for file in files):  # else the build says which one is not
        available = available_mb()
        free = "?" if available is None else f"{available:,.0f}"
        _tell("said.memory", needed_mb=f"{needed_mb(wanted.extract, wanted.registers):,.0f}", available_mb=free)
    report = build_region(wanted, graphs=OsrmGraphBuilder(), clock=SystemClock(), progress=progress)
    _tell_report(report)
    taken = spent()
    _tell(
        "said.spent",
        elapsed_s=f"{elapsed_s() - began_s:.1f}",
        cpu_s=f"{taken.cpu_s:.1f}",
        own_mb=f"{taken.own_mb:,.0f}",
        program_mb=f"{taken.largest_program_mb:,.0f}",
    )


def _tell_report(report: BuildReport) -> None:
    region = report.region
    for file, causes in report.left_out.items():
        if causes:
            _tell("said.left_out", register=file, **{cause: causes[cause] for cause in ("off_map", "number", "point")})
    if report.derived:
        _tell("said.derived", country=region.country, time_zone=region.time_zone)
    if report.made:
        made = [name for name in report.made if name != ROADS] or report.made  # reading alone is worth no word
        out.print(
            say("region.said.made", name=region.name, made=", ".join(map(_product, made))), markup=False, soft_wrap=True
        )
    else:
        said = "region.said.facts_only" if report.facts_renewed else "region.said.current"
        out.print(say(said, name=region.name), markup=False, soft_wrap=True)


def _tell(key: str, **facts: object) -> None:
    err.print(say(f"region.{key}", None, **facts), markup=False, highlight=False, soft_wrap=True)


def _product(name: str) -> str:
    """Return a product in the user's words: graph-van → graph van."""
    kind, _, profile = name.partition("-")
    if kind in ("graph", "speeds"):
        return say(f"region.product.{kind}", profile=say(f"region.profile.{profile}"))
    return say(f"region.product.{name}")


def _profiles(text: str) -> tuple[Profile, ...]:
    """Return the profiles of a list parted by commas. Refused: ProfileUnknown."""
    names = [name.strip() for name in text.split(",") if name.strip()] or [""]
    known = {profile.value: profile for profile in Profile}
    for name in names:
        if name not in known:
            raise ProfileUnknown(wanted=name, known=", ".join(known))
    return tuple(known[name] for name in dict.fromkeys(names))
