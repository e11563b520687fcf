"""All tables of the house in one place, and what makes a database theirs. Rooms name their tables in `tables.py`."""

import importlib
from pathlib import Path
from typing import Final

import sqlalchemy as sa

import zaguan
from zaguan.adapters.procrastinate.schema import queue_grants
from zaguan.base.kit.tables import Base
from zaguan.base.kit.wall import (
    APPLICATION_ROLE,
    GUARDS,
    MAY_TAKE_ROLE,
    grant_statements,
    role_statements,
    wall_of,
    walled,
)

_SOURCE: Final = Path(zaguan.__file__).parent
_TABLE_FILES: Final = ("tables.py", "*_tables.py", "*_rows.py")


def all_tables() -> sa.MetaData:
    """Return the tables of all rooms, which are found by the names of their files."""
    for path in sorted(path for name in _TABLE_FILES for path in _SOURCE.rglob(name)):
        importlib.import_module(".".join(("zaguan", *path.relative_to(_SOURCE).with_suffix("").parts)))
    return Base.metadata


def protect(connection: sa.Connection) -> None:
    """Put the tables that a database has behind the wall, and let the application role work with rows and the queue.

    Where the one who signed in may make no role, and nobody has made it, sessions work as that one: the owner of the
    tables is bound by the wall too, unless it is a superuser, whom `Database` refuses.
    """
    if _may_make_roles(connection):
        _run(connection, role_statements())
    if connection.exec_driver_sql(MAY_TAKE_ROLE).scalar_one():
        _run(connection, [*grant_statements(), *queue_grants(APPLICATION_ROLE)])
    # the revisions of a test may make but a few of them
    present = set(sa.inspect(connection).get_table_names())
    for table in walled(all_tables()):
        if table in present:
            _run(connection, wall_of(table))
    for guarded in all_tables().sorted_tables:
        if guarded.name in present:
            _run(connection, guarded.info.get(GUARDS, []))


def _may_make_roles(connection: sa.Connection) -> bool:
    asked = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    return bool(connection.exec_driver_sql(asked).scalar_one())


def _run(connection: sa.Connection, statements: list[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
