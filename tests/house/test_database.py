"""The database is what the rooms say: the revisions make their tables, and every row has an organisation."""

import importlib

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.house.source import ROOT, listed, modules
from zaguan.adapters.procrastinate.schema import queue_statements
from zaguan.app.migrations.runner import differences, migrate
from zaguan.app.schema import all_tables
from zaguan.base.kit.tables import ORGANISATION, Base, is_owned

VERSIONS = ROOT / "src" / "zaguan" / "app" / "migrations" / "versions"
# rows of nobody: each with the reason why they have no organisation
UNOWNED = {
    "installation": "facts of the installation itself",
    "wrong_tries": "tries to sign in are counted before it is known where",
}


def test_the_revisions_make_the_tables_of_the_rooms(empty_database: sa.URL) -> None:
    """A database that the revisions made has the tables, columns and keys that the rooms name, and no others."""
    migrate(empty_database, before_change=lambda _before, _after: None)
    with sa.create_engine(empty_database, poolclass=NullPool).connect() as connection:
        found = differences(connection)
        missing = {sequence.name for sequence in all_tables()._sequences.values()} - set(
            sa.inspect(connection).get_sequence_names()
        )
    assert (found, missing) == ([], set()), 'make migration NAME="what it does"'


def test_the_queue_of_the_revisions_is_the_library_s() -> None:
    """The tables of the queue are those of the library that is installed; a newer one needs a revision."""
    written = (VERSIONS / "0001_make_the_queue.sql").read_text("utf-8")
    assert written.endswith(queue_statements())


def test_every_table_is_found() -> None:
    """The tables that all modules of the package define are those that the revisions are made from."""
    known = set(all_tables().tables)
    for module in modules():
        importlib.import_module(module.name)
    assert set(Base.metadata.tables) == known, "a file of tables is called tables.py, *_tables.py or *_rows.py"


def test_every_row_has_an_organisation() -> None:
    """Every table but the named ones has the organisation first in its primary key, and so stands behind the wall."""
    tables = all_tables().tables.values()
    assert {table.name for table in tables if not is_owned(table)} == set(UNOWNED)
    second = [
        table.name for table in tables if is_owned(table) and next(iter(table.primary_key.columns)).name != ORGANISATION
    ]
    assert not second, listed(second)


def test_no_row_refers_to_another_organisation() -> None:
    """A foreign key between tables of organisations has the organisation in it: the wall does not look at those."""
    loose = [
        f"{table.name} {key.column_keys}"
        for table in all_tables().tables.values()
        for key in table.foreign_key_constraints
        if is_owned(key.referred_table) and ORGANISATION not in key.column_keys
    ]
    assert not loose, listed(loose)


def test_times_know_their_zone_and_money_its_currency() -> None:
    """Every column of a moment has its zone; every amount is a whole number with a currency beside it."""
    columns = [column for table in all_tables().tables.values() for column in table.columns]
    naive = [str(column) for column in columns if isinstance(column.type, sa.DateTime) and not column.type.timezone]
    amounts = [column for column in columns if column.name.endswith("_minor")]
    small = [str(column) for column in amounts if not isinstance(column.type, sa.BigInteger)]
    bare = [
        str(column) for column in amounts if not any(other.name.endswith("currency") for other in column.table.columns)
    ]
    assert not naive, listed(naive)
    assert not small, listed(small)
    assert not bare, listed(bare)
