"""Use cases of drivers and skills: kept under external ids, put away instead of deleted."""

from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.events.driver import DriverArchived, DriverSaved, SkillArchived, SkillSaved
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.kept import MAX_PAGE, Change, Kept, Page
from zaguan.records.drivers import store
from zaguan.records.drivers.model import MAX_DRIVERS, Driver, Skill, checked_driver


def save_driver(
    session: Session,
    organisation_id: OrganisationId,
    driver: Driver,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Driver]:
    """Keep a driver under its external id, new or changed. Refused: another version than expected."""
    now = clock.now()
    saved = store.DRIVERS.save(
        session, organisation_id, driver.ref, checked_driver(driver), now=now, expected_version=expected_version
    )
    if saved.change is not Change.NONE:
        kept = saved.kept
        fact = DriverSaved(driver_id=kept.id, ref=kept.ref, version=kept.version, change=saved.change.value)
        journal.append(session, organisation_id, Stream("driver", kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def archive_driver(
    session: Session,
    organisation_id: OrganisationId,
    ref: str,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Driver]:
    """Put a driver away; saving it again takes it back. Refused: none there, another version."""
    now = clock.now()
    saved = store.DRIVERS.archive(session, organisation_id, ref, now=now, expected_version=expected_version)
    if saved.change is not Change.NONE:
        fact = DriverArchived(driver_id=saved.kept.id, ref=ref, version=saved.kept.version)
        journal.append(session, organisation_id, Stream("driver", saved.kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def get_driver(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Driver]:
    """Return a driver by its external id, archived or not."""
    return store.DRIVERS.get(session, organisation_id, ref)


def find_driver(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Driver] | None:
    """Return a driver by its external id, archived or not, or None."""
    return store.DRIVERS.find(session, organisation_id, ref)


def get_driver_by_id(session: Session, organisation_id: OrganisationId, driver_id: UUID) -> Kept[Driver]:
    """Return a driver in use by its id, as their phone names them. Refused: DriverNotFound."""
    return store.driver_by_id(session, organisation_id, driver_id)


def list_drivers(
    session: Session, organisation_id: OrganisationId, *, after: str = "", limit: int = MAX_PAGE, archived: bool = False
) -> Page[Kept[Driver]]:
    """Return a page of them by external id, from the one behind `after` on."""
    return store.DRIVERS.page(session, organisation_id, after=after, limit=limit, archived=archived)


def save_skill(
    session: Session,
    organisation_id: OrganisationId,
    skill: Skill,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Skill]:
    """Keep a skill under its external id, new or changed. Refused: another version than expected."""
    now = clock.now()
    saved = store.SKILLS.save(session, organisation_id, skill.ref, skill, now=now, expected_version=expected_version)
    if saved.change is not Change.NONE:
        kept = saved.kept
        fact = SkillSaved(skill_id=kept.id, ref=kept.ref, version=kept.version, change=saved.change.value)
        journal.append(session, organisation_id, Stream("skill", kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def archive_skill(
    session: Session,
    organisation_id: OrganisationId,
    ref: str,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[Skill]:
    """Put a skill away; saving it again takes it back. Refused: none there, another version."""
    now = clock.now()
    saved = store.SKILLS.archive(session, organisation_id, ref, now=now, expected_version=expected_version)
    if saved.change is not Change.NONE:
        fact = SkillArchived(skill_id=saved.kept.id, ref=ref, version=saved.kept.version)
        journal.append(session, organisation_id, Stream("skill", saved.kept.id), [fact], occurred_at=now, actor=actor)
    return saved.kept


def get_skill(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Skill]:
    """Return a skill by its external id, archived or not."""
    return store.SKILLS.get(session, organisation_id, ref)


def find_skill(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Skill] | None:
    """Return a skill by its external id, archived or not, or None."""
    return store.SKILLS.find(session, organisation_id, ref)


def list_skills(
    session: Session, organisation_id: OrganisationId, *, after: str = "", limit: int = MAX_PAGE, archived: bool = False
) -> Page[Kept[Skill]]:
    """Return a page of them by external id, from the one behind `after` on."""
    return store.SKILLS.page(session, organisation_id, after=after, limit=limit, archived=archived)


def all_drivers(session: Session, organisation_id: OrganisationId) -> tuple[Kept[Driver], ...]:
    """Return every driver in use, by external id."""
    return store.DRIVERS.every(session, organisation_id, most=MAX_DRIVERS)
