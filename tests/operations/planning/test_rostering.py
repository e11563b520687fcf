"""The usual shifts of drivers put on a day, on the real database."""

from dataclasses import replace

from tests.operations.planning.builders import TUESDAY, a_depot, a_driver, a_vehicle
from tests.operations.planning.day import ACTOR, DayClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.planning.rostering import schedule_day
from zaguan.records.drivers import service as drivers
from zaguan.records.fleet import service as vehicles
from zaguan.records.network import service as network
from zaguan.records.network.model import Holiday, WorkCalendar

CLOCK = DayClock()


def test_usual_shifts_are_put_on_work_days_once(database: Database, organisation_id: OrganisationId) -> None:
    """Each driver gets the usual shift; who rests by calendar, and who has no vehicle to himself, is named (C20)."""
    holiday = WorkCalendar(ref="feriados", name="Feriados", holidays=(Holiday(on=TUESDAY, name="Fiesta"),))
    with database.session(organisation_id) as session:
        network.save_work_calendar(session, organisation_id, holiday, clock=CLOCK, actor=ACTOR)
        network.save_depot(session, organisation_id, a_depot(), clock=CLOCK, actor=ACTOR)
        for ref in ("ana-van", "eva-van"):
            vehicles.save_vehicle(session, organisation_id, a_vehicle(ref), clock=CLOCK, actor=ACTOR)
        people = (
            a_driver("ana-van", ref="ana"),
            a_driver("ana-van", ref="bea"),
            a_driver("none", ref="clara"),
            replace(a_driver("eva-van", ref="eva"), calendar_ref="feriados"),
        )
        for driver in people:
            drivers.save_driver(session, organisation_id, driver, clock=CLOCK, actor=ACTOR)
        first = schedule_day(session, organisation_id, TUESDAY, clock=CLOCK, actor=ACTOR)
        again = schedule_day(session, organisation_id, TUESDAY, clock=CLOCK, actor=ACTOR)
        tomorrow = schedule_day(session, organisation_id, TUESDAY.replace(day=11), clock=CLOCK, actor=ACTOR)
    assert [kept.value.driver_ref for kept in first.made] == ["ana"]
    assert (first.resting, first.without_vehicle) == (("eva",), ("bea", "clara"))
    assert again.made == ()
    assert [kept.value.driver_ref for kept in tomorrow.made] == ["ana", "eva"]
