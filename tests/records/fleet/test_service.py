"""Vehicles on the real database."""

from datetime import UTC, datetime

import pytest

from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.fleet import service
from zaguan.records.fleet.model import Energy, Vehicle, VehicleAmountWrong, VehicleKind


class FixedClock:
    """A clock that stands."""

    def now(self) -> datetime:
        """Return a noon."""
        return datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_a_vehicle_is_read_as_it_was_kept(database: Database, organisation_id: OrganisationId) -> None:
    """Every field of a vehicle comes back."""
    bike = Vehicle(ref="b1", kind=VehicleKind.CARGO_BIKE, energy=Energy.ELECTRIC, features=frozenset({"low-emission"}))
    with database.session(organisation_id) as session:
        service.save_vehicle(session, organisation_id, bike, clock=FixedClock(), actor="user:1")
    with database.session(organisation_id) as session:
        assert service.get_vehicle(session, organisation_id, "b1").value == bike
        assert [each.ref for each in service.all_vehicles(session, organisation_id)] == ["b1"]


@pytest.mark.parametrize("amount", [-1, float("nan"), 1e13])
def test_amounts_that_no_vehicle_has_are_refused(
    database: Database, organisation_id: OrganisationId, amount: float
) -> None:
    """Negative, endless and not-a-number amounts name their field."""
    odd = Vehicle(ref="odd", consumption_per_100km=amount)
    with database.session(organisation_id) as session, pytest.raises(VehicleAmountWrong) as refusal:
        service.save_vehicle(session, organisation_id, odd, clock=FixedClock(), actor="user:1")
    assert refusal.value.facts["field"] == "consumption_per_100km"
