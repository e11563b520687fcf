"""The nodes and areas that the work is organised by: depots and zones."""

from dataclasses import dataclass

from zaguan.base.geo.place import Place
from zaguan.base.geo.polygon import Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """Where routes begin and end, open between two local times (seconds after midnight)."""

    ref: str
    name: str
    place: Place
    opens_s: int = 0
    closes_s: int = 86_400
    loading_s: int = 0  # before a route may leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An area drawn or imported. What stands here holds for every order inside."""

    ref: str
    name: str
    polygons: tuple[Polygon, ...]
    depot_ref: str = ""  # orders inside leave from this depot
    driver_refs: tuple[str, ...] = ()  # drivers who know it well
    skills: frozenset[str] = frozenset()  # asked for inside, such as "low-emission"
    vehicle_kinds: frozenset[str] = frozenset()  # only these kinds may enter; none: any
    extra_service_s: int = 0  # parking and walking
    surcharge_minor: int = 0  # price of each order inside: a toll, a second person, a partner's fee
