"""What the room refuses: one class per broken rule."""

from typing import ClassVar, Final

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.words import Locale, say

MAX_SHOWN_CHARS: Final = 60


def shown(text: str) -> str:
    """Return what somebody sent as a refusal may repeat it: short, and nothing that is no text."""
    return "".join(char if char.isprintable() else "�" for char in text[:MAX_SHOWN_CHARS])


class _OfStates(ZaguanError):
    """A refusal that tells of states and movers: as codes in its facts, in the reader's words in its texts."""

    noun: ClassVar[str] = "order"

    def message(self, locale: Locale | None = None) -> str:
        """Say what is wrong."""
        return say(self.code, locale, **self._in_words(locale))

    def hint(self, locale: Locale | None = None) -> str | None:
        """Say what to do next."""
        return say(f"{self.code}.hint", locale, **self._in_words(locale))

    def _in_words(self, locale: Locale | None) -> dict[str, object]:
        words = dict(self.facts)
        for name in {"source", "target", "state"} & words.keys():
            words[name] = say(f"{self.noun}.state.{words[name]}", locale)
        if "by" in words:
            words["by"] = say(f"order.mover.{words['by']}", locale)
        if isinstance(allowed := words.get("allowed"), tuple):
            words["allowed"] = ", ".join(say(f"{self.noun}.state.{state}", locale) for state in allowed) or "–"
        return words


class OrderNotFound(ZaguanError):
    """No order with this id or external id."""

    kind = Kind.NOT_FOUND
    code = "order.not_found"


class NotAllowed(_OfStates):
    """No way leads from one state to the other."""

    kind = Kind.CONFLICT
    code = "order.not_allowed"


class NotYours(_OfStates):
    """The way is there, but for others to take."""

    kind = Kind.FORBIDDEN
    code = "order.not_yours"


class NotChangeable(_OfStates):
    """What was asked for can no longer be changed in this state."""

    kind = Kind.CONFLICT
    code = "order.not_changeable"


class GoodsWithUs(ZaguanError):
    """An order whose parcels we hold cannot be cancelled: they have to go back."""

    kind = Kind.CONFLICT
    code = "order.goods_with_us"


class StaleOrder(ZaguanError):
    """The order was changed since it was read."""

    kind = Kind.CONFLICT
    code = "order.stale"


class BadOrder(ZaguanError):
    """A field of an order that cannot be taken: `field` names it, `why` is a key of the words below `order.why`."""

    code = "order.bad_field"

    def message(self, locale: Locale | None = None) -> str:
        """Say which field, and what is wrong with it, without repeating what stood there."""
        return say(self.code, locale, field=self.facts["field"], what=say(f"order.why.{self.facts['why']}", locale))


class SameOrderTwice(ZaguanError):
    """Two orders of one batch have the same external id and shipper."""

    kind = Kind.CONFLICT
    code = "order.same_twice"


class OrderExists(ZaguanError):
    """An order of this external id is there already, and was not to be changed."""

    kind = Kind.CONFLICT
    code = "order.exists"


class TooManyOrders(ZaguanError):
    """More orders in one batch than are taken at a time."""

    code = "order.too_many"


class BadCursor(ZaguanError):
    """A cursor that no page of ours gave."""

    code = "order.bad_cursor"


class ReasonUnknown(ZaguanError):
    """A failure reason or sub-code that is not known."""

    code = "order.reason_unknown"


class BadReasonCode(ZaguanError):
    """A sub-code of a form that cannot be kept."""

    code = "order.reason_code"


class BadWindow(ZaguanError):
    """A window that closes before it opens, or a time zone that does not exist."""

    code = "order.bad_window"


class NoServiceDay(ZaguanError):
    """The calendar has no day of service within reach."""

    code = "order.no_service_day"


class ShipperNotFound(ZaguanError):
    """No shipper with this id or ref."""

    kind = Kind.NOT_FOUND
    code = "order.shipper_not_found"


class ShipperTaken(ZaguanError):
    """Another shipper has this ref."""

    kind = Kind.CONFLICT
    code = "order.shipper_taken"


class LevelUnknown(ZaguanError):
    """No service level with this code."""

    kind = Kind.NOT_FOUND
    code = "order.level_unknown"


class ParcelNotFound(ZaguanError):
    """No parcel with this id or barcode."""

    kind = Kind.NOT_FOUND
    code = "parcel.not_found"


class ParcelAmbiguous(ZaguanError):
    """Several parcels under way carry this barcode."""

    kind = Kind.CONFLICT
    code = "parcel.ambiguous"


class ParcelNotAllowed(_OfStates):
    """A parcel cannot be scanned so from where it is."""

    kind = Kind.CONFLICT
    code = "parcel.not_allowed"
    noun = "parcel"


class NothingHandedOver(ZaguanError):
    """A partial delivery that hands over nothing, or everything."""

    code = "parcel.not_partial"
