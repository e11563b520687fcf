"""Use cases of depots, hubs, zones and work calendars: kept under external ids, put away instead of deleted."""

from sqlalchemy.orm import Session

from zaguan.base.events.network import (
    DepotArchived,
    DepotSaved,
    HubArchived,
    HubSaved,
    WorkCalendarArchived,
    WorkCalendarSaved,
    ZoneArchived,
    ZoneSaved,
)
from zaguan.base.geo.point import Point
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.kept import MAX_PAGE, Change, Kept, Page
from zaguan.records.network import store
from zaguan.records.network.model import (
    MAX_DEPOTS,
    MAX_ZONES,
    Depot,
    Hub,
    WorkCalendar,
    Zone,
    checked_calendar,
    checked_depot,
    checked_hub,
    checked_zone,
)


def save_depot(
    session: Session,
    organisation_id: OrganisationId,
    depot: Depot,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Depot]:
    """Keep a depot under its external id, new or changed. Refused: another version than expected."""
    now = clock.now()
    saved = store.DEPOTS.save(
        session, organisation_id, depot.ref, checked_depot(depot), now=now, expected_version=expected_version
    )
    if saved.change is not Change.NONE:
        kept = saved.kept
        fact = DepotSaved(depot_id=kept.id, ref=kept.ref, version=kept.version, change=saved.change.value)
        journal.append(session, organisation_id, Stream("depot", kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def archive_depot(
    session: Session,
    organisation_id: OrganisationId,
    ref: str,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Depot]:
    """Put a depot away; saving it again takes it back. Refused: none there, another version."""
    now = clock.now()
    saved = store.DEPOTS.archive(session, organisation_id, ref, now=now, expected_version=expected_version)
    if saved.change is not Change.NONE:
        fact = DepotArchived(depot_id=saved.kept.id, ref=ref, version=saved.kept.version)
        journal.append(session, organisation_id, Stream("depot", saved.kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def get_depot(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Depot]:
    """Return a depot by its external id, archived or not."""
    return store.DEPOTS.get(session, organisation_id, ref)


def find_depot(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Depot] | None:
    """Return a depot by its external id, archived or not, or None."""
    return store.DEPOTS.find(session, organisation_id, ref)


def list_depots(
    session: Session, organisation_id: OrganisationId, *, after: str = "", limit: int = MAX_PAGE, archived: bool = False
) -> Page[Kept[Depot]]:
    """Return a page of them by external id, from the one behind `after` on."""
    return store.DEPOTS.page(session, organisation_id, after=after, limit=limit, archived=archived)


def save_hub(
    session: Session,
    organisation_id: OrganisationId,
    hub: Hub,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Hub]:
    """Keep a hub under its external id, new or changed. Refused: another version than expected."""
    now = clock.now()
    saved = store.HUBS.save(
        session, organisation_id, hub.ref, checked_hub(hub), now=now, expected_version=expected_version
    )
    if saved.change is not Change.NONE:
        kept = saved.kept
        fact = HubSaved(hub_id=kept.id, ref=kept.ref, version=kept.version, change=saved.change.value)
        journal.append(session, organisation_id, Stream("hub", kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def archive_hub(
    session: Session,
    organisation_id: OrganisationId,
    ref: str,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Hub]:
    """Put a hub away; saving it again takes it back. Refused: none there, another version."""
    now = clock.now()
    saved = store.HUBS.archive(session, organisation_id, ref, now=now, expected_version=expected_version)
    if saved.change is not Change.NONE:
        fact = HubArchived(hub_id=saved.kept.id, ref=ref, version=saved.kept.version)
        journal.append(session, organisation_id, Stream("hub", saved.kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def get_hub(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Hub]:
    """Return a hub by its external id, archived or not."""
    return store.HUBS.get(session, organisation_id, ref)


def find_hub(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Hub] | None:
    """Return a hub by its external id, archived or not, or None."""
    return store.HUBS.find(session, organisation_id, ref)


def list_hubs(
    session: Session, organisation_id: OrganisationId, *, after: str = "", limit: int = MAX_PAGE, archived: bool = False
) -> Page[Kept[Hub]]:
    """Return a page of them by external id, from the one behind `after` on."""
    return store.HUBS.page(session, organisation_id, after=after, limit=limit, archived=archived)


def save_zone(
    session: Session,
    organisation_id: OrganisationId,
    zone: Zone,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Zone]:
    """Keep a zone under its external id, new or changed. Refused: another version than expected."""
    now = clock.now()
    saved = store.ZONES.save(
        session, organisation_id, zone.ref, checked_zone(zone), now=now, expected_version=expected_version
    )
    if saved.change is not Change.NONE:
        kept = saved.kept
        fact = ZoneSaved(zone_id=kept.id, ref=kept.ref, version=kept.version, change=saved.change.value)
        journal.append(session, organisation_id, Stream("zone", kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def archive_zone(
    session: Session,
    organisation_id: OrganisationId,
    ref: str,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Zone]:
    """Put a zone away; saving it again takes it back. Refused: none there, another version."""
    now = clock.now()
    saved = store.ZONES.archive(session, organisation_id, ref, now=now, expected_version=expected_version)
    if saved.change is not Change.NONE:
        fact = ZoneArchived(zone_id=saved.kept.id, ref=ref, version=saved.kept.version)
        journal.append(session, organisation_id, Stream("zone", saved.kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def get_zone(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Zone]:
    """Return a zone by its external id, archived or not."""
    return store.ZONES.get(session, organisation_id, ref)


def find_zone(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Zone] | None:
    """Return a zone by its external id, archived or not, or None."""
    return store.ZONES.find(session, organisation_id, ref)


def list_zones(
    session: Session, organisation_id: OrganisationId, *, after: str = "", limit: int = MAX_PAGE, archived: bool = False
) -> Page[Kept[Zone]]:
    """Return a page of them by external id, from the one behind `after` on."""
    return store.ZONES.page(session, organisation_id, after=after, limit=limit, archived=archived)


def save_work_calendar(
    session: Session,
    organisation_id: OrganisationId,
    work_calendar: WorkCalendar,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[WorkCalendar]:
    """Keep a work calendar under its external id, new or changed. Refused: another version than expected."""
    now = clock.now()
    saved = store.CALENDARS.save(
        session,
        organisation_id,
        work_calendar.ref,
        checked_calendar(work_calendar),
        now=now,
        expected_version=expected_version,
    )
    if saved.change is not Change.NONE:
        kept = saved.kept
        fact = WorkCalendarSaved(calendar_id=kept.id, ref=kept.ref, version=kept.version, change=saved.change.value)
        journal.append(session, organisation_id, Stream("work_calendar", kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def archive_work_calendar(
    session: Session,
    organisation_id: OrganisationId,
    ref: str,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[WorkCalendar]:
    """Put a work calendar away; saving it again takes it back. Refused: none there, another version."""
    now = clock.now()
    saved = store.CALENDARS.archive(session, organisation_id, ref, now=now, expected_version=expected_version)
    if saved.change is not Change.NONE:
        fact = WorkCalendarArchived(calendar_id=saved.kept.id, ref=ref, version=saved.kept.version)
        journal.append(
            session, organisation_id, Stream("work_calendar", saved.kept.id), [fact], occurred_at=now, actor=actor
        )
    return saved.kept


def get_work_calendar(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[WorkCalendar]:
    """Return a work calendar by its external id, archived or not."""
    return store.CALENDARS.get(session, organisation_id, ref)


def find_work_calendar(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[WorkCalendar] | None:
    """Return a work calendar by its external id, archived or not, or None."""
    return store.CALENDARS.find(session, organisation_id, ref)


def list_work_calendars(
    session: Session, organisation_id: OrganisationId, *, after: str = "", limit: int = MAX_PAGE, archived: bool = False
) -> Page[Kept[WorkCalendar]]:
    """Return a page of them by external id, from the one behind `after` on."""
    return store.CALENDARS.page(session, organisation_id, after=after, limit=limit, archived=archived)


def zones_at(session: Session, organisation_id: OrganisationId, point: Point) -> tuple[Kept[Zone], ...]:
    """Return the zones that hold a point, by external id."""
    zones = store.ZONES.every(session, organisation_id, most=MAX_ZONES)
    return tuple(zone for zone in zones if zone.value.contains(point))


def all_depots(session: Session, organisation_id: OrganisationId) -> tuple[Kept[Depot], ...]:
    """Return every depot in use, by external id."""
    return store.DEPOTS.every(session, organisation_id, most=MAX_DEPOTS)


def all_zones(session: Session, organisation_id: OrganisationId) -> tuple[Kept[Zone], ...]:
    """Return every zone in use, by external id."""
    return store.ZONES.every(session, organisation_id, most=MAX_ZONES)
