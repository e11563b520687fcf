"""The queue in PostgreSQL: enqueued with the transaction, in order, once where once is asked for."""

from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from threading import Lock

import pytest
import sqlalchemy as sa

from zaguan.adapters.procrastinate.jobs import ProcrastinateJobs
from zaguan.adapters.procrastinate.worker import Pace, ProcrastinateWorker
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Call, Handler, Handlers, Job, JobCancelled, Retries

QUICK = Retries(attempts=3, first_wait_s=0.001, longest_wait_s=0.001)


class Undone(Exception):
    """What a transaction fails of."""


class Notes:
    """What handlers did, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._lock = Lock()

    def write(self, call: Call) -> None:
        with self._lock:
            self.lines.append(str(call.arguments.get("note", call.name)))


def worker(database: Database, *handlers: Handler, threads: int = 4) -> ProcrastinateWorker:
    return ProcrastinateWorker(database.url, Handlers(handlers), threads=threads)


@pytest.fixture
def woken() -> list[str]:
    """One entry for each time that workers were woken."""
    return []


@pytest.fixture
def jobs(woken: list[str]) -> ProcrastinateJobs:
    """The queue."""
    return ProcrastinateJobs(wake=lambda: woken.append("woken"))


def waiting(database: Database) -> int:
    with database.engine.connect() as connection:
        statement = "SELECT count(*) FROM queue.procrastinate_jobs WHERE status = 'todo'"
        connection.exec_driver_sql("SET ROLE NONE")
        return int(connection.exec_driver_sql(statement).scalar_one())


def test_a_job_is_there_when_its_transaction_is(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs, woken: list[str]
) -> None:
    """A job of an undone transaction does not exist; workers are woken after the commit, not before."""
    notes = Notes()
    with suppress(Undone), own_database.session(organisation_id) as session:
        jobs.defer(session, "write", {"note": "lost"})
        raise Undone
    with own_database.session(organisation_id) as session:
        jobs.defer(session, "write", {"note": "kept"})
        with session.begin_nested():
            jobs.defer(session, "write", {"note": "also"})
        assert woken == []
    assert woken == ["woken"]
    worker(own_database, Handler(name="write", run=notes.write), threads=1).run_all()
    assert notes.lines == ["kept", "also"]
    assert waiting(own_database) == 0


def test_a_lock_keeps_the_order_through_failures(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """Jobs with one lock run one after the other on four threads, also where one fails and is tried again."""
    notes = Notes()

    def write(call: Call) -> None:
        notes.write(call)
        if call.text("note") == "3" and not call.is_last:
            raise OSError("not yet")

    many = [Job(name="write", arguments={"note": str(number)}, lock="one") for number in range(8)]
    with own_database.session(organisation_id) as session:
        jobs.defer_all(session, many)
    handler = Handler(name="write", run=write, retries=QUICK)
    while waiting(own_database):
        worker(own_database, handler).run_all()
    assert notes.lines == ["0", "1", "2", "3", "3", "3", "4", "5", "6", "7"]


def test_a_queueing_lock_lets_one_wait(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """A second job with the queueing lock of one that waits is that one, brought forward if it is wanted earlier."""
    notes = Notes()
    later = SystemClock().now() + timedelta(days=1)
    with own_database.session(organisation_id) as session:
        first = jobs.defer(session, "write", queueing_lock="today", at=later)
        assert jobs.defer(session, "write", queueing_lock="today", at=later + timedelta(days=1)) == first
    write = worker(own_database, Handler(name="write", run=notes.write))
    write.run_all()
    assert notes.lines == []
    with own_database.session(organisation_id) as session:
        assert jobs.defer(session, "write", queueing_lock="today") == first
    write.run_all()
    assert notes.lines == ["write"]


def test_a_job_that_stands_for_another_waits_for_it(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """A job that waits already and is asked for again begins only after the commit of the one who asked."""
    notes = Notes()
    write = worker(own_database, Handler(name="write", run=notes.write))
    with own_database.session(organisation_id) as session:
        jobs.defer(session, "write", queueing_lock="today")
    with ExitStack() as stack:
        session = stack.enter_context(own_database.session(organisation_id))
        jobs.defer(session, "write", queueing_lock="today")
        write.run_all()
        assert notes.lines == []
        stack.close()
    write.run_all()
    assert notes.lines == ["write"]


def test_what_always_fails_is_given_up(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """After its attempts a job is given up, and whoever waits for it is told."""
    notes = Notes()

    def fail(_call: Call) -> None:
        raise OSError("never")

    handler = Handler(name="fail", run=fail, retries=QUICK, give_up=notes.write)
    with own_database.session(organisation_id) as session:
        jobs.defer(session, "fail", {"note": "given up"})
    while waiting(own_database):
        worker(own_database, handler).run_all()
    assert notes.lines == ["given up"]


def test_the_greater_priority_goes_first(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """Of the jobs that wait, the greater priority goes first, then the older."""
    notes = Notes()
    with own_database.session(organisation_id) as session:
        for number in range(4):
            jobs.defer(session, "write", {"note": str(number)}, priority=number % 2)
    worker(own_database, Handler(name="write", run=notes.write), threads=1).run_all()
    assert notes.lines == ["1", "3", "0", "2"]


def test_work_that_nobody_knows_waits(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """A worker leaves alone what it has no handler for: a newer one will come."""
    notes = Notes()
    with own_database.session(organisation_id) as session:
        jobs.defer(session, "of.tomorrow")
    worker(own_database, Handler(name="write", run=notes.write)).run_all()
    assert waiting(own_database) == 1
    worker(own_database, Handler(name="of.tomorrow", run=notes.write)).run_all()
    assert notes.lines == ["of.tomorrow"]


def test_a_cancelled_job_does_not_run(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """A job that waits is dropped; one that runs is told, stops, and is not tried again."""
    notes = Notes()
    with own_database.session(organisation_id) as session:
        dropped = jobs.defer(session, "work", {"note": "dropped"})
    with own_database.session(organisation_id) as session:
        jobs.cancel(session, dropped)
        jobs.defer(session, "work", {"note": "stopped"})

    def work(call: Call) -> None:
        notes.write(call)
        with own_database.session(organisation_id) as session:
            jobs.cancel(session, call.job_id)
        while not call.cancelled():
            pass
        raise JobCancelled

    pace = Pace(poll_s=0.05)
    ProcrastinateWorker(own_database.url, Handlers([Handler(name="work", run=work)]), pace=pace).run_all()
    assert notes.lines == ["stopped"]
    assert waiting(own_database) == 0


def left_by_a_dead_worker(database: Database, attempts: int) -> None:
    """Have all jobs look as a worker leaves them that is killed."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE NONE")
        connection.execute(
            sa.text("UPDATE queue.procrastinate_jobs SET status = 'doing', attempts = :attempts"),
            {"attempts": attempts},
        )


def test_what_a_dead_worker_left_comes_back(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """A job in the hands of a worker that is gone is done by the next one, its attempt counted."""
    attempts: list[int] = []
    with own_database.session(organisation_id) as session:
        jobs.defer(session, "write")
    left_by_a_dead_worker(own_database, attempts=0)
    worker(own_database, Handler(name="write", run=lambda call: attempts.append(call.attempt))).run_all()
    assert attempts == [2]


def test_what_kills_each_worker_is_given_up(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """A job whose worker died in its last attempt is not begun again, and whoever waits for it is told."""
    notes = Notes()

    def kill(_call: Call) -> None:
        raise AssertionError("it is begun once more")

    with own_database.session(organisation_id) as session:
        jobs.defer(session, "kill", {"note": "given up"})
    left_by_a_dead_worker(own_database, attempts=QUICK.attempts - 1)
    worker(own_database, Handler(name="kill", run=kill, retries=QUICK, give_up=notes.write)).run_all()
    assert notes.lines == ["given up"]
    assert waiting(own_database) == 0


def test_the_application_role_reads_no_arguments(own_database: Database, organisation_id: OrganisationId) -> None:
    """A session of an organisation may enqueue, but not look into the work of others."""
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), own_database.session(organisation_id) as s:
        s.execute(sa.text("SELECT args FROM queue.procrastinate_jobs"))


def test_a_moment_is_kept_exactly(
    own_database: Database, organisation_id: OrganisationId, jobs: ProcrastinateJobs
) -> None:
    """A job is due at the moment it was asked for, to the microsecond, whatever zone that was said in."""
    at = datetime(2031, 5, 4, 12, 30, 15, 250_001, tzinfo=UTC)
    with own_database.session(organisation_id) as session:
        job_id = jobs.defer(session, "write", at=at)
        query = sa.text("SELECT scheduled_at FROM queue.procrastinate_jobs WHERE id = :id")
        assert session.execute(query, {"id": job_id}).scalar_one() == at
