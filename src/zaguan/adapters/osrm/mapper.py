"""Between our words and OSRM's: questions out, answers in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import Point
from zaguan.base.geo.polyline import decode
from zaguan.engines.roads.network import UNREACHABLE_S, Fix, Leg, Manoeuvre, Matched, Snap

# six decimals are a tenth of a metre, and what OSRM itself keeps
DEGREE_UNITS: Final = 1_000_000

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A service of OSRM (table, route, nearest, match) and its options as JSON."""

    service: str
    body: Mapping[str, Any]


def table_question(
    points: NDArray[np.int32], sources: NDArray[np.intp], destinations: NDArray[np.intp], *, snaps: bool
) -> Question:
    """Ask for times and distances from some of the points to others.

    `points` are (n, 2) lon and lat in millionths of a degree; `snaps` asks for where the points fall on the roads.
    """
    coordinates = (points / DEGREE_UNITS).tolist()
    sources, destinations = np.atleast_1d(sources), np.atleast_1d(destinations)
    if len(coordinates) == 1:  # OSRM wants two
        coordinates *= 2
    body: dict[str, Any] = {
        "coordinates": coordinates,
        "sources": sources.tolist(),
        "destinations": destinations.tolist(),
        "annotations": ["duration", "distance"],
        "generate_hints": False,
    }
    if not snaps:
        body["skip_waypoints"] = True
    return Question(service="table", body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAnswer:
    """Seconds and metres, int32 of shape (sources, destinations), and the snaps of both if they were asked for."""

    durations_s: NDArray[np.int32]
    distances_m: NDArray[np.int32]
    source_snaps_m: NDArray[np.float32] | None
    destination_snaps_m: NDArray[np.float32] | None


def read_table(answer: Answer) -> TableAnswer:
    """Return what a table says; pairs that no road joins have UNREACHABLE_S in both arrays."""
    return TableAnswer(
        durations_s=_whole(answer["durations"]),
        distances_m=_whole(answer["distances"]),
        source_snaps_m=_snaps_m(answer.get("sources")),
        destination_snaps_m=_snaps_m(answer.get("destinations")),
    )


def _whole(rows: Sequence[Sequence[float | None]]) -> NDArray[np.int32]:
    values = np.array(rows, dtype=np.float64)  # null becomes NaN
    # the router's own rounding says -1 m between two doors that meet the same spot of a street
    return np.where(np.isnan(values), UNREACHABLE_S, np.maximum(np.floor(values + 0.5), 0.0)).astype(np.int32)


def _snaps_m(waypoints: Sequence[Answer] | None) -> NDArray[np.float32] | None:
    if waypoints is None:
        return None
    return np.array([waypoint["distance"] for waypoint in waypoints], dtype=np.float32)


def route_question(points: Sequence[Point]) -> Question:
    """Ask for the way through the points, with geometry and manoeuvres; it may turn round at each point."""
    return Question(
        service="route",
        body={
            "coordinates": [[point.lon, point.lat] for point in points],
            "steps": True,
            "geometries": "polyline",
            "overview": "false",
            "continue_straight": False,
            "generate_hints": False,
        },
    )


def read_route(answer: Answer) -> tuple[tuple[Leg, ...], tuple[Snap, ...]]:
    """Return the legs of a route and where its points fall on the roads."""
    legs = tuple(_read_leg(leg) for leg in answer["routes"][0]["legs"])
    return legs, tuple(_read_snap(waypoint) for waypoint in answer["waypoints"])


def _read_leg(leg: Answer) -> Leg:
    geometry: list[Point] = []
    for step in leg["steps"]:
        for point in decode(step["geometry"]):
            if not geometry or geometry[-1] != point:
                geometry.append(point)
    if len(geometry) == 1:
        geometry *= 2  # a line, even where there is nothing to drive
    return Leg(
        distance_m=float(leg["distance"]),
        duration_s=float(leg["duration"]),
        geometry=tuple(geometry),
        manoeuvres=tuple(_read_manoeuvre(step) for step in leg["steps"]),
    )


def _read_manoeuvre(step: Answer) -> Manoeuvre:
    manoeuvre = step["maneuver"]
    return Manoeuvre(
        kind=manoeuvre["type"],
        modifier=manoeuvre.get("modifier", ""),
        street=step.get("name", ""),
        point=_point(manoeuvre["location"]),
        distance_m=float(step["distance"]),
        duration_s=float(step["duration"]),
    )


def _point(lon_lat: Sequence[float]) -> Point:
    return Point(lon=lon_lat[0], lat=lon_lat[1])


def _read_snap(waypoint: Answer) -> Snap:
    return Snap(
        point=_point(waypoint["location"]), distance_m=float(waypoint["distance"]), street=waypoint.get("name", "")
    )


def snap_question(points: Sequence[Point]) -> Question:
    """Ask where points fall on the roads that lead somewhere, and whether those roads are joined.

    A table snaps its points to the large part of the network, if at least one of them lies there; OSRM's nearest
    does not.
    """
    units = np.array([[point.lon, point.lat] for point in points], np.float64) * DEGREE_UNITS
    everything = np.arange(len(points))
    return table_question(np.rint(units).astype(np.int32), everything, everything, snaps=True)


def read_snaps(answer: Answer) -> tuple[tuple[Snap, ...], NDArray[np.bool_]]:
    """Return the snaps of the points, and a bool array of shape (n, n): some road leads from row to column."""
    snaps = tuple(_read_snap(waypoint) for waypoint in answer["sources"])
    return snaps, _whole(answer["durations"]) < UNREACHABLE_S


def match_question(fixes: Sequence[Fix]) -> Question:
    """Ask which roads the fixes drove on; their moments must not go back."""
    return Question(
        service="match",
        body={
            "coordinates": [[fix.point.lon, fix.point.lat] for fix in fixes],
            "timestamps": [int(fix.at.timestamp()) for fix in fixes],
            "radiuses": [fix.accuracy_m for fix in fixes],
            "geometries": "polyline",
            "overview": "full",
            "gaps": "split",
            "tidy": False,
            "generate_hints": False,
        },
    )


def read_match(answer: Answer) -> Matched:
    """Return where the fixes drove. The confidence is the mean of the pieces', weighted by their fixes."""
    snaps = tuple(None if point is None else _read_snap(point) for point in answer["tracepoints"])
    owners = [point["matchings_index"] for point in answer["tracepoints"] if point is not None]
    pieces = answer["matchings"]
    geometry = tuple(point for piece in pieces for point in decode(piece["geometry"]))
    confidence = sum(pieces[owner]["confidence"] for owner in owners) / len(owners) if owners else 0.0
    return Matched(snaps=snaps, geometry=geometry, confidence=confidence)


_SEPARATORS: Final = {"annotations": ","}


def url_of(question: Question) -> str:
    """Return the question as the path of a GET, with its options sorted."""
    body = dict(question.body)
    coordinates = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in body.pop("coordinates"))
    options = "&".join(f"{name}={_option(name, body[name])}" for name in sorted(body))
    return f"{question.service}/v1/driving/{coordinates}?{options}"


def _option(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return _SEPARATORS.get(name, ";").join(map(str, value))
    return str(value)
