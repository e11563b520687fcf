"""What owners do with their endpoints."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.jobs import Jobs
from zaguan.records.webhooks import store
from zaguan.records.webhooks.model import (
    MAX_ENDPOINTS,
    Delivery,
    DeliveryId,
    Endpoint,
    EndpointId,
    EndpointNotFound,
    OffReason,
    SigningSecret,
    SwitchedOff,
    TooManyEndpoints,
    checked_types,
    checked_url,
    new_secret,
)
from zaguan.records.webhooks.sending import wake


def add_endpoint(
    session: Session,
    organisation_id: OrganisationId,
    *,
    owner: str,
    url: str,
    types: Collection[str] = (),
    description: str = "",
    known_types: Collection[str],
    private_allowed: bool,
    clock: Clock,
) -> Endpoint:
    """Have facts told to an address. Refused: BadUrl, PrivateTarget, UnknownType, TooManyEndpoints."""
    if len(store.list_endpoints(session, organisation_id, owner=owner)) >= MAX_ENDPOINTS:
        raise TooManyEndpoints
    endpoint = Endpoint(
        id=EndpointId(new_id(clock)),
        owner=owner,
        url=checked_url(url, private_allowed=private_allowed),
        types=checked_types(types, known_types),
        description=description,
        secrets=(SigningSecret(value=new_secret()),),
        created_at=clock.now(),
    )
    store.save_endpoint(session, organisation_id, endpoint)
    return endpoint


def get_endpoint(
    session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId, *, owner: str, lock: bool = False
) -> Endpoint:
    """Return an owner's endpoint. Refused: EndpointNotFound, for that of another owner too."""
    endpoint = store.get_endpoint(session, organisation_id, endpoint_id, lock=lock)
    if endpoint.owner != owner:
        raise EndpointNotFound
    return endpoint


def list_endpoints(session: Session, organisation_id: OrganisationId, *, owner: str) -> list[Endpoint]:
    """Return an owner's endpoints, the oldest first."""
    return store.list_endpoints(session, organisation_id, owner=owner)


def change_endpoint(
    session: Session,
    organisation_id: OrganisationId,
    endpoint: Endpoint,
    *,
    url: str | None = None,
    types: Collection[str] | None = None,
    description: str | None = None,
    enabled: bool | None = None,
    known_types: Collection[str],
    private_allowed: bool,
    jobs: Jobs,
    clock: Clock,
) -> Endpoint:
    """Change what is given of an endpoint that the caller has locked; switched on, it gets what has waited.

    Refused: BadUrl, PrivateTarget, UnknownType.
    """
    changed = replace(
        endpoint,
        url=endpoint.url if url is None else checked_url(url, private_allowed=private_allowed),
        types=endpoint.types if types is None else checked_types(types, known_types),
        description=endpoint.description if description is None else description,
        version=endpoint.version + 1,
    )
    if enabled is not None and enabled != endpoint.enabled:
        changed = replace(changed.switched(None if enabled else OffReason.OWNER), version=endpoint.version + 1)
        if enabled:
            wake(session, organisation_id, endpoint.id, jobs=jobs, at=clock.now())
    store.save_endpoint(session, organisation_id, changed)
    return changed


def rotate_secret(
    session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId, *, owner: str, clock: Clock
) -> Endpoint:
    """Sign with a new secret, and for a day with the old one too. Refused: EndpointNotFound."""
    endpoint = get_endpoint(session, organisation_id, endpoint_id, owner=owner, lock=True)
    endpoint = endpoint.rotated(new_secret(), clock.now())
    store.save_endpoint(session, organisation_id, endpoint)
    return endpoint


def remove_endpoint(session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId, *, owner: str) -> None:
    """Tell nothing there any more; what waits is dropped. Refused: EndpointNotFound."""
    get_endpoint(session, organisation_id, endpoint_id, owner=owner, lock=True)
    store.delete_endpoint(session, organisation_id, endpoint_id)


def list_deliveries(
    session: Session,
    organisation_id: OrganisationId,
    endpoint_id: EndpointId,
    *,
    owner: str,
    before: DeliveryId | None = None,
    limit: int = 100,
) -> Sequence[Delivery]:
    """Return the log of an endpoint, the newest first. Refused: EndpointNotFound."""
    get_endpoint(session, organisation_id, endpoint_id, owner=owner)
    return store.list_deliveries(session, organisation_id, endpoint_id, before=before, limit=limit)


def replay_delivery(
    session: Session,
    organisation_id: OrganisationId,
    endpoint_id: EndpointId,
    delivery_id: DeliveryId,
    *,
    owner: str,
    jobs: Jobs,
    clock: Clock,
) -> Delivery:
    """Send something once more, under the same id. Refused: EndpointNotFound, DeliveryNotFound, SwitchedOff."""
    endpoint = get_endpoint(session, organisation_id, endpoint_id, owner=owner)
    if not endpoint.enabled:
        raise SwitchedOff
    delivery = store.get_delivery(session, organisation_id, endpoint_id, delivery_id, lock=True).again(clock.now())
    store.save_delivery(session, organisation_id, delivery)
    wake(session, organisation_id, endpoint_id, jobs=jobs, at=endpoint.ready_at(clock.now()))
    return delivery
