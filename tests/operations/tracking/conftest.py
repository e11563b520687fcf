"""Fixtures of the tests of tracking."""

import pytest

from tests.operations.tracking.field import Field
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId


@pytest.fixture
def field(own_database: Database, organisation_id: OrganisationId) -> Field:
    """An organisation at nine o'clock, in a database of its own: timers look at all organisations."""
    return Field(own_database, organisation_id)
