"""In which language a caller is answered: Accept-Language, as RFC 9110 12.5.4 weighs it."""

from typing import Final

from zaguan.base.kit.words import Locale, as_locale

MAX_RANGES: Final = 20  # what comes after is not read: a header may be long on purpose


def accepted_locale(header: str, default: Locale) -> Locale:
    """Return the language of ours that weighs most, the earlier one of equals; where none is named, the default.

    >>> accepted_locale("de, pt-BR;q=0.8, en;q=0.9", "es")
    'en'
    """
    best, best_weight = default, 0.0
    for part in header.split(",", MAX_RANGES)[:MAX_RANGES]:
        tag, _, parameters = part.partition(";")
        weight = _weight(parameters)
        if (locale := as_locale(tag)) is not None and weight > best_weight:
            best, best_weight = locale, weight
    return best


def _weight(parameters: str) -> float:
    """Return the q of a range: 1 where none is given, 0 for one that cannot be read."""
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    digits = value.strip()
    # only 0, 1 and decimals: float() alone would also read "nan" and "1e9"
    return float(digits) if digits.replace(".", "", 1).isdecimal() and digits.isascii() and len(digits) <= 5 else 0.0
