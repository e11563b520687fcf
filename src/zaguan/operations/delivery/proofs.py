"""What is brought back from a door, and which of it is demanded there.

An act carries its proofs with it (a photo by its hash, the bytes follow), so that what is demanded can be judged
from the act and the order alone, whatever came before or after.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from zaguan.base.geo.point import Point
from zaguan.base.kit.objects import SHA256
from zaguan.operations.delivery.model import MAX_NAME_CHARS, BadAct, Outcome, ProofId, ProofKind
from zaguan.records.orders.reasons import CompletionDetail, FailureReason

MAX_PROOF_BYTES: Final = 20 << 20
MAX_ACCURACY_M: Final = 100_000.0
SHOWN_OF_DOCUMENT: Final = 4  # of a document's number no more is kept


class Relation(StrEnum):
    """Who took the parcels, seen from the recipient."""

    RECIPIENT = "recipient"
    HOUSEHOLD = "household"
    NEIGHBOUR = "neighbour"
    RECEPTION = "reception"
    COLLEAGUE = "colleague"
    OTHER = "other"


class PaymentMethod(StrEnum):
    """How money changed hands at the door."""

    CASH = "cash"
    LINK = "link"
    QR = "qr"
    TERMINAL = "terminal"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Where the phone believed to be."""

    point: Point
    accuracy_m: float

    def __post_init__(self) -> None:
        # written so that NaN is refused as well
        if not 0 <= self.accuracy_m <= MAX_ACCURACY_M:
            raise BadAct(field="position.accuracy_m", what=f"0..{MAX_ACCURACY_M:.0f}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What all proofs have: an id made by the phone, its time, and where it was."""

    kind: ClassVar[ProofKind]

    proof_id: ProofId
    taken_at: datetime
    position: Fix | None = None

    def __post_init__(self) -> None:
        if self.taken_at.tzinfo is None:
            raise BadAct(field="proofs.taken_at", what="time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pictured(Taken):
    """A proof that is a file: its hash comes first, its bytes when there is a signal."""

    sha256: str
    size_bytes: int

    def __post_init__(self) -> None:
        Taken.__post_init__(self)
        if not SHA256.fullmatch(self.sha256):
            raise BadAct(field="proofs.sha256", what="[0-9a-f]{64}")
        if not 1 <= self.size_bytes <= MAX_PROOF_BYTES:
            raise BadAct(field="proofs.size_bytes", what=f"1..{MAX_PROOF_BYTES}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(_Pictured):
    """Drawn on the screen, by whom."""

    kind: ClassVar = ProofKind.SIGNATURE
    name: str

    def __post_init__(self) -> None:
        _Pictured.__post_init__(self)
        _check_name(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo(_Pictured):
    """Of the parcels, the door, or what is damaged. `live`: by the app's own camera, not picked from a gallery."""

    kind: ClassVar = ProofKind.PHOTO
    live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Taken):
    """The barcode read at the door."""

    kind: ClassVar = ProofKind.SCAN
    barcode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntered(Taken):
    """The code that the recipient was given and told the driver. It is compared and never kept."""

    kind: ClassVar = ProofKind.CODE
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCheck(Taken):
    """A document was looked at. Of its number only the end is kept; `of_age` None: age was not asked."""

    kind: ClassVar = ProofKind.IDENTITY
    document: str
    ending: str
    of_age: bool | None = None

    def __post_init__(self) -> None:
        Taken.__post_init__(self)
        if not 1 <= len(self.ending) <= SHOWN_OF_DOCUMENT:
            raise BadAct(field="proofs.ending", what=f"1..{SHOWN_OF_DOCUMENT}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedBy(Taken):
    """Who took the parcels, by name."""

    kind: ClassVar = ProofKind.NAME
    name: str
    relation: Relation

    def __post_init__(self) -> None:
        Taken.__post_init__(self)
        _check_name(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTaken(Taken):
    """Money that was due. `tendered_minor` and `change_minor` belong to cash, `reference` to everything else."""

    kind: ClassVar = ProofKind.PAYMENT
    method: PaymentMethod
    amount_minor: int
    currency: str
    tendered_minor: int = 0
    change_minor: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionTaken(Taken):
    """Where the driver was, as a proof of its own."""

    kind: ClassVar = ProofKind.POSITION

    def __post_init__(self) -> None:
        Taken.__post_init__(self)
        if self.position is None:
            raise BadAct(field="proofs.position", what="–")


Proof = Signature | Photo | Scan | CodeEntered | IdentityCheck | ReceivedBy | PaymentTaken | PositionTaken


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One line of a shipper's matrix: at least so many proofs of one of these kinds.

    `outcome` None: whatever came of it. `details` and `reasons` empty: all of them; a reason may be a whole party,
    `recipient.*`.
    """

    kinds: frozenset[ProofKind]
    outcome: Outcome | None = None
    details: frozenset[CompletionDetail] = frozenset()
    reasons: frozenset[str] = frozenset()
    least: int = 1

    def applies(self, outcome: Outcome, detail: CompletionDetail | None, reason: FailureReason | None) -> bool:
        """Tell whether the line is about such an act."""
        if self.outcome is not None and self.outcome is not outcome:
            return False
        if self.details and detail not in self.details:
            return False
        return not self.reasons or (
            reason is not None and (reason.value in self.reasons or f"{reason.party.value}.*" in self.reasons)
        )


# left where nobody was: only the picture tells
UNATTENDED: Final = frozenset({CompletionDetail.MAILBOX, CompletionDetail.SAFE_PLACE, CompletionDetail.UNATTENDED})
# somebody else than the recipient took it: they are named
NAMED: Final = frozenset({CompletionDetail.HOUSEHOLD_OR_NEIGHBOR, CompletionDetail.RECEPTION, CompletionDetail.OTHER})
# a person has to be there for these
_OF_A_PERSON: Final = frozenset({ProofKind.SIGNATURE, ProofKind.CODE, ProofKind.IDENTITY, ProofKind.NAME})

DEFAULT_MATRIX: Final = (
    Demand(kinds=frozenset({ProofKind.PHOTO}), outcome=Outcome.DELIVERED, details=UNATTENDED),
    Demand(kinds=frozenset({ProofKind.PHOTO}), outcome=Outcome.PARTIALLY_DELIVERED, details=UNATTENDED),
    Demand(kinds=frozenset({ProofKind.NAME, ProofKind.SIGNATURE}), outcome=Outcome.DELIVERED, details=NAMED),
    Demand(kinds=frozenset({ProofKind.NAME, ProofKind.SIGNATURE}), outcome=Outcome.PARTIALLY_DELIVERED, details=NAMED),
    Demand(
        kinds=frozenset({ProofKind.PHOTO}),
        outcome=Outcome.FAILED,
        reasons=frozenset({"carrier.damaged", "recipient.absent", "recipient.closed", "recipient.no_access"}),
    ),
)


def asked_of(
    asked: frozenset[ProofKind], *, outcome: Outcome, detail: CompletionDetail | None, contactless: bool
) -> tuple[Demand, ...]:
    """Return what the order itself asks for, given how it was completed. A failed attempt is asked for nothing."""
    if not outcome.handed_over:
        return ()
    left_alone = detail in UNATTENDED
    dropped = _OF_A_PERSON if left_alone else {ProofKind.SIGNATURE} if contactless else frozenset()
    wanted = (asked - dropped) | ({ProofKind.PHOTO} if left_alone or contactless else frozenset())
    return tuple(Demand(kinds=frozenset({kind})) for kind in sorted(wanted))


def missing_of(demands: Iterable[Demand], proofs: Iterable[Proof]) -> tuple[frozenset[ProofKind], ...]:
    """Return the demands that the proofs do not meet, each as the kinds that would."""
    brought = list(proofs)
    lacking = {
        demand.kinds
        for demand in demands
        if len({_sameness(proof) for proof in brought if proof.kind in demand.kinds}) < demand.least
    }
    return tuple(sorted(lacking, key=sorted))


def code_digest(order_id: UUID, code: str) -> str:
    """Return what is kept of a recipient's code: enough to compare, on the phone as well, and nothing to read."""
    folded = "".join(code.split()).upper()
    return hmac.new(order_id.bytes, folded.encode(), hashlib.sha256).hexdigest()


def code_is_right(order_id: UUID, code: str, digest: str) -> bool:
    """Tell whether a code is the one that the recipient was given."""
    return hmac.compare_digest(code_digest(order_id, code), digest)


def _sameness(proof: Proof) -> str:
    """Return what makes two proofs one: the same picture twice is no second photo."""
    return proof.sha256 if isinstance(proof, Signature | Photo) else str(proof.proof_id)


def _check_name(name: str) -> None:
    if not 1 <= len(name.strip()) <= MAX_NAME_CHARS:
        raise BadAct(field="proofs.name", what=f"1..{MAX_NAME_CHARS}")
