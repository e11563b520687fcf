"""Whether somebody who was let in may still be inside: open streams ask this at least once a minute."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.records.accounts.credentials import ApiKeyId, DeviceId, TrackingTokenId, UserSessionId, principal_of
from zaguan.records.accounts.model import Principal, PrincipalKind
from zaguan.records.accounts.refusals import DeviceNotFound, KeyNotFound, NotSignedIn
from zaguan.records.accounts.store import credentials, sessions

RECHECK: Final = timedelta(seconds=30)  # whoever was removed is out within twice this


def recheck(session: Session, principal: Principal, *, clock: Clock) -> Principal:
    """Return who somebody is by now: role and scope may have changed. Refused: NotSignedIn."""
    found = _find(session, principal, clock=clock)
    if found is None:
        raise NotSignedIn()
    return replace(found, address=principal.address)


def _find(session: Session, principal: Principal, *, clock: Clock) -> Principal | None:
    organisation_id, at = principal.organisation_id, clock.now()
    match principal.kind:
        case PrincipalKind.USER if principal.session_id is not None:
            known = sessions.find_session_by_id(session, organisation_id, UserSessionId(principal.session_id))
            if known is None or not known[0].good(at) or not known[1].active:
                return None
            return principal_of(known[1], known[0], must_enrol=known[2])
        case PrincipalKind.KEY:
            try:
                key = credentials.get_key(session, organisation_id, ApiKeyId(principal.id))
            except KeyNotFound:
                return None
            return key.principal if key.good(at) else None
        case PrincipalKind.DEVICE:
            try:
                device = credentials.get_device(session, organisation_id, DeviceId(principal.id))
            except DeviceNotFound:
                return None
            return device.principal if device.good(at) else None
        case PrincipalKind.RECIPIENT:
            token = credentials.find_tracking_token_by_id(session, organisation_id, TrackingTokenId(principal.id))
            return token.principal if token is not None and token.good(at) else None
        case PrincipalKind.OPERATOR | PrincipalKind.SYSTEM:
            return principal
    return None
