"""What the product says to people, in Spanish, English and Portuguese.

The texts stand in `words/<locale>/<namespace>.json`; a key is `namespace.name`. The web reads the same files.
"""

import json
import os
import re
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
    language = re.split(r"[-_.@]", text.strip().lower(), maxsplit=1)[0]
    return next((locale for locale in LOCALES if locale == language), None)


def locale_of_environment(environ: Mapping[str, str]) -> Locale:
    """Return what ZAGUAN_LANG asks for, else the first that is set of LC_ALL, LC_MESSAGES and LANG, else English.

    As in POSIX the first one that is set decides, even for a language that we do not speak: then it is English.
    """
    if (locale := as_locale(environ.get("ZAGUAN_LANG", ""))) is not None:
        return locale
    chosen = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return as_locale(chosen) or "en"


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
    try:
        return name in words_of(locale or current_locale(), namespace)
    except FileNotFoundError:
        return False


def say(key: str, /, locale: Locale | None = None, **facts: object) -> str:
    """Return the text of `namespace.name`, its `{facts}` filled in. A missing key or fact raises KeyError.

    >>> say("kit.seconds", "en", count=3)
    '3 s'
    """
    namespace, _, name = key.partition(".")
    return words_of(locale or current_locale(), namespace)[name].format(**facts)
