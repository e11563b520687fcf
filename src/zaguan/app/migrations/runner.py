"""Brings a database to the tables of this version: an empty one, or one of an older version, once whoever asks.

All that is to do happens in one transaction under a lock: of several processes that start at once one migrates while
the others wait, and one that is killed in the middle leaves the database as it was. There is no way back but the backup
that was made before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import psycopg
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import exc
from sqlalchemy.pool import NullPool

from zaguan.app.schema import all_tables, protect
from zaguan.base.kit.database import DatabaseUnreachable
from zaguan.base.kit.errors import Kind, ZaguanError

OLDEST_SERVER: Final = 15
_FOLDER: Final = Path(__file__).parent
VERSIONS: Final = _FOLDER / "versions"
_LOCK: Final = 7_236_120_025  # any number that nobody else locks
_BOUNDS: Final = (
    # a change of a table that is in use gives up rather than make everybody wait behind it
    "SET LOCAL lock_timeout = '60s'",
    # the server undoes what a killed process has begun at once, not when the statement ends
    "SET LOCAL client_connection_check_interval = '1s'",
)


class DatabaseNewer(ZaguanError):
    """The database is at the revision `found`, which this version of the product does not know; its own is `newest`."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "migrations.database_newer"


class DatabaseForeign(ZaguanError):
    """The database has tables that are not ours: `tables`."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "migrations.database_foreign"


class ServerTooOld(ZaguanError):
    """The database server has the version `found`; the oldest that will do is `oldest`."""

    code: ClassVar = "migrations.server_too_old"


class TablesInUse(ZaguanError):
    """Tables that the revision `revision` changes are held by another transaction, for longer than we wait."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "migrations.tables_in_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """Which revision a database had, and has. `before` is None for an empty one."""

    before: str | None
    after: str


def newest_revision() -> str:
    """Return the revision of this version of the product."""
    head = _scripts().get_current_head()
    assert head is not None, "there is a first revision"
    return head


def revision_of(url: sa.URL) -> str | None:
    """Return the revision of a database, None for an empty one. Refused: DatabaseUnreachable."""
    with _connection(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def refuse_unknown_revision(revision: str) -> None:
    """Refuse a revision that this version of the product does not know. Refused: DatabaseNewer."""
    _pending(_scripts(), revision)


def server_version_of(url: sa.URL) -> int:
    """Return the major version of a database's server. Refused: DatabaseUnreachable."""
    with _connection(url) as connection:
        return _server_version(connection)


def migrate(url: sa.URL, *, before_change: Callable[[str, str], None], versions: Path = VERSIONS) -> Migrated:
    """Bring a database to the newest revision; do nothing where it is there already.

    `before_change` is called with the revisions from and to before a database with data is changed; if it fails,
    nothing is changed. Refused: DatabaseUnreachable, DatabaseNewer, DatabaseForeign, ServerTooOld.
    """
    scripts = _scripts(versions)
    with _connection(url) as connection:
        _refuse_old_server(connection)
        # held until the transaction ends, however it ends
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        context = MigrationContext.configure(connection)
        before = context.get_current_revision()
        if before is None:
            _refuse_foreign_tables(connection)
        pending = _pending(scripts, before)
        if pending:
            if before is not None:
                before_change(before, pending[-1].revision)
            for bound in _BOUNDS:
                connection.exec_driver_sql(bound)
            for script in pending:
                _upgrade(context, script)
                context.stamp(scripts, script.revision)
            protect(connection)
        connection.commit()
        return Migrated(before=before, after=pending[-1].revision if pending else before or "")


def protect_again(url: sa.URL) -> None:
    """Put up the wall and the rights anew, after a restore. Refused: DatabaseUnreachable."""
    with _connection(url) as connection:
        protect(connection)
        connection.commit()


def differences(connection: sa.Connection) -> list[Any]:
    """Return what a database lacks or has too much, compared with the tables of the rooms."""
    from alembic.autogenerate import compare_metadata

    found: list[Any] = compare_metadata(comparing(connection), all_tables())
    return found


def comparing(connection: sa.Connection) -> MigrationContext:
    """Return a context that compares all that is ours: the queue's tables belong to its library."""
    return MigrationContext.configure(
        connection,
        opts={
            "include_name": lambda name, kind, _: kind != "table" or not (name or "").startswith("procrastinate_"),
            "compare_type": True,
            "compare_server_default": True,
            "target_metadata": all_tables(),
        },
    )


def _scripts(versions: Path = VERSIONS) -> ScriptDirectory:
    return ScriptDirectory(_FOLDER, version_locations=[versions])


def _upgrade(context: MigrationContext, script: Script) -> None:
    try:
        with Operations.context(context):
            script.module.upgrade()
    except psycopg.errors.LockNotAvailable:
        raise TablesInUse(revision=script.revision) from None


def _pending(scripts: ScriptDirectory, before: str | None) -> list[Script]:
    """Return the revisions that a database still lacks, oldest first."""
    known = list(scripts.walk_revisions())
    if before is not None and before not in {script.revision for script in known}:
        raise DatabaseNewer(found=before, newest=scripts.get_current_head())
    newer = known if before is None else known[: [script.revision for script in known].index(before)]
    return list(reversed(newer))


def _refuse_old_server(connection: sa.Connection) -> None:
    found = _server_version(connection)
    if found < OLDEST_SERVER:
        raise ServerTooOld(found=found, oldest=OLDEST_SERVER)


def _server_version(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


def _refuse_foreign_tables(connection: sa.Connection) -> None:
    if found := sa.inspect(connection).get_table_names():
        raise DatabaseForeign(tables=", ".join(sorted(found)[:5]))


def _connection(url: sa.URL) -> sa.Connection:
    # without a pool the engine keeps nothing open
    engine = sa.create_engine(url, poolclass=NullPool)
    try:
        return engine.connect()
    except exc.OperationalError as failure:
        lines = str(failure.orig).strip().splitlines() if isinstance(failure.orig, psycopg.Error) else []
        place = url.render_as_string(hide_password=True)
        raise DatabaseUnreachable(place=place, reason=lines[-1] if lines else "?") from failure
