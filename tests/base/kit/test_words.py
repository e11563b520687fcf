"""Words: the language that is chosen, and the texts."""

import contextvars

import pytest

from zaguan.base.kit.words import as_locale, choose_locale, current_locale, has_words, locale_of_environment, say


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("es", "es"),
        ("es_CL.UTF-8", "es"),
        ("pt-BR", "pt"),
        (" EN ", "en"),
        ("en@euro", "en"),
        ("fr_FR", None),
        ("C.UTF-8", None),
        ("", None),
        ("esperanto", None),
        ("español", None),
    ],
)
def test_a_tag_names_a_locale_or_none(tag: str, locale: str | None) -> None:
    """A language tag is read up to its first separator; other languages have no locale."""
    assert as_locale(tag) == locale


@pytest.mark.parametrize(
    ("environ", "locale"),
    [
        ({}, "en"),
        ({"LANG": "es_CL.UTF-8"}, "es"),
        ({"LC_ALL": "pt_BR.UTF-8", "LANG": "es_CL.UTF-8"}, "pt"),
        ({"LC_ALL": "C", "LANG": "es_CL.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "es_CL.UTF-8"}, "es"),
        ({"LC_MESSAGES": "fr_FR", "LANG": "es"}, "en"),
        ({"ZAGUAN_LANG": "pt", "LC_ALL": "es_CL"}, "pt"),
        ({"ZAGUAN_LANG": "de", "LANG": "es"}, "es"),
    ],
)
def test_the_environment_chooses_as_posix_does(environ: dict[str, str], locale: str) -> None:
    """ZAGUAN_LANG wins where we speak it; else the first set of LC_ALL, LC_MESSAGES, LANG decides; else English."""
    assert locale_of_environment(environ) == locale


def test_a_chosen_language_holds_in_its_context_only() -> None:
    """Choosing a language in one context leaves other contexts as they were."""
    before = current_locale()
    other = contextvars.copy_context()
    other.run(choose_locale, "pt")
    assert (other.run(current_locale), current_locale()) == ("pt", before)


def test_facts_fill_the_text() -> None:
    """The facts stand in the text in the language that was asked for."""
    assert say("cli.lang.unknown", "es", wanted="fr", known="es, en") == "no hay palabras en fr; elija entre es, en"


def test_braces_in_a_fact_are_plain_text() -> None:
    """A fact that holds braces, such as a cell of a file, is shown as it is."""
    assert "{known}" in say("cli.lang.unknown", "en", wanted="{known}", known="x")


def test_a_fact_may_be_called_key() -> None:
    """A fact named `key` does not collide with the key of the text."""
    assert say("kit.seconds", "en", key="any", count=1) == "1 s"


def test_a_missing_key_or_fact_is_an_error() -> None:
    """A text that does not exist, or a fact that the text needs, raises KeyError."""
    with pytest.raises(KeyError):
        say("cli.no_such_text", "en")
    with pytest.raises(KeyError):
        say("kit.seconds", "en")


def test_whether_there_are_words() -> None:
    """A known key has words; an unknown name or an unknown namespace has none."""
    assert [has_words(key, "en") for key in ("kit.seconds", "kit.minutes", "nowhere.at_all")] == [
        True,
        False,
        False,
    ]
