"""The database of this installation: the one that is set, or the one in the data folder, its tables the newest."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from zaguan.adapters.postgres.dump import dump_to
from zaguan.adapters.postgres.server import CLUSTER_FOLDER, EmbeddedServer
from zaguan.app.migrations.runner import migrate, server_version_of
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database, database_url
from zaguan.base.kit.settings import Settings

BACKUPS_FOLDER: Final = "backups"
_PRIVATE: Final = 0o700
_ENDING: Final = ".dump"


def is_begun(settings: Settings) -> bool:
    """Tell whether there is a database to look at: reaching one in the data folder would make it."""
    return settings.database_url is not None or (settings.data_dir / CLUSTER_FOLDER).exists()


@contextmanager
def reached_database(settings: Settings) -> Iterator[sa.URL]:
    """Give the address of the database as its owner; one in the data folder runs at least until the block ends.

    Refused: what `EmbeddedServer` refuses, DatabaseUrlWrong.
    """
    if settings.database_url is not None:
        yield database_url(settings.database_url.get_secret_value())
        return
    with EmbeddedServer(settings.data_dir) as server:
        yield server.url


@contextmanager
def ready_database(settings: Settings, clock: Clock) -> Iterator[Database]:
    """Give the database, its tables the newest; a backup is made before one with data is changed.

    Refused: what `reached_database` and `migrate` refuse, ProgramFailed where the backup fails.
    """
    with reached_database(settings) as url:
        migrate(url, before_change=Backups(settings, url, clock).before_migration)
        with Database(url, pool_size=settings.database_connections) as database:
            yield database


class Backups:
    """The dumps that are made in the data folder before something changes the database."""

    def __init__(self, settings: Settings, url: sa.URL, clock: Clock) -> None:
        self._folder = settings.data_dir / BACKUPS_FOLDER
        self._kept, self._url, self._clock = settings.backups_kept, url, clock

    def before_migration(self, before: str, after: str) -> None:
        """Make a dump before tables change, and remove the oldest ones beyond those that are kept."""
        self.make(f"{before}-to-{after}")

    def make(self, reason: str) -> Path:
        """Make a dump, whole or not there; return its path. Refused: ProgramMissing, ProgramFailed."""
        self._folder.mkdir(_PRIVATE, parents=True, exist_ok=True)
        # names sort by time; the program writes a file of its own making, so it is renamed here
        stamp = self._clock.now().strftime("%Y%m%dT%H%M%S%f")
        path = self._folder / f"{stamp}-{reason}{_ENDING}"
        part = path.with_suffix(".part")
        dump_to(part, self._url, server_version=server_version_of(self._url))
        part.chmod(0o600)
        part.rename(path)
        self._sweep()
        return path

    def _sweep(self) -> None:
        for old in sorted(self._folder.glob(f"*{_ENDING}"))[: -self._kept]:
            old.unlink(missing_ok=True)
