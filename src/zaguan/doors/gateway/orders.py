"""Orders, one at a time: bring in, look at, change, cancel."""

from typing import Annotated

from fastapi import APIRouter, Header, Path
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session

from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.etags import check_if_match, etag_of, is_unchanged
from zaguan.doors.frame.once import Keyed, answer_of
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.gateway.auth import mover_of, needs, once_for
from zaguan.doors.gateway.ground import Standing
from zaguan.doors.gateway.order_forms import CancelForm, OrderChange, OrderNew, OrderPut, Ref, changed_order
from zaguan.doors.gateway.order_views import OrderReceipt, OrderView, receipt_of, view_of
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.accounts.service import get_organisation
from zaguan.records.orders import service
from zaguan.records.orders.booking import BookedOrder, NewOrder, Shipper
from zaguan.records.orders.model import OrderId, ShipperId
from zaguan.records.orders.receiving import OnExisting, Outcome, receive_order
from zaguan.records.orders.refusals import OrderNotFound
from zaguan.records.orders.telling import Details
from zaguan.records.orders.terms import OWN, find_shipper, get_shipper, own_shipper
from zaguan.records.requests.model import Answer

router = APIRouter(prefix="/v1/orders", tags=["orders"], route_class=StrictRoute)

Reader = Annotated[Principal, needs(Permission.ORDERS_READ)]
Writer = Annotated[Principal, needs(Permission.ORDERS_WRITE)]
OrderPath = Annotated[OrderId, Path(description="The order's id, as `POST /v1/orders` returned it.")]
ExternalPath = Annotated[Ref, Path(description="The shipper's own number.")]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The ETag of what you read; another version is refused with 412.")
]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", description="The ETag of what you have.")]
_LINKS = {"headers": {"ETag": {"schema": {"type": "string"}}}}


@router.post("", status_code=201, response_model=OrderReceipt, responses={**problems(404, 409), 201: _LINKS})
def create_order(body: OrderNew, principal: Writer, asked: Keyed, ground: Standing) -> Response:
    """Bring in an order. A number that its shipper has used before is refused: `PUT` changes what is there."""

    def act(session: Session) -> BookedOrder:
        new = new_order(session, principal, body.external_id, body)
        receipt = receive_order(
            session,
            principal.organisation_id,
            new,
            by=mover_of(principal),
            actor=principal.actor,
            clock=ground.clock,
            on_existing=OnExisting.REFUSE,
        )
        assert receipt.order is not None, "taken on or refused"
        return receipt.order

    def answer(session: Session) -> Answer:
        order = act(session)
        return answer_of(receipt_of(order), 201, ETag=etag_of(order.version), Location=f"/v1/orders/{order.id}")

    return once_for(ground, principal).do(asked, answer)


@router.put(
    "/external/{external_id:path}",
    response_model=OrderReceipt,
    responses={**problems(404, 409), 200: _LINKS, 201: {"model": OrderReceipt, "description": "It is new.", **_LINKS}},
)
def put_order(external_id: ExternalPath, body: OrderPut, principal: Writer, ground: Standing) -> Response:
    """Bring in an order, or put it in the place of the one with this number. It may be repeated as it is."""
    with ground.database.session(principal.organisation_id) as session:
        receipt = receive_order(
            session,
            principal.organisation_id,
            new_order(session, principal, external_id, body),
            by=mover_of(principal),
            actor=principal.actor,
            clock=ground.clock,
        )
    assert receipt.order is not None, "taken on or refused"
    return _told(receipt.order, 201 if receipt.outcome is Outcome.RECEIVED else 200)


@router.get("/external/{external_id:path}", response_model=OrderView, responses=problems(404))
def get_order_by_external_id(
    external_id: ExternalPath, principal: Reader, ground: Standing, shipper_id: ShipperId | None = None
) -> OrderView:
    """Return the order with a shipper's number; without `shipper_id` among the key's shipper's, or our own."""
    with ground.database.session(principal.organisation_id) as session:
        # looking makes nothing: without any order of our own there is no shipper of our own yet
        shipper = named_shipper(session, principal, shipper_id) or find_shipper(session, principal.organisation_id, OWN)
        found = None if shipper is None else shipper.id
        order = None if found is None else service.find_order(session, principal.organisation_id, found, external_id)
    if order is None:
        raise OrderNotFound(order=external_id)
    return view_of(order, principal)


@router.get(
    "/{order_id}",
    response_model=OrderView,
    responses={**problems(404), 200: _LINKS, 304: {"description": "It is as you have it (If-None-Match)."}},
)
def get_order(
    order_id: OrderPath,
    principal: Reader,
    ground: Standing,
    if_none_match: Annotated[
        str | None, Header(alias="If-None-Match", description="The ETag of what you have.")
    ] = None,
) -> Response:
    """Return an order as it stands."""
    with ground.database.session(principal.organisation_id) as session:
        order = visible(service.get_order(session, principal.organisation_id, order_id), principal)
    headers = {"ETag": etag_of(order.version)}
    if is_unchanged(if_none_match, order.version):
        return Response(status_code=304, headers=headers)
    return JSONResponse(view_of(order, principal).model_dump(mode="json", exclude_none=True), headers=headers)


@router.patch("/{order_id}", response_model=OrderReceipt, responses={**problems(404, 409, 412), 200: _LINKS})
def change_order(
    order_id: OrderPath, body: OrderChange, principal: Writer, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Change what is given of an order that is not on its way yet; the rest stays as it is."""
    with ground.database.session(principal.organisation_id) as session:
        order = service.get_order_for_update(session, principal.organisation_id, order_id)
        check_if_match(if_match, visible(order, principal).version)
        order = service.change_order(
            session,
            principal.organisation_id,
            order_id,
            lambda present: changed_order(present, body),
            by=mover_of(principal),
            actor=principal.actor,
            clock=ground.clock,
        )
    return _told(order, 200)


@router.post("/{order_id}/cancel", response_model=OrderReceipt, responses={**problems(404, 409, 412), 200: _LINKS})
def cancel_order(
    order_id: OrderPath,
    body: CancelForm,
    principal: Writer,
    asked: Keyed,
    ground: Standing,
    if_match: IfMatch = None,
) -> Response:
    """Cancel an order whose parcels are not with us; what we hold has to go back instead."""

    def act(session: Session) -> BookedOrder:
        order = service.get_order_for_update(session, principal.organisation_id, order_id)
        check_if_match(if_match, visible(order, principal).version)
        return service.cancel_order(
            session,
            principal.organisation_id,
            order_id,
            Details(why=body.why),
            by=mover_of(principal),
            actor=principal.actor,
            clock=ground.clock,
        )

    return once_for(ground, principal).do(
        asked, lambda session: answer_of(receipt_of(order := act(session)), 200, ETag=etag_of(order.version))
    )


def visible(order: BookedOrder, principal: Principal) -> BookedOrder:
    """Return an order that the caller may see; that of another shipper is not there."""
    if not principal.scope.whole and principal.scope.shipper_id != order.shipper_id:
        raise OrderNotFound(order=str(order.id))
    return order


def named_shipper(session: Session, principal: Principal, shipper_id: ShipperId | None) -> Shipper | None:
    """Return the key's shipper, or the one that is named; None for the organisation itself."""
    own = principal.scope.shipper_id
    if own is not None and shipper_id not in (None, own):
        raise OrderNotFound(order="")
    wanted = own or shipper_id
    return None if wanted is None else get_shipper(session, principal.organisation_id, ShipperId(wanted))


def shipper_of(session: Session, principal: Principal, shipper_id: ShipperId | None) -> Shipper:
    """Return whose order it is: the key's shipper, the one that is named, or the organisation itself."""
    named = named_shipper(session, principal, shipper_id)
    if named is not None:
        return named
    organisation = get_organisation(session, principal.organisation_id)
    return own_shipper(session, principal.organisation_id, name=organisation.name, time_zone=organisation.time_zone)


def new_order(session: Session, principal: Principal, external_id: str, body: OrderPut) -> NewOrder:
    """Return an order on its way in."""
    shipper_id = None if body.shipper_id is None else ShipperId(body.shipper_id)
    shipper = shipper_of(session, principal, shipper_id)
    return NewOrder(
        shipper_id=shipper.id,
        asked=body.order(external_id),
        time_zone=body.time_zone or shipper.time_zone,
        service_level=body.service_level,
        goods_ready=body.goods_ready,
        ready_at=body.ready_at,
    )


def _told(order: BookedOrder, status: int) -> Response:
    return JSONResponse(receipt_of(order).model_dump(mode="json"), status, {"ETag": etag_of(order.version)})
