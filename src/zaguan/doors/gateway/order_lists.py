"""Orders, many at a time: lists, exports, bulk."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field, TypeAdapter
from sqlalchemy.orm import Session

from zaguan.doors.frame.bulk import Result, Results, read_each, results_of
from zaguan.doors.frame.cursors import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.exports import NDJSON, export
from zaguan.doors.frame.forms import Day, Form
from zaguan.doors.frame.once import Keyed, answer_of
from zaguan.doors.frame.problem import problem_of
from zaguan.doors.frame.reading import LargeRoute
from zaguan.doors.gateway.auth import mover_of, once_for, owner_of
from zaguan.doors.gateway.ground import Standing
from zaguan.doors.gateway.order_forms import BulkForm, OrderNew, Short
from zaguan.doors.gateway.order_views import OrderList, OrderReceipt, OrderView, receipt_of, view_of
from zaguan.doors.gateway.orders import Reader, Writer, new_order
from zaguan.records.accounts.model import Principal
from zaguan.records.orders import service
from zaguan.records.orders.model import OrderKind, ShipperId
from zaguan.records.orders.receiving import OnExisting, Outcome, receive_orders
from zaguan.records.orders.service import OrderSearch
from zaguan.records.orders.states import OrderState

router = APIRouter(prefix="/v1/orders", tags=["orders"], route_class=LargeRoute)

EXPORT_PAGE = 500
_NEW_ORDER: TypeAdapter[OrderNew] = TypeAdapter(OrderNew)
_STATUS = {Outcome.RECEIVED: 201, Outcome.CHANGED: 200, Outcome.UNCHANGED: 200}


class OrderResults(Results[OrderReceipt]):
    """What became of each order, in the order of the request."""


class OrderFilter(Form):
    """What a list is narrowed to; what is left out does not matter."""

    text: Annotated[Short, Field(description="Parts of number, name, address, phone, e-mail or barcode.")] = ""
    state: Annotated[tuple[OrderState, ...], Field(max_length=18)] = ()
    from_day: Annotated[Day | None, Field(description="First service day.")] = None
    to_day: Annotated[Day | None, Field(description="Last service day.")] = None
    zone_ref: Annotated[tuple[Short, ...], Field(max_length=50)] = ()
    shipper_id: ShipperId | None = None
    kind: OrderKind | None = None

    def search(self, principal: Principal) -> OrderSearch:
        """Return the search within what the caller may see."""
        own = principal.scope.shipper_id
        return OrderSearch(
            text=self.text,
            states=frozenset(self.state),
            from_day=self.from_day,
            to_day=self.to_day,
            zone_refs=frozenset(self.zone_ref),
            shipper_id=self.shipper_id if own is None else ShipperId(own),
            kind=self.kind,
        )

    def purpose(self, principal: Principal) -> str:
        """Return what a cursor of this list is good for."""
        said = self.model_dump_json(exclude={"cursor", "limit"}).encode()
        narrowed = hashlib.sha256(said).hexdigest()[:16]
        return f"orders:{principal.organisation_id}:{owner_of(principal)}:{narrowed}"


class OrderQuery(OrderFilter):
    """A page of a list."""

    cursor: Annotated[str | None, Field(max_length=MAX_CURSOR, description="`next` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT


@router.get("", response_model=OrderList, response_model_exclude_none=True, responses=problems())
def list_orders(query: Annotated[OrderQuery, Query()], principal: Reader, ground: Standing) -> OrderList:
    """Return orders, the newest first."""
    purpose = query.purpose(principal)
    position = None if query.cursor is None else ground.cursors.open(query.cursor, purpose=purpose)
    with ground.database.session(principal.organisation_id) as session:
        page = service.list_orders(
            session, principal.organisation_id, query.search(principal), cursor=position, limit=query.limit
        )
    following = None if page.next_cursor is None else ground.cursors.seal(page.next_cursor, purpose=purpose)
    return OrderList(orders=[view_of(order, principal) for order in page.orders], next=following)


@router.get(
    "/export",
    response_class=Response,
    responses={
        **problems(),
        200: {"content": {NDJSON: {"schema": {"type": "string"}}}, "description": "One `OrderView` a line."},
    },
)
def export_orders(query: Annotated[OrderFilter, Query()], principal: Reader, ground: Standing) -> Response:
    """Return all orders that a list would, one a line; what comes in meanwhile is left out."""

    def read_page(position: str | None) -> tuple[Sequence[OrderView], str | None]:
        with ground.database.session(principal.organisation_id) as session:
            page = service.list_orders(
                session, principal.organisation_id, query.search(principal), cursor=position, limit=EXPORT_PAGE
            )
        return [view_of(order, principal) for order in page.orders], page.next_cursor

    return export(read_page, name="orders")


@router.post("/bulk", response_model=OrderResults, response_model_exclude_none=True, responses=problems(404, 409))
def create_orders(body: BulkForm, principal: Writer, asked: Keyed, ground: Standing) -> Response:
    """Bring in up to 1,000 orders. Each has its own result: a bad one spoils none of the others."""
    return once_for(ground, principal).do(
        asked,
        lambda session: answer_of(OrderResults(**_taken_on(session, body, principal=principal, ground=ground)), 200),
    )


def _taken_on(session: Session, body: BulkForm, *, principal: Principal, ground: Standing) -> dict[str, Any]:
    read, wrong = read_each(body.orders, _NEW_ORDER)
    news = [new_order(session, principal, form.external_id, form) for form in read.values()]
    receipts = receive_orders(
        session,
        principal.organisation_id,
        news,
        by=mover_of(principal),
        actor=principal.actor,
        clock=ground.clock,
        on_existing=OnExisting(body.on_existing),
    )
    results: dict[int, Result[OrderReceipt]] = {
        index: Result(index=index, status=422, problem=problem) for index, problem in wrong.items()
    }
    for index, receipt in zip(read, receipts, strict=True):
        if receipt.refusal is not None:
            problem = problem_of(receipt.refusal)
            results[index] = Result(index=index, status=problem.status, problem=problem)
        else:
            assert receipt.order is not None, "taken on or refused"
            results[index] = Result(index=index, status=_STATUS[receipt.outcome], value=receipt_of(receipt.order))
    return results_of([results[index] for index in sorted(results)])
