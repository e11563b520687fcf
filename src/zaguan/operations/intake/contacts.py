"""Phones, mail addresses, countries and coordinates."""

import math
import re
from functools import lru_cache
from typing import Final

import phonenumbers

from zaguan.base.geo.point import Point
from zaguan.operations.intake.cells import folded, text_of, words
from zaguan.operations.intake.model import BadCell, Cell, shown
from zaguan.operations.intake.quantities import number_in, number_of

_NOTHING: Final = words(
    ",0,no,na,n a,nd,s n,sn,s i,x,no tiene,sin telefono,sin correo,none,null,nan,sem telefone,sem email,nao tem,"
    "sin numero,sem numero,sin informacion,pendiente"
)
_PLAIN: Final = re.compile(r"\+[1-9]\d{8,14}")
_MAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
_COUNTRIES: Final = {
    "chile": "CL", "chl": "CL", "brasil": "BR", "brazil": "BR", "bra": "BR", "colombia": "CO", "col": "CO",
    "mexico": "MX", "mex": "MX", "peru": "PE", "per": "PE", "argentina": "AR", "arg": "AR", "uruguay": "UY",
    "paraguay": "PY", "bolivia": "BO", "ecuador": "EC", "venezuela": "VE", "costa rica": "CR", "panama": "PA",
    "guatemala": "GT", "honduras": "HN", "el salvador": "SV", "nicaragua": "NI", "republica dominicana": "DO",
    "espana": "ES", "spain": "ES", "portugal": "PT", "estados unidos": "US", "united states": "US", "usa": "US",
    "reino unido": "GB", "united kingdom": "GB", "uk": "GB",
}  # fmt: skip
_PAIR: Final = re.compile(r"^\(?\s*([+-]?\d{1,3}(?:[.,]\d+)?)°?\s*[,;/ ]\s*([+-]?\d{1,3}(?:[.,]\d+)?)°?\s*\)?$")
_PAIR_OF_COMMAS: Final = re.compile(r"^([+-]?\d{1,3},\d+)\s*[,;/ ]\s*([+-]?\d{1,3},\d+)$")


def is_nothing(text: str) -> bool:
    """Tell whether people wrote something only because the cell wanted something."""
    return folded(text) in _NOTHING


@lru_cache(maxsize=4_096)
def phone_of(text: str, country: str) -> tuple[str, bool]:
    """Return a phone in E.164 and True where it can be one, else as it was given and False."""
    if not text or is_nothing(text):
        return "", True
    if _PLAIN.fullmatch(text):
        # the library takes its time: of numbers that begin alike and are as long, it is asked once
        return (text, True) if _is_possible(text[:7], len(text)) else _phone_by_library(text, country)
    return _phone_by_library(text, country)


@lru_cache(maxsize=4_096)
def _is_possible(start: str, length: int) -> bool:
    return _phone_by_library(start.ljust(length, "2"), "") == (start.ljust(length, "2"), True)


def _phone_by_library(text: str, country: str) -> tuple[str, bool]:
    first = re.split(r"[/;|]| o | or | ou ", text, maxsplit=1)[0]
    # a country's own number first; then the same digits with their country code but without the plus
    for written in (first, f"+{re.sub(r'\D', '', first)}"):
        try:
            number = phonenumbers.parse(written, country or None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)), True
    return text[:40], False


def email_of(text: str) -> tuple[str, bool]:
    """Return a mail address and whether it looks like one."""
    if not text or is_nothing(text):
        return "", True
    bare = text.removeprefix("mailto:")
    return bare[:254], _MAIL.fullmatch(bare) is not None


def country_of(text: str) -> str:
    """Return the ISO 3166 code of a country's name or code, or nothing for one that is not known."""
    word = folded(text)
    return _COUNTRIES.get(word, word.upper() if len(word) == 2 and word.isalpha() else "")


def degrees_of(cell: Cell) -> float:
    """Read degrees with decimal point or comma."""
    try:
        number = number_in(text_of(cell).rstrip("° ")) if isinstance(cell, str) else number_of(cell)
    except BadCell as error:
        raise BadCell("intake.row_bad_coordinates", value=shown(text_of(cell))) from error
    return number


def degrees_of_pair(cell: Cell) -> tuple[float, float]:
    """Read "lat,lon" in one cell: with points, or with commas and another separator."""
    text = text_of(cell)
    found = _PAIR_OF_COMMAS.match(text) or _PAIR.match(text)
    if found is None:
        raise BadCell("intake.row_bad_coordinates", value=shown(text))
    return number_in(found[1]), number_in(found[2])


def point_of(lat: float, lon: float) -> tuple[Point | None, str]:
    """Return the point, and a notice where one is due: swapped because only so it is on the globe, or at zero."""
    if not (math.isfinite(lat) and math.isfinite(lon)):
        raise BadCell("intake.row_bad_coordinates", value=f"{lat}, {lon}")
    if lat == 0 and lon == 0:
        return None, "intake.coordinates_zero"
    if abs(lat) <= 90 and abs(lon) <= 180:
        return Point(lon=lon, lat=lat), ""
    if abs(lon) <= 90 and abs(lat) <= 180:
        return Point(lon=lat, lat=lon), "intake.coordinates_swapped"
    raise BadCell("intake.row_bad_coordinates", value=shown(f"{lat}, {lon}"))
