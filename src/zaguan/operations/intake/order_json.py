"""Orders as JSON objects and back: the lines of the order book."""

from datetime import date
from typing import Any, Final

from zaguan.base.geo.place import Grade, Place
from zaguan.base.geo.point import Point
from zaguan.records.orders.model import Order, OrderKind, Parcel, Priority, Proof, Recipient, TimeWindow

_NONE: Final[frozenset[str]] = frozenset()
_NO_PROOFS: Final[frozenset[Proof]] = frozenset()
_TEXTS: Final = ("depot_ref", "driver_ref", "currency", "notes", "recurs", "source")


def order_as_dict(order: Order) -> dict[str, Any]:
    """Return an order as plain values; fields that say nothing are left out, so that books stay small."""
    place = order.place
    full: dict[str, Any] = {
        "ref": order.ref,
        "kind": order.kind.value,
        "address": place.address,
        "commune": place.commune,
        "city": place.city,
        "postcode": place.postcode,
        "lon": None if place.point is None else place.point.lon,
        "lat": None if place.point is None else place.point.lat,
        "grade": "" if place.grade is Grade.NONE else place.grade.value,
        "access_notes": place.access_notes,
        "name": order.recipient.name,
        "phone": order.recipient.phone,
        "email": order.recipient.email,
        "service_on": None if order.service_on is None else order.service_on.isoformat(),
        "windows": [[window.opens_s, window.closes_s, window.hard] for window in order.windows],
        "service_s": order.service_s,
        "parcels": [[p.barcode, p.description, p.pieces, p.weight_g, p.volume_ml] for p in order.parcels],
        "priority": "" if order.priority is Priority.NORMAL else order.priority.value,
        "skills": sorted(order.skills),
        "vehicle_kinds": sorted(order.vehicle_kinds),
        "proofs": sorted(order.proofs),
        "cash_minor": order.cash_minor or None,
        "tags": list(order.tags),
        **{name: getattr(order, name) for name in _TEXTS},
    }
    return {name: value for name, value in full.items() if value not in (None, "", [])}


def order_from_dict(values: dict[str, Any]) -> Order:
    """Build an order from `order_as_dict`'s values; wrong ones raise KeyError, TypeError or ValueError."""
    lon, lat = values.get("lon"), values.get("lat")
    day = values.get("service_on")
    return Order(
        ref=str(values["ref"]),
        place=Place(
            address=values.get("address", ""),
            commune=values.get("commune", ""),
            city=values.get("city", ""),
            postcode=values.get("postcode", ""),
            point=None if lon is None or lat is None else Point(lon=float(lon), lat=float(lat)),
            grade=Grade(values.get("grade", "none")),
            access_notes=values.get("access_notes", ""),
        ),
        kind=OrderKind(values.get("kind", "delivery")),
        recipient=Recipient(name=values.get("name", ""), phone=values.get("phone", ""), email=values.get("email", "")),
        service_on=None if day is None else date.fromisoformat(day),
        windows=tuple(
            TimeWindow(opens_s=opens_s, closes_s=closes_s, hard=hard)
            for opens_s, closes_s, hard in values.get("windows", ())
        ),
        service_s=values.get("service_s"),
        parcels=tuple(
            Parcel(barcode=barcode, description=description, pieces=pieces, weight_g=weight_g, volume_ml=volume_ml)
            for barcode, description, pieces, weight_g, volume_ml in values.get("parcels", ())
        ),
        priority=Priority(values.get("priority", "normal")),
        skills=frozenset(values["skills"]) if "skills" in values else _NONE,
        vehicle_kinds=frozenset(values["vehicle_kinds"]) if "vehicle_kinds" in values else _NONE,
        proofs=frozenset(Proof(proof) for proof in values["proofs"]) if "proofs" in values else _NO_PROOFS,
        cash_minor=int(values.get("cash_minor", 0)),
        tags=tuple(values.get("tags", ())),
        **{name: str(values.get(name, "")) for name in _TEXTS},
    )
