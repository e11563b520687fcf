"""Many things in one request, each with its own result: one bad line never spoils the rest."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.words import say
from zaguan.doors.frame.problem import TYPE_PREFIX, Problem, problem_of, title_of
from zaguan.doors.frame.validation import MAX_ERRORS, field_error

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


def each[I: BaseModel, T: BaseModel](
    session: Session, lines: Sequence[Any], adapter: TypeAdapter[I], act: Callable[[I], tuple[int, T]]
) -> list[Result[T]]:
    """Read and do each line for itself, inside the session's transaction: a refused one undoes only itself."""
    results: list[Result[T]] = []
    for index, line in enumerate(lines):
        try:
            read = adapter.validate_python(line)
        except ValidationError as failure:
            results.append(Result(index=index, status=422, problem=_problem_of(failure)))
            continue
        try:
            with session.begin_nested():
                status, value = act(read)
            results.append(Result(index=index, status=status, value=value))
        except ZaguanError as refusal:
            problem = problem_of(refusal)
            results.append(Result(index=index, status=problem.status, problem=problem))
    return results


def _problem_of(failure: ValidationError) -> Problem:
    found = failure.errors(include_url=False, include_input=False)
    errors = [field_error({**error, "loc": ("body", *error["loc"])}) for error in found[:MAX_ERRORS]]
    return Problem(
        type=TYPE_PREFIX + "http.invalid_fields",
        title=title_of(422),
        status=422,
        detail=say("http.invalid_fields", count=len(found)),
        code="http.invalid_fields",
        hint=say("http.invalid_fields.hint"),
        errors=errors,
    )
