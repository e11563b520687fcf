"""Instances on real roads: stops of Porto Alegre, seconds of a van in the late morning, windows, loads, a real depot.

They are written as VRPLIB texts (VRPTW, EXPLICIT, FULL_MATRIX) into a cache folder outside the repository. The legs
are seconds, in the literature's way both time and price; the same size gives the same instance.
"""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.solver.porto_alegre import CACHE, porto_alegre
from zaguan.app.bootstrap import City, city_of
from zaguan.base.kit.files import write_whole
from zaguan.engines.roads.network import UNREACHABLE_S, Profile
from zaguan.engines.roads.slots import SLOTS

PREFIX: Final = "PortoAlegre-n"
SLOT: Final = "late-morning"
HOUR_S: Final = 3600
DAY_S: Final = (8 * HOUR_S, 18 * HOUR_S)
WIDTHS_H: Final = (1, 2, 4, 10)  # of the windows
SHARES: Final = (0.1, 0.4, 0.25, 0.25)  # of the stops that have them
SERVICE_S: Final = (120, 480)
LOADS: Final = (1, 9)
CAPACITY: Final = 140  # about 28 stops
STOPS_PER_VAN: Final = 10  # so many vans that none is missing
SPARE: Final = 1.2  # doors drawn for each stop, as some are at no road


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What an instance says of a stop; the depot is the first one."""

    load: int
    window_s: tuple[int, int]
    service_s: int


def real_instances(names: tuple[str, ...]) -> list[Path]:
    """Write the named instances and return their files; a ValueError says what is missing for that."""
    slot = next(slot for slot in SLOTS if slot.name == SLOT)
    folder, files = CACHE / "instances", list[Path]()
    with city_of(porto_alegre()) as city:
        for name in names:
            stops = int(name.removeprefix(PREFIX))
            doors = city.geocoder.sample(round(stops * SPARE) + 1, seed=stops)
            points = list(dict.fromkeys(door.point for door in doors))
            matrix = city.network.matrix(points, profile=Profile.VAN, slots=[slot])
            reached = _within_reach(matrix.durations_s[0], matrix.estimated)
            if len(reached) <= stops:
                raise ValueError(f"only {len(reached)} of {len(points)} doors reach each other, {stops + 1} wanted")
            legs = matrix.durations_s[0][np.ix_(reached, reached)]
            legs = _depot_first(legs)[: stops + 1, : stops + 1]
            files.append(folder / f"{name}.vrp")
            write_whole(files[-1], text(name, legs, invented(legs, Random(stops)), _attribution(city)))
    return files


def _within_reach(legs: NDArray[np.int32], estimated: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the doors on roads that lead to, and from, most others."""
    nowhere = legs >= UNREACHABLE_S
    usual = ~estimated & (nowhere.mean(axis=0) < 0.5) & (nowhere.mean(axis=1) < 0.5)
    kept = np.flatnonzero(usual)
    inside = nowhere[np.ix_(kept, kept)]
    return kept[~(inside.any(axis=0) | inside.any(axis=1))]


def _depot_first(legs: NDArray[np.int32]) -> NDArray[np.int32]:
    """Put the most central door at the head: it is the depot."""
    middle = int(np.argmin(legs.sum(axis=0, dtype=np.int64) + legs.sum(axis=1, dtype=np.int64)))
    order = np.array([middle, *(door for door in range(len(legs)) if door != middle)])
    return legs[np.ix_(order, order)]


def invented(legs: NDArray[np.int32], dice: Random) -> list[Stop]:
    """Return depot and stops: windows on whole hours, each of which a van of its own could keep."""
    stops = [Stop(load=0, window_s=DAY_S, service_s=0)]
    hours = (DAY_S[1] - DAY_S[0]) // HOUR_S
    for at in range(1, len(legs)):
        service_s = dice.randint(*SERVICE_S)
        width = dice.choices(WIDTHS_H, SHARES)[0]
        opens = DAY_S[0] + dice.randint(0, hours - width) * HOUR_S
        closes = min(opens + width * HOUR_S, DAY_S[1] - service_s - int(legs[at, 0]))
        if max(opens, DAY_S[0] + int(legs[0, at])) > closes:
            raise ValueError(f"stop {at} is too far from the depot for its window")
        stops.append(Stop(load=dice.randint(*LOADS), window_s=(opens, closes), service_s=service_s))
    return stops


def text(name: str, legs: NDArray[np.int32], stops: list[Stop], attribution: str) -> str:
    """Return the instance as a VRPLIB text."""
    lines = [
        f"NAME : {name}",
        f"COMMENT : Seconds of a van, {SLOT}; stops invented; {attribution}",
        "TYPE : VRPTW",
        f"DIMENSION : {len(stops)}",
        f"VEHICLES : {max(3, len(stops) // STOPS_PER_VAN)}",
        f"CAPACITY : {CAPACITY}",
        "EDGE_WEIGHT_TYPE : EXPLICIT",
        "EDGE_WEIGHT_FORMAT : FULL_MATRIX",
        "EDGE_WEIGHT_SECTION",
        *(" ".join(map(str, row)) for row in legs.tolist()),
        "DEMAND_SECTION",
        *(f"{node} {stop.load}" for node, stop in enumerate(stops, 1)),
        "TIME_WINDOW_SECTION",
        *(f"{node} {stop.window_s[0]} {stop.window_s[1]}" for node, stop in enumerate(stops, 1)),
        "SERVICE_TIME_SECTION",
        *(f"{node} {stop.service_s}" for node, stop in enumerate(stops, 1)),
        "DEPOT_SECTION",
        "1",
        "-1",
        "EOF",
    ]
    return "\n".join(lines) + "\n"


def _attribution(city: City) -> str:
    return city.ground.attribution.replace("\n", " ").replace(":", "")
