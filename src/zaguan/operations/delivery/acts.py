"""What a driver does, as the phone tells it: each act with an id of its own, its time and its number.

The phone may tell it twice, late, or in another order. Nothing here depends on when an act was heard: the order of
the field is that of the numbers on one phone, and of the times between phones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from zaguan.operations.delivery.model import (
    MAX_BARCODE_CHARS,
    MAX_NOTE_CHARS,
    MAX_PROOFS_PER_ACT,
    SKEW_S,
    ActId,
    BadAct,
)
from zaguan.operations.delivery.proofs import Fix, Proof
from zaguan.records.orders.reasons import CompletionDetail, FailureReason


class ScanPurpose(StrEnum):
    """What a parcel is scanned for, away from doors."""

    LOAD = "load"
    TAKE_OFF = "take_off"  # it was loaded by mistake
    BRING_BACK = "bring_back"  # at the depot, at the end of the route


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """So many pieces of one barcode."""

    barcode: str
    pieces: int = 1

    def __post_init__(self) -> None:
        if not 1 <= len(self.barcode) <= MAX_BARCODE_CHARS:
            raise BadAct(field="barcode", what=f"1..{MAX_BARCODE_CHARS}")
        if self.pieces < 1:
            raise BadAct(field="pieces", what="≥ 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Pieces that do not go out, and why."""

    order_id: UUID
    barcode: str
    pieces: int
    reason: FailureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What all acts have. `sequence` counts on one phone and never goes back; `happened_at` is the phone's clock."""

    name: ClassVar[str]

    act_id: ActId
    route_id: UUID
    driver_id: UUID
    device_id: UUID
    sequence: int
    happened_at: datetime
    position: Fix | None = None

    def __post_init__(self) -> None:
        if self.sequence < 1:
            raise BadAct(field="sequence", what="≥ 1")
        if self.happened_at.tzinfo is None:
            raise BadAct(field="happened_at", what="time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanParcel(Act):
    """A parcel was scanned at the depot."""

    name: ClassVar = "scan_parcel"
    barcode: str
    purpose: ScanPurpose = ScanPurpose.LOAD

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        Pieces(barcode=self.barcode)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishLoading(Act):
    """Nothing more is loaded; what stays behind has a reason."""

    name: ClassVar = "finish_loading"
    left_behind: tuple[LeftBehind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Depart(Act):
    """The route leaves."""

    name: ClassVar = "depart"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRoute(Act):
    """The route is over, the vehicle empty."""

    name: ClassVar = "end_route"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAct(Act):
    """What happens at one stop. An act names its stop, and is never moved to another."""

    stop_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive(StopAct):
    """The driver is at the door."""

    name: ClassVar = "arrive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(StopAct):
    """The driver goes on."""

    name: ClassVar = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorAct(StopAct):
    """What became of one order at the door, with its proofs."""

    order_id: UUID
    note: str = ""
    proofs: tuple[Proof, ...] = ()

    def __post_init__(self) -> None:
        Act.__post_init__(self)
        if len(self.note) > MAX_NOTE_CHARS:
            raise BadAct(field="note", what=f"≤ {MAX_NOTE_CHARS}")
        if len(self.proofs) > MAX_PROOFS_PER_ACT:
            raise BadAct(field="proofs", what=f"≤ {MAX_PROOFS_PER_ACT}")
        if len({proof.proof_id for proof in self.proofs}) != len(self.proofs):
            raise BadAct(field="proofs.proof_id", what="1 ×")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(DoorAct):
    """Parcels changed hands: brought, or fetched. `handed` empty: all of the order."""

    name: ClassVar = "hand_over"
    detail: CompletionDetail
    handed: tuple[Pieces, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail(DoorAct):
    """An attempt in vain. `sub_code` is the organisation's own word for the reason."""

    name: ClassVar = "fail"
    reason: FailureReason
    sub_code: str = ""


AnyAct = ScanParcel | FinishLoading | Depart | EndRoute | Arrive | Leave | HandOver | Fail


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An act as it reached us: `sent_at` is the phone's clock at that moment, `received_at` ours."""

    act: AnyAct
    sent_at: datetime
    received_at: datetime

    @property
    def offset_s(self) -> float:
        """How far the phone's clock is behind ours, in seconds."""
        return (self.received_at - self.sent_at).total_seconds()

    @property
    def is_skewed(self) -> bool:
        """Whether the phone's clock cannot be trusted: it is off, or the act lies in its own future."""
        ahead = self.act.happened_at - self.sent_at > timedelta(seconds=SKEW_S)
        return abs(self.offset_s) > SKEW_S or ahead

    @property
    def delay_s(self) -> float:
        """How long the act waited on the phone, by the phone's own clock."""
        return max(0.0, (self.sent_at - self.act.happened_at).total_seconds())


def in_field_order(acts: Iterable[AnyAct]) -> tuple[AnyAct, ...]:
    """Return each act once, in the order in which they were done.

    On one phone the numbers decide: a clock that was set back does not turn arriving and leaving round. Between
    phones the times decide, a phone's time never running backwards.
    """
    by_device: dict[UUID, dict[ActId, AnyAct]] = {}
    for act in acts:
        by_device.setdefault(act.device_id, {})[act.act_id] = act
    placed: list[tuple[datetime, UUID, int, int, AnyAct]] = []
    for device_id, own in by_device.items():
        latest: datetime | None = None
        numbered = sorted(own.values(), key=lambda act: (act.sequence, act.happened_at, act.act_id))
        for place, act in enumerate(numbered):
            latest = act.happened_at if latest is None else max(latest, act.happened_at)
            placed.append((latest, device_id, act.sequence, place, act))
    placed.sort(key=lambda entry: entry[:4])
    return tuple(entry[-1] for entry in placed)
