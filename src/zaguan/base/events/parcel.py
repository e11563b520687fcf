"""What happens to single parcels. The facts of a parcel stand in the stream of its order."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFact:
    """What each fact of a parcel says: which one it is, and where it was seen."""

    type: ClassVar[str]
    parcel_id: UUID
    order_id: UUID
    shipper_id: UUID
    barcode: str
    pieces: int
    state: str
    previous_state: str
    damaged: bool
    seen_at: datetime  # device time of the scan
    seen_place: str  # a ref of ours: depot, hub, point or route
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelReceived(ParcelFact):
    """It came to a depot or hub."""

    type: ClassVar[str] = "parcel.received"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLoaded(ParcelFact):
    """It is in the vehicle."""

    type: ClassVar[str] = "parcel.loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLeftAtPoint(ParcelFact):
    """It waits in a locker or pickup point."""

    type: ClassVar[str] = "parcel.left_at_point"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelHandedOver(ParcelFact):
    """The recipient has it."""

    type: ClassVar[str] = "parcel.handed_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelReturned(ParcelFact):
    """The shipper has it back."""

    type: ClassVar[str] = "parcel.returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelMissed(ParcelFact):
    """It is not where it should be."""

    type: ClassVar[str] = "parcel.missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLost(ParcelFact):
    """Nobody finds it."""

    type: ClassVar[str] = "parcel.lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelWithdrawn(ParcelFact):
    """It never came: the order was cancelled."""

    type: ClassVar[str] = "parcel.withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelDamaged(ParcelFact):
    """It is no longer in good condition."""

    type: ClassVar[str] = "parcel.damaged"
