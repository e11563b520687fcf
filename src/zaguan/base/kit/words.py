"""What the product says to people, in Spanish, English and Portuguese.

The texts stand in `words/<locale>/<namespace>.json`; a key is `namespace.name`. The web reads the same files.
"""

import json
import os
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final, Literal, cast, get_args

Locale = Literal["es", "en", "pt"]
LOCALES: Final[tuple[Locale, ...]] = get_args(Locale)
WORDS_FOLDER: Final = Path(__file__).parent / "words"

_chosen: ContextVar[Locale | None] = ContextVar("locale", default=None)


def as_locale(text: str) -> Locale | None:
    """Return the locale that a tag such as `es_CL.UTF-8` or `pt-BR` asks for, or None for another language."""
    language = text.strip().lower()[:2]
    return language if language in LOCALES else None


def locale_of_environment(environ: Mapping[str, str]) -> Locale:
    """Return the first of ZAGUAN_LANG, LC_ALL, LC_MESSAGES, LANG that names a language we speak, else English."""
    for name in ("ZAGUAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if (locale := as_locale(environ.get(name, ""))) is not None:
            return locale
    return "en"


def current_locale() -> Locale:
    """Return the locale chosen for this context, else the environment's."""
    return _chosen.get() or locale_of_environment(os.environ)


def choose_locale(locale: Locale) -> None:
    """Speak this language from here on in this context."""
    _chosen.set(locale)


@cache
def words_of(locale: Locale, namespace: str) -> Mapping[str, str]:
    """Return all texts of a namespace in a locale; an unknown namespace raises FileNotFoundError."""
    return cast(Mapping[str, str], json.loads((WORDS_FOLDER / locale / f"{namespace}.json").read_text("utf-8")))


def has_words(key: str, locale: Locale | None = None) -> bool:
    """Tell whether there is a text for the key."""
    namespace, _, name = key.partition(".")
    return (WORDS_FOLDER / (locale or current_locale()) / f"{namespace}.json").exists() and name in words_of(
        locale or current_locale(), namespace
    )


def say(key: str, locale: Locale | None = None, **facts: object) -> str:
    """Return the text of `namespace.name`, its `{facts}` filled in. A missing key raises KeyError.

    >>> say("kit.seconds", "en", count=3)
    '3 s'
    """
    namespace, _, name = key.partition(".")
    return words_of(locale or current_locale(), namespace)[name].format(**facts)
