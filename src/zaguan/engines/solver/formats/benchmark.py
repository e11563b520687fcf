"""The front door of the readers of benchmark sets: which file is read by which of them.

VRPLIB files (CVRP, VRPTW, HFVRP, MDVRPTW, MTVRPTWR, PCVRPTW, VRPB) have `KEY : value` lines and sections; the tables
of Solomon, Gehring and Homberger have headings; those of Li and Lim begin with three numbers.
"""

from dataclasses import replace
from pathlib import Path

from zaguan.engines.solver.formats.best_known import best_known
from zaguan.engines.solver.formats.instance import Instance, UnreadableInstance
from zaguan.engines.solver.formats.sections import parse
from zaguan.engines.solver.formats.tables import is_solomon, read_li_lim, read_solomon
from zaguan.engines.solver.formats.vrplib import read_vrplib
from zaguan.engines.solver.limits import InvalidProblem

__all__ = ["Instance", "UnreadableInstance", "read_instance"]


def read_instance(path: Path) -> Instance:
    """Read an instance and what is known of its best solution; UnreadableInstance says what is not understood."""
    lines = [line.strip() for line in path.read_text("utf-8", errors="replace").splitlines()]
    try:
        instance = _read(path, lines)
        cost, vehicles = best_known(instance, path)
    except (ValueError, IndexError, KeyError) as error:
        raise UnreadableInstance(file=path.name, what=str(error)) from error
    except InvalidProblem as error:
        raise UnreadableInstance(file=path.name, what=str(error.facts["what"])) from error
    return replace(instance, best_known=cost, best_known_vehicles=vehicles)


def _read(path: Path, lines: list[str]) -> Instance:
    if any(":" in line for line in lines[:3]):
        return read_vrplib(path.stem, parse(path.name, lines))
    if is_solomon(lines):
        return read_solomon(path.stem, path.name, lines)
    if lines and len(lines[0].split()) == 3:
        return read_li_lim(path.stem, path.name, lines)
    raise UnreadableInstance(file=path.name, what="no VRPLIB text and no known table")
