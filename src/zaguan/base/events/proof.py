"""What is brought back from doors. The facts of a proof stand in the stream of its order."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTaken:
    """A proof came with an act; of a file its hash, the bytes follow."""

    type: ClassVar[str] = "proof.taken"
    proof_id: UUID
    kind: str
    order_id: UUID
    stop_id: UUID
    act_id: UUID
    taken_at: datetime  # the phone's clock
    distance_m: int | None
    sha256: str  # empty: no file
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStored:
    """The bytes of a photo or signature are here, and hash to what was announced."""

    type: ClassVar[str] = "proof.stored"
    proof_id: UUID
    order_id: UUID
    stop_id: UUID
    sha256: str
    size_bytes: int
    stored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTaken:
    """Money that was due was taken at the door."""

    type: ClassVar[str] = "proof.payment_taken"
    proof_id: UUID
    order_id: UUID
    stop_id: UUID
    route_id: UUID
    driver_id: UUID
    method: str  # cash, link, qr, terminal, transfer
    amount_minor: int
    currency: str
    reference: str
    taken_at: datetime
