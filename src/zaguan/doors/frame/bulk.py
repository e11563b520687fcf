"""Many things in one request, each with its own result: one bad line never spoils the rest."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from zaguan.doors.frame.problem import Problem
from zaguan.doors.frame.validation import problem_of_fields

MAX_BULK: Final = 1000


class Result[T: BaseModel](BaseModel):
    """What became of one line: `value` where it was accepted, `problem` where it was refused."""

    index: int = Field(ge=0, description="Position in the request, from 0.")
    status: int = Field(description="The status that the line would have got alone.")
    value: T | None = None
    problem: Problem | None = None


class Results[T: BaseModel](BaseModel):
    """The results in the order of the request."""

    accepted: int = Field(ge=0)
    refused: int = Field(ge=0)
    results: list[Result[T]]


def read_each[I: BaseModel](lines: Sequence[Any], adapter: TypeAdapter[I]) -> tuple[dict[int, I], dict[int, Problem]]:
    """Read each line for itself; return what could be read and what is wrong with the rest, by position."""
    read: dict[int, I] = {}
    wrong: dict[int, Problem] = {}
    for index, line in enumerate(lines):
        try:
            read[index] = adapter.validate_python(line)
        except ValidationError as failure:
            found = failure.errors(include_url=False, include_input=False)
            wrong[index] = problem_of_fields([{**error, "loc": ("body", *error["loc"])} for error in found])
    return read, wrong


def results_of[T: BaseModel](results: Sequence[Result[T]]) -> dict[str, Any]:
    """Return the results with their counts."""
    refused = sum(result.problem is not None for result in results)
    return {"accepted": len(results) - refused, "refused": refused, "results": list(results)}
