"""Our own JSON: every field of a problem and of a solution, under the names of the dataclasses.

A file says what it is (`format`) and in which version. A field that is missing takes its default, one that is unknown
is refused. Versions grow when the meaning of a field changes; a file of a later version is refused.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import numpy as np
import orjson

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.formats.document import (
    Fields,
    InvalidDocument,
    NotMatrix,
    NotOneOf,
    Place,
    WrongLength,
    parse,
)
from zaguan.engines.solver.limits import InvalidProblem
from zaguan.engines.solver.problem import Client, Group, Problem, Published, Station
from zaguan.engines.solver.solution import Solution, Unassigned
from zaguan.engines.solver.travel import Travel

PROBLEM: Final = "zaguan.problem"
SOLUTION: Final = "zaguan.solution"
VERSION: Final = 1
MARKS: Final = ("format", "version")
MOST_WHOLE: Final = 1 << 52
TRAVEL_FIELDS: Final = ("durations_s", "distances_m", "slots", "knots_s", "points", "scale", "rounding")


class Contradiction(InvalidDocument):
    """The values are of the right kind, but contradict each other; `what` says how."""

    code = "document.contradiction"


class OtherDocument(InvalidDocument):
    """The file says that it is something else."""

    code = "document.other_document"


class LaterVersion(InvalidDocument):
    """The file was written by a later Zaguán."""

    code = "document.later_version"


def dump_problem(problem: Problem) -> bytes:
    """Return a problem as UTF-8 JSON. Fields that have their default are left out."""
    told: dict[str, Any] = {"format": PROBLEM, "version": VERSION, "travel": _plain_travel(problem.travel)}
    told |= {"clients": _plain(problem.clients), "vehicles": _plain(problem.vehicles)}
    if problem.preference is not None:
        told["preference"] = problem.preference.tolist()
    for name in ("pairs", "groups", "stations"):
        if value := getattr(problem, name):
            told[name] = _plain(value)
    if problem.published is not None:
        told["published"] = _plain(problem.published)
    return _written(told)


def read_problem(top: Place) -> Problem:
    """Return the problem of a parsed file. Refused: InvalidDocument with the place and what is wrong there."""
    given = _marked(top, PROBLEM, [field.name for field in fields(Problem)])
    preference, published = given.find("preference"), given.find("published")
    facts = {
        "clients": _read(tuple[Client, ...], given.need("clients")),
        "vehicles": _read(tuple[Vehicle, ...], given.need("vehicles")),
        "travel": _read_travel(given.need("travel")),
        "preference": None if preference is None or preference.value is None else _table(preference),
        "published": None if published is None else _read(Published | None, published),
    }
    kinds = {"pairs": tuple[tuple[int, int], ...], "groups": tuple[Group, ...], "stations": tuple[Station, ...]}
    for name, kind in kinds.items():
        if (place := given.find(name)) is not None:
            facts[name] = _read(kind, place)
    return _made(Problem, facts, top)  # type: ignore[no-any-return]


def load_problem(content: bytes) -> Problem:
    """Return the problem of a file. Refused: InvalidDocument with the place and what is wrong there."""
    return read_problem(parse(content))


def dump_solution(solution: Solution, explained: Sequence[Unassigned] = ()) -> bytes:
    """Return a solution as UTF-8 JSON, every field said, with the reasons for what it leaves out."""
    told = {"format": SOLUTION, "version": VERSION, **_plain(solution, whole=True)}
    return _written(told | {"explained": _plain(explained, whole=True)})


def load_solution(content: bytes) -> tuple[Solution, tuple[Unassigned, ...]]:
    """Return a solution and the reasons for what it leaves out."""
    top = parse(content)
    given = _marked(top, SOLUTION, [*(field.name for field in fields(Solution)), "explained"])
    explained = given.find("explained")
    facts = {name: _read(kind, given.need(name)) for name, kind in _hints_of(Solution).items()}
    reasons = () if explained is None else _read(tuple[Unassigned, ...], explained)
    return _made(Solution, facts, top), reasons


def _written(told: Mapping[str, Any]) -> bytes:
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _marked(top: Place, wanted: str, names: Sequence[str]) -> Fields:
    """Return the fields of a file that says it is what is wanted."""
    marks = top.entries()
    if "format" in marks and (found := marks["format"].text()) != wanted:
        raise OtherDocument(found=found, wanted=wanted)
    given = top.fields(*MARKS, *names)
    given.need("format")
    if (version := given.need("version").whole(1)) > VERSION:
        raise LaterVersion(found=version, known=VERSION)
    return given


def _plain_travel(travel: Travel) -> dict[str, Any]:
    if travel.points is not None:
        return {"points": travel.points.tolist(), "scale": travel.scale, "rounding": travel.rounding}
    told: dict[str, Any] = {"durations_s": travel.durations_s.tolist()}
    if travel.distances_m is not travel.durations_s:
        told["distances_m"] = travel.distances_m.tolist()
    return told | ({} if travel.slots == 1 else {"slots": travel.slots, "knots_s": _plain(travel.knots_s)})


def _plain(value: Any, *, whole: bool = False) -> Any:
    """Return a value as JSON has it; `whole` says fields that have their default, too."""
    if is_dataclass(value):
        pairs = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _plain(each, whole=whole) for field, each in pairs if whole or each != _default_of(field)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each, whole=whole) for each in value]
    return value.value if isinstance(value, StrEnum) else value


def _default_of(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


@cache
def _hints_of(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _read_travel(place: Place) -> Travel:
    given = place.fields(*TRAVEL_FIELDS)
    if (points := given.find("points")) is not None:
        facts = {"scale": 1.0, "rounding": 0.0}
        facts |= {name: given.need(name).number() for name in facts if name in given}
        for name in ("durations_s", "distances_m", "slots", "knots_s"):
            if name in given:
                raise Contradiction(at=given.need(name).at, what="beside points, which give all legs")
        return _made(Travel.planar, {"points": _table(points)} | facts, place)  # type: ignore[no-any-return]
    for name in ("scale", "rounding"):
        if name in given:
            raise Contradiction(at=given.need(name).at, what="without points")
    durations = _matrices(given.need("durations_s"))
    matrices: dict[str, Any] = {"durations_s": durations, "distances_m": durations}
    if (distances := given.find("distances_m")) is not None:
        matrices["distances_m"] = _matrices(distances)
    if "slots" in given:
        matrices["slots"] = given.need("slots").whole(1)
    if (knots := given.find("knots_s")) is not None:
        matrices["knots_s"] = _read(tuple[tuple[int, int], ...], knots)
    return _made(Travel, matrices, place)  # type: ignore[no-any-return]


def _matrices(place: Place) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Return a list of square matrices of one size as an array (m, n, n)."""
    matrices = [each.matrix(most=(1 << 31) - 1) for each in place.members()]
    if not matrices:
        raise WrongLength(at=place.at, wanted=1, found=0)
    for index, matrix in enumerate(matrices):
        if matrix.shape != matrices[0].shape:
            raise WrongLength(at=f"{place.at}[{index}]", wanted=len(matrices[0]), found=len(matrix))
    return np.stack(matrices).astype(np.int32)


def _table(place: Place) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return rows of numbers, all of one length, as an array."""
    rows = [[each.number() for each in row.members()] for row in place.members()]
    if len({len(row) for row in rows}) > 1:
        raise NotMatrix(at=place.at, found=place.shown)
    return np.array(rows, np.float64)


def _read(kind: Any, place: Place) -> Any:
    """Return a value of JSON as what the type says."""
    if kind in _SIMPLE:
        return _SIMPLE[kind](place)
    if is_dataclass(kind):
        return _read_object(kind, place)
    if inspect.isclass(kind) and issubclass(kind, StrEnum):
        known = [member.value for member in kind]
        if place.text() not in known:
            raise NotOneOf(at=place.at, found=place.shown, known=", ".join(known))
        return kind(place.value)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _read_one_of(arguments, place)
    if origin is dict:
        return {name: _read(arguments[1], each) for name, each in place.entries().items()}
    if origin is tuple and arguments[-1] is not Ellipsis:
        pair = place.members(count=len(arguments))
        return tuple(_read(argument, each) for argument, each in zip(arguments, pair, strict=True))
    assert origin in (tuple, frozenset), f"our JSON has no words for {kind}"
    return origin(_read(arguments[0], each) for each in place.members())


_SIMPLE: Final[dict[Any, Callable[[Place], Any]]] = {
    int: lambda place: place.whole(-MOST_WHOLE, MOST_WHOLE),
    float: Place.number,
    str: Place.text,
    bool: Place.boolean,
}


def _read_one_of(options: Sequence[Any], place: Place) -> Any:
    if place.value is None and NoneType in options:
        return None
    some = [option for option in options if option is not NoneType]
    if len(some) == 1:
        return _read(some[0], place)
    # numbers and texts of a remedy: JSON says which one it is
    said = [option for option in some if type(place.value) is option]
    return _read((said or some)[0], place)


def _read_object(kind: Any, place: Place) -> Any:
    hints = _hints_of(kind)
    given = place.fields(*hints)
    facts = {
        field.name: _read(hints[field.name], given.need(field.name))
        for field in fields(kind)
        if field.name in given or _default_of(field) is MISSING
    }
    return _made(kind, facts, place)


def _made(kind: Callable[..., Any], facts: Mapping[str, Any], place: Place) -> Any:
    try:
        return kind(**facts)
    except InvalidProblem as refusal:
        raise Contradiction(at=place.at, what=refusal.facts["what"]) from None
