"""Orders and parcels as rows and back, and the one way in which many rows are written."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.geo.place import Place
from zaguan.base.geo.point import Point
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.words import as_locale
from zaguan.records.orders.booking import BookedOrder, Failure, fingerprint_of, folded
from zaguan.records.orders.model import Channel, Consent, Order, Parcel, Proof, Recipient, TimeWindow
from zaguan.records.orders.parcels import TrackedParcel
from zaguan.records.orders.promise import LocalWindow

Values = dict[str, Any]
ROWS_AT_ONCE: Final = 2_000  # some 4 MB of JSON
MAX_SEARCHED_BARCODES: Final = 50


def table_of(row: Any) -> sa.Table:
    """Return the table of a class of rows."""
    return cast(sa.Table, row.__table__)


def write_rows(
    session: Session, table: sa.Table, rows: Sequence[Values], ending: str, *, returning: str = ""
) -> list[Any]:
    """Write rows by one statement for each few thousand: `ending` is what follows INSERT … SELECT.

    The rows travel as one JSON text and become rows in the database: of the ways that row-level security allows it
    is the fastest by far, and quick enough for a single one.
    """
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    statement = sa.text(
        f"INSERT INTO {table.name} ({columns}) "
        f"SELECT {columns} FROM jsonb_populate_recordset(NULL::{table.name}, CAST(:rows AS jsonb)) {ending} {returning}"
    )
    found: list[Any] = []
    for batch in batched(rows):
        result = session.execute(statement, {"rows": orjson.dumps(batch).decode()})
        if returning:
            found += result.scalars().all()
    return found


def batched(rows: Sequence[Values]) -> Iterable[Sequence[Values]]:
    """Yield the rows in parts that one statement carries."""
    return (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))


def order_values(organisation_id: OrganisationId, order: BookedOrder) -> Values:
    """Return an order as the values of its row."""
    asked, place, recipient, failure = order.asked, order.asked.place, order.asked.recipient, order.failure
    return {
        "organisation_id": organisation_id,
        **{name: getattr(order, name) for name in _KEPT_AS_THEY_ARE},
        **{name: getattr(asked, name) for name in _ASKED_AS_THEY_ARE},
        **{name: getattr(place, name) for name in ("address", "commune", "city", "postcode", "grade", "access_notes")},
        "lon": place.point.lon if place.point else None,
        "lat": place.point.lat if place.point else None,
        "name": recipient.name,
        "phone": recipient.phone,
        "email": recipient.email,
        "locale": recipient.locale or "",
        "consents": [[each.channel, each.granted, each.given_at] for each in recipient.consents],
        "windows": [[window.opens_s, window.closes_s, window.hard] for window in asked.windows],
        "skills": sorted(asked.skills),
        "vehicle_kinds": sorted(asked.vehicle_kinds),
        "proofs": sorted(asked.proofs),
        "tags": list(asked.tags),
        "failure_reason": failure.reason if failure else None,
        "failure_sub_reason": failure.sub_reason if failure else "",
        "failure_decision": failure.decision if failure else None,
        "failed_at": failure.failed_at if failure else None,
        "first_promise": _window_values(order.first_promise),
        "promise": _window_values(order.promise),
        "plan_window": _window_values(order.plan_window),
        "search_text": search_text_of(order),
        "fingerprint": fingerprint_of(order.shipper_id, asked),
    }


def parcel_values(organisation_id: OrganisationId, parcel: TrackedParcel) -> Values:
    """Return a parcel as the values of its row."""
    return {
        "organisation_id": organisation_id,
        **{name: getattr(parcel, name) for name in _PARCEL_AS_IT_IS},
        **{name: getattr(parcel.content, name) for name in _CONTENT},
    }


def order_of(row: Any, parcels: tuple[TrackedParcel, ...]) -> BookedOrder:
    """Return the order of a row."""
    failure = (
        Failure(
            reason=row.failure_reason,
            decision=row.failure_decision,
            failed_at=row.failed_at,
            sub_reason=row.failure_sub_reason,
        )
        if row.failure_reason
        else None
    )
    return BookedOrder(
        **{name: getattr(row, name) for name in _KEPT_AS_THEY_ARE if name != "external_id"},
        asked=_asked_of(row, parcels),
        parcels=parcels,
        failure=failure,
        first_promise=_window_of(row.first_promise),
        promise=_window_of(row.promise),
        plan_window=_window_of(row.plan_window),
    )


def parcel_of(row: Any) -> TrackedParcel:
    """Return the parcel of a row."""
    content = Parcel(**{name: getattr(row, name) for name in _CONTENT})
    return TrackedParcel(content=content, **{name: getattr(row, name) for name in _PARCEL_AS_IT_IS})


def search_text_of(order: BookedOrder) -> str:
    """Return what a search for an order looks through, folded."""
    asked, recipient = order.asked, order.asked.recipient
    barcodes = [parcel.content.barcode for parcel in order.parcels[:MAX_SEARCHED_BARCODES]]
    parts = (
        *(asked.ref, recipient.name, asked.place.address, asked.place.commune, asked.place.city),
        *(recipient.phone, recipient.email, *barcodes),
    )
    return " ".join(filter(None, map(folded, parts)))


def _asked_of(row: Any, parcels: tuple[TrackedParcel, ...]) -> Order:
    point = None if row.lon is None else Point(lon=row.lon, lat=row.lat)
    return Order(
        ref=row.external_id,
        place=Place(
            address=row.address,
            commune=row.commune,
            city=row.city,
            postcode=row.postcode,
            point=point,
            grade=row.grade,
            access_notes=row.access_notes,
        ),
        recipient=Recipient(
            name=row.name,
            phone=row.phone,
            email=row.email,
            locale=as_locale(row.locale),
            consents=tuple(
                Consent(channel=Channel(channel), granted=granted, given_at=datetime.fromisoformat(given_at))
                for channel, granted, given_at in row.consents
            ),
        ),
        windows=tuple(TimeWindow(opens_s=opens, closes_s=closes, hard=hard) for opens, closes, hard in row.windows),
        parcels=tuple(parcel.content for parcel in parcels),
        skills=frozenset(row.skills),
        vehicle_kinds=frozenset(row.vehicle_kinds),
        proofs=frozenset(map(Proof, row.proofs)),
        tags=tuple(row.tags),
        **{name: getattr(row, name) for name in _ASKED_AS_THEY_ARE if name not in _SUMS},
    )


def _window_values(window: LocalWindow | None) -> list[Any] | None:
    return None if window is None else [window.on, window.opens_s, window.closes_s, window.time_zone]


def _window_of(values: list[Any] | None) -> LocalWindow | None:
    if values is None:
        return None
    on, opens_s, closes_s, time_zone = values
    return LocalWindow(on=date.fromisoformat(on), opens_s=opens_s, closes_s=closes_s, time_zone=time_zone)


_SUMS: Final = frozenset({"weight_g", "volume_ml", "pieces"})
_KEPT_AS_THEY_ARE: Final = (
    *("id", "shipper_id", "external_id", "version", "state", "state_since", "state_by", "received_at", "changed_at"),
    *("attempts", "hold", "completion", "completed_at", "route_id", "continues", "duplicate_of", "zone_ref"),
    *("time_zone", "service_level", "ready_at"),
)
_ASKED_AS_THEY_ARE: Final = (
    *("kind", "service_on", "service_s", "priority", "depot_ref", "driver_ref", "cash_minor", "currency", "notes"),
    *("source", *sorted(_SUMS)),
)
_PARCEL_AS_IT_IS: Final = ("id", "order_id", "number", "state", "damaged", "seen_at", "seen_place")
_CONTENT: Final = ("barcode", "description", "pieces", "weight_g", "volume_ml")
