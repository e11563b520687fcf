"""The vehicle and its kind: what it can carry, what it costs, what it burns."""

from dataclasses import dataclass
from enum import StrEnum


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
