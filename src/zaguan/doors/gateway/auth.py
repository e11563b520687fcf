"""Who knocks at the gateway: programs with an API key. The one place where this door looks at credentials."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.doors.frame.once import Once
from zaguan.doors.frame.refusals import ScopeNotServed, Unauthenticated
from zaguan.doors.gateway.ground import Ground, Standing
from zaguan.records.accounts.model import Permission, Principal, Scope
from zaguan.records.orders.states import Mover

ORGANISATION: str = "organisation"
BEARER = HTTPBearer(
    scheme_name="apiKey",
    auto_error=False,
    description="An API key of the organisation or of a shipper: `Authorization: Bearer zk_…`.",
)


def recognise(ground: Ground, authorization: HTTPAuthorizationCredentials | None, address: str) -> Principal:
    """Return who holds a key. Refused: Unauthenticated, TooManyRequests, ScopeNotServed.

    Wrong keys are counted by address, calls by key: guessing does not slow down who knows.
    """
    if authorization is None:
        raise Unauthenticated
    try:
        principal = ground.identify(authorization.credentials, address)
    except ZaguanError as refusal:
        if refusal.kind is Kind.UNKNOWN_CALLER:
            ground.guesses.take(address)
            raise Unauthenticated from None
        raise
    ground.calls.take(str(principal.id))
    if principal.scope not in (Scope(), Scope(shipper_id=principal.scope.shipper_id)):
        raise ScopeNotServed
    return principal


def caller(
    request: Request,
    scopes: SecurityScopes,
    ground: Standing,
    authorization: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Principal:
    """Return who calls, if the key was granted what the operation wants."""
    principal = recognise(ground, authorization, address_of(request))
    for scope in scopes.scopes:
        principal.require(Permission(scope))
    return principal


def needs(permission: Permission) -> Callable[..., Principal]:
    """Return the dependency of an operation that wants a permission; the document tells it as its scope."""
    dependency: Callable[..., Principal] = Security(caller, scopes=[permission.value])
    return dependency


def address_of(request: Request) -> str:
    """Return the address that the call comes from, as the server or its proxy tells it."""
    return request.client.host if request.client is not None else ""


def owner_of(principal: Principal) -> str:
    """Return whose things these are within the organisation: its own, or one shipper's."""
    return ORGANISATION if principal.scope.shipper_id is None else f"shipper:{principal.scope.shipper_id}"


def mover_of(principal: Principal) -> Mover:
    """Return as whom a caller moves orders."""
    return Mover.DISPATCHER if principal.scope.shipper_id is None else Mover.SHIPPER


def once_for(ground: Ground, principal: Principal) -> Once:
    """Return what does a caller's acts once."""
    return Once(
        database=ground.database,
        clock=ground.clock,
        organisation_id=principal.organisation_id,
        owner=owner_of(principal),
    )
