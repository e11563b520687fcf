"""The `zaguan` command. One module per noun registers its commands here."""

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from zaguan.app.cli.terminal import refusing_clearly
from zaguan.app.time_zones import use_own_time_zones
from zaguan.base.kit.words import LOCALES, as_locale, choose_locale, locale_of_environment, say


class Commands(TyperGroup):
    """Every command, its refusals shown as message and hint, its exit status set."""

    def invoke(self, ctx: Any) -> None:
        """Run the command that was asked for."""
        run = super().invoke
        if (status := refusing_clearly(lambda: run(ctx))) != 0:
            raise typer.Exit(status)


def make_app() -> typer.Typer:
    """Build the command line in the language of the environment (ZAGUAN_LANG, else LANG)."""
    app = typer.Typer(
        cls=Commands,
        help=say("cli.help"),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def root(lang: Annotated[str, typer.Option("--lang", help=say("cli.lang.help"))] = "") -> None:
        if lang and (locale := as_locale(lang)) is None:
            raise typer.BadParameter(say("cli.lang.unknown", wanted=lang, known=", ".join(LOCALES)))
        if lang and locale is not None:
            choose_locale(locale)

    # Commands are imported here, not above: their help is said at import, in the language chosen by then.
    from zaguan.app.cli import (
        accounts_groups,
        backup,
        demo,
        doctor,
        kpis,
        orders,
        plan,
        region,
        sample,
        serve,
        solve,
        worker,
    )

    region.register(app)
    orders.register(app)
    sample.register(app)
    plan.register(app)
    solve.register(app)
    demo.register(app)
    serve.register(app)
    worker.register(app)
    backup.register(app)
    doctor.register(app)
    kpis.register(app)
    accounts_groups.register(app)
    return app


def _asked_language(arguments: list[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return ""


def main() -> None:
    """Run the command line and leave with its exit status."""
    use_own_time_zones()
    # help texts are made before the options are read, so the language is looked up first
    choose_locale(as_locale(_asked_language(sys.argv[1:])) or locale_of_environment(os.environ))
    make_app()()
