"""The plan as a table: one row an order, as spreadsheets and other systems want it."""

import csv
import io
from datetime import datetime
from typing import Final

from zaguan.operations.planning.model import Plan, Route, ServedOrder, Stop
from zaguan.operations.planning.stand_ins import minor_units

HEADERS: Final = (
    *("route", "driver", "vehicle", "depot", "stop", "order", "kind", "recipient", "phone", "address", "commune"),
    *("lat", "lon", "arrives_at", "starts_at", "leaves_at", "window_opens_at", "window_closes_at", "late_min"),
    *("pieces", "weight_kg", "volume_l", "proofs", "cash", "currency", "access_notes", "notes", "leg_km", "leg_min"),
)
# a cell that begins so is run as a formula by spreadsheets
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


def stops_csv(plan: Plan) -> str:
    """Return the table as CSV (UTF-8 text, comma, CRLF), orders left out at the end with an empty route."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADERS)
    for route in plan.routes:
        for stop in route.stops:
            for order in stop.orders:
                writer.writerow([neutral(cell) for cell in _row(plan, route, stop, order)])
    for left_out in plan.unassigned:
        cells: dict[str, object] = {"order": left_out.ref, "address": left_out.address}
        if left_out.point is not None:
            cells |= {"lat": f"{left_out.point.lat:.6f}", "lon": f"{left_out.point.lon:.6f}"}
        writer.writerow([neutral(cells.get(header, "")) for header in HEADERS])
    return text.getvalue()


def neutral(value: object) -> object:
    """Return a cell that no spreadsheet runs: texts that could be formulas get an apostrophe before them."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) and not _is_number(value) else value


def _is_number(text: str) -> bool:
    """Tell whether a text is a plain number with a point, such as a negative coordinate."""
    return text.removeprefix("-").replace(".", "", 1).isdecimal()


def _row(plan: Plan, route: Route, stop: Stop, order: ServedOrder) -> tuple[object, ...]:
    units = minor_units(plan.currency)
    cash = f"{order.cash_minor / units:.2f}" if units > 1 else str(order.cash_minor)
    return (
        *(route.ref, route.driver_name, route.vehicle_ref, route.depot_name, stop.number, order.ref, order.kind),
        *(order.recipient, order.phone, stop.address, stop.commune),
        *(f"{stop.point.lat:.6f}", f"{stop.point.lon:.6f}"),
        *(_moment(stop.arrives_at), _moment(stop.starts_at), _moment(stop.leaves_at)),
        *(_moment(order.window_opens_at), _moment(order.window_closes_at), -(-order.late_s // 60)),
        *(order.load.pieces, f"{order.load.weight_g / 1000:g}", f"{order.load.volume_ml / 1000:g}"),
        *(" ".join(order.proofs), cash if order.cash_minor else "", plan.currency if order.cash_minor else ""),
        *(stop.access_notes, order.notes),
        *(f"{stop.leg_distance_m / 1000:.2f}", f"{stop.leg_duration_s / 60:.1f}"),
    )


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(sep=" ", timespec="minutes")[:16]
