"""VRPLIB files, in the dialect that CVRPLIB and PyVRP share: CVRP, VRPTW and their variants.

Lengths of EUC_2D files become whole as the literature of their type does it: rounded for CVRP and VRPB, kept to one
decimal and cut off where there are time windows, kept to three decimals for MDVRPTW and HFVRP. Explicit matrices are
taken as given, as seconds and as metres. Times and prices are scaled like the lengths.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.formats.instance import Instance
from zaguan.engines.solver.formats.plane import CUT, DIMACS, EXACT, ROUNDED, Measure, matrix, planar, rounded_up
from zaguan.engines.solver.formats.sections import Text
from zaguan.engines.solver.formats.vrplib_fleet import VALUES as FLEET_VALUES
from zaguan.engines.solver.formats.vrplib_fleet import allowed_vehicles, enough, read_fleet
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.travel import Travel

TYPES: Final = {"CVRP", "VRPTW", "HFVRP", "MDVRPTW", "MTVRPTWR", "PCVRPTW", "VRPB"}
TO_THREE_DECIMALS: Final = {"HFVRP", "MDVRPTW"}
MEASURES: Final = {"FLOOR_2D": CUT, "CEIL_2D": CUT, "EXACT_2D": EXACT, "EXPLICIT": ROUNDED}
VALUES: Final = {
    *("NAME", "COMMENT", "TYPE", "DIMENSION", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "NODE_COORD_TYPE"),
    *("DISPLAY_DATA_TYPE", "SERVICE_TIME", "RELEASE_TIME"),
}
SECTIONS: Final = {
    *("NODE_COORD", "EDGE_WEIGHT", "DEPOT", "DEMAND", "LINEHAUL", "BACKHAUL"),
    *("TIME_WINDOW", "SERVICE_TIME", "RELEASE_TIME", "PRIZE"),
}


def read_vrplib(name: str, text: Text) -> Instance:
    """Return the instance of a text; what it does not understand it refuses."""
    text.check_names(VALUES | FLEET_VALUES, SECTIONS | FLEET_VALUES | {"VEHICLES_ALLOWED_CLIENTS"})
    kind = text.values.get("TYPE")
    if kind not in TYPES:
        raise text.refuse(f"TYPE {kind}")
    reader = _Reader(text, kind)
    clients = reader.clients()
    fleet = read_fleet(text, reader.measure, reader.depots, reader.shifts())
    if not fleet:
        room = (text.number("CAPACITY"),) if "CAPACITY" in text.values else ()
        # with straight lines and no other rule, two half empty vehicles are never better than one
        merging = kind == "CVRP" and not reader.timed and reader.straight
        count = enough(clients, room) if merging else len(clients)
        fleet = [Vehicle(capacity=room, shift_s=reader.shifts()[0])] * count
    allowed = allowed_vehicles(text, len(fleet), reader.depots, reader.locations)
    if allowed is not None:
        clients = [replace(client, vehicles=vehicles) for client, vehicles in zip(clients, allowed, strict=True)]
    problem = Problem(clients=clients, vehicles=fleet, travel=reader.travel())
    return Instance(name=name, problem=problem, unit=reader.measure.scale)


class _Reader:
    """One text; locations are its nodes, the depots first."""

    def __init__(self, text: Text, kind: str) -> None:
        self.text, self.kind = text, kind
        self.locations = text.number("DIMENSION")
        self.weights = text.values.get("EDGE_WEIGHT_TYPE", "")
        if self.weights != "EUC_2D" and self.weights not in MEASURES:
            raise text.refuse(f"EDGE_WEIGHT_TYPE {self.weights}")
        self.straight = self.weights == "EUC_2D"
        self.timed = "TIME_WINDOW" in text.lines
        self.measure = self._measure()
        self.depots = self._depots()

    def _measure(self) -> Measure:
        if not self.straight:
            return MEASURES[self.weights]
        if self.kind in TO_THREE_DECIMALS:
            return EXACT
        return DIMACS if self.timed else ROUNDED

    def _depots(self) -> int:
        """Return how many depots there are; they are the first nodes."""
        if "DEPOT" not in self.text.lines:
            return 1
        named = [int(number) for number in self.text.numbers("DEPOT") if number != -1]
        if not named or named != list(range(1, len(named) + 1)):
            raise self.text.refuse("DEPOT_SECTION does not name the first nodes")
        return len(named)

    def _loads(self, *names: str) -> Sequence[tuple[int, ...]]:
        found = [name for name in names if name in self.text.lines]
        if len(found) > 1:
            raise self.text.refuse(f"{' and '.join(found)} say the same")
        if not found:
            return [()] * self.locations
        rows = self.text.rows(found[0], self.locations)
        if any(not load.is_integer() for row in rows for load in row):
            raise self.text.refuse(f"{found[0]}_SECTION has a load that is not whole")
        return [tuple(int(load) for load in row) for row in rows]

    def _windows(self) -> list[tuple[int, int]] | None:
        if not self.timed:
            return None
        whole = self.measure.whole
        return [(whole(opens), whole(closes)) for opens, closes in self.text.rows("TIME_WINDOW", self.locations)]

    def _scaled(self, name: str) -> list[int]:
        column = self.text.column(name, self.locations)
        return [0] * self.locations if column is None else [self.measure.whole(number) for number in column]

    def shifts(self) -> list[tuple[int, int]]:
        """Return the hours of each depot, which bind the vehicles that start there."""
        windows = self._windows()
        return [Vehicle().shift_s] * self.depots if windows is None else windows[: self.depots]

    def clients(self) -> list[Client]:
        """Return a client for each node that is no depot; a prize of 0 means that it must be served."""
        windows, service, release = self._windows(), self._scaled("SERVICE_TIME"), self._scaled("RELEASE_TIME")
        brought, fetched = self._loads("DEMAND", "LINEHAUL"), self._loads("BACKHAUL")
        prize = self._scaled("PRIZE")
        return [
            Client(
                location=node,
                delivery=brought[node],
                pickup=fetched[node] if any(fetched[node]) else (),
                windows=() if windows is None else (windows[node],),
                service_s=service[node],
                release_s=release[node],
                prize=float(prize[node]) or None,
            )
            for node in range(self.depots, self.locations)
        ]

    def travel(self) -> Travel:
        """Return lengths that are times as well; where time is no matter, times stay small."""
        points = self._points()
        if self.kind == "VRPB":
            legs = self._matrix(points)
            self._forbid_fetching_first(legs)
            return Travel.static(legs)
        if self.measure is EXACT and not self.timed:
            return Travel.static(matrix(points, ROUNDED), matrix(points, EXACT))
        if not self.straight:
            return Travel.static(self._matrix(points))
        return planar(points, self.measure)

    def _points(self) -> NDArray[np.float64]:
        if "NODE_COORD" not in self.text.lines:
            if self.weights != "EXPLICIT":
                raise self.text.refuse("NODE_COORD_SECTION is missing")
            return np.zeros((self.locations, 2))
        points = np.array(self.text.rows("NODE_COORD", self.locations))
        if points.shape != (self.locations, 2):
            raise self.text.refuse("NODE_COORD_SECTION has not two numbers a row")
        return points

    def _matrix(self, points: NDArray[np.float64]) -> NDArray[np.int32]:
        if self.weights == "EXPLICIT":
            return self._explicit()
        return rounded_up(points) if self.weights == "CEIL_2D" else matrix(points, self.measure)

    def _explicit(self) -> NDArray[np.int32]:
        if "EDGE_WEIGHT" not in self.text.lines:
            raise self.text.refuse("EDGE_WEIGHT_SECTION is missing")
        n, form = self.locations, self.text.values.get("EDGE_WEIGHT_FORMAT")
        legs = self.text.numbers("EDGE_WEIGHT")
        if form not in ("FULL_MATRIX", "LOWER_ROW"):
            raise self.text.refuse(f"EDGE_WEIGHT_FORMAT {form}")
        if len(legs) != (n * n if form == "FULL_MATRIX" else n * (n - 1) // 2):
            raise self.text.refuse(f"EDGE_WEIGHT_SECTION has {len(legs)} numbers")
        full = np.zeros((n, n))
        if form == "FULL_MATRIX":
            full = legs.reshape(n, n)
        else:
            full[np.tril_indices(n, k=-1)] = legs
            full += full.T
        return np.floor(full + self.measure.rounding).astype(np.int32)

    def _forbid_fetching_first(self, legs: NDArray[np.int32]) -> None:
        """Deliveries come before pickups, and a route has a delivery: the legs that break this lead nowhere."""
        fetch = np.array([any(load) for load in self._loads("BACKHAUL")])
        bring = np.array([any(load) for load in self._loads("DEMAND", "LINEHAUL")])
        if (fetch & bring).any():
            raise self.text.refuse("BACKHAUL_SECTION names a node that is brought something")
        legs[: self.depots, fetch] = UNREACHABLE_S
        legs[np.ix_(fetch, bring)] = UNREACHABLE_S
