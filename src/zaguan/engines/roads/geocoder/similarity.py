"""How alike two street names are: typos, initials, abbreviations, dropped words, split and joined words."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from zaguan.engines.roads.geocoder.abbreviations import GENERIC_KINDS, GRID_KINDS, LITTLE_WORDS
from zaguan.engines.roads.geocoder.normalise import is_numeral

WORD_ALIKE_MIN: Final = 0.6
SHORT_FORM: Final = 0.88  # how far "gral" or "g" stands for "general"
LITTLE_WEIGHT: Final = 0.35
OTHER_NUMERAL: Final = 0.55  # factor: "4 Poniente" is not "5 Poniente", however alike the letters
VOWELS: Final = frozenset("aeiou")
WORDS_MAX: Final = 12  # of a name, when words are matched one by one


def name_similarity(asked: str, known: str) -> float:
    """Return how alike two canonical names are, 0 to 1; 1 only for equal names.

    >>> name_similarity("los olivos", "los olivos")
    1.0
    >>> name_similarity("m rodriguez", "manuel rodriguez") > 0.85
    True
    >>> name_similarity("4 poniente", "5 poniente") < 0.6
    True
    """
    if asked == known:
        return 1.0
    asked_words, known_words = asked.split()[:WORDS_MAX], known.split()[:WORDS_MAX]
    whole = OSA.normalized_similarity(asked.replace(" ", ""), known.replace(" ", ""))
    # Nobody shortens a name of one word: "Bal" is a misspelt Bali rather than a short Barcelona.
    score = whole if len(asked_words) == len(known_words) == 1 else max(whole, _by_words(asked_words, known_words))
    asked_numerals = {word for word in asked_words if is_numeral(word)}
    known_numerals = {word for word in known_words if is_numeral(word)}
    if asked_numerals != known_numerals:
        score *= OTHER_NUMERAL if asked_numerals and known_numerals else OTHER_NUMERAL + 0.2
    return min(score, 0.99)


def kind_penalty(asked: str, known: str, *, numbered: bool) -> float:
    """Return what a difference of kind costs: little where people leave kinds out, much in a numbered grid."""
    if asked == known:
        return 0.0
    if numbered and asked in GRID_KINDS and known in GRID_KINDS:
        return 0.5
    if asked in GENERIC_KINDS or known in GENERIC_KINDS:
        return 0.01 if not (asked and known) else 0.02
    return 0.05


def _by_words(asked: Sequence[str], known: Sequence[str]) -> float:
    """Match each word of one name to the best of the other; words that only one has cost by their weight."""
    table = [[_word_similarity(one, other) for other in known] for one in asked]
    asked_weights, known_weights = [_weight(word) for word in asked], [_weight(word) for word in known]
    found = sum(weight * max(row) for weight, row in zip(asked_weights, table, strict=True))
    covered = sum(weight * max(row[at] for row in table) for at, weight in enumerate(known_weights))
    # People leave words out more often than they make words up.
    return 0.6 * found / sum(asked_weights) + 0.4 * covered / sum(known_weights)


@lru_cache(maxsize=65_536)
def _weight(word: str) -> float:
    if word in LITTLE_WORDS:
        return LITTLE_WEIGHT
    return 1.0 if len(word) > 3 or is_numeral(word) else 0.7


@lru_cache(maxsize=262_144)
def _word_similarity(asked: str, known: str) -> float:
    if asked == known:
        return 1.0
    if asked[0].isdigit() or known[0].isdigit():
        return 0.0
    shorter, longer = (asked, known) if len(asked) <= len(known) else (known, asked)
    if _is_short_form(shorter, longer):
        return SHORT_FORM
    alike = OSA.normalized_similarity(asked, known)
    return alike if alike >= WORD_ALIKE_MIN else 0.0


def _is_short_form(short: str, long: str) -> bool:
    """Tell whether a word may be an abbreviation: an initial, a beginning, or letters left when inner vowels go."""
    if short[0] != long[0] or len(short) > 5 or len(short) > len(long) - (1 if len(short) == 1 else 2):
        return False
    if long.startswith(short):
        return True
    return not VOWELS & set(short[1:-1]) and _is_subsequence(short, long)


def _is_subsequence(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)
