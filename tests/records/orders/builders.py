"""Orders in field words, for the tests of the room."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from zaguan.base.geo.place import Grade, Place
from zaguan.base.geo.point import Point
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.records.orders import receiving, terms
from zaguan.records.orders.booking import BookedOrder, NewOrder, Shipper
from zaguan.records.orders.model import Order, Parcel, Recipient, ShipperId
from zaguan.records.orders.states import Mover

ZONE = "America/Santiago"
ACTOR = "user:ana"
MORNING = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)  # 09:00 in Santiago, a Tuesday


@dataclass(slots=True)
class StoppedClock:
    """A clock that goes on only when it is told to."""

    moment: datetime = MORNING

    def now(self) -> datetime:
        return self.moment

    def go_on(self, **span: float) -> None:
        self.moment += timedelta(**span)


def a_place(address: str = "Los Olivos 123") -> Place:
    """Return a place in La Serena."""
    return Place(
        address=address,
        commune="La Serena",
        point=Point(lon=-71.25, lat=-29.9),
        grade=Grade.ROOFTOP,
        access_notes="gate",
    )


def an_asked(ref: str = "A-1", **rest: Any) -> Order:
    """Return what a shipper asks for: two parcels for Ana."""
    values: dict[str, Any] = {
        "place": a_place(),
        "recipient": Recipient(name="Ana Núñez", phone="+56955550100", email="ana@example.cl"),
        "parcels": (
            Parcel(barcode=f"{ref}-1", description="chair", pieces=1, weight_g=4_000, volume_ml=9_000),
            Parcel(barcode=f"{ref}-2", description="plates", pieces=3, weight_g=1_000, volume_ml=2_000),
        ),
    }
    return Order(ref=ref, **(values | rest))


def a_shipper(session: Session, organisation_id: OrganisationId, ref: str = "shop", **rest: Any) -> Shipper:
    """Keep a shipper and return it."""
    shipper = Shipper(id=ShipperId(new_id()), ref=ref, **({"name": "The Shop"} | rest))
    return terms.save_shipper(session, organisation_id, shipper)


def a_new_order(shipper: Shipper, ref: str = "A-1", **rest: Any) -> NewOrder:
    """Return an order on its way in; what is no field of a new order is one of what is asked for."""
    own = {name: rest.pop(name) for name in list(rest) if name in NewOrder.__dataclass_fields__}
    values: dict[str, Any] = {"shipper_id": shipper.id, "asked": an_asked(ref, **rest), "time_zone": ZONE}
    return NewOrder(**(values | own))


def a_booked_order(session: Session, organisation_id: OrganisationId, ref: str = "A-1", **rest: Any) -> BookedOrder:
    """Take an order of the shop on and return it."""
    shipper = terms.find_shipper(session, organisation_id, "shop") or a_shipper(session, organisation_id)
    receipt = receiving.receive_order(
        session,
        organisation_id,
        a_new_order(shipper, ref, **rest),
        by=Mover.SHIPPER,
        actor=ACTOR,
        clock=StoppedClock(),
    )
    assert receipt.order is not None
    return receipt.order
