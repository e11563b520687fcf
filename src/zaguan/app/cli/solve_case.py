"""A problem file of any form, as `zaguan solve` sees it: the problem, the names and units of its file, how to write."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from zaguan.app.cli.solve_formats import FileFormat
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.engines.solver.formats.benchmark import Instance, read_instance
from zaguan.engines.solver.formats.document import Place, parse
from zaguan.engines.solver.formats.ours import dump_solution, read_problem
from zaguan.engines.solver.formats.sol import write_sol
from zaguan.engines.solver.formats.vroom import VroomCase, read_vroom
from zaguan.engines.solver.formats.vroom_write import write_vroom
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.solution import Solution, Unassigned

OF_VROOM: Final = {"jobs", "shipments", "matrices", "matrix"}
OF_OURS: Final = {"format", "clients", "travel"}
BLANKS: Final = b" \t\r\n\xef\xbb\xbf"


class NoFile(ZaguanError):
    """The file is not there."""

    kind = Kind.NOT_FOUND
    code = "solve_cli.no_file"


class EmptyFile(ZaguanError):
    """The file has no content."""

    code = "solve_cli.empty_file"


class UnknownFormat(ZaguanError):
    """The file is JSON, but neither ours nor VROOM's."""

    code = "solve_cli.unknown_format"


class StraightLinesElsewhere(ZaguanError):
    """Straight lines are asked for a file that says itself how one travels."""

    code = "solve_cli.straight_lines_elsewhere"


class Case(Protocol):
    """What the command needs of a problem file. Names and numbers are those of the file."""

    @property
    def problem(self) -> Problem:
        """The problem to solve."""
        ...

    @property
    def unit(self) -> int:
        """How many units of the problem's prices and times are one of the file."""
        ...

    @property
    def best_known(self) -> float | None:
        """The cost of the best known solution, in the problem's units."""
        ...

    @property
    def has_prizes(self) -> bool:
        """Whether prizes of the problem are prices of the file."""
        ...

    def stop(self, number: int) -> str:
        """Name a client of the problem."""
        ...

    def vehicle(self, vehicle: int) -> str:
        """Name a vehicle."""
        ...

    def moment(self, moment_s: int) -> str:
        """Tell a moment."""
        ...

    def span(self, seconds: int) -> str:
        """Tell a stretch of time."""
        ...

    def written(self, solution: Solution, explained: Sequence[Unassigned], *, loading_s: float) -> bytes:
        """Return the solution in the form of the file."""
        ...


@dataclass(frozen=True, slots=True)
class OurCase:
    """Our own JSON."""

    problem: Problem
    unit: int = 1
    best_known: float | None = None
    has_prizes: bool = True

    def stop(self, number: int) -> str:
        """Name a client by its place in the file."""
        return f"clients[{number}]"

    def vehicle(self, vehicle: int) -> str:
        """Name a vehicle by its place in the file."""
        return f"vehicles[{vehicle}]"

    def moment(self, moment_s: int) -> str:
        """Tell a moment in seconds."""
        return f"{moment_s} s"

    def span(self, seconds: int) -> str:
        """Tell a stretch of time in seconds."""
        return f"{seconds} s"

    def written(self, solution: Solution, explained: Sequence[Unassigned], *, loading_s: float) -> bytes:  # noqa: ARG002
        """Return our JSON of the solution."""
        return dump_solution(solution, explained)


@dataclass(frozen=True, slots=True)
class TextCase:
    """VRPLIB's text and its kin."""

    instance: Instance
    has_prizes: bool = True

    @property
    def problem(self) -> Problem:
        """The problem to solve."""
        return self.instance.problem

    @property
    def unit(self) -> int:
        """How many units of the problem are one of the file."""
        return self.instance.unit

    @property
    def best_known(self) -> float | None:
        """The cost of the best known solution, in the problem's units."""
        return self.instance.best_known

    def stop(self, number: int) -> str:
        """Name a client by its node."""
        return str(self.problem.clients[number].location)

    def vehicle(self, vehicle: int) -> str:
        """Name a vehicle by its number, from 1."""
        return f"#{vehicle + 1}"

    def moment(self, moment_s: int) -> str:
        """Tell a moment in the file's units."""
        return f"{moment_s / self.unit:g}"

    def span(self, seconds: int) -> str:
        """Tell a stretch of time in the file's units."""
        return f"{seconds / self.unit:g}"

    def written(self, solution: Solution, explained: Sequence[Unassigned], *, loading_s: float) -> bytes:  # noqa: ARG002
        """Return the solution as VRPLIB writes it."""
        return write_sol(self.instance, solution).encode()


@dataclass(frozen=True, slots=True)
class VroomFile:
    """VROOM's JSON."""

    case: VroomCase
    unit: int = 1
    best_known: float | None = None
    has_prizes: bool = False  # they stand for priorities

    @property
    def problem(self) -> Problem:
        """The problem to solve."""
        return self.case.problem

    def stop(self, number: int) -> str:
        """Name a task by its kind and id."""
        task = self.case.given.tasks[number]
        return f"{task.kind.value} {task.id}"

    def vehicle(self, vehicle: int) -> str:
        """Name a vehicle by its id."""
        return f"vehicle {self.case.given.vehicles[vehicle].id}"

    def moment(self, moment_s: int) -> str:
        """Tell a moment as the file counts them."""
        return f"{moment_s + self.case.origin_s} s"

    def span(self, seconds: int) -> str:
        """Tell a stretch of time in seconds."""
        return f"{seconds} s"

    def written(self, solution: Solution, explained: Sequence[Unassigned], *, loading_s: float) -> bytes:  # noqa: ARG002
        """Return VROOM's JSON of the solution."""
        loading_ms, solving_ms = round(loading_s * 1000), round(solution.seconds * 1000)
        return write_vroom(self.case, solution, loading_ms=loading_ms, solving_ms=solving_ms)


def read_case(file: Path, form: FileFormat | None, straight_kmh: float | None) -> Case:
    """Read a problem file; its form is seen from its content if nobody says it."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise NoFile(file=file) from None
    if not content.strip(BLANKS):
        raise EmptyFile(file=file.name)
    is_json = content.lstrip(BLANKS)[:1] in (b"{", b"[") if form is None else form is not FileFormat.VRPLIB
    top = parse(content) if is_json else None
    form = form or (FileFormat.VRPLIB if top is None else _form_of(top, file))
    if straight_kmh is not None and form is not FileFormat.VROOM:
        raise StraightLinesElsewhere(file=file.name, format=form.value)
    if top is None:
        return TextCase(read_instance(file))
    return (
        VroomFile(read_vroom(top, straight_kmh=straight_kmh))
        if form is FileFormat.VROOM
        else OurCase(read_problem(top))
    )


def _form_of(top: Place, file: Path) -> FileFormat:
    names = set(top.value) if isinstance(top.value, dict) else set()
    if names & OF_OURS:
        return FileFormat.OURS
    if names & OF_VROOM:
        return FileFormat.VROOM
    raise UnknownFormat(file=file.name)
