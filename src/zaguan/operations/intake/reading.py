"""One row of a file as an order: each cell read, checked, and refused with its reason where it cannot be."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, tzinfo
from functools import lru_cache, partial
from sys import intern
from typing import Final

from zaguan.base.geo.place import Grade, Place
from zaguan.base.geo.point import Point
from zaguan.operations.intake.cells import folded, text_of
from zaguan.operations.intake.choices import (
    TASK_TAG,
    kind_of,
    parts_of,
    priority_of,
    proofs_of,
    skills_of,
    vehicle_kinds_of,
    weekdays_of,
    yes_of,
)
from zaguan.operations.intake.contacts import (
    country_of,
    degrees_of,
    degrees_of_pair,
    email_of,
    is_nothing,
    phone_of,
    point_of,
)
from zaguan.operations.intake.model import BadCell, Cell, Problem
from zaguan.operations.intake.moments import Moment, date_of, moment_of
from zaguan.operations.intake.parcels import parcels_of
from zaguan.operations.intake.quantities import cash_of, currency_of, service_s_of
from zaguan.operations.intake.row import Row, all_of
from zaguan.operations.intake.windows import Span, spans_between, window_of
from zaguan.records.orders.model import Order, OrderKind, Priority, Proof, Recipient, TimeWindow

MAX_REF_CHARS: Final = 64
# one empty set for all: each frozenset() is an object of its own, and a hundred thousand of them weigh
_NO_KINDS: Final[frozenset[str]] = frozenset()
_NO_PROOFS: Final[frozenset[Proof]] = frozenset()
_PROOF_COLUMNS: Final = (
    ("proof_signature", Proof.SIGNATURE),
    ("proof_photo", Proof.PHOTO),
    ("proof_code", Proof.CODE),
    ("proof_identity", Proof.IDENTITY),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a file is to be read where it does not say so itself."""

    source: str
    country: str
    service_on: date | None = None  # the day of orders that name none
    zone: tzinfo | None = None  # for moments that carry an offset
    day_first: dict[str, bool] = field(default_factory=dict)  # by header: whether 03/04 is the third of April


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """What one row came to: an order of its own, or problems."""

    line: int
    ref: str
    order: Order | None
    problems: tuple[Problem, ...]


class Refs:
    """Names orders without a number by who, where and when, so that the same file gives the same names each time."""

    def __init__(self) -> None:
        self._occurrences: dict[str, int] = {}

    def derived(self, *identity: str) -> str:
        """Return the next name for an identity: people do order twice."""
        digest = hashlib.sha256("|".join(identity).encode("utf-8", errors="replace")).hexdigest()[:12]
        occurrence = self._occurrences.get(digest, 0) + 1
        self._occurrences[digest] = occurrence
        return f"auto-{digest}" if occurrence == 1 else f"auto-{digest}-{occurrence}"


def read_row(row: Row, habits: Habits, refs: Refs) -> ReadRow:
    """Read a row. Any problem with it means no order: half an order is worse than none."""
    ref = row.text("ref")
    ref = "" if is_nothing(ref) or not folded(ref) else ref
    if len(ref) > MAX_REF_CHARS:
        row.refuse("ref", "intake.row_too_long", value=ref[:20], limit=MAX_REF_CHARS)
    country = country_of(row.text("country")) or habits.country
    place = _place(row, has_ref=bool(ref))
    service_on, windows = _times(row, habits)
    kind, tags = _kind(row)
    recipient = _recipient(row, country)
    cash_minor, currency = _cash(row, country)
    driver_ref, assigned_on = _driver(row)
    service_on = service_on or assigned_on or (None if row.has("recurs") else habits.service_on)
    parcels = parcels_of(row)
    if not ref:
        who, when = folded(recipient.name), "" if service_on is None else service_on.isoformat()
        where = folded(place.address) or repr(place.point)
        ref = refs.derived(kind, where, folded(place.commune), folded(place.city), who, when)
    order = Order(
        ref=ref,
        place=place,
        kind=kind,
        recipient=recipient,
        service_on=service_on,
        windows=windows,
        service_s=row.read("service", partial(service_s_of, unit=row.unit("service")), None),
        parcels=parcels,
        priority=_priority(row),
        skills=skills_of(row.text("skills")),
        vehicle_kinds=row.read("vehicle_kinds", lambda cell: vehicle_kinds_of(text_of(cell)), _NO_KINDS),
        depot_ref=row.text("depot"),
        driver_ref=driver_ref,
        proofs=_proofs(row),
        cash_minor=cash_minor,
        currency=currency if cash_minor else "",
        notes=" · ".join(text for _, text in all_of(row, "notes")),
        tags=tuple(dict.fromkeys((*tags, *_tags(row)))),
        recurs=row.read("recurs", lambda cell: weekdays_of(text_of(cell)), ""),
        source=f"{habits.source}:{row.line}",
    )
    # where the columns have slipped, whatever else is wrong follows from it
    slipped = tuple(problem for problem in row.problems if problem.code == "intake.row_extra_cells")
    problems = slipped or tuple(row.problems)
    return ReadRow(line=row.line, ref=ref, order=None if problems else order, problems=problems)


def _place(row: Row, *, has_ref: bool) -> Place:
    address = row.text("address") or row.text("street")
    number = row.text("street_number")
    if number and not is_nothing(number) and folded(number) not in folded(address).split():
        address = f"{address} {number}".strip() if address else ""
    if address and not any(letter.isalnum() for letter in address):
        address = ""
    point = _point(row, has_address=bool(address))
    if not address and point is None and not has_ref and not row.problems:
        row.refuse("address", "intake.row_no_address")
    notes = [f"{text}" for name in ("complement", "access_notes") for _, text in all_of(row, name)]
    return Place(
        address=address,
        # the same few names on every row: kept once
        commune=intern(row.text("commune")),
        city=intern(row.text("city")),
        postcode=intern(row.text("postcode")),
        point=point,
        grade=Grade.NONE if point is None else Grade.GIVEN,
        access_notes=" · ".join(dict.fromkeys(notes)),
    )


def _point(row: Row, *, has_address: bool) -> Point | None:
    before = len(row.problems)
    if row.has("lat") and row.has("lon"):
        lat, lon = row.read("lat", degrees_of, 0.0), row.read("lon", degrees_of, 0.0)
        column = "lat"
    elif row.has("lat_lon"):
        lat, lon = row.read("lat_lon", degrees_of_pair, (0.0, 0.0))
        column = "lat_lon"
    else:
        if row.has("lat") or row.has("lon"):
            column = "lat" if row.has("lat") else "lon"
            if has_address:
                row.notice("intake.coordinates_half")
            else:
                row.refuse(column, "intake.row_half_coordinates")
        return None
    if len(row.problems) > before:
        return None
    try:
        point, remark = point_of(lat, lon)
    except BadCell as bad:
        row.refuse(column, bad.code, **bad.facts)
        return None
    if remark and (has_address or point is not None):
        row.notice(remark)
    elif remark:
        row.refuse(column, "intake.row_bad_coordinates", value="0, 0")
    return point


def _recipient(row: Row, country: str) -> Recipient:
    name = row.text("name") or row.text("place_name")
    if row.has("name") and (place_name := row.text("place_name")) and folded(place_name) != folded(name):
        name = f"{name} ({place_name})"
    phone, is_phone = phone_of(row.text("phone"), country)
    email, is_email = email_of(row.text("email"))
    if not is_phone:
        row.notice("intake.phones_as_given")
    if not is_email:
        row.notice("intake.emails_as_given")
    return Recipient(name=name, phone=phone, email=email)


def _times(row: Row, habits: Habits) -> tuple[date | None, tuple[TimeWindow, ...]]:
    """Return the service day and the windows, from whichever columns give them."""

    def day_first(name: str) -> bool:
        return habits.day_first.get(row.header(name), True)

    def moment(name: str) -> Moment:
        read = partial(moment_of, day_first=day_first(name), zone=habits.zone)
        return row.read(name, read, Moment())

    service_on = row.read("service_on", partial(date_of, day_first=day_first("service_on")), None)
    wanted_on = service_on or habits.service_on
    hard = row.read("window_hard", yes_of, True)
    spans: list[Span] = []
    days: list[date] = []
    before = len(row.problems)
    for opens, closes in (("opens", "closes"), ("opens_2", "closes_2")):
        if not (row.has(opens) or row.has(closes)):
            continue
        try:
            day, found = spans_between(moment(opens), moment(closes), wanted_on=wanted_on)
        except BadCell as bad:
            if len(row.problems) == before:
                row.refuse(closes if row.has(closes) else opens, bad.code, **bad.facts)
            continue
        spans.extend(found)
        days.extend([day] if day else [])
    if row.has("window"):
        read = partial(window_of, day_first=day_first("window"), zone=habits.zone, wanted_on=wanted_on)
        nothing: tuple[date | None, tuple[Span, ...], bool] = (None, (), False)
        window_day, found, is_hour = row.read("window", read, nothing)
        spans.extend(span for span in found if span not in spans)
        days.extend([window_day] if window_day else [])
        if is_hour:
            row.notice("intake.single_hours")
    return service_on or (days[0] if days else None), _windows(tuple(sorted(spans)), hard)


@lru_cache(maxsize=4_096)
def _windows(spans: tuple[Span, ...], hard: bool) -> tuple[TimeWindow, ...]:
    """Return the windows; equal ones are one object, for thousands of rows promise the same hours."""
    return tuple(TimeWindow(opens_s=opens_s, closes_s=closes_s, hard=hard) for opens_s, closes_s in spans)


def _kind(row: Row) -> tuple[OrderKind, tuple[str, ...]]:
    kind, is_task = row.read("kind", lambda cell: kind_of(text_of(cell)), (OrderKind.DELIVERY, False))
    tags: tuple[str, ...] = (TASK_TAG,) if is_task else ()
    if row.has("service_type"):
        # "Tipo de servicio" says "Retiro" in one file and "Express" in another
        text = row.text("service_type")
        try:
            if not row.has("kind"):
                kind = kind_of(text)[0]
        except BadCell:
            tags = (*tags, text)
    if row.has("is_pickup") and _is_pickup(row):
        kind = OrderKind.PICKUP
    return kind, tags


def _is_pickup(row: Row) -> bool:
    return row.read("is_pickup", yes_of, False)


def _priority(row: Row) -> Priority:
    if row.has("priority") and row.text("priority").isdigit():
        row.notice("intake.priority_numbers")
    return row.read("priority", lambda cell: priority_of(text_of(cell)), Priority.NORMAL)


def _proofs(row: Row) -> frozenset[Proof]:
    proofs = row.read("proofs", lambda cell: proofs_of(text_of(cell)), _NO_PROOFS)
    wanted = {proof for name, proof in _PROOF_COLUMNS if row.has(name) and row.read(name, _is_wanted, False)}
    return proofs | wanted if wanted else proofs


def _is_wanted(cell: Cell) -> bool:
    """Read yes or no, or a minimum age: any number above zero asks for proof."""
    text = text_of(cell)
    return int(text) > 0 if text.isdigit() and len(text) < 4 else yes_of(cell)


def _cash(row: Row, country: str) -> tuple[int, str]:
    if not row.has("cash") or is_nothing(row.text("cash")) or row.text("cash") in {"-", "–"}:
        return 0, ""
    currency = row.read("currency", currency_of, "")
    return row.read("cash", partial(cash_of, currency=currency, country=country), (0, ""))


def _driver(row: Row) -> tuple[str, date | None]:
    """Return the driver; CoopCycle writes "user:date" in one cell."""
    if not row.has("assign"):
        return row.text("driver"), None
    driver, _, day = row.text("assign").partition(":")
    if not day:
        return driver, None
    return driver, row.read("assign", lambda _cell: date_of(day, day_first=True), None)


def _tags(row: Row) -> list[str]:
    tags = parts_of(row.text("tags")) if row.has("tags") else []
    tags += [f"{name}={text}" for name, text in all_of(row, "tag_column") if text]
    return [tag[:100] for tag in tags]
