"""Fixtures of the tests of accounts."""

import pytest

from tests.records.accounts.world import Office, an_office
from zaguan.base.kit.database import Database


@pytest.fixture
def office(database: Database) -> Office:
    """An organisation with one admin, whose e-mails and addresses are its own: wrong tries cross organisations."""
    return an_office(database)
