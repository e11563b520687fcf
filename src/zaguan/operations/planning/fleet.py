"""The fleet of a day: depots, vehicles, drivers, zones, and the settings that planning works with."""

from dataclasses import dataclass, field
from typing import Final

from zaguan.base.geo.point import Point
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.records.drivers.model import Driver
from zaguan.records.fleet.model import Vehicle
from zaguan.records.network.model import Depot, Zone
from zaguan.records.orders.model import Priority, Proof

MAX_DRIVERS: Final = 5_000


class FleetRefused(ZaguanError):
    """The fleet file cannot be used; `problems` lists each line with what to do."""

    code = "planning.fleet_refused"


class FleetFileMissing(ZaguanError):
    """There is no such fleet file."""

    kind = Kind.NOT_FOUND
    code = "planning.fleet_missing"


class DepotNotFound(ZaguanError):
    """A depot's address could not be found on the region's map, or lies off it."""

    code = "planning.depot_not_found"


class DepotOffMap(ZaguanError):
    """A depot stands where the region has no roads."""

    kind = Kind.INVALID
    code = "planning.depot_off_map"


class DepotTurned(ZaguanError):
    """A depot's latitude and longitude stand in each other's place."""

    kind = Kind.INVALID
    code = "planning.depot_turned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTimes:
    """Seconds at the door where the shipper does not know them better."""

    parking_s: int = 90  # once for all orders of a place
    at_door_s: int = 90  # for each order
    extra_piece_s: int = 15  # for each piece after the first
    proof_s: dict[Proof, int] = field(
        default_factory=lambda: {
            Proof.SIGNATURE: 30,
            Proof.PHOTO: 15,
            Proof.CODE: 20,
            Proof.IDENTITY: 45,
            Proof.PAYMENT: 120,
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for the whole fleet. Prices are in minor units of `currency`."""

    currency: str = "USD"
    service: ServiceTimes = field(default_factory=ServiceTimes)
    late_per_minute_minor: int | None = None  # None: four times what the dearest driver's minute costs
    unfamiliar_minor: int = 0  # price of an order served by a driver who does not know its zone
    leave_out_minor: dict[Priority, int] = field(default_factory=dict)  # missing: dearer than any route
    prices_are_stand_ins: bool = False  # nobody gave prices: those of the product are used, to compare plans with


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Everything that can go out on a day. Each driver names one vehicle, each vehicle one depot."""

    depots: tuple[Depot, ...]
    vehicles: tuple[Vehicle, ...]
    drivers: tuple[Driver, ...]
    zones: tuple[Zone, ...] = ()
    settings: Settings = field(default_factory=Settings)

    def get_depot(self, ref: str) -> Depot:
        """Return the depot with this ref; an unknown one raises KeyError."""
        found = next((depot for depot in self.depots if depot.ref == ref), None)
        if found is None:
            raise KeyError(ref)
        return found

    def get_vehicle(self, ref: str) -> Vehicle:
        """Return the vehicle with this ref; an unknown one raises KeyError."""
        found = next((vehicle for vehicle in self.vehicles if vehicle.ref == ref), None)
        if found is None:
            raise KeyError(ref)
        return found

    def zones_at(self, point: Point) -> tuple[Zone, ...]:
        """Return the zones that hold a point, in the order of the file."""
        return tuple(zone for zone in self.zones if any(polygon.contains(point) for polygon in zone.polygons))
