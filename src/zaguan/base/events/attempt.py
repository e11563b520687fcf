"""What became of an order at a door. The facts of an attempt stand in the stream of its order.

None holds a name, a note or a place: who needs them asks for the evidence record, whose hash stands here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFact:
    """What each fact of an attempt says: whose it is, which act told it, and how far its clock was off."""

    order_id: UUID
    stop_id: UUID
    route_id: UUID
    driver_id: UUID
    act_id: UUID
    number: int  # which try of this order
    happened_at: datetime  # the phone's clock
    received_at: datetime  # ours
    clock_offset_ms: int
    clock_skewed: bool
    distance_m: int | None  # from the phone to the address
    evidence_sha256: str  # the seal of the record of this attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSucceeded(AttemptFact):
    """Parcels were handed over, or fetched."""

    type: ClassVar[str] = "attempt.succeeded"
    whole: bool
    detail: str  # recipient, reception, ..., from_customer
    pieces: int
    unpaid_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed(AttemptFact):
    """Nothing was handed over."""

    type: ClassVar[str] = "attempt.failed"
    reason: str  # party.cause
    sub_code: str
    party: str
    payer: str
    decision: str  # retry, redirect, return, hold
    because: tuple[str, ...]  # keys of the words, in the order of the reasoning
    not_before_on: date | None  # of a retry
    point_ref: str  # of a redirection
    charge_minor: int  # to the shipper, for the next attempt
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptAmended(AttemptFact):
    """An act told late is the one that counts, and the record was sealed anew. Nothing else changed."""

    type: ClassVar[str] = "attempt.amended"
    previous_act_id: UUID
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDisputed(AttemptFact):
    """The door says one thing and the order's state another: a person has to decide."""

    type: ClassVar[str] = "attempt.disputed"
    outcome: str
    order_state: str
