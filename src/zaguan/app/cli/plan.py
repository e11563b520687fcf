"""`zaguan plan`: a file of orders and a region in, a folder with a verified plan out."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from zaguan.base.kit.words import LOCALES, as_locale, choose_locale, say

MAX_SECONDS: Final = 24 * 3600
MAX_VEHICLES: Final = 500


def register(app: typer.Typer) -> None:
    """Add `zaguan plan`."""

    @app.command("plan", help=say("plan_cli.help"))
    def plan(
        region: Annotated[Path, typer.Option("--region", help=say("plan_cli.help.region"), show_default=False)],
        file: Annotated[Path | None, typer.Argument(help=say("plan_cli.help.file"), show_default=False)] = None,
        fleet: Annotated[Path | None, typer.Option("--fleet", help=say("plan_cli.help.fleet"))] = None,
        day: Annotated[str, typer.Option("--date", help=say("plan_cli.help.date"))] = "",
        seconds: Annotated[
            float, typer.Option("--seconds", min=0.1, max=MAX_SECONDS, help=say("plan_cli.help.seconds"))
        ] = 30.0,
        threads: Annotated[int, typer.Option("--threads", min=1, max=64, help=say("plan_cli.help.threads"))] = 2,
        seed: Annotated[int, typer.Option("--seed", min=0, help=say("plan_cli.help.seed"))] = 0,
        sheet: Annotated[str, typer.Option("--sheet", help=say("plan_cli.help.sheet"))] = "",
        to: Annotated[Path, typer.Option("--out", help=say("plan_cli.help.out"))] = Path("plan"),
        as_json: Annotated[bool, typer.Option("--json", help=say("plan_cli.help.json"))] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help=say("plan_cli.help.dry_run"))] = False,
        lang: Annotated[str, typer.Option("--lang", help=say("cli.lang.help"))] = "",
        write_fleet: Annotated[
            Path | None, typer.Option("--write-fleet", help=say("plan_cli.help.write_fleet"))
        ] = None,
    ) -> None:
        _speak(lang)
        if file is None and write_fleet is None:
            raise typer.BadParameter(say("plan_cli.file_needed"))
        # the solver and its libraries take a second to load: not for the help of other commands
        from zaguan.app.cli.plan_run import Shown, run_plan, write_sample_fleet
        from zaguan.app.day import DayInput
        from zaguan.operations.planning.service import SearchLimits

        if write_fleet is not None:
            write_sample_fleet(region, write_fleet, vehicles=12, mixed=True)
        if file is None:
            return
        run_plan(
            region,
            DayInput(orders=file, fleet=fleet, day=_day(day), sheet=sheet),
            limits=SearchLimits(seconds=seconds, threads=threads, seed=seed),
            shown=Shown(to=None if dry_run else to, as_json=as_json),
        )


def register_sample(app: typer.Typer) -> None:
    """Add `fleet` to the commands of `zaguan sample`."""

    @app.command("fleet", help=say("plan_cli.sample.help"))
    def fleet(
        region: Annotated[Path, typer.Option("--region", help=say("plan_cli.help.region"), show_default=False)],
        to: Annotated[Path, typer.Option("--out", help=say("plan_cli.sample.out"))] = Path("fleet.yaml"),
        vehicles: Annotated[
            int, typer.Option("--vehicles", min=1, max=MAX_VEHICLES, help=say("plan_cli.help.vehicles"))
        ] = 12,
        mixed: Annotated[bool, typer.Option("--mixed/--vans", help=say("plan_cli.help.mixed"))] = True,
    ) -> None:
        from zaguan.app.cli.plan_run import write_sample_fleet

        write_sample_fleet(region, to, vehicles=vehicles, mixed=mixed)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise typer.BadParameter(say("plan_cli.date_wrong", given=text)) from fault


def _speak(lang: str) -> None:
    if not lang:
        return
    if (locale := as_locale(lang)) is None:
        raise typer.BadParameter(say("cli.lang.unknown", wanted=lang, known=", ".join(LOCALES)))
    choose_locale(locale)
