"""The plan on a map: routes as lines, stops, depots and orders left out as points."""

from typing import Any

import orjson

from zaguan.base.geo import polyline
from zaguan.base.geo.point import Point
from zaguan.operations.planning.model import Plan, Route, Stop

COLOURS = ("#0b6e99", "#c2410c", "#15803d", "#7e22ce", "#b91c1c", "#0f766e", "#a16207", "#be185d", "#1d4ed8", "#4d7c0f")


def routes_geojson(plan: Plan) -> bytes:
    """Return the plan as a GeoJSON FeatureCollection (RFC 7946); `role` tells what a feature is."""
    features: list[dict[str, Any]] = []
    depots: dict[str, dict[str, Any]] = {}
    for number, route in enumerate(plan.routes):
        colour = COLOURS[number % len(COLOURS)]
        features.append(_line(route, colour))
        features += [_stop(route, stop, colour) for stop in route.stops]
        depots[route.depot_ref] = _point(route.depot_point, role="depot", ref=route.depot_ref, name=route.depot_name)
    features += depots.values()
    features += [
        _point(each.point, role="unassigned", ref=each.ref, address=each.address, reason=each.reason)
        for each in plan.unassigned
        if each.point is not None
    ]
    collection = {
        "type": "FeatureCollection",
        "name": f"{plan.region_name} {plan.service_on.isoformat()}",
        "attribution": plan.attribution,
        "features": features,
    }
    return orjson.dumps(collection, option=orjson.OPT_INDENT_2) + b"\n"


def _line(route: Route, colour: str) -> dict[str, Any]:
    legs = [[[point.lon, point.lat] for point in polyline.decode(leg)] for leg in route.geometry if leg]
    return {
        "type": "Feature",
        "geometry": {"type": "MultiLineString", "coordinates": [leg for leg in legs if len(leg) > 1]},
        "properties": {
            "role": "route",
            "ref": route.ref,
            "driver": route.driver_name,
            "vehicle": route.vehicle_ref,
            "stops": len(route.stops),
            "distance_m": route.distance_m,
            "duration_s": route.duration_s,
            "leaves_at": route.leaves_at.isoformat(),
            "returns_at": route.returns_at.isoformat(),
            "stroke": colour,
            "stroke-width": 4,
        },
    }


def _stop(route: Route, stop: Stop, colour: str) -> dict[str, Any]:
    return _point(
        stop.point,
        role="stop",
        route=route.ref,
        number=stop.number,
        orders=[order.ref for order in stop.orders],
        address=stop.address,
        arrives_at=stop.arrives_at.isoformat(),
        leaves_at=stop.leaves_at.isoformat(),
        **{"marker-color": colour},
    )


def _point(point: Point, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(point.lon, 6), round(point.lat, 6)]},
        "properties": properties,
    }
