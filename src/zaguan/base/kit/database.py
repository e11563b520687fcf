"""The way to the database: one transaction per session, behind the wall of one organisation."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.orm import Session

from zaguan.base.kit.closing import Closing
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.wall import ENTER_ORGANISATION, ENTER_SYSTEM, TAKE_ROLE, WALKS_THROUGH

# as many as a web process answers at once (40 threads), so that no answer waits for a connection
POOL_SIZE: Final = 40
POOL_WAIT_S: Final = 10.0
CONNECT_WAIT_S: Final = 10
# a connection that was idle for long may have been cut by something between
POOL_LIFE_S: Final = 1_800
_SCHEMES: Final = ("postgresql", "postgres", "postgresql+psycopg")
_DRIVER: Final = "postgresql+psycopg"
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_CROSSED: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock


class DatabaseUnreachable(ZaguanError):
    """The database at `place` does not answer: `reason`."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "database.unreachable"


class DatabaseBusy(ZaguanError):
    """All `connections` are taken, and none came free in `wait_s` seconds."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "database.busy"


class TransactionsCrossed(ZaguanError):
    """Two transactions wanted the same rows; this one was given up, nothing of it was stored."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "database.crossed"


class DatabaseUrlWrong(ZaguanError):
    """The address of the database begins with `scheme`, or cannot be read at all."""

    code: ClassVar = "database.url_wrong"


class WallMissing(ZaguanError):
    """The role `role` walks through row-level security, and the role that does not was not to be had."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "database.wall_missing"


def database_url(text: str) -> sa.URL:
    """Return the address of a PostgreSQL, its driver chosen. Refused: DatabaseUrlWrong."""
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        # the text is not repeated: it may hold a password
        raise DatabaseUrlWrong(scheme="?") from None
    if url.drivername not in _SCHEMES:
        raise DatabaseUrlWrong(scheme=url.drivername)
    return url.set(drivername=_DRIVER)


class Database(Closing):
    """A pool of connections to one database. Safe to share between threads, not between processes."""

    def __init__(self, url: str | sa.URL, *, pool_size: int = POOL_SIZE, wait_s: float = POOL_WAIT_S) -> None:
        assert pool_size >= 1
        self.url = database_url(url) if isinstance(url, str) else url
        self._pool_size, self._wait_s = pool_size, wait_s
        self.engine = sa.create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=wait_s,
            pool_recycle=POOL_LIFE_S,
            # after a restart of the database the first use of a connection must not fail
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_WAIT_S},
            # values may be names and addresses, and errors end in logs
            hide_parameters=True,
        )
        event.listen(self.engine, "connect", _take_role)

    @contextmanager
    def session(self, organisation_id: OrganisationId) -> Iterator[Session]:
        """Open one transaction that sees the rows of one organisation: committed at the end, or undone by an error.

        Refused: DatabaseUnreachable, DatabaseBusy, TransactionsCrossed.
        """
        with self._transaction() as session:
            session.execute(ENTER_ORGANISATION, {"organisation_id": str(organisation_id)})
            yield session

    @contextmanager
    def system_session(self) -> Iterator[Session]:
        """Open one transaction that sees all organisations: for sign-in, the worker's own books and migrations."""
        with self._transaction() as session:
            session.execute(ENTER_SYSTEM)
            yield session

    def close(self) -> None:
        """Close the connections that no session holds."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except exc.TimeoutError:
            raise DatabaseBusy(connections=self._pool_size, wait_s=f"{self._wait_s:g}") from None
        except exc.OperationalError as failure:
            raise self._refusal(failure) from failure

    def _refusal(self, failure: exc.OperationalError) -> ZaguanError:
        """Return what a failure of the connection, or a crossing with another transaction, means to people."""
        if getattr(failure.orig, "sqlstate", None) in _CROSSED:
            return TransactionsCrossed()
        reason = str(failure.orig).strip().splitlines() or ["?"]
        return DatabaseUnreachable(place=self.url.render_as_string(hide_password=True), reason=reason[-1])


def _take_role(connection: psycopg.Connection[tuple[object, ...]], _record: object) -> None:
    """Let a new connection work as the application role; refuse it where it would walk through the wall."""
    connection.autocommit = True
    connection.execute(TAKE_ROLE)
    row = connection.execute(WALKS_THROUGH).fetchone()
    if row is None or row[0]:
        raise WallMissing(role=connection.info.user)
    connection.autocommit = False
