"""What is refused at the door itself, before a room is asked. Each carries its status; a room's refusal has a kind."""

from typing import ClassVar

from zaguan.base.kit.errors import Kind, ZaguanError


class DoorRefusal(ZaguanError):
    """The root of refusals that speak HTTP: `status` is theirs, `headers` go with the answer."""

    status: ClassVar[int]

    def headers(self) -> dict[str, str]:
        """Return what the protocol wants told beside the body."""
        return {}


class Unauthenticated(DoorRefusal):
    """Nobody we know: no credential, or one that is unknown, expired or revoked. All are answered alike."""

    status = 401
    kind = Kind.UNKNOWN_CALLER
    code = "door.unauthenticated"


class ScopeNotServed(DoorRefusal):
    """The credential is good, but sees a part of the organisation that this door does not serve."""

    status = 403
    kind = Kind.FORBIDDEN
    code = "door.scope_not_served"


class TooManyRequests(DoorRefusal):
    """More calls than the limit allows."""

    status = 429
    kind = Kind.TOO_MANY
    code = "door.too_many_requests"


class BodyTooLarge(DoorRefusal):
    """The body is larger than this address takes."""

    status = 413
    code = "door.body_too_large"


class BodyTooSlow(DoorRefusal):
    """The body did not arrive in time."""

    status = 408
    code = "door.body_too_slow"

    def headers(self) -> dict[str, str]:
        """A body that is still on its way must not be read as the next request."""
        return {"Connection": "close"}


class NotJson(DoorRefusal):
    """The body is no JSON as RFC 8259 has it; NaN, infinities and lone surrogates are not."""

    status = 400
    code = "door.not_json"


class TooDeep(DoorRefusal):
    """The body is nested deeper than anything that is read here."""

    status = 400
    code = "door.too_deep"


class WrongContentType(DoorRefusal):
    """The body is of a type that this address does not read."""

    status = 415
    code = "door.wrong_content_type"


class ForbiddenCharacter(DoorRefusal):
    """The address, or a text of the body, holds a character that no text of ours may hold."""

    status = 400
    code = "door.forbidden_character"


class KeyMissing(DoorRefusal):
    """An act with an effect came without its Idempotency-Key."""

    status = 400
    code = "door.key_missing"


class BadCursor(DoorRefusal):
    """The cursor is not one that this list gave out."""

    status = 422
    code = "door.bad_cursor"


class StaleVersion(DoorRefusal):
    """If-Match names a version that has been replaced since."""

    status = 412
    kind = Kind.CONFLICT
    code = "door.stale_version"


class BadIfMatch(DoorRefusal):
    """If-Match is not an entity tag as this service gives them out."""

    status = 400
    code = "door.bad_if_match"


class TooManyStreams(DoorRefusal):
    """The process already holds as many event streams as it may."""

    status = 503
    kind = Kind.UNAVAILABLE
    code = "door.too_many_streams"

    def headers(self) -> dict[str, str]:
        """Say when to come again."""
        return {"Retry-After": "5"}
