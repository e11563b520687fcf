"""Who knocks at the drivers' door: phones that a driver bound. The one place where this door looks at credentials."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.ids import OrganisationId
from zaguan.doors.driver.ground import Ground, Standing
from zaguan.doors.frame.refusals import ScopeNotServed, Unauthenticated
from zaguan.records.accounts.devices import BoundDevice, bind_device
from zaguan.records.accounts.model import Permission, PrincipalKind

BEARER = HTTPBearer(
    scheme_name="device",
    auto_error=False,
    description="The token that a phone was given when it was bound: `Authorization: Bearer …`.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A driver's phone that was recognised: it speaks for this driver, and for nobody else."""

    organisation_id: OrganisationId
    device_id: UUID
    driver_id: UUID


def recognise(
    request: Request,
    ground: Standing,
    authorization: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
) -> Phone:
    """Return whose phone calls. Refused: Unauthenticated (a revoked phone at once), TooManyRequests, ScopeNotServed."""
    if authorization is None:
        raise Unauthenticated
    address = address_of(request)
    try:
        principal = ground.identify(authorization.credentials, address)
    except ZaguanError as refusal:
        if refusal.kind is Kind.UNKNOWN_CALLER:
            ground.guesses.take(address)
            raise Unauthenticated from None
        raise
    ground.calls.take(str(principal.id))
    principal.require(Permission.ROUTE_DRIVE)
    driver_id = principal.scope.driver_id
    if principal.kind is not PrincipalKind.DEVICE or driver_id is None:
        raise ScopeNotServed
    return Phone(organisation_id=principal.organisation_id, device_id=principal.id, driver_id=driver_id)


Caller = Annotated[Phone, Depends(recognise)]


def bind(ground: Ground, request: Request, link_token: str, name: str) -> BoundDevice:
    """Bind the phone that follows a link. Refused: LinkSpent, TooManyRequests, BadName.

    Wrong links are counted by address, so that nobody tries many.
    """
    address = address_of(request)
    ground.guesses.check(address)
    try:
        with ground.database.system_session() as session:
            return bind_device(session, link_token, name=name, address=address, clock=ground.clock)
    except ZaguanError as refusal:
        if refusal.kind is Kind.GONE:
            ground.guesses.take(address)
        raise


def address_of(request: Request) -> str:
    """Return the address that the call comes from, as the server or its proxy tells it."""
    return request.client.host if request.client is not None else ""
