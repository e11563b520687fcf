"""`zaguan kpis`: key figures of some days, from the journal alone."""

from datetime import datetime
from typing import Annotated

import typer

from zaguan.app.cli.accounts_shown import Json, Of
from zaguan.base.kit.words import say


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("kpis", help=say("kpis_cli.help"))
    def kpis(
        first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help=say("kpis_cli.from.help"))],
        last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help=say("kpis_cli.to.help"))],
        by: Annotated[str, typer.Option("--by", help=say("kpis_cli.by.help"))] = "",
        early: Annotated[int, typer.Option("--early", min=0, max=1_440, help=say("kpis_cli.early.help"))] = 0,
        late: Annotated[int, typer.Option("--late", min=0, max=1_440, help=say("kpis_cli.late.help"))] = 0,
        of: Of = "",
        as_json: Json = False,
        as_csv: Annotated[bool, typer.Option("--csv", help=say("kpis_cli.csv.help"))] = False,
    ) -> None:
        if as_json and as_csv:
            raise typer.BadParameter(say("kpis_cli.one_form"))
        # the database's libraries take half a second to load: not for the help of other commands
        from zaguan.app.cli.kpis_run import Asked, run

        form = "json" if as_json else "csv" if as_csv else "table"
        run(
            Asked(first=first.date(), last=last.date(), by=by, early_minutes=early, late_minutes=late),
            of=of,
            form=form,
        )
