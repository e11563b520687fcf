"""Street names brought to one spelling: no accents, no case, no abbreviations, the kind of street set apart."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from zaguan.engines.roads.geocoder.abbreviations import (
    DOUBLE_KINDS,
    GENERIC_KINDS,
    GRID_KINDS,
    LEADING_KINDS,
    NUMBER_WORDS,
    TRAILING_KINDS,
    WORDS,
)

_APOSTROPHES: Final = str.maketrans("", "", "'’‘`´ʼ")
_DEGREES: Final = re.compile(r"\b(n|no|nr|nro|num)\s?[º°ª]\s?", re.IGNORECASE)
_ORDINAL: Final = re.compile(r"(\d+)(?:ra|ro|er|do|da|to|ta|mo|ma|vo|va|no|na|st|nd|rd|th)")
_NUMERAL: Final = re.compile(r"\d+[a-z]{0,2}")
_COMPASS_LETTER: Final = re.compile(r"(\d+[a-h]?)([nsw])")
_COMPASS_OF: Final = {"n": "norte", "s": "sur", "w": "oeste"}
_LETTER_AT_START: Final = re.compile(r"^\w|(?<=[-.(/'’])\w(?=\w)")
_JOINING: Final = frozenset("yeox")  # letters that join two names rather than belong to a number
_TWO_BEFORE: Final = frozenset({"norte", "sur", "oriente", "poniente", "este", "oeste", "de", "transversal"})
NAMELESS: Final = frozenset({"", "sn", "s n", "sin nombre", "sem nome", "no name", "unnamed", "sin nombre calle"})
SMALL_IN_LABELS: Final = frozenset(["de", "del", "la", "las", "el", "los", "y", "e", "da", "do", "das", "dos", "of"])


def fold(text: str) -> str:
    """Return the text in small letters without accents, apostrophes and control characters.

    >>> fold("N° 12, Ñuñoa O’Higgins")
    '# 12, nunoa ohiggins'
    """
    text = _DEGREES.sub("# ", text).translate(_APOSTROPHES)
    plain = unicodedata.normalize("NFKD", text.replace("º", " ").replace("°", " ").replace("ª", " ")).lower()
    return "".join(_plain(letter) for letter in unicodedata.normalize("NFKD", plain))


@lru_cache(maxsize=4_096)
def _plain(letter: str) -> str:
    """Return a letter, a digit of any script as 0-9, a blank for what cannot be seen, nothing for an accent."""
    if letter.isascii() and letter.isalnum():
        return letter
    if unicodedata.combining(letter):
        return ""
    if (digit := unicodedata.digit(letter, None)) is not None:
        return str(digit)
    return " " if unicodedata.category(letter)[0] in "CZ" else letter


def words_of_text(text: str) -> list[str]:
    """Return the runs of letters and digits of the folded text.

    >>> words_of_text("Pje.Volcán Nº5-B")
    ['pje', 'volcan', '5', 'b']
    """
    return re.findall(r"[^\W_]+", fold(text))


@dataclass(frozen=True, slots=True)
class StreetName:
    """A street's name in canonical spelling: `kind` may be empty, `core` is the rest."""

    kind: str
    core: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the core as one text."""
        return " ".join(self.core)

    @property
    def numbered(self) -> bool:
        """Tell whether it is a street of a numbered grid: "15", "15a bis", "1 oeste"."""
        return is_numeral(self.core[0]) and all(
            is_numeral(word) or word == "bis" or word in _TWO_BEFORE for word in self.core
        )

    @property
    def key(self) -> str:
        """Return one text for the name, without generic kinds where they tell nothing."""
        kind = "" if self.kind in GENERIC_KINDS and not (self.numbered and self.kind) else self.kind
        return f"{kind}|{self.text}"


def is_numeral(word: str) -> bool:
    """Tell whether the word is a number, perhaps with a letter or two: 15, 15a.

    >>> is_numeral("15a"), is_numeral("a15")
    (True, False)
    """
    return word[:1].isdigit() and _NUMERAL.fullmatch(word) is not None


@lru_cache(maxsize=65_536)
def street_name(text: str) -> StreetName | None:
    """Return the canonical name, or None for a text that names no street ("?", "S/N").

    >>> street_name("Avda. Gral. O'Higgins")
    StreetName(kind='avenida', core=('general', 'ohiggins'))
    >>> street_name("Cra 15 A")
    StreetName(kind='carrera', core=('15a',))
    >>> street_name("Main St")
    StreetName(kind='street', core=('main',))
    """
    return street_name_of_words(tuple(words_of_text(text)))


@lru_cache(maxsize=65_536)
def street_name_of_words(words: tuple[str, ...]) -> StreetName | None:
    """Do the same for folded words."""
    if " ".join(words) in NAMELESS:
        return None
    kind, rest = _split_kind(words)
    core = _canonical(rest)
    if not core:
        return None
    return StreetName(kind, core)


def spelled_name(text: str) -> StreetName | None:
    """Return the name with its numbers as they are written ("Pasaje Seis"), for queries that misspell them."""
    words = tuple(words_of_text(text))
    if " ".join(words) in NAMELESS:
        return None
    kind, rest = _split_kind(words)
    core = tuple(word if word in NUMBER_WORDS else _canonical((word,))[0] for word in rest)
    return StreetName(kind, core) if core else None


def _split_kind(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Take the kind of street from the front, or in English from the end, but never all that there is."""
    first = words[0]
    if len(words) > 1 and first in DOUBLE_KINDS and is_numeral(words[1]):
        return DOUBLE_KINDS[first], words[1:]
    if len(words) > 1 and first in LEADING_KINDS:
        kind, rest = LEADING_KINDS[first], words[1:]
        second = LEADING_KINDS.get(rest[0], "")
        if len(rest) > 1 and second in GRID_KINDS and is_numeral(rest[1]):
            return second, rest[1:]
        return kind, rest
    glued = re.fullmatch(r"([a-z]+)(\d+[a-z]?)", first)  # "K33", "cl15"
    if glued is not None and LEADING_KINDS.get(glued[1]) in GRID_KINDS:
        return LEADING_KINDS[glued[1]], (glued[2], *words[1:])
    if len(words) > 1 and words[-1] in TRAILING_KINDS:
        return TRAILING_KINDS[words[-1]], words[:-1]
    return "", words


def _canonical(words: tuple[str, ...]) -> tuple[str, ...]:
    out: list[str] = []
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if word == "dos" and following in _TWO_BEFORE - {"de"}:  # "Dos Norte", but "Rua dos Andradas"
            word = "2"
        word = NUMBER_WORDS.get(word) or WORDS.get(word) or word
        if (ordinal := _ORDINAL.fullmatch(word)) is not None:
            word = ordinal[1]
        if word[0].isdigit():
            word = word.lstrip("0") or "0"
            if (compass := _COMPASS_LETTER.fullmatch(word)) is not None:
                out.append(compass[1])
                word = _COMPASS_OF[compass[2]]
        elif len(word) == 1 and word not in _JOINING and out and out[-1].isdigit():
            out[-1] += word  # "15 A" is "15a"
            continue
        out.append(word)
    return tuple(out)


def area_key(text: str) -> str:
    """Return the canonical spelling of a commune or city.

    >>> area_key("  ÑUÑOA "), area_key("Sta. María")
    ('nunoa', 'santa maria')
    """
    return " ".join(WORDS.get(word, word) for word in words_of_text(text))


def label_of(name: str) -> str:
    """Return a name as people like to read it: a register's capitals become a title, other spellings stay.

    >>> label_of("AVENIDA LIBERTADOR DE LOS ANDES"), label_of("Rua da Praia")
    ('Avenida Libertador de los Andes', 'Rua da Praia')
    """
    name = " ".join(name.split())
    if any(letter.islower() for letter in name) and not name.islower():
        return name
    words = name.lower().split(" ")
    return " ".join(
        word if at and word in SMALL_IN_LABELS else _LETTER_AT_START.sub(lambda start: start[0].upper(), word)
        for at, word in enumerate(words)
    )
