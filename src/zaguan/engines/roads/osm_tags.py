"""What OpenStreetMap's tags say about a road: its class, who may drive on it, in which direction, how fast."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class RoadClass(StrEnum):
    """Classes of roads as the map draws them and traffic tells them apart."""

    MOTORWAY = "motorway"
    TRUNK = "trunk"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"
    RESIDENTIAL = "residential"
    SERVICE = "service"
    PATH = "path"


_CLASS_OF: Final[Mapping[str, RoadClass]] = {
    **{road.value: road for road in RoadClass},
    **{
        f"{road.value}_link": road
        for road in (
            RoadClass.MOTORWAY,
            RoadClass.TRUNK,
            RoadClass.PRIMARY,
            RoadClass.SECONDARY,
            RoadClass.TERTIARY,
        )
    },
    "unclassified": RoadClass.RESIDENTIAL,
    "living_street": RoadClass.RESIDENTIAL,
    "road": RoadClass.RESIDENTIAL,
    "track": RoadClass.PATH,
    "footway": RoadClass.PATH,
    "pedestrian": RoadClass.PATH,
    "cycleway": RoadClass.PATH,
    "steps": RoadClass.PATH,
    "bridleway": RoadClass.PATH,
}
# highway=* that OSRM's car profile drives on
DRIVABLE: Final = frozenset(
    f"{name}{link}" for name in ("motorway", "trunk", "primary", "secondary", "tertiary") for link in ("", "_link")
) | {"unclassified", "residential", "living_street", "service"}
_ACCESS_KEYS: Final = ("motorcar", "motor_vehicle", "vehicle", "access")
_NO_ENTRY: Final = frozenset(
    ("no", "agricultural", "forestry", "emergency", "psv", "taxi", "bus", "minibus", "share_taxi", "foot")
) | {"emergency_vehicle", "restricted", "military", "official"}
_MPH_IN_KMH: Final = 1.609344


def road_class(tags: Mapping[str, str]) -> RoadClass | None:
    """Return the class of a way, or None where it is no road that exists today."""
    return _CLASS_OF.get(tags.get("highway", ""))


def is_drivable(tags: Mapping[str, str]) -> bool:
    """Tell whether a van may use the way, by the tags that OSRM's car profile goes by."""
    if tags.get("highway") not in DRIVABLE or tags.get("area") == "yes" or tags.get("impassable") == "yes":
        return False
    for key in _ACCESS_KEYS:
        if (access := tags.get(key)) is not None:
            return access not in _NO_ENTRY
    return True


def direction(tags: Mapping[str, str]) -> int:
    """Return 1 where one may drive only along the way, -1 only against it, 0 both ways."""
    oneway = tags.get("oneway", "")
    if oneway in ("yes", "1", "true"):
        return 1
    if oneway in ("-1", "reverse"):
        return -1
    if oneway in ("no", "false", "0"):
        return 0
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    return 1 if implied else 0


def speed_limit_kmh(text: str) -> float | None:
    """Return the limit that a maxspeed tag gives in km/h, the lowest of several; None where it gives no number.

    >>> speed_limit_kmh("60"), speed_limit_kmh("30 mph"), speed_limit_kmh("50;40"), speed_limit_kmh("BR:urban")
    (60.0, 48.3, 40.0, None)
    """
    limits = []
    for part in re.split(r"[;|,]", text):
        if (found := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?\s*", part)) is not None:
            limits.append(float(found[1]) * (_MPH_IN_KMH if found[2] == "mph" else 1.0))
    sensible = [round(limit, 1) for limit in limits if 3 <= limit <= 150]
    return min(sensible) if sensible else None
