"""What is done with long work: ask for it, move it on, end it, cancel it."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.facts import Plain
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.records.operations import store
from zaguan.records.operations.model import KEPT_FOR, Operation, OperationId, OperationNotFound


def ask_for_operation(
    session: Session, organisation_id: OrganisationId, kind: str, *, owner: str, clock: Clock
) -> Operation:
    """Note that long work was asked for. The caller enqueues the work in the same transaction."""
    operation = Operation(id=OperationId(new_id(clock)), kind=kind, owner=owner, asked_at=clock.now())
    store.save_operation(session, organisation_id, operation)
    return operation


def get_operation(
    session: Session, organisation_id: OrganisationId, operation_id: OperationId, *, owner: str
) -> Operation:
    """Return an owner's operation. Refused: OperationNotFound, for that of another owner too."""
    operation = store.get_operation(session, organisation_id, operation_id)
    if operation.owner != owner:
        raise OperationNotFound
    return operation


def list_operations(
    session: Session,
    organisation_id: OrganisationId,
    *,
    owner: str,
    before: OperationId | None = None,
    limit: int = 100,
) -> list[Operation]:
    """Return an owner's operations, the newest first."""
    return store.list_operations(session, organisation_id, owner=owner, before=before, limit=limit)


def begin_operation(
    session: Session, organisation_id: OrganisationId, operation_id: OperationId, *, clock: Clock
) -> Operation:
    """Note that a worker has taken it up. Refused: OperationNotFound; OperationOver where it was cancelled before."""
    operation = store.lock_operation(session, organisation_id, operation_id).begun(clock.now())
    store.save_operation(session, organisation_id, operation)
    return operation


def move_operation_on(
    session: Session, organisation_id: OrganisationId, operation_id: OperationId, progress: float
) -> bool:
    """Note how far it is; return whether it shall end early. Refused: OperationNotFound, OperationOver."""
    operation = store.lock_operation(session, organisation_id, operation_id).moved_on(progress)
    store.save_operation(session, organisation_id, operation)
    return operation.cancel_asked


def end_operation(
    session: Session,
    organisation_id: OrganisationId,
    operation_id: OperationId,
    *,
    result: Mapping[str, Plain] | None = None,
    errors: Sequence[str] = (),
    clock: Clock,
) -> Operation:
    """End it: done with a result, failed with codes of refusals, cancelled with neither.

    Refused: OperationNotFound, OperationOver.
    """
    operation, now = store.lock_operation(session, organisation_id, operation_id), clock.now()
    if errors:
        operation = operation.failed(tuple(errors), now)
    elif result is not None:
        operation = operation.done(result, now)
    else:
        operation = operation.cancelled(now)
    store.save_operation(session, organisation_id, operation)
    return operation


def cancel_operation(
    session: Session, organisation_id: OrganisationId, operation_id: OperationId, *, owner: str, clock: Clock
) -> Operation:
    """Ask it to end early: queued work ends at once. Refused: OperationNotFound, OperationOver."""
    operation = store.lock_operation(session, organisation_id, operation_id)
    if operation.owner != owner:
        raise OperationNotFound
    operation = operation.asked_to_cancel(clock.now())
    store.save_operation(session, organisation_id, operation)
    return operation


def forget_operations(session: Session, *, clock: Clock) -> int:
    """Remove what ended long ago; return how many. Wants a session that crosses organisations."""
    return store.delete_operations(session, before=clock.now() - KEPT_FOR)
