"""Use cases of the door: what drivers tell, what shippers and recipients want there, what proves it afterwards."""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.events.proof import ProofStored
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.facts import from_plain, to_plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.objects import ObjectMismatch, ObjectNotFound, Objects
from zaguan.operations.delivery import at_depot, at_door
from zaguan.operations.delivery.acts import (
    AnyAct,
    Arrive,
    Depart,
    EndRoute,
    Fail,
    FinishLoading,
    HandOver,
    Leave,
    ScanParcel,
    StopAct,
    Told,
)
from zaguan.operations.delivery.acts_json import fingerprint_of
from zaguan.operations.delivery.doing import ActAnswer, Doing
from zaguan.operations.delivery.door import StopState, stop_state
from zaguan.operations.delivery.evidence import Finding, Sealed, verify
from zaguan.operations.delivery.loading import LoadState, load_state
from zaguan.operations.delivery.model import ActReused, EvidenceForgotten, ProofNotFound
from zaguan.operations.delivery.order_moves import dispatched
from zaguan.operations.delivery.policy import DoorTerms
from zaguan.operations.delivery.ports import Road
from zaguan.operations.delivery.settling import settle
from zaguan.operations.delivery.sheet import RouteSheet, route_sheet
from zaguan.operations.delivery.store import door as store
from zaguan.operations.delivery.store import terms as wanted
from zaguan.operations.delivery.store.door import Attempt, KeptProof, StopReport
from zaguan.operations.delivery.wishes import DoorWishes

_ANNOUNCING = ("attempt.succeeded", "attempt.failed", "attempt.amended")


def report_act(
    session: Session,
    organisation_id: OrganisationId,
    act: AnyAct,
    *,
    sent_at: datetime,
    road: Road,
    clock: Clock,
) -> ActAnswer:
    """Take an act of a driver. The same act again has no second effect, and hears the same answer.

    Refused: an id that came with another content, a route or stop that is not the driver's, a parcel of another
    order, proofs that are demanded and missing, money that does not add up. What is refused leaves no trace and may
    be told again, corrected, with the same id.
    """
    fingerprint = fingerprint_of(act)
    store.lock_route(session, organisation_id, act.route_id)
    kept = store.find_act(session, organisation_id, act.act_id)
    if kept is not None:
        if kept.fingerprint != fingerprint:
            raise ActReused(act=act.act_id)
        return from_plain(ActAnswer, {**kept.answer, "repeated": True})
    before = tuple(one.act for one in store.list_acts(session, organisation_id, act.route_id))
    # once a route has ended, an act that comes late changes its balance: then all of it is looked at
    over = any(isinstance(one, EndRoute) for one in before)
    only_stop = act.stop_id if isinstance(act, StopAct) and not over else None
    sheet = route_sheet(
        session,
        organisation_id,
        act.route_id,
        act.driver_id,
        road=road,
        only_stop=only_stop,
        drove_before=any(one.driver_id == act.driver_id for one in before),
    )
    sheet = dispatched(session, organisation_id, sheet, clock=clock)
    doing = Doing(
        session=session,
        organisation_id=organisation_id,
        road=road,
        clock=clock,
        told=Told(act=act, sent_at=sent_at, received_at=clock.now()),
        sheet=sheet,
        before=before,
    )
    answer = _carry_out(doing)
    uneven = settle(doing)
    if isinstance(act, EndRoute):
        answer = replace(answer, unexplained=tuple(line.barcode for line in uneven))
    plain = cast(dict[str, Any], to_plain(answer))
    store.add_act(session, organisation_id, doing.told, fingerprint=fingerprint, answer=plain)
    doing.announce()
    _tell_road(doing)
    return answer


def store_file(
    session: Session,
    organisation_id: OrganisationId,
    sha256: str,
    content: bytes,
    *,
    objects: Objects,
    clock: Clock,
) -> tuple[KeptProof, ...]:
    """Keep the bytes of a photo or signature that an act announced; when this returns they are on disk.

    Refused: a file that no act announced, and bytes of another hash or size.
    """
    proofs = store.find_proofs_of_file(session, organisation_id, sha256)
    if not proofs:
        raise ProofNotFound(sha256=sha256[:64])
    if any(proof.size_bytes != len(content) for proof in proofs):
        raise ObjectMismatch(sha256=sha256, found=f"{len(content)} B")
    objects.put(organisation_id, content, announced_sha256=sha256)
    at = clock.now()
    store.mark_stored(session, organisation_id, sha256, at=at)
    told = [
        (
            Stream("order", proof.order_id),
            [
                ProofStored(
                    proof_id=proof.proof_id,
                    order_id=proof.order_id,
                    stop_id=proof.stop_id,
                    sha256=sha256,
                    size_bytes=len(content),
                    stored_at=at,
                )
            ],
        )
        for proof in proofs
        if proof.stored_at is None
    ]
    journal.append_all(session, organisation_id, told, occurred_at=at, actor="system")
    return store.find_proofs_of_file(session, organisation_id, sha256)


def get_evidence(session: Session, organisation_id: OrganisationId, stop_id: UUID, order_id: UUID) -> Sealed:
    """Return the sealed record of an order at a stop. Refused: EvidenceNotFound, EvidenceForgotten."""
    attempt = store.get_attempt(session, organisation_id, stop_id, order_id)
    if not attempt.evidence:
        raise EvidenceForgotten
    return Sealed(document=attempt.evidence, sha256=attempt.evidence_sha256)


def verify_evidence(
    session: Session,
    organisation_id: OrganisationId,
    stop_id: UUID,
    order_id: UUID,
    *,
    objects: Objects | None = None,
) -> tuple[Finding, ...]:
    """Check a record against the journal and its files; nothing found: unchanged. Refused: EvidenceNotFound."""
    sealed = get_evidence(session, organisation_id, stop_id, order_id)

    def find_object(sha256: str) -> bytes | None:
        assert objects is not None
        try:
            return objects.get(organisation_id, sha256)
        except ObjectNotFound:
            return None

    return verify(
        sealed.document,
        announced_sha256=_announced(session, organisation_id, stop_id, order_id),
        find_object=find_object if objects is not None else None,
    )


def list_attempts(session: Session, organisation_id: OrganisationId, order_id: UUID) -> tuple[Attempt, ...]:
    """Return the attempts of an order, first one first."""
    return store.list_attempts(session, organisation_id, order_id)


def list_proofs(session: Session, organisation_id: OrganisationId, order_id: UUID) -> tuple[KeptProof, ...]:
    """Return the proofs of an order, in the order in which they were taken."""
    return store.list_proofs(session, organisation_id, order_id)


def list_stop_reports(session: Session, organisation_id: OrganisationId, route_id: UUID) -> tuple[StopReport, ...]:
    """Return what is known of the stops of a route that somebody told of."""
    return store.list_stop_reports(session, organisation_id, route_id)


def driver_sheet(
    session: Session, organisation_id: OrganisationId, route_id: UUID, driver_id: UUID, *, road: Road
) -> RouteSheet:
    """Return all that a driver's phone has to know of a route. Refused: RouteNotFound, NotYourRoute."""
    return route_sheet(session, organisation_id, route_id, driver_id, road=road)


def route_progress(
    session: Session, organisation_id: OrganisationId, sheet: RouteSheet
) -> tuple[LoadState, tuple[StopState, ...]]:
    """Return the load and the stops of a route as its acts have brought them about."""
    acts = [one.act for one in store.list_acts(session, organisation_id, sheet.route.route_id)]
    return load_state(sheet.manifest, acts), tuple(stop_state(stop, acts) for stop in sheet.stops)


def cash_of_route(session: Session, organisation_id: OrganisationId, route_id: UUID) -> dict[str, int]:
    """Return the cash that the driver of a route has to hand in, in minor units by currency."""
    return store.cash_of_route(session, organisation_id, route_id)


def set_terms(session: Session, organisation_id: OrganisationId, shipper_id: UUID, terms: DoorTerms) -> None:
    """Keep what a shipper wants at the door: proofs, somewhere to redirect to, whether money may stay open."""
    wanted.save_terms(session, organisation_id, shipper_id, terms)


def get_terms(session: Session, organisation_id: OrganisationId, shipper_id: UUID) -> DoorTerms:
    """Return what a shipper wants at the door; one who said nothing wants what is usual."""
    return wanted.terms_of(session, organisation_id, [shipper_id]).get(shipper_id, DoorTerms())


def set_wishes(session: Session, organisation_id: OrganisationId, wishes: DoorWishes, *, clock: Clock) -> None:
    """Keep what a recipient wants at the door, and what was agreed with them; their driver sees it at once."""
    wanted.save_wishes(session, organisation_id, wishes, at=clock.now())


def wishes_on_sheet(session: Session, organisation_id: OrganisationId, sheet: RouteSheet) -> dict[UUID, DoorWishes]:
    """Return what the recipients of a route want at the door, by order; those who said nothing are left out."""
    return wanted.wishes_of(session, organisation_id, list(sheet.booked))


def get_wishes(session: Session, organisation_id: OrganisationId, order_id: UUID) -> DoorWishes:
    """Return what a recipient wants at the door."""
    return wanted.wishes_of(session, organisation_id, [order_id]).get(order_id, DoorWishes(order_id=order_id))


def _carry_out(doing: Doing) -> ActAnswer:
    match doing.told.act:
        case ScanParcel() as act:
            return at_depot.scan(doing, act)
        case FinishLoading() as act:
            return at_depot.finish_loading(doing, act)
        case Depart() as act:
            return at_depot.depart(doing, act)
        case EndRoute() as act:
            return at_depot.end_route(doing, act)
        case Arrive() as act:
            return at_door.arrive(doing, act)
        case Leave() as act:
            return at_door.leave(doing, act)
        case HandOver() | Fail() as act:
            return at_door.close_order(doing, act)


def _tell_road(doing: Doing) -> None:
    """Let planning know what is fixed from now on."""
    act, route = doing.told.act, doing.sheet.route
    if isinstance(act, StopAct):
        state = stop_state(doing.sheet.stop(act.stop_id), doing.after)
        at = state.done_at or state.arrived_at or act.happened_at
        doing.road.stop_moved(
            doing.session, doing.organisation_id, route, act.stop_id, state.stage, at=at, actor=doing.actor
        )
    elif isinstance(act, Depart | EndRoute):
        state_of_load = load_state(doing.sheet.manifest, doing.after)
        doing.road.route_moved(
            doing.session,
            doing.organisation_id,
            route,
            started_at=state_of_load.departed_at,
            ended_at=state_of_load.ended_at,
            actor=doing.actor,
        )


def _announced(session: Session, organisation_id: OrganisationId, stop_id: UUID, order_id: UUID) -> str | None:
    """Return the seal that the journal holds for an order at a stop, the latest one."""
    seal, after = None, 0
    while entries := journal.read_stream(session, organisation_id, Stream("order", order_id), after=after):
        for entry in entries:
            if entry.type in _ANNOUNCING and entry.data.get("stop_id") == str(stop_id):
                seal = str(entry.data["evidence_sha256"])
        after = entries[-1].sequence
    return seal
