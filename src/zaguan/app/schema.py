"""All tables of the house in one place, and what makes a database theirs. Rooms name their tables in `tables.py`."""

import importlib
from pathlib import Path
from typing import Final

import sqlalchemy as sa

import zaguan
from zaguan.adapters.procrastinate.schema import make_queue
from zaguan.base.kit.tables import Base
from zaguan.base.kit.wall import APPLICATION_ROLE, grant_statements, role_statements, wall_of, walled

_SOURCE: Final = Path(zaguan.__file__).parent
_TABLE_FILES: Final = ("tables.py", "*_tables.py", "*_rows.py")


def all_tables() -> sa.MetaData:
    """Return the tables of all rooms, which are found by the names of their files."""
    for path in sorted(path for name in _TABLE_FILES for path in _SOURCE.rglob(name)):
        importlib.import_module(".".join(("zaguan", *path.relative_to(_SOURCE).with_suffix("").parts)))
    return Base.metadata


def make_tables(connection: sa.Connection) -> None:
    """Make every table in an empty database, with its wall, and what the queue of work needs."""
    metadata = all_tables()
    metadata.create_all(connection)
    protect(connection, walled(metadata))
    make_queue(connection, role=APPLICATION_ROLE)


def protect(connection: sa.Connection, tables: list[str]) -> None:
    """Put tables behind the wall, and let the application role work with rows."""
    for statement in (*role_statements(), *grant_statements()):
        connection.exec_driver_sql(statement)
    for table in tables:
        for statement in wall_of(table):
            connection.exec_driver_sql(statement)
