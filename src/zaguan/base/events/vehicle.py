"""What happens to the vehicles of the fleet."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleSaved:
    """A vehicle was made, changed, or taken back from the archive: `change` is created, changed or restored."""

    type: ClassVar[str] = "vehicle.saved"
    vehicle_id: UUID
    ref: str
    version: int
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleArchived:
    """A vehicle was put away."""

    type: ClassVar[str] = "vehicle.archived"
    vehicle_id: UUID
    ref: str
    version: int
