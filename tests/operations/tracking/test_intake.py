"""Positions on the real database: stored once, the newest known, what happened told."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.operations.tracking.builders import a_batch, a_fix, a_route, after, east, sent
from tests.operations.tracking.field import Field, receipt_of
from zaguan.base.events.position import ArrivalSuggested, GeofenceEntered, GeofenceLeft
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.jobs import Handler, Handlers
from zaguan.operations.tracking.following import end_duties, start_duty
from zaguan.operations.tracking.model import BatchAltered, PathTooLong, Receipt
from zaguan.operations.tracking.refreshing import FORECAST
from zaguan.operations.tracking.views import list_path


def test_what_was_sent_is_found_again(field: Field) -> None:
    """Fixes of a batch are stored exactly, and the latest of them is the newest of its vehicle."""
    route = field.follow(a_route())
    field.clock.move_to(after(60))
    fixes = [sent(10 * step, east(90 * step)) for step in (2, 0, 1)]
    receipt = receipt_of(field.record(a_batch(*fixes, vehicle_id=route.vehicle_id)))
    assert (receipt.sent, receipt.accepted, receipt.repeated) == (3, 3, 0)
    assert field.path(route.vehicle_id) == tuple(a_fix(10 * step, east(90 * step)) for step in range(3))
    assert field.newest() == {route.vehicle_id: a_fix(20, east(180))}


def test_a_repeat_gets_the_same_answer_and_changes_nothing(field: Field) -> None:
    """A batch that comes again, whether its answer was lost or not, is answered as before and stored once."""
    route = field.follow(a_route())
    field.clock.move_to(after(60))
    batch = a_batch(sent(0), sent(10, east(5_000)), vehicle_id=route.vehicle_id)
    first = field.record(batch)
    field.clock.move_to(after(600))
    again = field.record(batch, batch)
    assert again.answers == (*first.answers, *first.answers)
    assert again.live == ()
    assert len(field.path(route.vehicle_id)) == 1
    assert field.quarantined() == {"impossible_speed": 1}


def test_the_same_fixes_under_another_id_are_repeats(field: Field) -> None:
    """A device that lost its ids sends all again: nothing is stored twice, even within one transaction."""
    route = field.follow(a_route())
    field.clock.move_to(after(60))
    fixes = [sent(10 * step, east(90 * step)) for step in range(5)]
    recorded = field.record(*(a_batch(*fixes, vehicle_id=route.vehicle_id) for _ in range(2)))
    third = receipt_of(field.record(a_batch(*fixes, sent(50, east(500)), vehicle_id=route.vehicle_id)))
    assert [answer.repeated for answer in recorded.answers if isinstance(answer, Receipt)] == [0, 5]
    assert (third.accepted, third.repeated) == (1, 5)
    assert len(field.path(route.vehicle_id)) == 6


def test_an_altered_batch_is_refused_and_spoils_no_other(field: Field) -> None:
    """The id of a batch with other fixes is refused; the batches beside it are stored."""
    route = field.follow(a_route())
    field.clock.move_to(after(60))
    batch = a_batch(sent(0), vehicle_id=route.vehicle_id)
    field.record(batch)
    altered = a_batch(sent(5), vehicle_id=route.vehicle_id, batch_id=batch.batch_id, device_id=batch.device_id)
    refused, good = field.record(altered, a_batch(sent(10, east(50)), vehicle_id=route.vehicle_id)).answers
    assert isinstance(refused, BatchAltered)
    assert isinstance(good, Receipt)
    assert [fix.at for fix in field.path(route.vehicle_id)] == [after(0), after(10)]


def test_what_is_refused_is_kept_and_counted(field: Field) -> None:
    """Each quarantined fix stands in the table with its reason; off duty without the point."""
    route = field.follow(a_route())
    field.clock.move_to(after(60))
    fix_id = new_id()
    receipt = receipt_of(
        field.record(
            a_batch(
                sent(0),
                sent(5, lat=95.0),
                sent(6, lat=float("nan"), fix_id=fix_id),
                sent(900),
                sent(-4_000),
                sent(20, accuracy_m=900.0),
                vehicle_id=route.vehicle_id,
            )
        )
    )
    expected = {"invalid": 2, "future": 1, "outside_shift": 1, "poor_accuracy": 1}
    assert receipt.accepted == 1
    assert receipt.quarantined == expected
    assert field.quarantined() == expected
    query = sa.text("SELECT reason, lon, fix_id FROM tracking_quarantine WHERE vehicle_id = :vehicle")
    with field.database.session(field.organisation_id) as session:
        rows = session.execute(query, {"vehicle": route.vehicle_id}).all()
    assert {row.reason for row in rows if row.lon is None} == {"invalid", "outside_shift"}
    assert [row.reason for row in rows if row.fix_id == fix_id] == ["invalid"]


def test_neither_the_future_nor_the_past_becomes_the_newest(field: Field) -> None:
    """A fix from the future is never the newest, and one that comes late fills the path only."""
    route = field.follow(a_route())
    field.clock.move_to(after(300))
    field.record(a_batch(sent(290, east(500)), sent(900, east(600)), vehicle_id=route.vehicle_id))
    recorded = field.record(a_batch(sent(100, east(300)), vehicle_id=route.vehicle_id))
    assert field.newest() == {route.vehicle_id: a_fix(290, east(500))}
    assert recorded.live == ()
    assert len(field.path(route.vehicle_id)) == 2


def test_doubts_last_from_batch_to_batch(field: Field) -> None:
    """Three fixes, one a batch, that agree with each other against the first are believed."""
    route = field.follow(a_route())
    field.clock.move_to(after(60))
    for second, place in ((0, east(0)), (10, east(50_000)), (20, east(50_100)), (30, east(50_200))):
        field.record(a_batch(sent(second, place), vehicle_id=route.vehicle_id))
    assert [fix.at for fix in field.path(route.vehicle_id)] == [after(0), after(30)]
    assert field.quarantined() == {"impossible_speed": 2}


def test_a_shift_that_was_ended_is_watched_no_longer(field: Field) -> None:
    """From the end of the shift on no position of its vehicle is kept."""
    vehicle, shift = new_id(), new_id()
    with field.database.session(field.organisation_id) as session:
        start_duty(session, field.organisation_id, shift, vehicle, starts_at=after(0))
    field.clock.move_to(after(600))
    assert receipt_of(field.record(a_batch(sent(500), vehicle_id=vehicle))).accepted == 1
    with field.database.session(field.organisation_id) as session:
        end_duties(session, field.organisation_id, vehicle, at=after(550))
    later = receipt_of(field.record(a_batch(sent(540), sent(560), vehicle_id=vehicle)))
    assert (later.accepted, later.quarantined) == (1, {"outside_shift": 1})


def test_what_happens_at_a_stop_is_told_once(field: Field) -> None:
    """Entering, staying at and leaving a stop are facts of the route, however the fixes are cut into batches."""
    route = field.follow(a_route())
    field.depart(route)
    places = [700, 950, *[1_000] * 6, 1_200, 1_500]
    for step, place in enumerate(places):
        field.clock.move_to(after(100 + 10 * step))
        field.record(a_batch(sent(100 + 10 * step, east(place)), vehicle_id=route.vehicle_id))
    told = [(kind, data) for kind, data in field.facts(route)]
    assert [kind for kind, _ in told] == [GeofenceEntered.type, ArrivalSuggested.type, GeofenceLeft.type]
    stop = route.stops[0]
    assert all(data.get("fence_id", data.get("stop_id")) == str(stop.stop_id) for _, data in told)
    assert told[1][1]["order_ids"] == [str(order_id) for order_id in stop.order_ids]


def test_the_live_bus_hears_the_newest_of_each_vehicle(field: Field) -> None:
    """For each vehicle that moved there is one position to tell, with its route and hub."""
    one, other = field.follow(a_route()), field.follow(a_route())
    field.clock.move_to(after(60))
    recorded = field.record(
        a_batch(sent(0), sent(10, east(50)), vehicle_id=one.vehicle_id),
        a_batch(sent(5), vehicle_id=other.vehicle_id),
    )
    assert {(live.vehicle_id, live.at, live.hub, live.route_id) for live in recorded.live} == {
        (one.vehicle_id, after(10), "north", one.route_id),
        (other.vehicle_id, after(5), "north", other.route_id),
    }


def test_forecasts_are_asked_for_now_and_then(field: Field) -> None:
    """While positions come each second, a forecast is asked for each half minute only."""
    route = field.follow(a_route())
    field.jobs.run_due(quiet_handlers())
    runs = 0
    for second in range(1, 91):
        field.clock.move_to(after(second))
        field.record(a_batch(sent(second, east(300 + 5 * second)), vehicle_id=route.vehicle_id))
        runs += field.jobs.run_due(quiet_handlers())
    assert runs == 3


def test_two_that_send_at_once_wait_for_each_other(field: Field) -> None:
    """Batches of the same vehicles that come at once over several connections are all stored, none twice."""
    vehicles = [field.follow(a_route()).vehicle_id for _ in range(3)]
    field.clock.move_to(after(600))
    batches = [
        a_batch(*(sent(5 * part + n, east(30 * n)) for n in range(5)), vehicle_id=vehicle)
        for part in range(4)
        for vehicle in vehicles
    ]
    threads = [
        threading.Thread(target=field.record, args=batches[start::2] + batches[:4], daemon=True) for start in (0, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert [len(field.path(vehicle)) for vehicle in vehicles] == [20, 20, 20]


def test_organisations_do_not_see_each_other(field: Field) -> None:
    """Another organisation sees neither the newest position nor the path."""
    route = field.follow(a_route())
    field.clock.move_to(after(60))
    field.record(a_batch(sent(0), vehicle_id=route.vehicle_id))
    other = Field(field.database, OrganisationId(new_id()))
    assert other.newest() == {}
    assert other.path(route.vehicle_id) == ()


def test_a_path_has_a_bound(field: Field) -> None:
    """More than two days of a path are refused."""
    with field.database.session(field.organisation_id) as session, pytest.raises(PathTooLong):
        list_path(session, field.organisation_id, new_id(), since=after(0), until=after(0) + timedelta(days=3))


def quiet_handlers() -> Handlers:
    """Return handlers that let forecasts be."""
    return Handlers([Handler(name=FORECAST, run=lambda _call: None)])
