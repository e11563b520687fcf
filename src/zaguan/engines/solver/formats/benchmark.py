"""Benchmark instances as text: VRPLIB (CVRP and VRPTW with coordinates) and Solomon's tables.

Units follow the conventions of the DIMACS challenge: distances of CVRP are rounded to the nearest whole number,
those of VRPTW are multiplied by ten and cut off, and so are its times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.kit.errors import ZaguanError
from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.travel import Travel

VRPTW_SCALE: Final = 10


class UnreadableInstance(ZaguanError):
    """The file is no instance that we read; `what` says why."""

    code = "solver.unreadable_instance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An instance and the cost of the best known solution beside it, in the instance's units."""

    name: str
    problem: Problem
    best_known: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Coordinates (n, 2), demands (n), windows (n, 2) and service times (n); row 0 is the depot."""

    points: NDArray[np.float64]
    demand: NDArray[np.int64]
    windows: NDArray[np.int64] | None
    service: NDArray[np.int64]
    capacity: int
    vehicles: int | None


def read_instance(path: Path) -> Instance:
    """Read a `.vrp` file of VRPLIB or a `.txt` file of Solomon or Gehring and Homberger."""
    lines = [line.strip() for line in path.read_text("utf-8", errors="replace").splitlines()]
    try:
        table = _vrplib(path, lines) if any(":" in line for line in lines[:3]) else _solomon(path, lines)
    except (ValueError, IndexError, KeyError) as error:
        raise UnreadableInstance(file=path.name, what=str(error)) from error
    return Instance(name=path.stem, problem=_problem(table), best_known=_best_known(path))


def _vrplib(path: Path, lines: list[str]) -> _Table:
    header: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    current: list[list[float]] | None = None
    for line in lines:
        if line == "EOF" or not line:
            continue
        if line.endswith("_SECTION"):
            current = sections.setdefault(line.removesuffix("_SECTION"), [])
        elif ":" in line:
            key, _, value = line.partition(":")
            header[key.strip()] = value.strip()
        elif current is not None:
            current.append([float(word) for word in line.split()])
    if header.get("EDGE_WEIGHT_TYPE") != "EUC_2D":
        raise UnreadableInstance(file=path.name, what=f"EDGE_WEIGHT_TYPE {header.get('EDGE_WEIGHT_TYPE')}")
    unknown = set(sections) - {"NODE_COORD", "DEMAND", "TIME_WINDOW", "DEPOT"}
    if unknown:
        raise UnreadableInstance(file=path.name, what=", ".join(sorted(unknown)))
    if sections["DEPOT"][0] != [1.0]:
        raise UnreadableInstance(file=path.name, what="DEPOT_SECTION")
    points = np.array(sections["NODE_COORD"])[:, 1:]
    windows = np.array(sections["TIME_WINDOW"])[:, 1:].astype(np.int64) if "TIME_WINDOW" in sections else None
    return _Table(
        points=points,
        demand=np.array(sections["DEMAND"])[:, 1].astype(np.int64),
        windows=windows,
        service=_service(header, len(points)),
        capacity=int(header["CAPACITY"]),
        vehicles=int(header["VEHICLES"]) if "VEHICLES" in header else None,
    )


def _service(header: Mapping[str, str], count: int) -> NDArray[np.int64]:
    service = np.full(count, int(header.get("SERVICE_TIME", "0")), np.int64)
    service[0] = 0
    return service


def _solomon(path: Path, lines: list[str]) -> _Table:
    rows = [line.split() for line in lines if line]
    if rows[1] != ["VEHICLE"] or rows[4][0] != "CUSTOMER":
        raise UnreadableInstance(file=path.name, what="VEHICLE, CUSTOMER")
    table = np.array([[int(word) for word in row] for row in rows[6:]], np.int64)
    return _Table(
        points=table[:, 1:3].astype(np.float64),
        demand=table[:, 3],
        windows=table[:, 4:6],
        service=table[:, 6],
        capacity=int(rows[3][1]),
        vehicles=int(rows[3][0]),
    )


def _problem(table: _Table) -> Problem:
    apart = table.points[:, None] - table.points[None]
    exact = np.sqrt((apart**2).sum(axis=2))
    scale = 1 if table.windows is None else VRPTW_SCALE
    distances = np.floor(exact + 0.5) if table.windows is None else np.floor(exact * scale)
    clients = [
        Client(
            location=i,
            delivery=(int(table.demand[i]),),
            service_s=int(table.service[i]) * scale,
            windows=() if table.windows is None else (_scaled(table.windows[i], scale),),
        )
        for i in range(1, len(table.points))
    ]
    depot = Vehicle(capacity=(table.capacity,))
    if table.windows is not None:
        depot = Vehicle(capacity=(table.capacity,), shift_s=_scaled(table.windows[0], scale))
    fleet = [depot] * (table.vehicles or len(clients))
    return Problem(clients=clients, vehicles=fleet, travel=Travel.static(distances.astype(np.int32)))


def _scaled(window: NDArray[np.int64], scale: int) -> tuple[int, int]:
    return int(window[0]) * scale, int(window[1]) * scale


def _best_known(path: Path) -> float | None:
    solution = path.with_suffix(".sol")
    if not solution.exists():
        return None
    costs = [line.split()[1] for line in solution.read_text("utf-8").splitlines() if line.lower().startswith("cost")]
    return float(costs[0]) if costs else None
