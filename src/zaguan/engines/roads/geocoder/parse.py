"""One line of address read in every way that it may be meant; the register decides which reading is right."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz.distance import OSA

from zaguan.engines.roads.geocoder.abbreviations import (
    AREA_WORDS,
    CORNER_MARKS,
    GRID_KINDS,
    LEADING_KINDS,
    NUMBER_MARKS,
    NUMBERLESS,
    PLOT_WORDS,
    SURE_CORNER_MARKS,
    TRAILING_KINDS,
    UNIT_WORDS,
)
from zaguan.engines.roads.geocoder.grid import crossing_of, grid_addresses
from zaguan.engines.roads.geocoder.house_number import WITHOUT_NUMBER, HouseNumber, house_number
from zaguan.engines.roads.geocoder.normalise import StreetName, fold, is_numeral, street_name_of_words

TEXT_LENGTH_MAX: Final = 300
READINGS_MAX: Final = 10
NUMBERS_MAX: Final = 5  # more numbers than this in one address are not tried as house numbers
MISSPELT_KINDS: Final = (
    "avenida", "calle", "pasaje", "carrera", "diagonal", "transversal", "camino", "travessa", "alameda", "estrada",
    "bulevar", "boulevard", "beco", "praca",
)  # fmt: skip

_WITHOUT_NUMBER: Final = re.compile(r"\b(?:s\s?/\s?n[ro]?o?|s\.\s?n\.?|sin numero|sem numero|sin nro)(?![a-z])")
_POSTCODE: Final = re.compile(r"\b(?:c\.?p\.?|cep|zip)\s?:?\s?(\d{4,8}(?:-\d{3})?)\b|\b(\d{5}-\d{3}|\d{6,8})\b")
_TOKEN: Final = re.compile(r"[^\W_]+|[#/&,-]")
_FLOOR: Final = re.compile(r"\d{1,2}(?:o|er|ro|do|to|th)?")
_HOUSE: Final = re.compile(r"(\d{1,5})([a-z]?)")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a text.

    `cross` is the other street of a corner; with `plate_m` it is the crossing that a house of a numbered grid is
    measured from. `prior` is how much better (or worse) than a plain reading it looks before the register is asked.
    """

    street: StreetName
    number: HouseNumber | None = None
    prior: float = 0.0
    cross: StreetName | None = None
    plate_m: int | None = None
    range_end: int | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """All readings of a text, the likeliest first, and what else it says."""

    readings: tuple[Reading, ...]
    commune: str
    postcode: str


@dataclass(slots=True)
class _Token:
    text: str
    section: int
    aside: bool = False  # part of a unit, a neighbourhood or a commune: no street and no house number

    @property
    def is_house(self) -> bool:
        return not self.aside and _HOUSE.fullmatch(self.text) is not None


def parse(text: str, commune_of: Callable[[str], str]) -> Parsed:
    """Return the readings of an address line.

    `commune_of` tells which commune some words name, or "" for none: communes at the end of the line are set aside.
    """
    folded = fold(
        re.sub(r"[\n\r\t;|()\[\]]+|\s[-–—]\s(?!\d)|(?<!\d)(?<!\d[A-Za-z])\s[-–—]\s", " , ", text[:TEXT_LENGTH_MAX])
    )
    folded = re.sub(r"\b[cy]\s?/(?!\s?\d)", " con ", folded)
    folded = _WITHOUT_NUMBER.sub(" sn ", folded)
    postcode = ""
    if (found := _POSTCODE.search(folded)) is not None and found.start() > 0:
        postcode = re.sub(r"\D", "", found[1] or found[2])
        folded = folded[: found.start()] + " , " + folded[found.end() :]
    tokens = _tokens(folded)
    plot = _set_units_aside(tokens)
    _set_areas_aside(tokens)
    commune = _set_commune_aside(tokens, commune_of)
    readings = [
        *(
            Reading(grid.street, grid.number, grid.prior, grid.cross, grid.plate_m)
            for section in _sections(tokens)
            for grid in grid_addresses([token.text for token in section])
        ),
        *_numbered(tokens),
        *_without_number(tokens, plot),
        *_corners(tokens),
    ]
    readings += [corrected for reading in readings if (corrected := _with_kind_corrected(reading)) is not None]
    readings.sort(key=lambda reading: -reading.prior)
    return Parsed(tuple(dict.fromkeys(readings))[:READINGS_MAX], commune, postcode)


def _with_kind_corrected(reading: Reading) -> Reading | None:
    """Read a first word that is nearly a kind of street as that kind: "Pasaej 5", "Avendia Brasil"."""
    first, *rest = reading.street.core
    if reading.street.kind or not rest or len(first) < 3:
        return None
    for kind in MISSPELT_KINDS:
        if OSA.distance(first, kind, score_cutoff=1) <= 1 and first != kind:
            return replace(reading, street=StreetName(kind, tuple(rest)), prior=reading.prior - 0.02)
    return None


def _tokens(folded: str) -> list[_Token]:
    tokens: list[_Token] = []
    section = 0
    for match in _TOKEN.finditer(folded):
        word = match[0]
        if word == ",":
            section += 1
        else:
            tokens.append(_Token(word, section))
    return tokens


def _sections(tokens: list[_Token]) -> list[list[_Token]]:
    sections: dict[int, list[_Token]] = {}
    for token in tokens:
        if not token.aside:
            sections.setdefault(token.section, []).append(token)
    return list(sections.values())


def _set_units_aside(tokens: list[_Token]) -> HouseNumber | None:
    """Set flats, towers and plots aside; return the plot, which is the house number where there is no other."""
    plot: HouseNumber | None = None
    at = 0
    while at < len(tokens):
        word, end = tokens[at].text, at + 1
        while end < len(tokens) and tokens[end].text in {"#", "n", "no", "nro", "numero", "-"}:
            end += 1
        value = tokens[end].text if end < len(tokens) else ""
        is_value = is_numeral(value) or (len(value) == 1 and value.isalpha()) or re.fullmatch(r"[a-z]\d+", value)
        if word in {"piso", "andar", "floor"} and at and not is_value and _FLOOR.fullmatch(tokens[at - 1].text):
            tokens[at].aside = True
            tokens[at - 1].aside = tokens[at - 1].aside or _another_house(tokens, at - 1, at)
        elif word in {"interior", "int"} and not any(token.is_house for token in tokens[:at]):
            pass  # "Circulación Interior 1130" is a street
        elif word in UNIT_WORDS and is_value and (at > 0 or _another_house(tokens, at, end)):
            if word in PLOT_WORDS and plot is None:
                plot = house_number(f"{word} {value}")
            for token in tokens[at : end + 1]:
                token.aside = True
            at = end
        at += 1
    return plot


def _another_house(tokens: list[_Token], first: int, last: int) -> bool:
    return any(token.is_house for at, token in enumerate(tokens) if not first <= at <= last)


def _set_areas_aside(tokens: list[_Token]) -> None:
    """Set "villa Los Héroes", "bairro Centro" aside, but never the only street there is."""
    number_seen = False
    area_section = -1
    for at, token in enumerate(tokens):
        number_seen = number_seen or token.is_house
        opens = at == 0 or tokens[at - 1].section != token.section
        elsewhere = any(other.is_house and other.section != token.section for other in tokens)
        if token.text in AREA_WORDS and (number_seen or (opens and elsewhere)):
            area_section = token.section
        if token.section == area_section:
            token.aside = True


def _set_commune_aside(tokens: list[_Token], commune_of: Callable[[str], str]) -> str:
    """Find the commune in a section of its own, or at the end of the line behind a number."""
    for section in reversed(_sections(tokens)):
        if section[0].section > 0 and (commune := commune_of(" ".join(token.text for token in section))):
            for token in section:
                token.aside = True
            return commune
    free = [token for token in tokens if not token.aside]
    last_house = max((at for at, token in enumerate(free) if token.is_house), default=len(free))
    for length in range(min(4, len(free) - last_house - 1), 0, -1):
        if commune := commune_of(" ".join(token.text for token in free[-length:])):
            for token in free[-length:]:
                token.aside = True
            return commune
    return ""


def _name(tokens: list[_Token]) -> StreetName | None:
    """Return the street that some tokens name."""
    words = [token.text for token in tokens if not token.aside and token.text not in {"#", "-", "/", "&"}]
    while words and words[0] in {"esquina", "esq", "entre", "de", "at", "en"} and len(words) > 1:
        words.pop(0)
    while words and words[-1] in NUMBER_MARKS and len(words) > 1:
        words.pop()
    return street_name_of_words(tuple(words)) if words else None


def _numbered(tokens: list[_Token]) -> list[Reading]:
    """Read each number as the house number: behind the street, and in front of it."""
    readings: list[Reading] = []
    houses = [at for at, token in enumerate(tokens) if token.is_house][:NUMBERS_MAX]
    for at in houses:
        number, end = _house_at(tokens, at)
        before, after = tokens[at - 1] if at else None, tokens[end] if end < len(tokens) else None
        marked = before is not None and before.text in NUMBER_MARKS
        closes = after is None or after.aside or after.section != tokens[at].section or not after.text[0].isalpha()
        prior = (0.03 if marked else 0.0) - (0.0 if closes or (after and after.text in SURE_CORNER_MARKS) else 0.04)
        range_end = _range_end(tokens, at)
        if (name := _name(_words_before(tokens, at))) is not None:
            prior -= 0.1 if name.text in LEADING_KINDS else 0.0  # "Pasaje 5": no street named Pasaje
            readings.append(Reading(name, number, prior, range_end=range_end))
        if before is None or before.section != tokens[at].section or before.aside or marked:
            rest = [token for token in tokens[end:] if token.section == tokens[at].section]
            stop = next((i for i, token in enumerate(rest) if token.aside or (i and token.is_house)), len(rest))
            if (name := _name(rest[:stop])) is not None:
                english = stop > 1 and rest[stop - 1].text in TRAILING_KINDS
                readings.append(Reading(name, number, 0.0 if english else -0.05, range_end=range_end))
    return readings


def _words_before(tokens: list[_Token], at: int) -> list[_Token]:
    """Return the words before a number: in its section, or if it stands alone there, in the one before."""
    section = tokens[at].section
    while section >= 0:
        words = [token for token in tokens[:at] if token.section == section and not token.aside]
        if any(token.text not in NUMBER_MARKS for token in words):
            return words
        section -= 1
    return []


def _house_at(tokens: list[_Token], at: int) -> tuple[HouseNumber, int]:
    """Return the house number at a token, with a letter that follows it, and where it ends."""
    label, end = tokens[at].text, at + 1
    letter_at = end + 1 if end < len(tokens) and tokens[end].text == "-" else end
    if letter_at < len(tokens) and tokens[letter_at].section == tokens[at].section and label.isdigit():
        letter = tokens[letter_at]
        follows = tokens[letter_at + 1] if letter_at + 1 < len(tokens) else None
        ends = follows is None or follows.aside or follows.section != letter.section
        if re.fullmatch("[a-z]", letter.text) and not letter.aside and ends:
            label, end = label + letter.text, letter_at + 1
    number = house_number(label)
    assert number is not None, label  # the token is a run of digits with at most one letter
    return number, end


def _range_end(tokens: list[_Token], at: int) -> int | None:
    """Return 1210 of "1200-1210" and "1200/1210"."""
    if at + 2 >= len(tokens) or tokens[at + 1].text not in {"-", "/"} or not tokens[at + 2].text.isdigit():
        return None
    first, last = int(tokens[at].text) if tokens[at].text.isdigit() else 0, int(tokens[at + 2].text[:6])
    return last if 0 < last - first <= 100 else None


def _without_number(tokens: list[_Token], plot: HouseNumber | None) -> list[Reading]:
    """Read a section as a street and nothing else: "Plaza de Armas", "Ruta 68 km 14", "Camino El Alba s/n"."""
    has_house = any(token.is_house for token in tokens)
    readings: list[Reading] = []
    for rank, section in enumerate(_sections(tokens)[:3]):
        words = [token.text for token in section]
        mark = next((at for at, word in enumerate(words) if word in NUMBERLESS), None)
        number = HouseNumber(0, WITHOUT_NUMBER) if mark is not None else plot
        if (name := _name(section[:mark])) is not None:
            if has_house and is_numeral(name.text) and not name.kind:
                continue  # the "22" of "Rua X, 22" is no street
            prior = (0.0 if number is not None or not has_house else -0.08) - (0.15 if has_house else 0.03) * rank
            readings.append(Reading(name, number, prior))
    return readings


def _corners(tokens: list[_Token]) -> list[Reading]:
    """Read "A esquina B", "A con B", "A / B", "A & B", "Rua A x Rua B"."""
    readings: list[Reading] = []
    for at, token in enumerate(tokens):
        grid = at > 1 and LEADING_KINDS.get(token.text) in GRID_KINDS and is_numeral(tokens[at - 1].text)
        if not (token.text in CORNER_MARKS or grid) or token.aside or not 0 < at < len(tokens) - 1:
            continue
        left = [other for other in tokens[:at] if other.section == token.section] or [
            other for other in tokens[:at] if other.section == token.section - 1
        ]
        right = [other for other in tokens[at if grid else at + 1 :] if other.section == token.section]
        sure = grid or token.text in SURE_CORNER_MARKS
        street, cross = _name(_until_mark(left)), _name(_until_mark(right))
        if street is not None and cross is not None and street != cross:
            cross = crossing_of(street, cross)
            readings.append(Reading(street, None, 0.01 if sure else -0.03, cross=cross))
            if (left_house := next((i for i, other in enumerate(left) if i and other.is_house), None)) is not None and (
                shorter := _name(left[:left_house])
            ) not in (None, street):
                assert shorter is not None
                readings.append(Reading(shorter, None, -0.05, cross=cross))
    return readings


def _until_mark(tokens: list[_Token]) -> list[_Token]:
    """Return the tokens up to the next corner mark inside them ("entre Brasil y Chile")."""
    stop = next(
        (at for at, token in enumerate(tokens) if at and token.text in CORNER_MARKS - {"e", "x", "y"}), len(tokens)
    )
    return tokens[:stop]
