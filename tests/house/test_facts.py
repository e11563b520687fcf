"""Facts: a type of its own for each, in the past tense, with nothing in it that cannot be written down."""

import re
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any, ClassVar, Literal, NewType, TypeAliasType, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from zaguan.base.events.fact import fact_of, fact_types
from zaguan.base.kit.facts import Fact, from_plain, to_plain

SAMPLES: dict[Any, object] = {
    str: "texto",
    int: 7,
    float: 0.5,
    bool: True,
    UUID: UUID("01890000-0000-7000-8000-000000000001"),
    datetime: datetime(2026, 5, 4, 12, 30, tzinfo=UTC),
    date: date(2026, 5, 4),
    time: time(8, 30),
}


def sample_of(wanted: Any) -> object:
    """Make up a value that fits an annotation."""
    if isinstance(wanted, NewType):
        return sample_of(wanted.__supertype__)
    if isinstance(wanted, TypeAliasType):
        return sample_of(wanted.__value__)
    if wanted in SAMPLES:
        return SAMPLES[wanted]
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        return sample_of(next(choice for choice in inner if choice is not types.NoneType))
    if origin is Literal:
        return inner[0]
    if origin is tuple:
        return (sample_of(inner[0]),) if inner[-1:] == (...,) else tuple(map(sample_of, inner))
    if origin is frozenset:
        return frozenset({sample_of(inner[0])})
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {sample_of(inner[0]): sample_of(inner[1])}
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return next(iter(wanted))
    assert isinstance(wanted, type), wanted
    assert is_dataclass(wanted), wanted
    hints = get_type_hints(wanted)
    return wanted(**{field.name: sample_of(hints[field.name]) for field in fields(wanted) if field.init})


@pytest.mark.parametrize("kind", fact_types())
def test_a_fact_is_frozen_and_named_by_what_happened(kind: str) -> None:
    """A fact cannot be changed, and its type is a noun and a past tense: `order.received`."""
    fact = fact_types()[kind]
    assert fact.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", kind)
    assert fact.__doc__
    assert not fact.__doc__.startswith(f"{fact.__name__}(")


@pytest.mark.parametrize("kind", fact_types())
def test_a_fact_round_trips(kind: str) -> None:
    """Each fact, all its fields filled, comes back from JSON as it was."""
    fact = sample_of(fact_types()[kind])
    plain = to_plain(fact)
    assert isinstance(plain, dict)
    assert fact_of(kind, plain) == fact


def test_a_sample_fills_every_sort_of_field() -> None:
    """The look at the facts itself can fill optional, nested and repeated fields."""
    from dataclasses import dataclass

    @dataclass(frozen=True, kw_only=True)
    class Knocked:
        type: ClassVar[str] = "door.knocked"
        times: tuple[int, ...]
        by: str | None
        pair: tuple[str, float]
        notes: Mapping[str, date]

    assert from_plain(Knocked, to_plain(sample_of(Knocked))) == sample_of(Knocked)


def test_no_two_facts_have_one_type() -> None:
    """Each type belongs to one class only."""
    classes: list[type[Fact]] = list(fact_types().values())
    assert len(set(classes)) == len(classes)
