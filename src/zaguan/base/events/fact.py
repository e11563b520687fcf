"""The register of facts: every frozen dataclass of `base/events` that has a type, found by itself."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import TypeGuard

from zaguan.base import events
from zaguan.base.kit.facts import Fact, FactUnreadable, Plain, from_plain


@cache
def fact_types() -> Mapping[str, type[Fact]]:
    """Return the class of each type of fact, sorted by type. Two classes of one type: AssertionError."""
    found: dict[str, type[Fact]] = {}
    for place in sorted(pkgutil.iter_modules(events.__path__), key=lambda place: place.name):
        module = importlib.import_module(f"{events.__name__}.{place.name}")
        for candidate in vars(module).values():
            # a class that is only imported into a module belongs to the module where it stands
            if isinstance(candidate, type) and candidate.__module__ == module.__name__ and is_fact(candidate):
                kind = candidate.type
                assert kind not in found, f"two facts of the type {kind}"
                found[kind] = candidate
    return dict(sorted(found.items()))


def is_fact(candidate: type) -> TypeGuard[type[Fact]]:
    """Tell whether a class is a fact: a dataclass with a type of its own."""
    return is_dataclass(candidate) and isinstance(vars(candidate).get("type"), str)


def fact_of(kind: str, data: Mapping[str, Plain]) -> Fact:
    """Read a stored fact back. A type that no class has, or data that does not fit its class: FactUnreadable."""
    wanted = fact_types().get(kind)
    if wanted is None:
        raise FactUnreadable(f"no fact has the type {kind}")
    return from_plain(wanted, dict(data))
