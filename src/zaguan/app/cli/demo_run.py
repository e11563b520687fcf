"""The steps of the demo; what is there already and unchanged is used again."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from zaguan.app.cli.plan_run import Shown, run_plan, write_sample_fleet
from zaguan.app.cli.region import town
from zaguan.app.cli.sample import orders as sample_orders
from zaguan.app.cli.terminal import out
from zaguan.app.day import DayInput
from zaguan.base.kit.clock import SystemClock, today_in
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.files import write_whole
from zaguan.base.kit.words import current_locale, say
from zaguan.engines.roads.region import Region, open_region
from zaguan.operations.planning.export.folder import PAGE_FILE
from zaguan.operations.planning.service import SearchLimits

REGION_FOLDER: Final = "town"
FLEET_FILE: Final = "fleet.yaml"
PLAN_FOLDER: Final = "plan"
MADE_FILE: Final = "made.json"  # what the folder's parts were made from
SUNDAY: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSize:
    """How large the demo is."""

    seed: int
    addresses: int
    orders: int
    vehicles: int


def run_demo(folder: Path, *, size: DemoSize, seconds: float) -> Path:
    """Make what is missing, plan, and return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    made = _made(folder)
    region = _region_as_made(folder, size, made)
    headline(say("plan_cli.demo.town"), "" if region is None else say("plan_cli.demo.reused"))
    if region is None:
        town(folder / REGION_FOLDER, seed=size.seed, addresses=size.addresses)
        region = open_region(folder / REGION_FOLDER)
    day = next_working_day(today_in(ZoneInfo(region.time_zone), SystemClock()))
    facts = {**asdict(size), "version": version("zaguan"), "day": day.isoformat(), "locale": current_locale()}
    facts["region_hash"] = region.region_hash
    file = folder / f"orders-{day.isoformat()}.xlsx"
    is_there = made == facts and file.exists()
    headline(say("plan_cli.demo.orders"), say("plan_cli.demo.reused") if is_there else "")
    if not is_there:
        sample_orders(
            folder / REGION_FOLDER, file, count=size.orders, day=day.isoformat(), seed=size.seed, lang="", flawed=0
        )
    fleet = folder / FLEET_FILE
    if not fleet.exists():  # an edited one stays
        write_sample_fleet(folder / REGION_FOLDER, fleet, vehicles=size.vehicles, mixed=True)
    write_whole(folder / MADE_FILE, orjson.dumps(facts))
    headline(say("plan_cli.demo.plan"))
    run_plan(
        folder / REGION_FOLDER,
        DayInput(orders=file, fleet=fleet, day=day),
        limits=SearchLimits(seconds=seconds, seed=size.seed),
        shown=Shown(to=folder / PLAN_FOLDER),
    )
    return (folder / PLAN_FOLDER / PAGE_FILE).resolve()


def next_working_day(today: date) -> date:
    """Return tomorrow, or Monday where that is a Sunday."""
    tomorrow = today + timedelta(days=1)
    return tomorrow + timedelta(days=1) if tomorrow.weekday() == SUNDAY else tomorrow


def _made(folder: Path) -> dict[str, object]:
    """Return what the folder was made from, nothing where that cannot be read."""
    try:
        facts = orjson.loads((folder / MADE_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _region_as_made(folder: Path, size: DemoSize, made: dict[str, object]) -> Region | None:
    """Return the town if it is whole and the one that is wanted."""
    wanted = {"seed": size.seed, "addresses": size.addresses, "version": version("zaguan")}
    if any(made.get(name) != value for name, value in wanted.items()):
        return None
    try:
        region = open_region(folder / REGION_FOLDER)
    except ZaguanError:
        return None
    return region if made.get("region_hash") == region.region_hash else None


def headline(text: str, remark: str = "") -> None:
    """Print where the demo is."""
    out.print(f"[bold]{text}[/] [dim]{remark}[/]", highlight=False)
