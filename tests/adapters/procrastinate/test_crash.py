"""Workers that are killed in the middle: nothing is lost, nothing happens twice, the order holds."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from tests.adapters.procrastinate.working import BellRung, reactions_of
from tests.house.source import ROOT
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.journal import append, wire

AT = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
STREAMS, EVENTS = 6, 20
LONG_S = 120.0


@contextmanager
def a_worker(database: Database) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker in a process of its own; it is gone afterwards."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.adapters.procrastinate.working", url]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def make_effects(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        # nothing here refuses a second effect: it would be seen
        connection.exec_driver_sql("CREATE TABLE effects (at serial, event_id uuid, stream_id uuid, number int)")
        connection.exec_driver_sql("GRANT ALL ON effects, effects_at_seq TO PUBLIC")


def effects(database: Database) -> list[tuple[UUID, int]]:
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT stream_id, number FROM effects ORDER BY at")
        return [(stream, number) for stream, number in found]


def wait_for_effects(database: Database, count: int) -> None:
    """Wait until so many effects are there."""
    pause = threading.Event()
    for _ in range(int(LONG_S / 0.1)):
        if len(effects(database)) >= count:
            return
        pause.wait(0.1)
    raise AssertionError(f"only {len(effects(database))} of {count} effects after {LONG_S} s")


def test_killed_workers_lose_nothing_and_double_nothing(
    own_database: Database, organisation_id: OrganisationId
) -> None:
    """Three workers are killed in the middle of their work; the fourth finishes.

    Each event has its effect exactly once, and those of one stream in their order.
    """
    make_effects(own_database)
    wire(own_database, reactions_of(0))
    streams = [Stream("bell", new_id()) for _ in range(STREAMS)]
    for number in range(EVENTS):
        with own_database.session(organisation_id) as session:
            for stream in streams:
                append(session, organisation_id, stream, [BellRung(number=number)], occurred_at=AT, actor="system")
    for killed in range(1, 4):
        with a_worker(own_database) as worker:
            wait_for_effects(own_database, killed * 20)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    with a_worker(own_database) as worker:
        wait_for_effects(own_database, STREAMS * EVENTS)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(LONG_S) == 0
    found = effects(own_database)
    assert {stream: [number for one, number in found if one == stream.id] for stream in streams} == {
        stream: list(range(EVENTS)) for stream in streams
    }
    assert left_of(own_database) == 0


def left_of(database: Database) -> int:
    with database.engine.connect() as connection:
        connection.execute(sa.text("SET LOCAL ROLE NONE"))
        return int(connection.execute(sa.text("SELECT count(*) FROM queue.procrastinate_jobs")).scalar_one())
