"""Databases are brought to the newest tables by themselves, once, with a backup first, or not at all."""

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from zaguan.app.migrations.runner import DatabaseForeign, DatabaseNewer, Migrated, migrate, revision_of
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id

FIRST = "CREATE TABLE orders (organisation_id UUID, id UUID, code TEXT, PRIMARY KEY (organisation_id, id))"
SECOND = "ALTER TABLE orders ADD COLUMN note TEXT NOT NULL DEFAULT 'none'"
WAITERS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
SLEEPERS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
OURS = OrganisationId(new_id())


class History:
    """A folder of revisions that a test writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: str | None = None

    def add(self, revision: str, statements: str) -> None:
        """Write one more revision."""
        (self.folder / f"{revision}.py").write_text(
            f"from zaguan.app.migrations.scripts import run_beside\n"
            f"revision, down_revision = {revision!r}, {self._last!r}\n"
            f"def upgrade():\n    run_beside(__file__)\n"
        )
        (self.folder / f"{revision}.sql").write_text(statements)
        self._last = revision


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A first revision with the queue and a table of orders."""
    source = Path(migrate.__code__.co_filename).parent / "versions" / "0001_make_the_queue.sql"
    made = History(tmp_path)
    made.add("0001", f"{source.read_text()};\n{FIRST}")
    return made


def nothing(_before: str, _after: str) -> None:
    raise AssertionError("there are no data to be backed up")


def test_an_empty_database_gets_all_tables(empty_database: sa.URL) -> None:
    """An empty database is brought to the newest revision without a backup, and a second time nothing happens."""
    first = migrate(empty_database, before_change=nothing)
    assert first.before is None
    assert revision_of(empty_database) == first.after
    assert migrate(empty_database, before_change=nothing) == Migrated(before=first.after, after=first.after)


def test_an_older_database_keeps_its_rows(empty_database: sa.URL, history: History) -> None:
    """A database of an older version is changed after `before_change`, keeps its rows, and its wall."""
    migrate(empty_database, before_change=nothing, versions=history.folder)
    with Database(empty_database) as database, database.session(OURS) as session:
        session.execute(sa.text("INSERT INTO orders VALUES (:own, :id, 'A-1')"), {"own": OURS, "id": new_id()})
    history.add("0002", SECOND)
    told: list[tuple[str, str]] = []
    done = migrate(empty_database, before_change=lambda *steps: told.append(steps), versions=history.folder)
    assert done == Migrated(before="0001", after="0002")
    assert told == [("0001", "0002")]
    with Database(empty_database) as database:
        with database.session(OURS) as session:
            assert session.execute(sa.text("SELECT code, note FROM orders")).one() == ("A-1", "none")
        with database.session(OrganisationId(new_id())) as session:
            assert session.execute(sa.text("SELECT code FROM orders")).all() == []


def test_no_backup_no_change(empty_database: sa.URL, history: History) -> None:
    """Where the backup fails the database is not changed."""
    migrate(empty_database, before_change=nothing, versions=history.folder)
    history.add("0002", SECOND)
    with pytest.raises(AssertionError, match="backed up"):
        migrate(empty_database, before_change=nothing, versions=history.folder)
    assert revision_of(empty_database) == "0001"


def test_a_failing_revision_undoes_all(empty_database: sa.URL, history: History) -> None:
    """Where the second of two revisions fails, the first is undone with it."""
    history.add("0002", SECOND)
    history.add("0003", "ALTER TABLE no_such_table ADD COLUMN note TEXT")
    with pytest.raises(psycopg.errors.UndefinedTable, match="no_such_table"):
        migrate(empty_database, before_change=nothing, versions=history.folder)
    assert revision_of(empty_database) is None


def test_a_second_migrator_waits(empty_database: sa.URL, history: History) -> None:
    """Of two processes that migrate at once the second waits, and then finds nothing to do."""
    migrate(empty_database, before_change=nothing, versions=history.folder)
    history.add("0002", SECOND)
    begun, go_on = threading.Event(), threading.Event()
    entered: list[str] = []

    def slow(before: str, _after: str) -> None:
        entered.append(before)
        begun.set()
        assert go_on.wait(60)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(migrate, empty_database, before_change=slow, versions=history.folder)
        assert begun.wait(60)
        second = threads.submit(migrate, empty_database, before_change=slow, versions=history.folder)
        waiting = wait_until(empty_database, WAITERS)
        go_on.set()
        assert waiting
        assert first.result(60) == Migrated(before="0001", after="0002")
        assert second.result(60) == Migrated(before="0002", after="0002")
    assert entered == ["0001"]


def wait_until(url: sa.URL, asked: str) -> bool:
    """Tell whether a count in the server's own books comes to be more than none, which takes a moment."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    pause = threading.Event()
    with engine.connect() as connection:
        found = any(connection.scalar(sa.text(asked)) or pause.wait(0.05) for _ in range(400))
    engine.dispose()
    return found


def test_a_killed_migration_leaves_the_database_as_it_was(empty_database: sa.URL, history: History) -> None:
    """After kill -9 in the middle of a revision the database is at the one before, and the next start goes on."""
    migrate(empty_database, before_change=nothing, versions=history.folder)
    history.add("0002", f"{SECOND}; SELECT pg_sleep(600)")
    script = (
        "import sys; from pathlib import Path; import sqlalchemy as sa\n"
        "from zaguan.app.migrations.runner import migrate\n"
        "migrate(sa.make_url(sys.argv[1]), before_change=lambda *steps: None, versions=Path(sys.argv[2]))"
    )
    address = empty_database.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", script, address, str(history.folder)]) as process:
        assert wait_until(empty_database, SLEEPERS)
        process.send_signal(signal.SIGKILL)
    (history.folder / "0002.sql").write_text(SECOND)
    assert revision_of(empty_database) == "0001"
    done = migrate(empty_database, before_change=lambda *_: None, versions=history.folder)
    assert done.after == "0002"


def test_a_database_of_a_newer_version_is_refused(empty_database: sa.URL, history: History, tmp_path: Path) -> None:
    """A database that a newer version has changed is refused with both revisions, and left alone."""
    history.add("0002", SECOND)
    migrate(empty_database, before_change=nothing, versions=history.folder)
    (tmp_path / "0002.py").unlink()
    with pytest.raises(DatabaseNewer) as refusal:
        migrate(empty_database, before_change=nothing, versions=history.folder)
    assert refusal.value.facts == {"found": "0002", "newest": "0001"}


def test_a_database_of_somebody_else_is_refused(empty_database: sa.URL) -> None:
    """A database that has tables, but none of our revisions, is refused by the names of the tables."""
    engine = sa.create_engine(empty_database)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE wp_posts (id INT)")
    engine.dispose()
    with pytest.raises(DatabaseForeign, match="wp_posts"):
        migrate(empty_database, before_change=nothing)
