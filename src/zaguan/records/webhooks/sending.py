"""How facts become messages: noted with the reaction, sent by one job per endpoint, so that a dead one slows nobody."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from zaguan.base.kit.chain import Entry
from zaguan.base.kit.clock import Clock, elapsed_s
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import Plain, canonical_json
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.jobs import Call, Jobs
from zaguan.base.kit.journal import find_entry
from zaguan.records.webhooks import store
from zaguan.records.webhooks.model import (
    GONE,
    KEPT_FOR,
    Delivery,
    DeliveryId,
    DeliveryState,
    Endpoint,
    EndpointId,
    OffReason,
    Sent,
)
from zaguan.records.webhooks.ports import Sender

DRAIN: Final = "webhook.send"
FORGET: Final = "webhook.forget"
ORGANISATION_OWNER: Final = "organisation"
# how long one job may hold a worker before it makes way for others and comes again
MOST_AT_ONCE: Final = 100
LONGEST_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What goes over the network."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def note_event(session: Session, organisation_id: OrganisationId, entry: Entry, *, jobs: Jobs, clock: Clock) -> None:
    """Note a delivery of an event for each endpoint that wants it and may hear it, and wake its job."""
    for endpoint in store.list_endpoints(session, organisation_id, only_enabled=True):
        if not endpoint.wants(entry.type) or not may_hear(endpoint.owner, entry):
            continue
        now = clock.now()
        delivery = Delivery(
            id=DeliveryId(new_id(clock)),
            endpoint_id=endpoint.id,
            event_id=entry.id,
            event_type=entry.type,
            position=entry.position,
            next_try_at=now,
            created_at=now,
        )
        if store.add_delivery(session, organisation_id, delivery):
            wake(session, organisation_id, endpoint.id, jobs=jobs, at=endpoint.ready_at(now))


def may_hear(owner: str, entry: Entry) -> bool:
    """Tell whether an owner may hear of an event: a shipper of its own orders, the organisation of everything."""
    return owner == ORGANISATION_OWNER or owner == f"shipper:{entry.data.get('shipper_id')}"


def wake(
    session: Session,
    organisation_id: OrganisationId,
    endpoint_id: EndpointId,
    *,
    jobs: Jobs,
    at: datetime,
) -> None:
    """Have an endpoint's job run: one at a time, one waiting."""
    arguments: dict[str, Plain] = {"organisation_id": str(organisation_id), "endpoint_id": str(endpoint_id)}
    name = f"{DRAIN} {endpoint_id}"
    jobs.defer(session, DRAIN, arguments, lock=name, queueing_lock=name, at=at)


def send_due(database: Database, sender: Sender, jobs: Jobs, clock: Clock, call: Call) -> None:
    """Send what is due to one endpoint, in the order of events; what fails is tried later, what follows goes on.

    Where nobody answers at all, the rest waits too: it would only wait in vain, and hold a worker.
    """
    organisation_id = OrganisationId(UUID(call.text("organisation_id")))
    endpoint_id = EndpointId(UUID(call.text("endpoint_id")))
    began_s = elapsed_s()
    for _ in range(MOST_AT_ONCE):
        with database.session(organisation_id) as session:
            due = _next_message(session, organisation_id, endpoint_id, clock=clock)
        if due is None:
            break
        delivery, message = due
        # no transaction is open while the receiver takes its time
        sent = sender.send(message.url, message.headers, message.body)
        with database.session(organisation_id) as session:
            _note_attempt(session, organisation_id, delivery, sent, clock=clock)
        if sent.unreachable or elapsed_s() - began_s > LONGEST_S:
            break
    with database.session(organisation_id) as session:
        next_try_at = store.find_next_try(session, organisation_id, endpoint_id)
        endpoint = store.find_endpoint(session, organisation_id, endpoint_id)
        if next_try_at is not None and endpoint is not None and endpoint.enabled:
            wake(session, organisation_id, endpoint_id, jobs=jobs, at=endpoint.ready_at(next_try_at))


def message_of(endpoint: Endpoint, entry: Entry, *, at: datetime) -> Message:
    """Return the signed message of an event (Standard Webhooks 1.0). Its id is the event's: repeats have the same."""
    body = canonical_json(event_body(entry))
    message_id = str(entry.id)
    signatures = [Webhook(secret).sign(message_id, at, body) for secret in endpoint.secrets_at(at)]
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return Message(url=endpoint.url, headers=headers, body=body.encode())


def event_body(entry: Entry) -> dict[str, Plain]:
    """Return what is told of an event; `sequence` counts without gaps within the stream."""
    return {
        "id": str(entry.id),
        "type": entry.type,
        "timestamp": entry.occurred_at.isoformat().replace("+00:00", "Z"),
        "stream": {"kind": entry.stream.kind, "id": str(entry.stream.id)},
        "sequence": entry.sequence,
        "data": dict(entry.data),
    }


def forget_deliveries(database: Database, clock: Clock, _call: Call) -> None:
    """Remove what ended long ago."""
    with database.system_session() as session:
        store.delete_deliveries(session, before=clock.now() - KEPT_FOR)


def _next_message(
    session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId, *, clock: Clock
) -> tuple[Delivery, Message] | None:
    endpoint = store.find_endpoint(session, organisation_id, endpoint_id)
    now = clock.now()
    if endpoint is None or not endpoint.enabled or endpoint.ready_at(now) > now:
        return None
    delivery = store.find_due(session, organisation_id, endpoint_id, now=now)
    if delivery is None:
        return None
    entry = find_entry(session, organisation_id, delivery.event_id)
    assert entry is not None, "events are never removed"
    return delivery, message_of(endpoint, entry, at=now)


def _note_attempt(
    session: Session, organisation_id: OrganisationId, delivery: Delivery, sent: Sent, *, clock: Clock
) -> None:
    now = clock.now()
    after = delivery.after(sent, now, chance=random.SystemRandom().random())
    endpoint = store.find_endpoint(session, organisation_id, delivery.endpoint_id, lock=True)
    if endpoint is None:
        # removed meanwhile, and its deliveries with it
        return
    store.save_delivery(session, organisation_id, after)
    endpoint = endpoint.after(sent, now)
    if endpoint.enabled and sent.status == GONE:
        endpoint = endpoint.switched(OffReason.GONE)
    elif endpoint.enabled and after.state is DeliveryState.GIVEN_UP:
        # one fact that it never takes is no reason to withhold the others
        takes_others = store.was_taken_since(session, organisation_id, endpoint.id, after.attempts[0].at)
        endpoint = endpoint if takes_others else endpoint.switched(OffReason.FAILING)
    store.save_endpoint(session, organisation_id, endpoint)
