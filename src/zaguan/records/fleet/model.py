"""The vehicle and its kind: what it can carry, what it costs, what it burns."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, NewType
from uuid import UUID

from zaguan.base.kit.errors import Kind, ZaguanError

VehicleId = NewType("VehicleId", UUID)

MAX_VEHICLES: Final = 5_000
MAX_AMOUNT: Final = 10**12


class VehicleNotFound(ZaguanError):
    """There is no vehicle `ref`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "fleet.vehicle_not_found"


class VehicleAmountWrong(ZaguanError):
    """`field` of a vehicle is no number that a vehicle can have: negative, or beyond `most`."""

    code: ClassVar = "fleet.vehicle_amount_wrong"


class VehicleKind(StrEnum):
    """What drives."""

    VAN = "van"
    TRUCK = "truck"
    CAR = "car"
    MOTORCYCLE = "motorcycle"
    BICYCLE = "bicycle"
    CARGO_BIKE = "cargo_bike"
    ON_FOOT = "on_foot"


class Energy(StrEnum):
    """What moves it; the unit is litres, kilograms of gas or kilowatt-hours."""

    DIESEL = "diesel"
    PETROL = "petrol"
    GAS = "gas"
    ELECTRIC = "electric"
    MUSCLE = "muscle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One vehicle of the fleet. Costs are in minor units of the fleet's currency."""

    ref: str
    kind: VehicleKind = VehicleKind.VAN
    depot_ref: str = ""
    weight_g: int = 1_000_000
    volume_ml: int = 8_000_000
    pieces: int = 200
    features: frozenset[str] = frozenset()  # "cold", "lift", "low-emission": part of the skills that orders ask for
    energy: Energy = Energy.DIESEL
    consumption_per_100km: float = 9.0  # litres, kilograms or kilowatt-hours
    emission_g_per_unit: float = 3_200.0  # gCO2e per litre, kilogram or kilowatt-hour, well to wheel
    fixed_cost_minor: int = 0  # for each day on which it leaves the depot
    cost_per_km_minor: int = 0
    plate: str = ""  # what papers that accompany goods must name


def checked_vehicle(vehicle: Vehicle) -> Vehicle:
    """Return a vehicle whose amounts can be; any other is refused."""
    for field in (
        "weight_g",
        "volume_ml",
        "pieces",
        "consumption_per_100km",
        "emission_g_per_unit",
        "fixed_cost_minor",
        "cost_per_km_minor",
    ):
        # a comparison with NaN is false, so this refuses it as well
        if not 0 <= getattr(vehicle, field) <= MAX_AMOUNT:
            raise VehicleAmountWrong(ref=vehicle.ref, field=field, most=MAX_AMOUNT)
    return vehicle
