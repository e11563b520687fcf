"""A day for the tests of the room."""

import pytest

from tests.operations.delivery.drawn_road import Day, a_day
from zaguan.base.kit.database import Database
from zaguan.operations.delivery import service
from zaguan.operations.delivery.policy import DoorTerms
from zaguan.records.orders.reasons import AttemptPolicy


@pytest.fixture
def day(database: Database) -> Day:
    """A day whose shipper demands no proofs and tries twice."""
    day = a_day(database)
    shipper = day.has_shipper(policy=AttemptPolicy(max_attempts=2, days_between=1))
    with day.session() as session:
        service.set_terms(session, day.organisation_id, shipper.id, DoorTerms(matrix=()))
    return day
