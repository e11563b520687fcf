"""Small files of VROOM for tests."""

import json
from typing import Any

from zaguan.engines.solver.formats.document import parse
from zaguan.engines.solver.formats.vroom import VroomCase, read_vroom

DURATIONS = [[0, 10, 20, 30], [11, 0, 40, 50], [21, 41, 0, 60], [31, 51, 61, 0]]
DISTANCES = [[0, 100, 200, 300], [110, 0, 400, 500], [210, 410, 0, 600], [310, 510, 610, 0]]
NOON = 1_700_000_000  # a timestamp


def a_job(number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a job at the row of its number."""
    return {"id": number, "location_index": number} | more


def a_vehicle(number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a vehicle that starts and ends at row 0."""
    return {"id": number, "start_index": 0, "end_index": 0} | more


def a_shipment(**more: Any) -> dict[str, Any]:
    return {"pickup": {"id": 1, "location_index": 1}, "delivery": {"id": 1, "location_index": 2}} | more


def a_break(**more: Any) -> dict[str, Any]:
    return {"id": 1, "service": 60, "time_windows": [[100, 200]]} | more


def a_file(**more: Any) -> dict[str, Any]:
    whole = {"jobs": [a_job()], "vehicles": [a_vehicle()], "matrices": {"car": {"durations": DURATIONS}}}
    return whole | more


def read(facts: dict[str, Any], kmh: float | None = None) -> VroomCase:
    return read_vroom(parse(json.dumps(facts).encode()), straight_kmh=kmh)


def one_vehicle(**more: Any) -> VroomCase:
    return read(a_file(vehicles=[a_vehicle(**more)]))


def with_distances(**more: Any) -> dict[str, Any]:
    return a_file(matrices={"car": {"durations": DURATIONS, "distances": DISTANCES}}, **more)
