"""What planning does when it hears what became of orders."""

from typing import Any, Final

from sqlalchemy.orm import Session

from zaguan.base.events import order as told
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.reactions import Heard, Reaction
from zaguan.operations.planning.routes import drop_order

ACTOR: Final = "system"
# after one of these nobody goes there any more, unless the order was planned again since
OFF_ROUTE: Final = (
    *(told.OrderCancelled, told.OrderHeld, told.OrderLost, told.OrderSentBack),
    *(told.OrderUnplanned, told.OrderRecalled, told.OrderLeftBehind),
)


def reactions() -> list[Reaction[Any]]:
    """Return what planning does about facts, for the roof to bind."""
    return [Reaction(name=f"planning.drop.{fact.type}", hears=fact, react=take_off) for fact in OFF_ROUTE]


def take_off(session: Session, organisation_id: OrganisationId, heard: Heard[Any]) -> None:
    """Take an order off the stops that are still ahead."""
    drop_order(session, organisation_id, heard.fact.order_id, at=heard.entry.occurred_at, actor=ACTOR)
