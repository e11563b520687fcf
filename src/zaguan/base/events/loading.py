"""What goes into a vehicle and comes out of it again. These facts stand in the stream of the route."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingFact:
    """What each of these facts says: whose route it is."""

    route_id: UUID
    driver_id: UUID
    happened_at: datetime  # the phone's clock
    clock_skewed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesMissing:
    """Pieces that belong on a route and are not on board."""

    order_id: UUID
    barcode: str
    pieces: int
    reason: str  # party.cause; empty: nobody said why


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangerScanned(LoadingFact):
    """A parcel was scanned that does not belong on the route."""

    type: ClassVar[str] = "loading.stranger_scanned"
    barcode: str
    belongs_to: str  # the ref of its route; empty: on none


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingFinished(LoadingFact):
    """Nothing more is loaded."""

    type: ClassVar[str] = "loading.finished"
    pieces: int
    missing: tuple[PiecesMissing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDeparted(LoadingFact):
    """The vehicle left the depot with its load; that the route started is told by the route itself."""

    type: ClassVar[str] = "loading.departed"
    pieces: int
    missing: tuple[PiecesMissing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesUnexplained:
    """Pieces that went on board and are neither at a door nor back; below zero: back although they were delivered."""

    barcode: str
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalanced(LoadingFact):
    """The vehicle is back and empty: what went out was compared with what was handed over and what came back."""

    type: ClassVar[str] = "loading.balanced"
    unexplained: tuple[PiecesUnexplained, ...]
    open_stops: tuple[UUID, ...]  # nobody told what became of them
