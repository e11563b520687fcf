"""Instances that are one table: Solomon, Gehring and Homberger (VRPTW); Li and Lim (pickup and delivery)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.formats.instance import Instance, UnreadableInstance
from zaguan.engines.solver.formats.plane import DIMACS, Measure, matrix, planar
from zaguan.engines.solver.formats.sections import whole
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.travel import Travel

SOLOMON_COLUMNS: Final = 7
LI_LIM_COLUMNS: Final = 9
# The literature of Li and Lim's set computes with real numbers: two decimals keep its costs, and as times are cut
# off, no schedule of its is lost.
LI_LIM_COSTS: Final = Measure(scale=100, rounding=0.5)
LI_LIM_TIMES: Final = Measure(scale=100, rounding=0.0)


def is_solomon(lines: list[str]) -> bool:
    """Tell whether this is a table with Solomon's headings."""
    return "VEHICLE" in lines[:4]


def read_solomon(name: str, file: str, lines: list[str]) -> Instance:
    """Return a VRPTW whose lengths and times have one decimal, cut off."""
    rows = [line.split() for line in lines if line]
    if rows[1] != ["VEHICLE"] or rows[4][0] != "CUSTOMER":
        raise UnreadableInstance(file=file, what="VEHICLE, CUSTOMER")
    table = _table(file, rows[6:], SOLOMON_COLUMNS)
    shift = (DIMACS.whole(table[0, 4]), DIMACS.whole(table[0, 5]))
    clients = [
        Client(
            location=i,
            delivery=(int(demand),),
            windows=((DIMACS.whole(opens), DIMACS.whole(closes)),),
            service_s=DIMACS.whole(service),
        )
        for i, (demand, opens, closes, service) in enumerate(table[1:, 3:7], start=1)
    ]
    fleet = [Vehicle(capacity=(whole(rows[3][1]),), shift_s=shift)] * whole(rows[3][0])
    travel = planar(table[:, 1:3], DIMACS)
    return Instance(name=name, problem=Problem(clients=clients, vehicles=fleet, travel=travel), unit=DIMACS.scale)


def read_li_lim(name: str, file: str, lines: list[str]) -> Instance:
    """Return a pickup and delivery problem whose lengths and times have two decimals."""
    rows = [line.split() for line in lines if line]
    vehicles, capacity, speed = (whole(word) for word in rows[0])
    if speed not in (0, 1):  # unused; some files leave it empty
        raise UnreadableInstance(file=file, what=f"speed {speed}")
    table = _table(file, rows[1:], LI_LIM_COLUMNS)
    times = LI_LIM_TIMES
    clients = [
        Client(
            location=i,
            pickup=(max(0, int(demand)),),
            delivery=(max(0, -int(demand)),),
            windows=((times.whole(opens), times.whole(closes)),),
            service_s=times.whole(service),
        )
        for i, (demand, opens, closes, service) in enumerate(table[1:, 3:7], start=1)
    ]
    shift = (times.whole(table[0, 4]), times.whole(table[0, 5]))
    problem = Problem(
        clients=clients,
        vehicles=[Vehicle(capacity=(capacity,), shift_s=shift)] * vehicles,
        travel=Travel.static(matrix(table[:, 1:3], times), matrix(table[:, 1:3], LI_LIM_COSTS)),
        pairs=_pairs(file, table[:, 7].astype(int), table[:, 8].astype(int)),
    )
    return Instance(name=name, problem=problem, unit=LI_LIM_COSTS.scale)


def _pairs(file: str, fetched_at: NDArray[np.int_], brought_to: NDArray[np.int_]) -> list[tuple[int, int]]:
    """Return (fetched, brought) clients; each row of the table names its other half."""
    pairs = []
    for row in range(1, len(fetched_at)):
        other = int(brought_to[row] or fetched_at[row])
        mutual = 0 < other < len(fetched_at) and {int(fetched_at[other]), int(brought_to[other])} == {0, row}
        if not mutual or bool(brought_to[row]) == bool(fetched_at[row]):
            raise UnreadableInstance(file=file, what=f"row {row} has no other half")
        if brought_to[row]:
            pairs.append((row - 1, other - 1))
    return pairs


def _table(file: str, rows: list[list[str]], columns: int) -> NDArray[np.float64]:
    if not rows or any(len(row) != columns for row in rows):
        raise UnreadableInstance(file=file, what=f"the table has not {columns} columns")
    table = np.array(rows, np.float64)
    if list(table[:, 0]) != list(range(len(table))):
        raise UnreadableInstance(file=file, what="the rows are not numbered from 0")
    return table
