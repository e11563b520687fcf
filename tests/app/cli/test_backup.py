"""`zaguan backup`, `restore` and `doctor`, as they are typed."""

import json
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.databases import TestServer
from zaguan.app.cli.main import make_app
from zaguan.app.cli.terminal import EXIT_STATUS
from zaguan.app.storage import ready_database
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.errors import Kind
from zaguan.base.kit.settings import read_settings

type Typed = Callable[..., Result]


@pytest.fixture
def environ(tmp_path: Path, empty_database: sa.URL) -> dict[str, str]:
    """The environment of an installation with the newest tables."""
    home = tmp_path / "data"
    home.mkdir(0o700)
    address = empty_database.render_as_string(hide_password=False)
    variables = {"ZAGUAN_DATA_DIR": str(home), "ZAGUAN_DATABASE_URL": address, "ZAGUAN_LANG": "en"}
    with ready_database(read_settings(variables), SystemClock()):
        pass
    return variables


@pytest.fixture
def typed(environ: dict[str, str]) -> Typed:
    """Types a command."""

    def run(*words: str, answer: str = "", **variables: str) -> Result:
        # a language that is chosen holds for the command only
        return copy_context().run(CliRunner().invoke, make_app(), words, input=answer, env={**environ, **variables})

    return run


def test_a_backup_goes_round(typed: Typed, tmp_path: Path) -> None:
    """A backup is written and restored, both told in JSON with the path of what was replaced."""
    file = tmp_path / "all.tar"
    made = typed("backup", str(file), "--json")
    assert (made.exit_code, json.loads(made.stdout)["path"]) == (0, str(file))
    done = typed("restore", str(file), "--yes", "--json")
    assert done.exit_code == 0
    assert Path(json.loads(done.stdout)["replaced"]).is_file()


def test_nothing_is_replaced_without_a_yes(typed: Typed, tmp_path: Path) -> None:
    """A restore asks first, and who says no, or nothing, has changed nothing."""
    file = tmp_path / "all.tar"
    assert typed("backup", str(file)).exit_code == 0
    for answer in ("n\n", ""):
        assert typed("restore", str(file), answer=answer).exit_code == 1
    assert not (tmp_path / "data" / "backups").exists()
    assert typed("restore", str(file), answer="y\n").exit_code == 0


def test_a_wrong_file_is_refused(typed: Typed, tmp_path: Path) -> None:
    """A file that is no backup is refused with a status of its own and a hint."""
    file = tmp_path / "all.tar"
    file.write_text("orders")
    refused = typed("restore", str(file), "--yes")
    assert refused.exit_code == EXIT_STATUS[Kind.INVALID]


@pytest.mark.parametrize(("lang", "said"), [("es", "¿quiso decir"), ("en", "did you mean"), ("pt", "quis dizer")])
def test_the_doctor_speaks_the_language_of_the_environment(typed: Typed, lang: str, said: str) -> None:
    """What is found is told line by line with its remedy, in the language that was asked for."""
    told = typed("--lang", lang, "doctor", ZAGUAN_PROT="1")
    assert said in told.stdout
    assert told.exit_code == 0


def test_the_doctor_answers_in_json(typed: Typed, database_server: TestServer) -> None:
    """In JSON each finding has its state, its code and its remedy; what is wrong sets the status."""
    found = json.loads(typed("doctor", "--json").stdout)
    assert {finding["check"]: finding["state"] for finding in found}["wall"] == "well"
    with database_server.empty() as url:
        gone = url.render_as_string(hide_password=False)
    failed = typed("doctor", "--json", ZAGUAN_DATABASE_URL=gone)
    assert failed.exit_code == 1
    database = next(finding for finding in json.loads(failed.stdout) if finding["check"] == "database")
    assert (database["state"], database["code"]) == ("failed", "database.unreachable")
    assert database["hint"]
