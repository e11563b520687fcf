"""Words and refusals of the door: what a driver does there, what has to be brought back, what the room refuses."""

from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.words import Locale, say

ActId = NewType("ActId", UUID)
ProofId = NewType("ProofId", UUID)

MAX_NOTE_CHARS: Final = 2_000
MAX_NAME_CHARS: Final = 120
MAX_PROOFS_PER_ACT: Final = 20
MAX_BARCODE_CHARS: Final = 128
SKEW_S: Final = 300  # a clock that is off by more is flagged


class Outcome(StrEnum):
    """What became of an order at a stop, worst first: a later word of the driver only ever moves it on."""

    OPEN = "open"
    FAILED = "failed"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"

    @property
    def rank(self) -> int:
        """How far the order has come."""
        return list(Outcome).index(self)

    @property
    def handed_over(self) -> bool:
        """Whether parcels changed hands."""
        return self in {Outcome.DELIVERED, Outcome.PARTIALLY_DELIVERED}


class StopStage(StrEnum):
    """Whether a plan may still move a stop: only the first may be."""

    AHEAD = "ahead"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class ProofKind(StrEnum):
    """What a driver can bring back from a door."""

    SIGNATURE = "signature"
    PHOTO = "photo"
    SCAN = "scan"
    CODE = "code"
    IDENTITY = "identity"
    NAME = "name"
    PAYMENT = "payment"
    POSITION = "position"

    @property
    def words_key(self) -> str:
        """The key of its words."""
        return f"delivery.proof.{self.value}"


class BadAct(ZaguanError):
    """The field `field` of an act cannot be taken: `what` says why."""

    code = "delivery.bad_act"


class ActReused(ZaguanError):
    """The id of an act came before with another content."""

    kind = Kind.CONFLICT
    code = "delivery.act_reused"


class RouteNotFound(ZaguanError):
    """No published route with this id."""

    kind = Kind.NOT_FOUND
    code = "delivery.route_not_found"


class NotYourRoute(ZaguanError):
    """The route is driven by somebody else."""

    kind = Kind.FORBIDDEN
    code = "delivery.not_your_route"


class StopNotOnRoute(ZaguanError):
    """The stop `stop` is not on the route of the act."""

    kind = Kind.CONFLICT
    code = "delivery.stop_not_on_route"


class OrderNotAtStop(ZaguanError):
    """The order of an act is not served at its stop; `refs` are those that are."""

    kind = Kind.CONFLICT
    code = "delivery.order_not_at_stop"


class WrongParcel(ZaguanError):
    """The parcel `barcode` is none of the order `ref`."""

    kind = Kind.CONFLICT
    code = "delivery.wrong_parcel"


class TooManyPieces(ZaguanError):
    """More pieces of `barcode` than the order has."""

    code = "delivery.too_many_pieces"


class ProofMissing(ZaguanError):
    """Proofs that are demanded and were not brought; `kinds` names them, alternatives joined by `|`."""

    code = "delivery.proof_missing"

    def message(self, locale: Locale | None = None) -> str:
        """Name what is missing in the reader's language."""
        alternatives = (str(part).split("|") for part in str(self.facts["kinds"]).split(","))
        either = say("delivery.proof.or", locale)
        named = (f" {either} ".join(say(ProofKind(kind).words_key, locale) for kind in part) for part in alternatives)
        return say(self.code, locale, **(self.facts | {"names": ", ".join(named)}))


class CodeWrong(ZaguanError):
    """The code entered is not the one that the recipient was given."""

    code = "delivery.code_wrong"


class InPersonOnly(ZaguanError):
    """The order `ref` must not be left without a person: its identity has to be checked."""

    code = "delivery.in_person_only"


class SafePlaceNotAllowed(ZaguanError):
    """The recipient of `ref` did not allow the parcels to be left."""

    code = "delivery.safe_place_not_allowed"


class UnderAge(ZaguanError):
    """Who would take the order `ref` is not of age."""

    code = "delivery.under_age"


class WrongDetail(ZaguanError):
    """The completion `detail` belongs to orders that go the other way."""

    code = "delivery.wrong_detail"


class PaymentWrong(ZaguanError):
    """The payment does not settle what is due: `what` says why."""

    code = "delivery.payment_wrong"


class EvidenceNotFound(ZaguanError):
    """There is no evidence record of this order at this stop yet."""

    kind = Kind.NOT_FOUND
    code = "delivery.evidence_not_found"


class EvidenceForgotten(ZaguanError):
    """The record was erased with what was known of its recipient; its hash stays in the journal."""

    kind = Kind.GONE
    code = "delivery.evidence_forgotten"


class ProofNotFound(ZaguanError):
    """No act announced a photo or signature of this hash."""

    kind = Kind.NOT_FOUND
    code = "delivery.proof_not_found"


class BadTerms(ZaguanError):
    """The field `field` of a shipper's terms cannot be taken: `what` says why."""

    code = "delivery.bad_terms"
