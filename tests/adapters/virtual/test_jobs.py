"""Jobs on a virtual clock: transactions, locks, timers and retries, without waiting for anything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.base.kit.jobs import Call, Handler, Handlers, Job, JobCancelled, Retries

START = datetime(2026, 5, 4, 8, tzinfo=UTC)


class Undone(Exception):
    """What a transaction fails of."""


@contextmanager
def a_session() -> Iterator[Session]:
    """Open a transaction; what it is a transaction of does not matter here."""
    with Session(sa.create_engine("sqlite://")) as session, session.begin():
        yield session


def a_queue() -> tuple[VirtualClock, VirtualJobs]:
    clock = VirtualClock(START)
    return clock, VirtualJobs(clock, seed=1)


def noting(name: str, notes: list[str]) -> Handler:
    return Handler(name=name, run=lambda call: notes.append(str(call.arguments.get("note", call.name))))


def test_a_job_is_there_when_its_transaction_is() -> None:
    """A job of a transaction that is undone is never run, one of an open transaction not yet."""
    _, jobs = a_queue()
    notes: list[str] = []
    handlers = Handlers([noting("write", notes)])
    with suppress(Undone), a_session() as session:
        jobs.defer(session, "write", {"note": "lost"})
        raise Undone
    with a_session() as session:
        jobs.defer(session, "write", {"note": "kept"})
        with suppress(Undone), session.begin_nested():
            jobs.defer(session, "write", {"note": "undone savepoint"})
            raise Undone
        with session.begin_nested():
            jobs.defer(session, "write", {"note": "savepoint"})
        assert jobs.run_due(handlers) == 0
    assert jobs.run_due(handlers) == 2
    assert notes == ["kept", "savepoint"]


def test_jobs_run_at_their_moment() -> None:
    """The clock stops at each job that is due, in the order of their moments, and ends where it should."""
    clock, jobs = a_queue()
    seen: list[datetime] = []
    handlers = Handlers([Handler(name="look", run=lambda _: seen.append(clock.now()))])
    with a_session() as session:
        for minutes in (30, 10, 90):
            jobs.defer(session, "look", at=START + timedelta(minutes=minutes))
    jobs.run_until(START + timedelta(hours=1), handlers)
    assert seen == [START + timedelta(minutes=10), START + timedelta(minutes=30)]
    assert clock.now() == START + timedelta(hours=1)


def test_the_greater_priority_goes_first() -> None:
    """Of the jobs that are due, the greater priority goes first, then the older."""
    _, jobs = a_queue()
    notes: list[str] = []
    with a_session() as session:
        jobs.defer_all(
            session,
            [Job(name="write", arguments={"note": str(number)}, priority=number % 2) for number in range(4)],
        )
    jobs.run_due(Handlers([noting("write", notes)]))
    assert notes == ["1", "3", "0", "2"]


def test_a_lock_keeps_the_order_through_failures() -> None:
    """A job with a lock waits until the one before it has succeeded, or was given up."""
    _, jobs = a_queue()
    notes: list[str] = []

    def write(call: Call) -> None:
        notes.append(f"{call.text('note')}{call.attempt}")
        if call.text("note") == "a" and call.attempt < 3:
            raise OSError("not yet")

    with a_session() as session:
        for note in "ab":
            jobs.defer(session, "write", {"note": note}, lock="one")
        jobs.defer(session, "write", {"note": "c"}, lock="other")
    jobs.run_until(START + timedelta(hours=1), Handlers([Handler(name="write", run=write)]))
    assert notes == ["a1", "c1", "a2", "a3", "b1"]


def test_a_queueing_lock_lets_one_wait() -> None:
    """A second job with the queueing lock of one that waits is that one, brought forward if it is wanted earlier."""
    clock, jobs = a_queue()
    seen: list[datetime] = []
    handlers = Handlers([Handler(name="plan", run=lambda _: seen.append(clock.now()))])
    with a_session() as session:
        first = jobs.defer(session, "plan", queueing_lock="today", at=START + timedelta(hours=2))
    with a_session() as session:
        assert jobs.defer(session, "plan", queueing_lock="today", at=START + timedelta(hours=1)) == first
    jobs.run_until(START + timedelta(hours=3), handlers)
    assert seen == [START + timedelta(hours=1)]


def test_what_always_fails_is_given_up() -> None:
    """After its attempts a job is given up and kept with its error; the last attempt is told so."""
    _, jobs = a_queue()
    last: list[bool] = []

    def fail(call: Call) -> None:
        last.append(call.is_last)
        raise OSError("never")

    with a_session() as session:
        jobs.defer(session, "fail")
    jobs.run_until(START + timedelta(days=1), Handlers([Handler(name="fail", run=fail, retries=Retries(attempts=3))]))
    assert last == [False, False, True]
    assert [str(failed.error) for failed in jobs.failed] == ["never"]


def test_a_cancelled_job_does_not_run() -> None:
    """A job that waits is dropped; one that runs is told, stops, and is not tried again."""
    _, jobs = a_queue()
    runs: list[int] = []

    def work(call: Call) -> None:
        runs.append(call.attempt)
        with a_session() as session:
            jobs.cancel(session, call.job_id)
        if call.cancelled():
            raise JobCancelled

    with a_session() as session:
        waiting = jobs.defer(session, "work", at=START + timedelta(hours=1))
    with a_session() as session:
        jobs.cancel(session, waiting)
        jobs.defer(session, "work")
    jobs.run_until(START + timedelta(hours=2), Handlers([Handler(name="work", run=work)]))
    assert runs == [1]
    assert jobs.failed == []


def test_timers_ring() -> None:
    """A handler with a cron line runs at each of its moments."""
    clock, jobs = a_queue()
    seen: list[datetime] = []
    handlers = Handlers([Handler(name="tick", run=lambda _: seen.append(clock.now()), every="*/20 * * * *")])
    jobs.run_until(START + timedelta(hours=1), handlers)
    assert [moment.minute for moment in seen] == [20, 40, 0]


def test_time_does_not_go_back() -> None:
    """A virtual clock refuses an earlier moment."""
    clock = VirtualClock(START)
    with pytest.raises(AssertionError):
        clock.move_to(START - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("attempt", "chance", "wait_s"), [(1, 1.0, 1.0), (1, 0.0, 0.5), (4, 1.0, 8.0), (9, 1.0, 60.0), (10, 0.5, None)]
)
def test_waits_grow_and_are_spread(attempt: int, chance: float, wait_s: float | None) -> None:
    """Each wait is twice the one before, up to the longest; chance takes up to half of it away."""
    assert Retries(attempts=10, longest_wait_s=60).wait_s(attempt, chance) == wait_s


def test_two_handlers_have_two_names() -> None:
    """A second handler of one name is refused."""
    idle: Callable[[Call], None] = lambda _: None  # noqa: E731
    with pytest.raises(AssertionError, match="tick"):
        Handlers([Handler(name="tick", run=idle), Handler(name="tick", run=idle)])
