"""Use cases of vehicles: kept under external ids, put away instead of deleted."""

from sqlalchemy.orm import Session

from zaguan.base.events.vehicle import VehicleArchived, VehicleSaved
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.kept import MAX_PAGE, Change, Kept, Page
from zaguan.records.fleet import store
from zaguan.records.fleet.model import MAX_VEHICLES, Vehicle, checked_vehicle


def save_vehicle(
    session: Session,
    organisation_id: OrganisationId,
    vehicle: Vehicle,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Vehicle]:
    """Keep a vehicle under its external id, new or changed. Refused: another version than expected."""
    now = clock.now()
    saved = store.VEHICLES.save(
        session, organisation_id, vehicle.ref, checked_vehicle(vehicle), now=now, expected_version=expected_version
    )
    if saved.change is not Change.NONE:
        kept = saved.kept
        fact = VehicleSaved(vehicle_id=kept.id, ref=kept.ref, version=kept.version, change=saved.change.value)
        journal.append(session, organisation_id, Stream("vehicle", kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def archive_vehicle(
    session: Session,
    organisation_id: OrganisationId,
    ref: str,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Vehicle]:
    """Put a vehicle away; saving it again takes it back. Refused: none there, another version."""
    now = clock.now()
    saved = store.VEHICLES.archive(session, organisation_id, ref, now=now, expected_version=expected_version)
    if saved.change is not Change.NONE:
        fact = VehicleArchived(vehicle_id=saved.kept.id, ref=ref, version=saved.kept.version)
        journal.append(session, organisation_id, Stream("vehicle", saved.kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def get_vehicle(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Vehicle]:
    """Return a vehicle by its external id, archived or not."""
    return store.VEHICLES.get(session, organisation_id, ref)


def find_vehicle(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Vehicle] | None:
    """Return a vehicle by its external id, archived or not, or None."""
    return store.VEHICLES.find(session, organisation_id, ref)


def list_vehicles(
    session: Session, organisation_id: OrganisationId, *, after: str = "", limit: int = MAX_PAGE, archived: bool = False
) -> Page[Kept[Vehicle]]:
    """Return a page of them by external id, from the one behind `after` on."""
    return store.VEHICLES.page(session, organisation_id, after=after, limit=limit, archived=archived)


def all_vehicles(session: Session, organisation_id: OrganisationId) -> tuple[Kept[Vehicle], ...]:
    """Return every vehicle in use, by external id."""
    return store.VEHICLES.every(session, organisation_id, most=MAX_VEHICLES)
