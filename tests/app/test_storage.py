"""An installation's database is made ready by itself: in the data folder, or on a PostgreSQL of somebody else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.databases import server_folder
from zaguan.app.backup import make_backup, restore_backup
from zaguan.app.migrations.runner import newest_revision, revision_of
from zaguan.app.storage import Backups, ready_database
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.progress import SilentProgress
from zaguan.base.kit.settings import Settings
from zaguan.base.kit.wall import APPLICATION_ROLE, wall_of

OURS, THEIRS = OrganisationId(new_id()), OrganisationId(new_id())
WHO = sa.text("SELECT current_user")
EVERY_NOTE = sa.text("SELECT text FROM notes")


class AdvancingClock:
    """A clock that moves on a second whenever it is asked."""

    def __init__(self) -> None:
        self._second = 0

    def now(self) -> datetime:
        self._second += 1
        return datetime(2030, 1, 1, 0, 0, self._second, tzinfo=UTC)


@pytest.fixture
def hosted(empty_database: sa.URL) -> Iterator[sa.URL]:
    """A database on somebody else's server: its owner is no superuser, and may make no role."""
    owner = f"owner_{empty_database.database}"
    run(empty_database, f"CREATE ROLE {owner} LOGIN", f"ALTER DATABASE {empty_database.database} OWNER TO {owner}")
    yield empty_database.set(username=owner)
    run(empty_database, f"REASSIGN OWNED BY {owner} TO CURRENT_USER", f"DROP OWNED BY {owner}", f"DROP ROLE {owner}")


def run(url: sa.URL, *statements: str) -> None:
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def settings_of(folder: Path, url: sa.URL | None = None) -> Settings:
    address = None if url is None else url.render_as_string(hide_password=False)
    return Settings.model_validate({"data_dir": folder, "database_url": address, "backups_kept": 2})


def test_a_data_folder_is_made_ready() -> None:
    """In an empty folder the database is made with the newest tables, and sessions work behind the wall."""
    with server_folder() as folder:
        with ready_database(settings_of(folder), SystemClock()) as database, database.session(OURS) as session:
            assert session.scalars(WHO).one() == APPLICATION_ROLE
            url = database.url
        assert str(url.query["host"]).startswith(str(folder))


def test_a_hosted_database_keeps_organisations_apart(hosted: sa.URL, tmp_path: Path) -> None:
    """Where we may make no role, sessions work as the owner of the tables, whom the wall binds as well."""
    with ready_database(settings_of(tmp_path, hosted), SystemClock()) as database:
        run(
            hosted,
            "CREATE TABLE notes (organisation_id UUID, text TEXT, PRIMARY KEY (organisation_id, text))",
            f"INSERT INTO notes VALUES ('{THEIRS}', 'theirs')",
            *wall_of("notes"),
        )
        with database.session(OURS) as session:
            assert session.scalars(WHO).one() == hosted.username
            assert session.scalars(EVERY_NOTE).all() == []
        with database.session(THEIRS) as session:
            assert session.scalars(EVERY_NOTE).all() == ["theirs"]


def test_a_hosted_database_is_backed_up_and_restored(hosted: sa.URL, tmp_path: Path) -> None:
    """An owner whom the wall binds writes all rows to a backup, and puts them back."""
    settings, file = settings_of(tmp_path, hosted), tmp_path / "all.tar"
    with ready_database(settings, SystemClock()):
        pass
    run(
        hosted,
        "CREATE TABLE notes (organisation_id UUID, text TEXT, PRIMARY KEY (organisation_id, text))",
        f"INSERT INTO notes VALUES ('{THEIRS}', 'theirs')",
        *wall_of("notes"),
    )
    make_backup(file, settings, clock=SystemClock(), progress=SilentProgress())
    run(hosted, "DROP TABLE notes")
    restore_backup(file, settings, clock=SystemClock(), progress=SilentProgress())
    with Database(hosted) as database:
        with database.session(THEIRS) as session:
            assert session.scalars(EVERY_NOTE).all() == ["theirs"]
        with database.session(OURS) as session:
            assert session.scalars(EVERY_NOTE).all() == []


def test_an_older_database_is_dumped_before_it_is_changed(empty_database: sa.URL, tmp_path: Path) -> None:
    """A start on a database with data and older tables leaves a dump behind; a start on the newest leaves none."""
    settings = settings_of(tmp_path, empty_database)
    with ready_database(settings, SystemClock()):
        pass
    assert not (tmp_path / "backups").exists()
    backups = Backups(settings, empty_database, AdvancingClock())
    backups.before_migration("0001", "0002")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["20300101T000001000000-0001-to-0002.dump"]
    assert revision_of(empty_database) == newest_revision()


def test_only_the_newest_dumps_are_kept(empty_database: sa.URL, tmp_path: Path) -> None:
    """Of the dumps that are made by themselves only as many stay as the setting says, the newest."""
    settings = settings_of(tmp_path, empty_database)
    with ready_database(settings, SystemClock()):
        pass
    backups = Backups(settings, empty_database, AdvancingClock())
    made = [backups.make("test") for _ in range(3)]
    assert [path.exists() for path in made] == [False, True, True]
