"""Long work as a worker does it: begun, told how far it is, ended in every case, also after crashes."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, Protocol
from uuid import UUID

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.facts import Plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Call, Handler, JobCancelled, Retries
from zaguan.records.operations.model import OperationId, OperationOver
from zaguan.records.operations.service import begin_operation, end_operation, move_operation_on

# why work ended that nobody refused: a fault of ours, or a worker that died each time
BROKEN: Final = "operations.broken"


class Work(Protocol):
    """What is done: tells its progress from time to time, and returns ids and counts.

    It runs outside of transactions and opens its own. It may be begun again after a crash, so it asks what is there.
    """

    def __call__(self, call: Call, tell: Callable[[float], None]) -> Mapping[str, Plain]:
        """Do it. `tell` takes the progress from 0 to 1, and raises JobCancelled when it shall end early."""
        ...


def operation_arguments(organisation_id: OrganisationId, operation_id: OperationId) -> dict[str, Plain]:
    """Return what a job must be given to be an operation; what the work needs besides is added."""
    return {"organisation_id": str(organisation_id), "operation_id": str(operation_id)}


def operation_handler(
    name: str, work: Work, *, database: Database, clock: Clock, retries: Retries | None = None
) -> Handler:
    """Return the handler of long work. A refusal ends it as failed at once; a fault is tried again, then ends it.

    After a crash of its worker it is begun again; when that has happened too often, it ends as failed.
    """
    return Handler(
        name=name,
        run=partial(_run, database, clock, work),
        retries=retries or Retries(attempts=3, first_wait_s=5.0, longest_wait_s=60.0),
        give_up=partial(_give_up, database, clock),
    )


def _run(database: Database, clock: Clock, work: Work, call: Call) -> None:
    organisation_id, operation_id = _named(call)
    try:
        with database.session(organisation_id) as session:
            begin_operation(session, organisation_id, operation_id, clock=clock)
    except OperationOver:
        # cancelled before it began, or ended by a worker that died before it could say so to the queue
        return

    def tell(progress: float) -> None:
        with database.session(organisation_id) as session:
            asked_to_end = move_operation_on(session, organisation_id, operation_id, progress)
        if asked_to_end:
            raise JobCancelled

    result: Mapping[str, Plain] | None = None
    errors: tuple[str, ...] = ()
    try:
        result = work(call, tell)
    except JobCancelled:
        if call.worker_stops():
            # another one takes it up, and hears of a wish to end it
            raise
    except ZaguanError as refusal:
        errors = (refusal.code,)
    with database.session(organisation_id) as session:
        end_operation(session, organisation_id, operation_id, result=result, errors=errors, clock=clock)


def _give_up(database: Database, clock: Clock, call: Call) -> None:
    organisation_id, operation_id = _named(call)
    try:
        with database.session(organisation_id) as session:
            end_operation(session, organisation_id, operation_id, errors=(BROKEN,), clock=clock)
    except OperationOver:
        return


def _named(call: Call) -> tuple[OrganisationId, OperationId]:
    return OrganisationId(UUID(call.text("organisation_id"))), OperationId(UUID(call.text("operation_id")))
