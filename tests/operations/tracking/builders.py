"""Routes, fixes and batches in field words. The route goes east along one street, a stop each kilometre."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from zaguan.base.geo.point import EARTH_RADIUS_M, Point, distance_m
from zaguan.base.geo.polyline import encode
from zaguan.base.kit.ids import new_id
from zaguan.operations.tracking.filters import Duty
from zaguan.operations.tracking.fixes import Batch, Fix, SentFix
from zaguan.operations.tracking.model import TrackedRoute, TrackedStop

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DEPOT = Point(lon=-71.25, lat=-29.9)
LEG_S, SERVICE_S, LEG_M = 200, 300, 1_000  # a stop takes 500 s in all


def after(seconds: float) -> datetime:
    """Return the moment so many seconds after nine."""
    return MORNING + timedelta(seconds=seconds)


def east(metres: float, *, north: float = 0.0) -> Point:
    """Return the point so many metres east (and north) of the depot."""
    degree_m = math.pi / 180 * EARTH_RADIUS_M
    return Point(
        lon=round(DEPOT.lon + metres / (degree_m * math.cos(math.radians(DEPOT.lat))), 6),
        lat=round(DEPOT.lat + north / degree_m, 6),
    )


def a_route(*, stops: int = 4, windows: Sequence[tuple[float, float] | None] = (), **rest: Any) -> TrackedRoute:
    """Return a route that leaves at nine; a window is given in seconds after nine."""
    made: list[TrackedStop] = []
    moment = 0.0
    for index in range(stops):
        arrives = moment + LEG_S
        window = windows[index] if index < len(windows) else None
        starts = max(arrives, window[0]) if window else arrives
        made.append(
            TrackedStop(
                stop_id=new_id(),
                point=east((index + 1) * LEG_M),
                arrives_at=after(arrives),
                leaves_at=after(starts + SERVICE_S),
                service_s=SERVICE_S,
                order_ids=(new_id(),),
                opens_at=after(window[0]) if window else None,
                closes_at=after(window[1]) if window else None,
                leg_duration_s=LEG_S,
                line=encode([east(index * LEG_M), east((index + 1) * LEG_M)]),
            )
        )
        moment = starts + SERVICE_S
    facts: dict[str, Any] = {
        "route_id": new_id(),
        "version": 1,
        "vehicle_id": new_id(),
        "depot_id": new_id(),
        "depot_point": DEPOT,
        "shift_starts_at": after(-3600),
        "shift_ends_at": after(8 * 3600),
        "leaves_at": MORNING,
        "returns_at": after(moment + stops * LEG_S),
        "profile": "van",
        "stops": tuple(made),
        "back_duration_s": stops * LEG_S,
        "back_line": encode([east(stops * LEG_M), DEPOT]),
        "hub": "north",
    }
    return TrackedRoute(**facts | rest)


def a_fix(seconds: float, point: Point = DEPOT, **rest: Any) -> Fix:
    """Return a good fix so many seconds after nine."""
    facts: dict[str, Any] = {"accuracy_m": 8.0, "speed_mps": 9.0, "heading_deg": 90.0}
    return Fix(at=after(seconds), point=point, **facts | rest)


def sent(seconds: float, point: Point = DEPOT, **rest: Any) -> SentFix:
    """Return a fix as a device sends it."""
    facts: dict[str, Any] = {"accuracy_m": 8.0, "speed_mps": 9.0, "heading_deg": 90.0, "lon": point.lon}
    return SentFix(**{"at": after(seconds), "lat": point.lat} | facts | rest)


def a_batch(*fixes: SentFix, vehicle_id: UUID | None = None, **rest: Any) -> Batch:
    """Return a batch of a device."""
    facts: dict[str, Any] = {"batch_id": new_id(), "device_id": new_id(), "vehicle_id": vehicle_id or new_id()}
    return Batch(fixes=fixes, **facts | rest)


ON_DUTY = (Duty(starts_at=after(-3600), ends_at=after(8 * 3600)),)


class EvenRoads:
    """Roads on which every metre takes as long, a `factor` longer than planned."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor
        self.asked: list[datetime] = []

    def travel_s(self, origin: Point, target: Point, *, leaves_at: datetime) -> float:
        """Return the seconds of a way."""
        self.asked.append(leaves_at)
        return distance_m(origin, target) / LEG_M * LEG_S * self.factor
