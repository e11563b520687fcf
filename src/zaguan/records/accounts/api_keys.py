"""API keys: how programs knock."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.events.account import KeyCreated, KeyRevoked
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.journal import append
from zaguan.records.accounts import audit
from zaguan.records.accounts.addresses import checked_address
from zaguan.records.accounts.credentials import (
    KEY_LIFE_LONGEST,
    SEEN_EVERY,
    ApiKey,
    ApiKeyId,
    checked_grants,
    checked_life,
)
from zaguan.records.accounts.model import EVERYTHING, Permission, Principal, Scope, checked_name
from zaguan.records.accounts.refusals import KeyNotFound, NotSignedIn
from zaguan.records.accounts.store import credentials as store
from zaguan.records.accounts.tokens import NewKey, Purpose, Secret, digest_of, key_prefix_of, same

PAGE_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedKey:
    """A new key, and what its program sends; shown this once."""

    key: ApiKey
    secret: Secret


def create_key(
    session: Session,
    organisation_id: OrganisationId,
    *,
    name: str,
    grants: frozenset[Permission],
    scope: Scope = EVERYTHING,
    life: timedelta | None = None,
    by: Principal,
    clock: Clock,
) -> CreatedKey:
    """Make an API key that may do what is granted, within a scope, until its life is over.

    Refused: NotPermitted, BadName, NothingGranted, NotGrantable, BadLife.
    """
    by.require(Permission.KEYS_MANAGE)
    at, drawn = clock.now(), NewKey.draw()
    key = ApiKey(
        id=ApiKeyId(new_id(clock)),
        organisation_id=organisation_id,
        name=checked_name(name),
        prefix=drawn.prefix,
        grants=checked_grants(grants, scope),
        scope=scope,
        created_by=by.actor,
        created_at=at,
        expires_at=None if life is None else at + checked_life(life, longest=KEY_LIFE_LONGEST),
    )
    store.add_key(session, key, digest=drawn.digest)
    told = KeyCreated(key_id=key.id, grants=tuple(sorted(permission.value for permission in key.grants)))
    append(session, organisation_id, Stream("api_key", key.id), [told], occurred_at=at, actor=by.actor)
    audit.note(session, organisation_id, told.type, record=("api_key", key.id), by=by, clock=clock)
    return CreatedKey(key=key, secret=drawn.secret)


def list_keys(
    session: Session,
    organisation_id: OrganisationId,
    *,
    by: Principal,
    after: ApiKeyId | None = None,
    limit: int = PAGE_LONGEST,
) -> list[ApiKey]:
    """Return a page of the keys in the order in which they were made. Refused: NotPermitted."""
    by.require(Permission.KEYS_MANAGE)
    return store.list_keys(session, organisation_id, after=after, limit=max(1, min(limit, PAGE_LONGEST)))


def revoke_key(
    session: Session, organisation_id: OrganisationId, key_id: ApiKeyId, *, by: Principal, clock: Clock
) -> ApiKey:
    """Let a key open nothing any more. Refused: NotPermitted, KeyNotFound."""
    by.require(Permission.KEYS_MANAGE)
    key = store.get_key(session, organisation_id, key_id, lock=True)
    if key.revoked_at is not None:
        return key
    at = clock.now()
    store.revoke_key(session, organisation_id, key_id, at=at)
    told = KeyRevoked(key_id=key_id)
    append(session, organisation_id, Stream("api_key", key_id), [told], occurred_at=at, actor=by.actor)
    audit.note(session, organisation_id, told.type, record=("api_key", key_id), by=by, clock=clock)
    return replace(key, revoked_at=at)


def get_key_by_prefix(session: Session, organisation_id: OrganisationId, prefix: str) -> ApiKey:
    """Return the key of the organisation whose secret begins with a prefix. Refused: KeyNotFound."""
    found = store.find_key(session, prefix.strip().removeprefix("zk_"))
    if found is None or found[0].organisation_id != organisation_id:
        raise KeyNotFound()
    return found[0]


def authenticate_key(session: Session, secret: str, *, address: str, clock: Clock) -> Principal:
    """Return who holds a key, in a session that crosses organisations. Refused: NotSignedIn."""
    at, prefix, digest = clock.now(), key_prefix_of(secret), digest_of(Purpose.KEY, secret)
    found = None if prefix is None else store.find_key(session, prefix)
    if found is None or not same(digest, found[1]) or not found[0].good(at):
        raise NotSignedIn()
    key = found[0]
    if key.used_at is None or at - key.used_at >= SEEN_EVERY:
        store.save_key_used(session, key.organisation_id, key.id, at=at)
    return replace(key.principal, address=checked_address(address))
