"""Refusals: message, hint, and the way between processes."""

import pickle
from typing import ClassVar

import pytest

from zaguan.base.kit.errors import Kind, ZaguanError


class UnknownLanguage(ZaguanError):
    """A language that we do not speak; its words are the command line's."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cli.lang.unknown"


class DiskTrouble(ZaguanError):
    """A refusal whose words have a hint and whose message is missing."""

    code: ClassVar[str] = "cli.os_error"


def test_a_refusal_speaks_the_language_that_is_asked_for() -> None:
    """The message of a refusal is filled with its facts in any language."""
    refusal = UnknownLanguage(wanted="fr", known="es")
    assert refusal.message("pt") == "não há palavras em fr; escolha entre es"


def test_a_refusal_without_a_hint_has_none() -> None:
    """Where the words have no hint, the refusal has none, and its text is the message alone."""
    refusal = UnknownLanguage(wanted="fr", known="es")
    assert refusal.hint("en") is None
    assert "hint" not in str(refusal)


def test_a_hint_is_found_beside_the_code() -> None:
    """The hint is the text of the code with `.hint` behind."""
    assert "ZAGUAN_TRACEBACK" in (DiskTrouble().hint("en") or "")


def test_a_refusal_survives_the_way_between_processes() -> None:
    """A refusal that was pickled is of the same class and has the same facts."""
    refusal = pickle.loads(pickle.dumps(UnknownLanguage(wanted="fr", known="es")))
    assert isinstance(refusal, UnknownLanguage)
    assert (refusal.facts, refusal.kind) == ({"wanted": "fr", "known": "es"}, Kind.NOT_FOUND)


def test_the_language_is_no_fact() -> None:
    """A refusal does not fix the language in which it will be shown."""
    with pytest.raises(AssertionError):
        UnknownLanguage(locale="es")
