"""Positions with time: chunks after minutes, nothing after the days that they may be kept."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from tests.operations.tracking.builders import a_batch, a_fix, a_route, after, east, sent
from tests.operations.tracking.field import Field
from zaguan.operations.tracking.keeping import Retention, forget_positions, seal_chunks
from zaguan.operations.tracking.model import Receipt

TABLES = ("open_fixes", "chunks", "quarantine", "receipts", "trails", "duties", "routes", "stops", "alerts")


def count(field: Field, table: str) -> int:
    with field.database.session(field.organisation_id) as session:
        return int(session.execute(sa.text(f"SELECT count(*) FROM tracking_{table}")).scalar_one())


def seal(field: Field) -> int:
    with field.database.session(field.organisation_id) as session:
        return seal_chunks(session, field.organisation_id, clock=field.clock)


def driven(field: Field, vehicle_id: UUID, *, since: int, until: int) -> None:
    fixes = [sent(second, east(5 * second)) for second in range(since, until, 10)]
    field.record(a_batch(*fixes, vehicle_id=vehicle_id))


def test_chunks_hold_what_was_open(field: Field) -> None:
    """When five minutes are over their fixes become one chunk, and the path is the same as before."""
    route = field.follow(a_route())
    field.clock.move_to(after(800))
    driven(field, route.vehicle_id, since=0, until=800)
    before = field.path(route.vehicle_id)
    assert seal(field) == 60
    assert (count(field, "chunks"), count(field, "open_fixes")) == (2, 20)
    assert field.path(route.vehicle_id) == before
    assert len(before) == 80
    assert seal(field) == 0


def test_late_fixes_join_their_chunk(field: Field) -> None:
    """Fixes that come after their five minutes were closed join the chunk; those it has are repeats."""
    route = field.follow(a_route())
    field.clock.move_to(after(800))
    field.record(a_batch(sent(0), sent(20, east(100)), vehicle_id=route.vehicle_id))
    assert seal(field) == 2
    (answer,) = field.record(
        a_batch(sent(0), sent(10, east(50)), sent(20, east(900)), vehicle_id=route.vehicle_id)
    ).answers
    assert isinstance(answer, Receipt)
    assert (answer.accepted, answer.repeated, answer.quarantined) == (1, 1, {"duplicate": 1})
    assert seal(field) == 1
    assert count(field, "chunks") == 1
    assert field.path(route.vehicle_id) == (a_fix(0), a_fix(10, east(50)), a_fix(20, east(100)))


def test_nothing_is_kept_longer_than_it_may(field: Field) -> None:
    """After the days that are set, no position is left in any table, and receipts go after theirs."""
    route = field.follow(a_route())
    field.clock.move_to(after(800))
    driven(field, route.vehicle_id, since=0, until=800)
    field.record(a_batch(sent(700, east(5_000)), sent(790, lat=95.0), vehicle_id=route.vehicle_id))
    seal(field)
    for days, left in ((6, {"receipts": 2, "chunks": 2}), (8, {"receipts": 0, "chunks": 2}), (61, {})):
        field.clock.move_to(after(800) + timedelta(days=days))
        with field.database.session(field.organisation_id) as session:
            forget_positions(session, field.organisation_id, keep=Retention(), clock=field.clock)
        assert {table: count(field, table) for table in left} == left
    kept = {table: count(field, table) for table in TABLES if table not in ("routes", "stops", "alerts")}
    assert set(kept.values()) == {0}


def test_the_timers_do_it_by_themselves(field: Field) -> None:
    """The worker closes chunks every five minutes and forgets in the night."""
    route = field.follow(a_route())
    field.clock.move_to(after(800))
    driven(field, route.vehicle_id, since=0, until=800)
    field.wait_until(1_500)
    assert (count(field, "chunks"), count(field, "open_fixes")) == (3, 0)


def test_closed_routes_are_forgotten_too(field: Field) -> None:
    """Routes that were closed, their stops and alerts are deleted with the positions of their time."""
    field.follow(a_route(shift_ends_at=after(1_800)))
    field.wait_until(600)
    assert count(field, "alerts") == 1
    field.clock.move_to(after(0) + timedelta(days=1))
    field.wait_until(86_400 + 300)
    field.clock.move_to(after(0) + timedelta(days=63))
    with field.database.session(field.organisation_id) as session:
        forget_positions(session, field.organisation_id, keep=Retention(), clock=field.clock)
    assert {table: count(field, table) for table in TABLES} == dict.fromkeys(TABLES, 0)
