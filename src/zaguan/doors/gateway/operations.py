"""Long work: how far it is, and that it shall end."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from zaguan.doors.frame.cursors import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT, Page
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.once import Keyed, answer_of
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.gateway.auth import needs, once_for, owner_of
from zaguan.doors.gateway.ground import Standing
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.operations import service
from zaguan.records.operations.model import Operation, OperationId, OperationState

router = APIRouter(prefix="/v1/operations", tags=["operations"], route_class=StrictRoute)

Reader = Annotated[Principal, needs(Permission.ORDERS_READ)]
Writer = Annotated[Principal, needs(Permission.ORDERS_WRITE)]
OperationPath = Annotated[OperationId, Path(description="The operation's id, as the 202 returned it.")]


class OperationView(BaseModel):
    """One piece of long work."""

    id: OperationId
    kind: str
    state: OperationState
    progress: float = Field(ge=0, le=1)
    result: dict[str, Any] | None = None
    errors: list[str] = Field(description="Codes of what went wrong.")
    asked_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancel_asked_at: datetime | None = None


class OperationList(Page):
    """A page of operations, the newest first."""

    operations: list[OperationView]


def operation_view(operation: Operation) -> OperationView:
    """Return an operation as programs see it."""
    return OperationView.model_validate(operation, from_attributes=True)


@router.get("", response_model=OperationList, response_model_exclude_none=True, responses=problems())
def list_operations(
    principal: Reader,
    ground: Standing,
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> OperationList:
    """Return the caller's long work, the newest first."""
    purpose = f"operations:{principal.organisation_id}:{owner_of(principal)}"
    before = None if cursor is None else OperationId(UUID(ground.cursors.open(cursor, purpose=purpose)))
    with ground.database.session(principal.organisation_id) as session:
        found = service.list_operations(
            session, principal.organisation_id, owner=owner_of(principal), before=before, limit=limit
        )
    following = ground.cursors.seal(str(found[-1].id), purpose=purpose) if len(found) == limit else None
    return OperationList(operations=[operation_view(operation) for operation in found], next=following)


@router.get("/{operation_id}", response_model=OperationView, response_model_exclude_none=True, responses=problems(404))
def get_operation(operation_id: OperationPath, principal: Reader, ground: Standing) -> OperationView:
    """Return how far it is, and what came of it."""
    with ground.database.session(principal.organisation_id) as session:
        return operation_view(
            service.get_operation(session, principal.organisation_id, operation_id, owner=owner_of(principal))
        )


@router.post("/{operation_id}/cancel", status_code=202, response_model=OperationView, responses=problems(404, 409))
def cancel_operation(operation_id: OperationPath, principal: Writer, asked: Keyed, ground: Standing) -> Response:
    """Ask for the end of long work: what waits ends at once, what runs at its next look."""
    return once_for(ground, principal).do(
        asked,
        lambda session: answer_of(
            operation_view(
                service.cancel_operation(
                    session,
                    principal.organisation_id,
                    operation_id,
                    owner=owner_of(principal),
                    clock=ground.clock,
                )
            ),
            202,
        ),
    )
