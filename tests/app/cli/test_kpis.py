"""`zaguan kpis`, as it is typed."""

import csv
import json
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from tests.databases import TestServer
from tests.operations.analytics.builders import NINE, TEN, delivered, handed_over, number, promised, received
from zaguan.app.cli.main import make_app
from zaguan.app.cli.terminal import EXIT_STATUS
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.errors import Kind
from zaguan.base.kit.ids import OrganisationId

DAYS = ("--from", "2026-11-02", "--to", "2026-11-08")


def test_the_figures_of_some_days(database_server: TestServer, tmp_path: Path) -> None:
    """M01, M04: the command shows figures as table, JSON and CSV, names what it cannot split, refuses what it must."""
    with database_server.empty() as url:
        environment = {
            "ZAGUAN_DATABASE_URL": url.render_as_string(hide_password=False),
            "ZAGUAN_DATA_DIR": str(tmp_path),
        }

        def typed(*words: str, lang: str = "en") -> Result:
            return CliRunner().invoke(make_app(), ["--lang", lang, *words], env=environment)

        made = json.loads(typed("organisation", "create", "Reparto", "--json").stdout)
        facts = (received(1, promised(), zone="=norte"), handed_over(1, TEN), delivered(1, TEN))
        with Database(url, pool_size=2) as database, database.session(organisation_id := _id(made)) as session:
            stream = Stream("order", number(1))
            journal.append(session, organisation_id, stream, facts, occurred_at=NINE, actor="test")
        shown = json.loads(typed("kpis", *DAYS, "--json").stdout)
        on_time = next(one for one in shown["figures"] if one["figure"] == "on_time")
        assert (on_time["value"], on_time["order_ids"]) == (1.0, [str(number(1))])
        assert "dividido" in json.loads(typed("kpis", *DAYS, "--json", lang="es").stdout)["formulas"]["on_time"]
        table = typed("kpis", *DAYS, lang="pt")
        assert "100.0 %" in table.stdout
        assert "Primeira tentativa" in table.stdout
        by_zone = typed("kpis", *DAYS, "--by", "zone", "--csv")
        rows = list(csv.DictReader(StringIO(by_zone.stdout)))
        assert {row["part"] for row in rows} == {"'=norte"}
        assert "Planned distance" in by_zone.stderr
        refused = typed("kpis", *DAYS, "--by", "depot", lang="es")
        assert refused.exit_code == EXIT_STATUS[Kind.INVALID]
        assert "depósito" in refused.stderr
        assert typed("kpis", "--from", "2026-11-08", "--to", "2026-11-02").exit_code == EXIT_STATUS[Kind.INVALID]


@pytest.mark.parametrize("words", [("--json", "--csv"), ("--late", "-1")])
def test_what_cannot_be_asked(words: tuple[str, ...]) -> None:
    """Two forms at once and bounds below zero are refused before the database is opened."""
    assert (
        CliRunner().invoke(make_app(), ["--lang", "en", "kpis", *DAYS, *words]).exit_code == EXIT_STATUS[Kind.INVALID]
    )


def _id(made: dict[str, str]) -> OrganisationId:
    return OrganisationId(UUID(made["id"]))
