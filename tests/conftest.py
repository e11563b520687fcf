"""Fixtures of all tests: a real database, never skipped."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.databases import TestServer, running_server
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id


@pytest.fixture(scope="session")
def database_server() -> Iterator[TestServer]:
    """The server of this run, or of this worker of a run with `-n`."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def database(database_server: TestServer) -> Iterator[Database]:
    """A database with all tables, shared by the tests: each works in an organisation of its own."""
    with database_server.ready() as database:
        yield database


@pytest.fixture
def own_database(database_server: TestServer) -> Iterator[Database]:
    """A database with all tables for one test alone: for what crosses organisations."""
    with database_server.ready() as database:
        yield database


@pytest.fixture
def empty_database(database_server: TestServer) -> Iterator[sa.URL]:
    """The address of a database without tables, for one test alone."""
    with database_server.empty() as url:
        yield url


@pytest.fixture
def organisation_id() -> OrganisationId:
    """An organisation that no other test uses."""
    return OrganisationId(new_id())
