"""Depots, hubs, zones and calendars on the real database: kept by external id, put away, told as facts."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from zaguan.base.geo.place import Place
from zaguan.base.geo.point import Point
from zaguan.base.geo.polygon import Polygon
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.kept import RefWrong, VersionStale
from zaguan.records.network import service
from zaguan.records.network.model import (
    Depot,
    DepotNotFound,
    Holiday,
    HolidaysTooMany,
    HoursReversed,
    Hub,
    HubKind,
    PlaceWithoutPoint,
    WorkCalendar,
    Zone,
    ZoneTooDetailed,
)

SQUARE = Polygon((Point(lon=0, lat=0), Point(lon=1, lat=0), Point(lon=1, lat=1), Point(lon=0, lat=1)))


class FixedClock:
    """A clock that stands."""

    def now(self) -> datetime:
        """Return a noon."""
        return datetime(2026, 3, 9, 12, tzinfo=UTC)


CLOCK = FixedClock()


def a_depot(ref: str = "main", **rest: object) -> Depot:
    """Return a depot on the equator."""
    place = Place(address="Calle Uno 1", point=Point(lon=0.5, lat=0.5))
    return Depot(**{"ref": ref, "name": ref, "place": place, **rest})  # type: ignore[arg-type]


def test_a_depot_is_kept_once_under_its_external_id(database: Database, organisation_id: OrganisationId) -> None:
    """Saving the same ref again changes the one depot; saving it unchanged makes no new version and tells nothing."""
    with database.session(organisation_id) as session:
        first = service.save_depot(session, organisation_id, a_depot(), clock=CLOCK, actor="user:1")
    with database.session(organisation_id) as session:
        same = service.save_depot(session, organisation_id, a_depot(), clock=CLOCK, actor="user:1")
        other = service.save_depot(session, organisation_id, a_depot(name="Norte"), clock=CLOCK, actor="user:1")
    assert (same.id, same.version) == (first.id, 1)
    assert (other.id, other.version, other.value.name) == (first.id, 2, "Norte")
    with database.session(organisation_id) as session:
        told = journal.read_stream(session, organisation_id, Stream("depot", first.id))
    assert [(entry.type, entry.data["change"], entry.data["version"]) for entry in told] == [
        ("depot.saved", "created", 1),
        ("depot.saved", "changed", 2),
    ]


def test_what_is_put_away_is_not_listed_and_comes_back(database: Database, organisation_id: OrganisationId) -> None:
    """An archived depot is on no page, can still be looked up, and saving it takes it back under the same id."""
    with database.session(organisation_id) as session:
        kept = service.save_depot(session, organisation_id, a_depot(), clock=CLOCK, actor="user:1")
        gone = service.archive_depot(session, organisation_id, "main", clock=CLOCK, actor="user:1")
        assert gone.archived_at == CLOCK.now()
        assert service.list_depots(session, organisation_id).entries == ()
        assert service.get_depot(session, organisation_id, "main").archived_at is not None
        again = service.save_depot(session, organisation_id, a_depot(), clock=CLOCK, actor="user:1")
    assert (again.id, again.archived_at, again.version) == (kept.id, None, 3)


def test_another_version_than_expected_is_refused(database: Database, organisation_id: OrganisationId) -> None:
    """Whoever changes an older version than the newest learns both."""
    with database.session(organisation_id) as session:
        service.save_depot(session, organisation_id, a_depot(), clock=CLOCK, actor="user:1")
        service.save_depot(session, organisation_id, a_depot(name="two"), clock=CLOCK, actor="user:1")
        with pytest.raises(VersionStale) as refusal:
            service.save_depot(
                session, organisation_id, a_depot(name="three"), clock=CLOCK, actor="user:2", expected_version=1
            )
    assert (refusal.value.facts["asked"], refusal.value.facts["current"]) == (1, 2)


def test_pages_follow_each_other_without_gap_or_repetition(database: Database, organisation_id: OrganisationId) -> None:
    """Walking from page to page shows each record once."""
    refs = [f"d{number}" for number in range(7)]
    seen: list[str] = []
    with database.session(organisation_id) as session:
        for ref in refs:
            service.save_depot(session, organisation_id, a_depot(ref), clock=CLOCK, actor="user:1")
        after: str | None = ""
        while after is not None:
            page = service.list_depots(session, organisation_id, after=after, limit=3)
            seen += [depot.ref for depot in page.entries]
            after = page.next
    assert seen == refs


def test_an_organisation_does_not_see_the_depots_of_another(
    database: Database, organisation_id: OrganisationId
) -> None:
    """The same ref in two organisations is two depots."""
    other = OrganisationId(new_id())
    with database.session(organisation_id) as session:
        service.save_depot(session, organisation_id, a_depot(), clock=CLOCK, actor="user:1")
    with database.session(other) as session, pytest.raises(DepotNotFound):
        service.get_depot(session, other, "main")


def test_hubs_zones_and_calendars_are_read_as_they_were_kept(
    database: Database, organisation_id: OrganisationId
) -> None:
    """Every field comes back, polygons with holes and holidays included (C09)."""
    hub = Hub(ref="l1", name="Locker", place=a_depot().place, kind=HubKind.LOCKER, capacity_pieces=40)
    hole = tuple(Point(lon=lon, lat=lat) for lon, lat in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6)))
    zone = Zone(ref="centre", name="Centro", polygons=(Polygon(SQUARE.outer, (hole,)),), skills=frozenset({"bike"}))
    calendar = WorkCalendar(ref="cl", name="Chile", holidays=(Holiday(on=date(2026, 9, 18), name="Fiestas"),))
    with database.session(organisation_id) as session:
        service.save_hub(session, organisation_id, hub, clock=CLOCK, actor="user:1")
        service.save_zone(session, organisation_id, zone, clock=CLOCK, actor="user:1")
        service.save_work_calendar(session, organisation_id, calendar, clock=CLOCK, actor="user:1")
    with database.session(organisation_id) as session:
        assert service.get_hub(session, organisation_id, "l1").value == hub
        assert service.get_zone(session, organisation_id, "centre").value == zone
        assert service.get_work_calendar(session, organisation_id, "cl").value == calendar
        inside, in_hole = Point(lon=0.1, lat=0.1), Point(lon=0.55, lat=0.45)
        assert [each.ref for each in service.zones_at(session, organisation_id, inside)] == ["centre"]
        assert service.zones_at(session, organisation_id, in_hole) == ()


def test_what_nobody_could_use_is_refused(database: Database, organisation_id: OrganisationId) -> None:
    """No point, reversed hours, no area, a holiday twice, a ref with blanks: each is refused by name."""
    nowhere = Place(address="?")
    twice = (Holiday(on=date(2026, 1, 1)), Holiday(on=date(2026, 1, 1)))
    with database.session(organisation_id) as session:
        for depot, refusal in (
            (a_depot(place=nowhere), PlaceWithoutPoint),
            (a_depot(opens_s=5, closes_s=5), HoursReversed),
            (a_depot(" main"), RefWrong),
        ):
            with pytest.raises(refusal):
                service.save_depot(session, organisation_id, depot, clock=CLOCK, actor="user:1")
        with pytest.raises(ZoneTooDetailed):
            service.save_zone(
                session, organisation_id, Zone(ref="z", name="z", polygons=()), clock=CLOCK, actor="user:1"
            )
        with pytest.raises(HolidaysTooMany):
            service.save_work_calendar(
                session,
                organisation_id,
                WorkCalendar(ref="c", name="c", holidays=twice),
                clock=CLOCK,
                actor="user:1",
            )


def test_a_holiday_goes_before_the_weekday() -> None:
    """A holiday is no work day, a worked Sunday is one; other days follow their weekday."""
    worked_sunday = Holiday(on=date(2026, 3, 8), is_worked=True)
    calendar = WorkCalendar(ref="c", name="c", holidays=(Holiday(on=date(2026, 3, 10)), worked_sunday))
    days = [date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 15)]
    assert [calendar.is_worked(day) for day in days] == [True, True, False, False]
    assert replace(calendar, holidays=()).is_worked(date(2026, 3, 10))
