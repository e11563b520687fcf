"""Long work on the queue: it ends in every case."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import Plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Call, Handlers, JobCancelled, Retries
from zaguan.records.operations import service
from zaguan.records.operations.model import Operation, OperationId, OperationNotFound, OperationState
from zaguan.records.operations.running import BROKEN, Work, operation_arguments, operation_handler

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
NAME = "town.paint"


class Desk:
    """Where long work is asked for and looked at, on a virtual clock."""

    def __init__(self, database: Database, organisation_id: OrganisationId) -> None:
        self.database, self.organisation_id = database, organisation_id
        self.clock = VirtualClock(NOON)
        self.jobs = VirtualJobs(self.clock)

    def asked(self) -> OperationId:
        with self.database.session(self.organisation_id) as session:
            operation = service.ask_for_operation(session, self.organisation_id, NAME, owner="us", clock=self.clock)
            self.jobs.defer(session, NAME, operation_arguments(self.organisation_id, operation.id))
        return operation.id

    def cancel(self, operation_id: OperationId) -> None:
        with self.database.session(self.organisation_id) as session:
            service.cancel_operation(session, self.organisation_id, operation_id, owner="us", clock=self.clock)

    def done(self, work: Work, operation_id: OperationId) -> Operation:
        """Let an hour pass in which the work is done, and return the operation."""
        handler = operation_handler(
            NAME, work, database=self.database, clock=self.clock, retries=Retries(attempts=3, first_wait_s=1)
        )
        self.jobs.run_until(self.clock.now() + timedelta(hours=1), Handlers([handler]))
        with self.database.session(self.organisation_id) as session:
            return service.get_operation(session, self.organisation_id, operation_id, owner="us")


@pytest.fixture
def desk(database: Database, organisation_id: OrganisationId) -> Desk:
    return Desk(database, organisation_id)


def test_work_that_is_done_has_a_result(desk: Desk) -> None:
    """Work tells its progress, and what it returns is the operation's result."""

    def paint(_call: Call, tell: Callable[[float], None]) -> Mapping[str, Plain]:
        tell(0.5)
        return {"houses": 3}

    found = desk.done(paint, desk.asked())
    assert (found.state, found.result, found.progress) == (OperationState.DONE, {"houses": 3}, 1.0)


def test_a_refusal_ends_it_at_once(desk: Desk) -> None:
    """Work that is refused is not tried again: the code of the refusal says why it failed."""
    attempts: list[int] = []

    def paint(call: Call, _tell: Callable[[float], None]) -> Mapping[str, Plain]:
        attempts.append(call.attempt)
        raise OperationNotFound

    found = desk.done(paint, desk.asked())
    assert (found.state, found.errors, attempts) == (OperationState.FAILED, (OperationNotFound.code,), [1])


def test_a_fault_is_tried_again(desk: Desk) -> None:
    """Work that breaks is begun again, and may succeed then."""

    def paint(call: Call, _tell: Callable[[float], None]) -> Mapping[str, Plain]:
        if call.attempt < 3:
            raise OSError("no paint")
        return {"attempt": call.attempt}

    assert desk.done(paint, desk.asked()).result == {"attempt": 3}


def test_what_breaks_each_time_fails(desk: Desk) -> None:
    """Work that breaks in each attempt ends as failed: nobody waits for ever."""

    def paint(_call: Call, _tell: Callable[[float], None]) -> Mapping[str, Plain]:
        raise OSError("no paint")

    found = desk.done(paint, desk.asked())
    assert (found.state, found.errors) == (OperationState.FAILED, (BROKEN,))


def test_work_that_is_cancelled_while_it_runs_ends(desk: Desk) -> None:
    """The wish to cancel reaches running work when it tells its progress."""
    operation_id = desk.asked()

    def paint(_call: Call, tell: Callable[[float], None]) -> Mapping[str, Plain]:
        desk.cancel(operation_id)
        tell(0.1)
        raise AssertionError("it should have ended")

    assert desk.done(paint, operation_id).state is OperationState.CANCELLED


def test_work_that_is_cancelled_before_is_not_begun(desk: Desk) -> None:
    """Queued work that was cancelled is never done."""
    operation_id = desk.asked()
    desk.cancel(operation_id)

    def paint(_call: Call, _tell: Callable[[float], None]) -> Mapping[str, Plain]:
        raise AssertionError("it was cancelled")

    assert desk.done(paint, operation_id).state is OperationState.CANCELLED
    assert desk.jobs.failed == []


def test_work_whose_worker_stops_is_taken_up_again(desk: Desk) -> None:
    """A worker that is asked to stop leaves the operation running, for another one."""
    operation_id = desk.asked()

    def paint(_call: Call, _tell: Callable[[float], None]) -> Mapping[str, Plain]:
        raise JobCancelled

    handler = operation_handler(NAME, paint, database=desk.database, clock=desk.clock)
    call = Call(
        job_id=1,
        name=NAME,
        arguments=operation_arguments(desk.organisation_id, operation_id),
        attempt=1,
        is_last=False,
        cancelled=lambda: True,
        worker_stops=lambda: True,
    )
    with pytest.raises(JobCancelled):
        handler.run(call)
    assert desk.done(lambda _call, _tell: {"houses": 1}, operation_id).state is OperationState.DONE
