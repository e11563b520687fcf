"""The bounds of the OSRM adapter, each with its name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OsrmSettings:
    """Bounds and patience. The defaults suit a city on a small machine.

    Attributes
    ----------
    most_servers : local servers alive at once, one per profile and slot; the one that was not asked for longest goes
    threads : threads of a local server, and questions that are asked at once
    start_s, answer_s : how long to wait for a local server to start, and for an answer
    most_points : points of one matrix; 12,000 take 1.2 GB for each slot
    cells_at_once, sources_at_once : how much of a matrix is asked at once: as many sources as fill `cells_at_once`,
        but at least `sources_at_once`
    own_table : sources plus destinations in one question to a user's own server, whose default bound is 100
    route_points_at_once, match_points_at_once : points in one question
    far_m : a point farther than this from any road, or this far off the map, is not on the roads
    """

    most_servers: int = 8
    threads: int = 2
    start_s: float = 120.0
    answer_s: float = 600.0
    most_points: int = 12_000
    cells_at_once: int = 500_000
    sources_at_once: int = 500
    own_table: int = 100
    route_points_at_once: int = 100
    match_points_at_once: int = 100
    far_m: float = 1_000.0
