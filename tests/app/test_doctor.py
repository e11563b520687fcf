"""The doctor names what is wrong with an installation, and how to mend it, and changes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from zaguan.app.doctor import Finding, State, examine
from zaguan.app.migrations.runner import newest_revision
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.words import LOCALES


class LateClock:
    """A clock that stands a minute behind."""

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(minutes=1)


@pytest.fixture
def findings(tmp_path: Path) -> Callable[..., dict[str, Finding]]:
    """What is found with some variables set, by what was looked at. The data folder is there unless another is set."""
    home = tmp_path / "data"
    home.mkdir(0o700)

    def found(**variables: str) -> dict[str, Finding]:
        environ = {"ZAGUAN_DATA_DIR": str(home), **{f"ZAGUAN_{name}": text for name, text in variables.items()}}
        return {finding.check: finding for finding in examine(environ, SystemClock())}

    return found


def address(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def change(url: sa.URL, statement: str) -> None:
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_well_installation_is_well(findings: Callable[..., dict[str, Finding]], own_database: Database) -> None:
    """Where nothing is wrong each look says so; only the region is missed where none is set."""
    found = findings(DATABASE_URL=address(own_database.url))
    ill = {check: finding.state for check, finding in found.items() if finding.state is not State.WELL}
    assert ill == {"region": State.WARNING}
    assert list(found) == ["settings", "folder", "disk", "database", "migrations", "wall", "clock", "region"]


def test_nothing_is_made_by_looking(findings: Callable[..., dict[str, Finding]], tmp_path: Path) -> None:
    """In a folder that is not there, and in an empty one, no database is made."""
    found = findings(DATA_DIR=str(tmp_path / "none"))
    assert (found["folder"].code, found["database"].code) == ("doctor.folder.missing", "doctor.database.none")
    assert not (tmp_path / "none").exists()
    assert findings()["database"].code == "doctor.database.none"
    assert not any((tmp_path / "data").iterdir())


def test_a_wrong_setting_is_the_first_thing_told(findings: Callable[..., dict[str, Finding]]) -> None:
    """A setting that cannot be used fails with its name; what stands on it is not looked at."""
    found = findings(PORT="none")
    assert list(found) == ["settings"]
    assert found["settings"].state is State.FAILED
    assert "ZAGUAN_PORT" in found["settings"].message("en")


def test_an_unknown_variable_is_named(findings: Callable[..., dict[str, Finding]]) -> None:
    """A variable that is no setting is a warning with the setting that it resembles."""
    finding = findings(PROT="8080")["settings"]
    assert (finding.state, finding.hint("en")) == (State.WARNING, "did you mean ZAGUAN_PORT?")


def test_a_folder_open_to_everybody_is_told(findings: Callable[..., dict[str, Finding]], tmp_path: Path) -> None:
    """A data folder that every user can look into is a warning with the command that closes it."""
    (tmp_path / "data").chmod(0o755)
    assert findings()["folder"].hint("en") == f"chmod o-rwx {tmp_path / 'data'}"


def test_a_database_that_does_not_answer_is_told(findings: Callable[..., dict[str, Finding]], tmp_path: Path) -> None:
    """A database that is not there fails with what to do, and its password is not shown."""
    finding = findings(DATABASE_URL=f"postgresql://me:geheim@/none?host={tmp_path}")["database"]
    assert finding.state is State.FAILED
    assert "geheim" not in finding.message("en")


def test_an_empty_and_a_newer_database_are_told(
    findings: Callable[..., dict[str, Finding]], empty_database: sa.URL, own_database: Database
) -> None:
    """Tables that are yet to be made are a warning; tables of a newer version fail."""
    assert findings(DATABASE_URL=address(empty_database))["migrations"].code == "doctor.migrations.empty"
    change(own_database.url, "UPDATE alembic_version SET version_num = '9999'")
    found = findings(DATABASE_URL=address(own_database.url))["migrations"]
    assert (found.state, found.facts["newest"]) == (State.FAILED, newest_revision())


def test_a_hole_in_the_wall_is_told(findings: Callable[..., dict[str, Finding]], own_database: Database) -> None:
    """A table whose row-level security was taken down fails by its name."""
    change(own_database.url, "ALTER TABLE journal NO FORCE ROW LEVEL SECURITY")
    finding = findings(DATABASE_URL=address(own_database.url))["wall"]
    assert (finding.state, finding.facts["tables"]) == (State.FAILED, "journal")


def test_a_clock_that_differs_is_told(own_database: Database, tmp_path: Path) -> None:
    """A clock a minute behind the database's fails with the difference."""
    environ = {"ZAGUAN_DATA_DIR": str(tmp_path), "ZAGUAN_DATABASE_URL": address(own_database.url)}
    found = {finding.check: finding for finding in examine(environ, LateClock())}
    assert found["clock"].state is State.FAILED
    assert found["clock"].facts["seconds"] == "60"


def test_a_region_that_is_none_is_told(findings: Callable[..., dict[str, Finding]], tmp_path: Path) -> None:
    """A folder that holds no region fails in every language."""
    finding = findings(REGION=str(tmp_path))["region"]
    assert finding.state is State.FAILED
    assert len({finding.message(locale) for locale in LOCALES}) == len(LOCALES)
