"""Facts as JSON: what goes in comes out, and equal facts have equal bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import ClassVar, NewType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaguan.base.geo.point import Point
from zaguan.base.kit.facts import FactUnreadable, canonical_json, from_plain, to_plain

DoorId = NewType("DoorId", UUID)


class Bell(StrEnum):
    LOUD = "loud"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    at: datetime
    strength: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOpened:
    """A fact with a field of each sort."""

    type: ClassVar[str] = "door.opened"

    door_id: DoorId
    opened_at: datetime
    opened_on: date
    bell: Bell
    knocks: tuple[Knock, ...] = ()
    pair: tuple[int, str] = (0, "")
    point: Point | None = None
    notes: Mapping[str, int | str] | None = None
    quiet: bool = False
    skills: frozenset[str] = frozenset()


A_DOOR = UUID("01890000-0000-7000-8000-000000000001")
AT = datetime(2026, 5, 4, 12, 30, 15, 250_000, tzinfo=UTC)


def opened(**changes: object) -> DoorOpened:
    given: dict[str, object] = {"door_id": A_DOOR, "opened_at": AT, "opened_on": date(2026, 5, 4), "bell": Bell.LOUD}
    return DoorOpened(**(given | changes))  # type: ignore[arg-type]


def test_a_fact_comes_back_as_it_was() -> None:
    """A fact with every sort of field is the same after its way through JSON."""
    fact = opened(
        knocks=(Knock(at=AT), Knock(at=AT + timedelta(seconds=1), strength=0.25)),
        pair=(3, "ñandú"),
        point=Point(lon=-70.6, lat=-33.4),
        notes={"steps": 12, "colour": "verde"},
        quiet=True,
        skills=frozenset({"lift", "cold"}),
    )
    assert from_plain(DoorOpened, to_plain(fact)) == fact


@given(
    st.builds(
        DoorOpened,
        door_id=st.uuids(),
        opened_at=st.datetimes(timezones=st.just(UTC)),
        opened_on=st.dates(),
        bell=st.sampled_from(Bell),
        knocks=st.lists(
            st.builds(
                Knock,
                at=st.datetimes(timezones=st.just(UTC)),
                strength=st.floats(allow_nan=False, allow_infinity=False),
            ),
            max_size=3,
        ).map(tuple),
        notes=st.none() | st.dictionaries(st.text(alphabet="abcñ"), st.integers()),
        skills=st.frozensets(st.text(alphabet="xyzé"), max_size=3),
    )
)
def test_any_fact_comes_back_as_it_was(fact: DoorOpened) -> None:
    """Whatever a fact holds, canonical JSON and back is the same fact, and writing it again gives the same bytes."""
    text = canonical_json(to_plain(fact))
    again = from_plain(DoorOpened, json.loads(text))
    assert again == fact
    assert canonical_json(to_plain(again)) == text


def test_the_same_moment_has_the_same_bytes_everywhere() -> None:
    """Noon in Santiago and four in the afternoon in London are written alike."""
    santiago = datetime(2026, 5, 4, 8, tzinfo=timezone(timedelta(hours=-4)))
    assert to_plain(santiago) == to_plain(datetime(2026, 5, 4, 12, tzinfo=UTC)) == "2026-05-04T12:00:00Z"


def test_a_class_may_gain_and_lose_fields() -> None:
    """An old fact lacks a field that has a default by now, a newer one has a field that this version does not know."""
    plain = to_plain(opened(quiet=True))
    assert isinstance(plain, dict)
    del plain["skills"]
    plain["colour"] = "red"
    assert from_plain(DoorOpened, plain) == opened(quiet=True)


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("opened_at", "yesterday", "DoorOpened.opened_at"),
        ("door_id", 7, "DoorOpened.door_id"),
        ("bell", "silent", "DoorOpened.bell"),
        ("quiet", 1, "DoorOpened.quiet"),
        ("knocks", [{"at": "2026-05-04T12:00:00Z"}, {"at": 3}], "DoorOpened.knocks[1].at"),
        ("pair", [1], "DoorOpened.pair"),
    ],
)
def test_data_that_does_not_fit_is_refused_with_its_place(field: str, value: object, path: str) -> None:
    """A stored fact that does not fit its class is refused, and the refusal names the field."""
    plain = to_plain(opened())
    assert isinstance(plain, dict)
    with pytest.raises(FactUnreadable) as refused:
        from_plain(DoorOpened, plain | {field: value})  # type: ignore[dict-item]
    assert path in str(refused.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2026, 1, 1), object(), {1: 2}])  # noqa: DTZ001
def test_what_is_not_plain_is_refused(value: object) -> None:
    """NaN, infinities, moments without a zone and strange objects never become part of a fact."""
    with pytest.raises(FactUnreadable):
        to_plain(value)


@pytest.mark.parametrize("text", ["\ud800", "a\0b"])
def test_texts_that_no_database_keeps_are_refused(text: str) -> None:
    """A lone surrogate and a NUL are refused before they reach the database."""
    with pytest.raises(ValueError):
        canonical_json({"note": text})


def test_a_backslash_is_no_nul() -> None:
    """A text that only looks like the escape of a NUL is kept."""
    assert canonical_json("\\u0000") == '"\\\\u0000"'
