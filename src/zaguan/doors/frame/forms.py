"""What callers write: nothing is ignored, nothing is guessed, every day and moment is one that can be reckoned with."""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

# the edges of the calendar overflow with a time zone or a window on them
FIRST_DAY: Final = date(1970, 1, 2)
LAST_DAY: Final = date(2999, 12, 30)


class Form(BaseModel):
    """What callers write."""

    model_config = ConfigDict(extra="forbid")


def _no_number_as_day(value: object) -> object:
    if isinstance(value, int | float):
        raise PydanticCustomError("date_from_number", "a number is no day")
    return value


def _no_number_as_moment(value: object) -> object:
    if isinstance(value, int | float):
        raise PydanticCustomError("datetime_from_number", "a number is no moment")
    return value


Day = Annotated[date, BeforeValidator(_no_number_as_day), Field(ge=FIRST_DAY, le=LAST_DAY)]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_no_number_as_moment),
    Field(
        ge=datetime(FIRST_DAY.year, 1, 2, tzinfo=UTC),
        le=datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC),
    ),
]
