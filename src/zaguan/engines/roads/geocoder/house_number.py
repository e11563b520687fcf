"""House numbers as the register and the query write them: 123, 0371, 123 A, 20-35, Parcela 9, S/N."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from zaguan.engines.roads.geocoder.abbreviations import PLOT_WORDS
from zaguan.engines.roads.geocoder.normalise import fold, words_of_text

NUMBER_MAX: Final = 999_999
WITHOUT_NUMBER: Final = "sn"


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """A number and what else the label says.

    A leading zero makes another house ("0371" lies on the other side of the baseline than "371"): such numbers are
    negative, so that numbers still rise along the street.
    """

    number: int
    tail: str = ""

    @property
    def label(self) -> str:
        """Return the number as people write it."""
        if self.tail == WITHOUT_NUMBER:
            return "S/N"
        digits = str(self.number) if self.number >= 0 else f"0{-self.number}"
        head, _, rest = self.tail.partition(" ")
        if head in PLOT_WORDS:
            return " ".join(part for part in (head if head == "km" else head.title(), digits, rest.upper()) if part)
        if self.tail[:1].isdigit():
            return f"{digits}-{self.tail.upper()}"
        return f"{digits} {self.tail.upper()}".strip()


def signed(digits: str) -> int:
    """Return the number of some digits, negative where they begin with a zero.

    >>> signed("371"), signed("0371"), signed("0")
    (371, -371, 0)
    """
    number = min(int(digits[:9]), NUMBER_MAX)
    return -number if digits[0] == "0" else number


@lru_cache(maxsize=65_536)
def house_number(label: str) -> HouseNumber | None:
    """Return the number that a register's label holds, or None where there is none to read. "0" is no number.

    >>> house_number("0371"), house_number("Sitio 9 B"), house_number("20-35")
    (HouseNumber(number=-371, tail=''), HouseNumber(number=9, tail='sitio b'), HouseNumber(number=20, tail='35'))
    """
    words = words_of_text(label)
    if not words or "".join(words).strip("0") in {"", "sn", "sinnumero", "semnumero"}:
        return HouseNumber(0, WITHOUT_NUMBER)
    text = re.sub(r"(\d)([a-z])", r"\1 \2", " ".join(words))
    text = re.sub(r"([a-z])(\d)", r"\1 \2", text)
    words = text.split()
    while words and words[0] in {"n", "no", "nro", "numero", "num"}:
        words.pop(0)
    plot = ""
    if words and words[0] in PLOT_WORDS:
        plot = PLOT_WORDS[words.pop(0)]
    if not words or not re.fullmatch(r"[0-9]+", words[0]):
        return None
    tail = " ".join(part for part in (plot, *words[1:4]) if part)
    return HouseNumber(signed(words[0]), tail[:24])


def has_house_number(label: str) -> bool:
    """Tell whether a label holds a number that can be looked up."""
    found = house_number(fold(label))
    return found is not None and found.tail != WITHOUT_NUMBER
