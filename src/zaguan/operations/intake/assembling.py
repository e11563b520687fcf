"""Rows that name the same order become one: its parcels together, and no contradiction let through."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from zaguan.base.geo.point import distance_m
from zaguan.operations.intake.cells import folded
from zaguan.operations.intake.model import Facts, Problem, shown
from zaguan.operations.intake.notices import Notices
from zaguan.operations.intake.reading import ReadRow
from zaguan.records.orders.model import Order, Priority

SAME_POINT_M: Final = 100.0
MAX_ROWS_PER_ORDER: Final = 2_000
_URGENCY: Final = tuple(Priority)


class Assembly:
    """Takes rows one by one and gives orders and refused lines at the end.

    An order of which one row is refused is refused whole: with a part of its parcels it would go out
    incomplete, and the corrected row alone would overwrite the rest.
    """

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._orders: dict[str, Order] = {}
        self._lines: dict[str, list[int]] = {}
        self._problems: dict[str, dict[int, tuple[Problem, ...]]] = {}
        self.rows = 0

    def add(self, read: ReadRow) -> None:
        """Take one row."""
        self.rows += 1
        ref = read.ref
        lines = self._lines.setdefault(ref, [])
        lines.append(read.line)
        problems = read.problems
        if read.order is not None and not problems:
            order = read.order
            if (first := self._orders.get(ref)) is None:
                self._orders[ref] = order
            elif (column := contradiction(first, order)) is not None or len(lines) > MAX_ROWS_PER_ORDER:
                problems = (_contradicts(ref, lines[0], column or ""),)
            else:
                self._orders[ref] = merged(first, order)
                if first.cash_minor and order.cash_minor:
                    self._notices.add("intake.cash_once", read.line)
        if problems:
            self._problems.setdefault(ref, {})[read.line] = problems

    def finish(self, source: str) -> tuple[list[Order], list[tuple[int, str, tuple[Problem, ...]]]]:
        """Return the orders, and line, ref and problems of every refused row, in the order of the file."""
        refused: list[tuple[int, str, tuple[Problem, ...]]] = []
        orders: list[Order] = []
        for ref, lines in self._lines.items():
            problems = self._problems.get(ref, {})
            order = self._orders.pop(ref, None)
            if not problems and order is not None and not order.place.address and order.place.point is None:
                problems = {lines[0]: (Problem(code="intake.row_no_address"),)}
            if problems or order is None:
                first_bad = min(problems)
                other = (Problem(code="intake.row_of_refused_order", facts={"ref": shown(ref), "line": first_bad}),)
                refused.extend((line, ref, problems.get(line, other)) for line in lines)
                continue
            orders.append(order if len(lines) == 1 else replace(order, source=f"{source}:{_spans(lines)}"))
        return orders, sorted(refused, key=lambda row: row[0])


def contradiction(first: Order, other: Order) -> str | None:
    """Name the field in which two rows of one order cannot both be right, or None."""
    a, b = first.place, other.place
    if a.address and b.address and folded(a.address) != folded(b.address):
        return "address"
    if a.commune and b.commune and folded(a.commune) != folded(b.commune):
        return "commune"
    if a.point is not None and b.point is not None and distance_m(a.point, b.point) > SAME_POINT_M:
        return "point"
    if first.kind is not other.kind:
        return "kind"
    if first.service_on and other.service_on and first.service_on != other.service_on:
        return "date"
    if first.windows and other.windows and first.windows != other.windows:
        return "window"
    for name, one, two in (
        ("depot", first.depot_ref, other.depot_ref),
        ("driver", first.driver_ref, other.driver_ref),
        ("recurs", first.recurs, other.recurs),
        ("currency", first.currency, other.currency),
        ("cash", first.cash_minor, other.cash_minor),
    ):
        if one and two and one != two:
            return name
    return None


def merged(first: Order, other: Order) -> Order:
    """Return the order with the parcels and wishes of another of its rows."""
    a, b = first.place, other.place
    place = replace(
        a,
        address=a.address or b.address,
        commune=a.commune or b.commune,
        city=a.city or b.city,
        postcode=a.postcode or b.postcode,
        point=a.point or b.point,
        grade=a.grade if a.point is not None else b.grade,
        access_notes=_joined((a.access_notes, b.access_notes)),
    )
    recipient = replace(
        first.recipient,
        name=first.recipient.name or other.recipient.name,
        phone=first.recipient.phone or other.recipient.phone,
        email=first.recipient.email or other.recipient.email,
    )
    services = [s for s in (first.service_s, other.service_s) if s is not None]
    return replace(
        first,
        place=place,
        recipient=recipient,
        service_on=first.service_on or other.service_on,
        windows=first.windows or other.windows,
        service_s=max(services) if services else None,
        parcels=first.parcels + other.parcels,
        priority=max(first.priority, other.priority, key=_URGENCY.index),
        skills=first.skills | other.skills if other.skills else first.skills,
        vehicle_kinds=first.vehicle_kinds & other.vehicle_kinds or first.vehicle_kinds or other.vehicle_kinds,
        depot_ref=first.depot_ref or other.depot_ref,
        driver_ref=first.driver_ref or other.driver_ref,
        proofs=first.proofs | other.proofs if other.proofs else first.proofs,
        cash_minor=first.cash_minor or other.cash_minor,
        currency=first.currency or other.currency,
        notes=_joined((first.notes, other.notes)),
        tags=tuple(dict.fromkeys((*first.tags, *other.tags))),
        recurs=first.recurs or other.recurs,
    )


def _joined(texts: Iterable[str]) -> str:
    return " · ".join(dict.fromkeys(text for text in texts if text))


def _contradicts(ref: str, line: int, column: str) -> Problem:
    facts: Facts = {"ref": shown(ref), "line": line, "what": f"field:{column}"}
    if not column:
        return Problem(code="intake.row_too_many_rows", facts={"ref": shown(ref), "limit": MAX_ROWS_PER_ORDER})
    return Problem(code="intake.row_contradiction", facts=facts)


def _spans(lines: list[int]) -> str:
    """Write line numbers shortly: "5-7,12"."""
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
