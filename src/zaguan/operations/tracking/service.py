"""Positions in: filtered, stored, looked at once, told."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.events.position import ArrivalSuggested, GeofenceEntered, GeofenceLeft, LivePosition
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Jobs
from zaguan.operations.tracking.filters import Known, Limits, sift
from zaguan.operations.tracking.fixes import Batch, Fix, fix_of, is_valid, read_clock
from zaguan.operations.tracking.geofences import Crossing, CrossingKind, FenceKind
from zaguan.operations.tracking.model import BatchAltered, Receipt
from zaguan.operations.tracking.refreshing import ask_for_forecasts
from zaguan.operations.tracking.store import positions as store
from zaguan.operations.tracking.store import routes as route_store
from zaguan.operations.tracking.store import trails as trail_store
from zaguan.operations.tracking.store.positions import Refused
from zaguan.operations.tracking.store.routes import OpenRoute
from zaguan.operations.tracking.store.trails import Moved
from zaguan.operations.tracking.trail import RouteWatch, Trail, advance
from zaguan.operations.tracking.watches import RouteWatches

ACTOR: Final = "tracking"
FORECAST_EVERY: Final = timedelta(seconds=30)  # at most, while positions come
SILENCE: Final = timedelta(seconds=60)  # whoever is heard again after it is looked at right away

Answer = Receipt | BatchAltered
PositionFact = GeofenceEntered | GeofenceLeft | ArrivalSuggested


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of batches: an answer to each, in their order, and what the live bus is told after the commit."""

    answers: tuple[Answer, ...]
    live: tuple[LivePosition, ...]


@dataclass(slots=True, kw_only=True)
class _Intake:
    """Batches of one organisation on their way through one transaction."""

    now: datetime
    limits: Limits
    trails: dict[UUID, Trail]
    known: Mapping[UUID, Known]
    stored: dict[UUID, dict[datetime, Fix]]
    routes: Mapping[UUID, OpenRoute]
    watches: Mapping[UUID, RouteWatch]
    answers: list[Answer] = field(default_factory=list)
    given: list[tuple[Batch, Receipt]] = field(default_factory=list)
    accepted: dict[UUID, list[Fix]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    offsets: dict[UUID, float | None] = field(default_factory=dict)
    facts: list[tuple[Stream, list[PositionFact]]] = field(default_factory=list)
    heard_again: set[UUID] = field(default_factory=set)  # vehicles that had been silent


def record_positions(
    session: Session,
    organisation_id: OrganisationId,
    batches: Sequence[Batch],
    *,
    watches: RouteWatches,
    jobs: Jobs,
    clock: Clock,
    limits: Limits | None = None,
) -> Recorded:
    """Take batches of positions: store what is good, quarantine the rest with its reason, tell what happened.

    A batch that came before gets the answer that it got then. One whose id came before with other fixes is refused
    (BatchAltered, among the answers: it does not spoil the others).
    """
    intake = _prepare(session, organisation_id, batches, watches, now=clock.now(), limits=limits or Limits())
    before = store.find_receipts(session, organisation_id, batches)
    for batch in batches:
        key = (batch.device_id, batch.batch_id)
        if key in before:
            digest, receipt = before[key]
            altered = digest != batch.digest()
            intake.answers.append(BatchAltered(batch=batch.batch_id) if altered else receipt)
            continue
        receipt = _take(intake, batch)
        before[key] = (batch.digest(), receipt)
    _save(session, organisation_id, intake)
    told = intake.facts
    if told:
        journal.append_all(session, organisation_id, told, occurred_at=intake.now, actor=ACTOR)
    ask_for_forecasts(session, organisation_id, _due(intake), jobs=jobs, now=intake.now)
    return Recorded(answers=tuple(intake.answers), live=tuple(_live(intake)))


def _prepare(
    session: Session,
    organisation_id: OrganisationId,
    batches: Sequence[Batch],
    watches: RouteWatches,
    *,
    now: datetime,
    limits: Limits,
) -> _Intake:
    vehicles = {batch.vehicle_id for batch in batches}
    # from here on nobody else moves these vehicles
    trails = trail_store.lock_trails(session, organisation_id, vehicles)
    duties = trail_store.list_duties(session, organisation_id, vehicles)
    routes = route_store.open_routes(session, organisation_id, vehicles)
    ready = watches.ready(session, organisation_id, routes.values())
    moments: dict[UUID, set[datetime]] = {}
    for batch in batches:
        moments.setdefault(batch.vehicle_id, set()).update(_perhaps_known(batch, trails[batch.vehicle_id], now))
    return _Intake(
        now=now,
        limits=limits,
        trails=trails,
        known={vehicle: Known(duties=duties.get(vehicle, ())) for vehicle in vehicles},
        stored=store.known_fixes(session, organisation_id, moments),
        routes=routes,
        watches={vehicle: ready[route.route_id] for vehicle, route in routes.items() if route.route_id in ready},
    )


def _perhaps_known(batch: Batch, trail: Trail, now: datetime) -> Iterable[datetime]:
    """Return the moments of a batch that may be stored already: none is later than the newest."""
    newest = trail.newest
    if newest is None:
        return ()
    clock = read_clock(batch, received_at=now)
    fixes = (fix_of(sent, clock) for sent in batch.fixes if is_valid(sent) and sent.at - clock.correction <= newest.at)
    return (fix.at for fix in fixes)


def _take(intake: _Intake, batch: Batch) -> Receipt:
    """Pass one batch through the filters, move its vehicle, and write the answer."""
    vehicle = batch.vehicle_id
    trail, stored = intake.trails[vehicle], intake.stored.setdefault(vehicle, {})
    known = replace(intake.known[vehicle], last=trail.newest, doubt=trail.doubt, points_at=stored)
    sifted = sift(batch, known, received_at=intake.now, limits=intake.limits)
    route, watch = intake.routes.get(vehicle), intake.watches.get(vehicle)
    trail, crossings = advance(
        replace(trail, doubt=sifted.doubt), sifted.accepted, watch, reached=route.reached if route else None
    )
    before, intake.trails[vehicle] = intake.trails[vehicle].newest, trail
    if trail.newest is not None and (before is None or trail.newest.at - before.at >= SILENCE):
        intake.heard_again.add(vehicle)
    stored.update((fix.at, fix) for fix in sifted.accepted)
    intake.accepted.setdefault(vehicle, []).extend(sifted.accepted)
    intake.offsets[vehicle] = sifted.clock.offset_s
    if sifted.quarantined:
        intake.refused.append(Refused(batch=batch, fixes=sifted.quarantined))
    if route and watch and crossings:
        facts = [fact for crossing in crossings if (fact := _fact_of(crossing, watch, route)) is not None]
        intake.facts.append((Stream("route", route.route_id), facts))
    receipt = Receipt(
        batch_id=batch.batch_id,
        sent=len(batch.fixes),
        accepted=len(sifted.accepted),
        repeated=sifted.repeated,
        quarantined=dict(Counter(fix.reason.value for fix in sifted.quarantined)),
        offset_s=sifted.clock.offset_s,
        clock_is_off=sifted.clock.is_off,
    )
    assert receipt.sent == receipt.accepted + receipt.repeated + sum(receipt.quarantined.values())
    intake.answers.append(receipt)
    intake.given.append((batch, receipt))
    return receipt


def _save(session: Session, organisation_id: OrganisationId, intake: _Intake) -> None:
    if not intake.given:
        return
    store.add_fixes(session, organisation_id, intake.accepted)
    store.add_quarantined(session, organisation_id, intake.refused, received_at=intake.now)
    store.add_receipts(session, organisation_id, intake.given, received_at=intake.now)
    moved: list[Moved] = []
    for vehicle in sorted(intake.accepted):
        route, watch = intake.routes.get(vehicle), intake.watches.get(vehicle)
        moved.append(
            Moved(
                vehicle_id=vehicle,
                trail=intake.trails[vehicle],
                clock_offset_s=intake.offsets[vehicle],
                route_id=route.route_id if route else None,
                hub=watch.route.hub if watch else "",
            )
        )
    trail_store.save_trails(session, organisation_id, moved, received_at=intake.now)


def _fact_of(crossing: Crossing, watch: RouteWatch, route: OpenRoute) -> PositionFact | None:
    fence = crossing.fence
    if crossing.kind is CrossingKind.ARRIVED:
        if fence.kind is not FenceKind.STOP:
            return None
        stops = [stop.stop_id for stop in watch.route.stops]
        if stops.index(fence.fence_id) < (route.reached or 0):
            return None  # done with: the vehicle only passes by once more
        return ArrivalSuggested(
            vehicle_id=route.vehicle_id,
            route_id=route.route_id,
            stop_id=fence.fence_id,
            order_ids=watch.route.get_stop(fence.fence_id).order_ids,
            at=crossing.at,
        )
    fact = GeofenceEntered if crossing.kind is CrossingKind.ENTERED else GeofenceLeft
    return fact(
        vehicle_id=route.vehicle_id,
        route_id=route.route_id,
        fence_id=fence.fence_id,
        fence_kind=fence.kind.value,
        at=crossing.at,
    )


def _due(intake: _Intake) -> list[UUID]:
    """Return the routes that want a new forecast: something happened, or the last one is of a while ago."""
    happened = {stream.id for stream, _ in intake.facts}
    happened |= {route.route_id for vehicle, route in intake.routes.items() if vehicle in intake.heard_again}
    return [
        route.route_id
        for vehicle, route in intake.routes.items()
        if intake.accepted.get(vehicle)
        and (route.route_id in happened or route.asked_at is None or intake.now - route.asked_at >= FORECAST_EVERY)
    ]


def _live(intake: _Intake) -> Iterable[LivePosition]:
    """Yield the newest position of each vehicle that moved."""
    for vehicle, fixes in intake.accepted.items():
        newest, watch = intake.trails[vehicle].newest, intake.watches.get(vehicle)
        if newest is not None and newest in fixes:
            yield LivePosition(
                vehicle_id=vehicle,
                route_id=watch.route.route_id if watch else None,
                hub=watch.route.hub if watch else "",
                at=newest.at,
                point=newest.point,
                accuracy_m=newest.accuracy_m,
                speed_mps=newest.speed_mps,
                heading_deg=newest.heading_deg,
            )
