"""A real PostgreSQL for the tests: one server per run (per worker with `-n`), databases cloned from one made ready."""

import fcntl
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from zaguan.adapters.postgres.server import EmbeddedServer
from zaguan.adapters.postgres.settings import PostgresSettings
from zaguan.app.migrations.runner import differences, migrate
from zaguan.base.kit.database import Database

TEMPLATE: Final = "ready"
POOL_SIZE: Final = 10
REMEDY: Final = 'make migration NAME="What it does", or, while nobody has run the newest, make migration ARGS=--anew'
PREFIX: Final = "zaguan-tests-"
LIFE_S: Final = 3_600  # no run of the tests takes longer
# what is tested here needs no disk; tests of crashes start servers of their own
QUICK: Final = PostgresSettings(
    shared_buffers_mb=64,
    more=MappingProxyType({"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
)


class TestServer:
    """A server whose databases are made and dropped in no time."""

    __test__ = False  # no test, though it is called so

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._root = sa.create_engine(server.url_of("postgres"), isolation_level="AUTOCOMMIT")
        self._run(f"CREATE DATABASE {TEMPLATE}")
        migrate(server.url_of(TEMPLATE), before_change=lambda _before, _after: None)
        # closed at once: a database that somebody is connected to cannot be cloned
        with sa.create_engine(server.url_of(TEMPLATE), poolclass=NullPool).connect() as connection:
            if found := differences(connection):
                raise AssertionError(f"{found[0]}\nis not in the revisions: {REMEDY}")

    @contextmanager
    def empty(self) -> Iterator[sa.URL]:
        """Give a database without tables."""
        with self._made("template0") as url:
            yield url

    @contextmanager
    def ready(self) -> Iterator[Database]:
        """Give a database with all tables and no rows."""
        with self._made(TEMPLATE) as url, Database(url, pool_size=POOL_SIZE) as database:
            yield database

    def close(self) -> None:
        """Let go of the connection to the server."""
        self._root.dispose()

    @contextmanager
    def _made(self, template: str) -> Iterator[sa.URL]:
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self._server.url_of(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self._root.connect() as connection:
            connection.exec_driver_sql(statement)


def sweep_after_killed_runs() -> None:
    """Stop the servers, and remove the folders, that test runs left behind when they were killed."""
    newest_s = datetime.now(UTC).timestamp() - LIFE_S
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        users = folder / "postgres.users"
        # another user's are left to that user
        with suppress(BlockingIOError, PermissionError):
            if folder.stat().st_mtime >= newest_s or not users.exists():
                continue
            with users.open("rb") as lock:
                # nobody else uses it
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.flock(lock, fcntl.LOCK_UN)
                EmbeddedServer(folder, settings=QUICK).close()
                shutil.rmtree(folder)


@contextmanager
def server_folder() -> Iterator[Path]:
    """Give a folder with a short path that a server's account may enter, which pytest's own is not for root."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_server() -> Iterator[TestServer]:
    """Run a server for the tests, gone afterwards."""
    sweep_after_killed_runs()
    with server_folder() as folder, EmbeddedServer(folder, settings=QUICK) as server:
        made = TestServer(server)
        try:
            yield made
        finally:
            made.close()
