"""`zaguan sample orders`: an invented day of orders for a region's own addresses."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from zaguan.app.cli.orders import day_of
from zaguan.app.cli.plan import register_sample
from zaguan.app.cli.terminal import TerminalProgress, out
from zaguan.base.kit.clock import SystemClock, today_in
from zaguan.base.kit.words import LOCALES, Locale, as_locale, current_locale, say
from zaguan.engines.roads.geocoder.geocoder import Geocoder
from zaguan.engines.roads.region import open_region
from zaguan.operations.intake.sample import make_sample
from zaguan.operations.intake.sample_file import write_sample

MAX_ORDERS: Final = 1_000_000


def register(app: typer.Typer) -> None:
    """Add `zaguan sample orders`."""
    commands = typer.Typer(help=say("sample.help"), no_args_is_help=True)
    commands.command("orders", help=say("sample.orders_help"))(orders)
    register_sample(commands)
    app.add_typer(commands, name="sample")


def orders(
    region: Annotated[Path, typer.Option("--region", help=say("sample.help_region"), show_default=False)],
    file: Annotated[Path, typer.Option("--out", help=say("sample.help_out"), show_default=False)],
    count: Annotated[int, typer.Option("--count", min=1, max=MAX_ORDERS, help=say("sample.help_count"))] = 300,
    day: Annotated[str, typer.Option("--date", help=say("sample.help_date"))] = "",
    seed: Annotated[int, typer.Option("--seed", help=say("sample.help_seed"))] = 1,
    lang: Annotated[str, typer.Option("--lang", help=say("sample.help_lang"))] = "",
    flawed: Annotated[int, typer.Option("--flawed", min=0, max=10_000, help=say("sample.help_flawed"))] = 0,
) -> None:
    """Write a file of invented orders."""
    if file.suffix.lower() not in {".xlsx", ".csv"}:
        raise typer.BadParameter(say("sample.bad_out"))
    locale = _locale(lang)
    found = open_region(region)
    tomorrow = today_in(ZoneInfo(found.time_zone), SystemClock()) + timedelta(days=1)
    service_on = day_of(day) or tomorrow
    with TerminalProgress().step(say("sample.step", count=count)):
        with Geocoder(found.streets) as geocoder:
            houses = geocoder.sample(count, seed=seed)
        random.Random(seed).shuffle(houses)
        sample = make_sample(
            houses,
            count=count,
            service_on=service_on,
            seed=seed,
            locale=locale,
            country=found.country,
            flawed=flawed,
        )
        write_sample(sample, file, locale=locale, region_name=found.name)
    text = say("sample.written", count=count, rows=len(sample.rows), file=file, day=service_on.isoformat())
    out.print(escape(text), highlight=False, soft_wrap=True)
    if sample.flaws:
        lines = ", ".join(map(str, sample.flaws[:20])) + ("…" if len(sample.flaws) > 20 else "")
        out.print(escape(say("sample.flawed", count=len(sample.flaws), lines=lines)), highlight=False, soft_wrap=True)


def _locale(lang: str) -> Locale:
    if not lang:
        return current_locale()
    if (locale := as_locale(lang)) is None:
        raise typer.BadParameter(say("cli.lang.unknown", wanted=lang, known=", ".join(LOCALES)))
    return locale
