"""Stops, routes and acts of a driver, in field words."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from zaguan.base.geo.point import Point
from zaguan.base.kit.objects import sha256_of_bytes
from zaguan.operations.delivery.acts import (
    Act,
    Arrive,
    Depart,
    EndRoute,
    Fail,
    FinishLoading,
    HandOver,
    Leave,
    LeftBehind,
    Pieces,
    ScanParcel,
    Told,
)
from zaguan.operations.delivery.door import DoorStop, OrderAtDoor
from zaguan.operations.delivery.model import ActId, ProofId
from zaguan.operations.delivery.proofs import (
    Fix,
    PaymentMethod,
    PaymentTaken,
    Photo,
    ReceivedBy,
    Relation,
    Signature,
)
from zaguan.records.orders.reasons import CompletionDetail, FailureReason

NINE = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)  # nine o'clock in Santiago
DOOR = Point(lon=-71.25, lat=-29.9)
PICTURE = b"\xff\xd8 the parcel before the door \xff\xd9"
SIGNED = b"\x89PNG a name"


def an_id(number: int, kind: int = 0) -> UUID:
    """Return an id that is the same in every run."""
    return UUID(int=0x0189_0000_0000_7000_8000_0000_0000_0000 | kind << 40 | number)


ROUTE, DRIVER, PHONE, OTHER_PHONE = (an_id(number, kind=1) for number in range(1, 5))


def at(minutes: float) -> datetime:
    """Return a moment so many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


def near(metres: float = 12.0) -> Fix:
    """Return a fix so many metres north of the door."""
    return Fix(point=Point(lon=DOOR.lon, lat=DOOR.lat + metres / 111_195.0), accuracy_m=8.0)


def an_order(number: int = 1, **rest: Any) -> OrderAtDoor:
    """Return an order of one parcel, without demands of its own."""
    facts: dict[str, Any] = {"ref": f"P-{number}", "parcels": (Pieces(barcode=f"ZG{number}"),)}
    return OrderAtDoor(order_id=an_id(number, kind=2), **(facts | rest))


def a_stop(*orders: OrderAtDoor, number: int = 1, **rest: Any) -> DoorStop:
    """Return a stop on the route."""
    facts: dict[str, Any] = {"address": "Los Olivos 1420", "point": DOOR}
    return DoorStop(
        stop_id=an_id(number, kind=3), route_id=ROUTE, orders=orders or (an_order(number),), **(facts | rest)
    )


def a_photo(number: int = 1, content: bytes = PICTURE, minutes: float = 10) -> Photo:
    """Return a photo, by its hash."""
    return Photo(
        proof_id=ProofId(an_id(number, kind=5)),
        taken_at=at(minutes),
        position=near(),
        sha256=sha256_of_bytes(content),
        size_bytes=len(content),
    )


def a_signature(number: int = 2, name: str = "Ana Souza") -> Signature:
    """Return a signature, by its hash."""
    return Signature(
        proof_id=ProofId(an_id(number, kind=5)),
        taken_at=at(10),
        position=near(),
        sha256=sha256_of_bytes(SIGNED),
        size_bytes=len(SIGNED),
        name=name,
    )


def a_name(number: int = 3, name: str = "Marta Ríos", relation: Relation = Relation.NEIGHBOUR) -> ReceivedBy:
    """Return who took the parcels."""
    return ReceivedBy(proof_id=ProofId(an_id(number, kind=5)), taken_at=at(10), name=name, relation=relation)


def cash(amount_minor: int, number: int = 4, **rest: Any) -> PaymentTaken:
    """Return money that was taken."""
    facts: dict[str, Any] = {"method": PaymentMethod.CASH, "currency": "CLP", "amount_minor": amount_minor}
    return PaymentTaken(proof_id=ProofId(an_id(number, kind=5)), taken_at=at(10), **(facts | rest))


def _act(made: type[Act], sequence: int, minutes: float, **rest: Any) -> Any:
    facts: dict[str, Any] = {
        "act_id": ActId(an_id(sequence, kind=4)),
        "route_id": ROUTE,
        "driver_id": DRIVER,
        "device_id": PHONE,
        "sequence": sequence,
        "happened_at": at(minutes),
        "position": near(),
    }
    return made(**(facts | rest))


def scans(sequence: int, barcode: str, minutes: float = -30, **rest: Any) -> ScanParcel:
    """Return the scan of a parcel at the depot."""
    act: ScanParcel = _act(ScanParcel, sequence, minutes, barcode=barcode, **rest)
    return act


def departs(sequence: int, minutes: float = 0, **rest: Any) -> Depart:
    """Return the route's leaving."""
    act: Depart = _act(Depart, sequence, minutes, **rest)
    return act


def arrives(sequence: int, minutes: float = 5, stop: int = 1, **rest: Any) -> Arrive:
    """Return the arrival at a stop."""
    act: Arrive = _act(Arrive, sequence, minutes, stop_id=an_id(stop, kind=3), **rest)
    return act


def leaves(sequence: int, minutes: float = 15, stop: int = 1, **rest: Any) -> Leave:
    """Return the leaving of a stop."""
    act: Leave = _act(Leave, sequence, minutes, stop_id=an_id(stop, kind=3), **rest)
    return act


def hands_over(sequence: int, minutes: float = 10, stop: int = 1, order: int = 1, **rest: Any) -> HandOver:
    """Return the handing over of an order to its recipient."""
    facts: dict[str, Any] = {"detail": CompletionDetail.RECIPIENT}
    ids = {"stop_id": an_id(stop, kind=3), "order_id": an_id(order, kind=2)}
    act: HandOver = _act(HandOver, sequence, minutes, **(ids | facts | rest))
    return act


def fails(sequence: int, minutes: float = 10, stop: int = 1, order: int = 1, **rest: Any) -> Fail:
    """Return an attempt in vain: nobody was there."""
    facts: dict[str, Any] = {"reason": FailureReason.RECIPIENT_ABSENT}
    ids = {"stop_id": an_id(stop, kind=3), "order_id": an_id(order, kind=2)}
    act: Fail = _act(Fail, sequence, minutes, **(ids | facts | rest))
    return act


def told(act: Any, *, after_s: float = 2, offset_s: float = 0) -> Told:
    """Return an act as it reached us: so many seconds after it was done, by a phone whose clock is so far behind."""
    sent_at = act.happened_at + timedelta(seconds=after_s)
    return Told(act=act, sent_at=sent_at, received_at=sent_at + timedelta(seconds=offset_s))


def ends(sequence: int, minutes: float) -> EndRoute:
    """Return the end of the route."""
    act: EndRoute = _act(EndRoute, sequence, minutes)
    return act


def finishes(sequence: int, *left: LeftBehind) -> FinishLoading:
    """Return the end of the loading."""
    act: FinishLoading = _act(FinishLoading, sequence, -5, left_behind=left)
    return act
