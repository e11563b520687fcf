"""A session is one transaction: kept whole or not at all, and refused in words when the database cannot."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from zaguan.base.kit.database import (
    Database,
    DatabaseBusy,
    DatabaseUnreachable,
    DatabaseUrlWrong,
    TransactionsCrossed,
    database_url,
)
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.wall import grant_statements

OURS = OrganisationId(new_id())
COUNT = sa.text("SELECT sum(amount) FROM sums")
RAISE = sa.text("UPDATE sums SET amount = amount + 1 WHERE id = :id")
CUT_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def sums(own_database: Database) -> Database:
    """A database with two sums, both nought."""
    run(own_database, "CREATE TABLE sums (id INT PRIMARY KEY, amount INT)", *grant_statements())
    run(own_database, "INSERT INTO sums VALUES (1, 0), (2, 0)")
    return own_database


def run(database: Database, *statements: str) -> None:
    with sa.create_engine(database.url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_session_is_kept_whole_or_not_at_all(sums: Database) -> None:
    """What a session did is kept when its block ends well, and undone by an error."""
    with sums.session(OURS) as session:
        session.execute(RAISE, {"id": 1})

    def fail() -> None:
        with sums.session(OURS) as session:
            session.execute(RAISE, {"id": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with sums.session(OURS) as session:
        assert session.scalar(COUNT) == 1


def test_connections_that_were_cut_are_made_anew(sums: Database) -> None:
    """After all connections were cut, as by a restart of the database, the next session is none the wiser."""
    with sums.session(OURS) as session:
        session.execute(RAISE, {"id": 1})
    run(sums, CUT_OTHERS)
    with sums.session(OURS) as session:
        assert session.scalar(COUNT) == 1


def test_a_connection_that_is_cut_at_work_is_refused_in_words(sums: Database) -> None:
    """A session whose connection is cut in the middle is refused as unreachable, and has stored nothing."""

    def lose() -> None:
        with sums.session(OURS) as session:
            session.execute(RAISE, {"id": 1})
            run(sums, CUT_OTHERS)
            session.execute(RAISE, {"id": 2})

    with pytest.raises(DatabaseUnreachable):
        lose()
    with sums.session(OURS) as session:
        assert session.scalar(COUNT) == 0


def test_of_two_that_cross_one_is_refused(sums: Database) -> None:
    """Of two sessions that wait for each other one is refused with words that say to send it again, the other kept."""
    both = threading.Barrier(2)

    def raise_both(first: int, second: int) -> str:
        try:
            with sums.session(OURS) as session:
                session.execute(RAISE, {"id": first})
                both.wait(30)
                session.execute(RAISE, {"id": second})
        except TransactionsCrossed as refusal:
            return refusal.code
        return "kept"

    with ThreadPoolExecutor(2) as threads:
        ends = [threads.submit(raise_both, 1, 2), threads.submit(raise_both, 2, 1)]
        assert sorted(end.result(60) for end in ends) == ["database.crossed", "kept"]
    with sums.session(OURS) as session:
        assert session.scalar(COUNT) == 2


def test_more_sessions_than_connections_are_refused(own_database: Database) -> None:
    """When every connection is taken for longer than one waits, a session is refused as busy."""
    with Database(own_database.url, pool_size=1, wait_s=0.05) as small, small.session(OURS):
        with pytest.raises(DatabaseBusy) as refusal, small.session(OURS):
            raise AssertionError("opened")
        assert refusal.value.facts == {"connections": 1, "wait_s": "0.05"}


def test_a_database_that_is_not_there_is_refused_without_its_password(tmp_path: Path) -> None:
    """A database that does not answer is refused by its address, the password left out."""
    with (
        Database(f"postgresql://me:geheim@/none?host={tmp_path}") as database,
        pytest.raises(DatabaseUnreachable) as refusal,
        database.session(OURS),
    ):
        raise AssertionError("opened")
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize("text", ["mysql://me:geheim@host/db", "sqlite:///file", "me:geheim@host", "", "postgresql"])
def test_what_is_no_postgresql_is_refused(text: str) -> None:
    """An address of another kind is refused, and not repeated: it may hold a password."""
    with pytest.raises(ZaguanError) as refusal:
        database_url(text)
    assert isinstance(refusal.value, DatabaseUrlWrong)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_driver_is_ours(scheme: str) -> None:
    """However the address of a PostgreSQL begins, it is reached by the same driver."""
    assert database_url(f"{scheme}://me@host/db").drivername == "postgresql+psycopg"
