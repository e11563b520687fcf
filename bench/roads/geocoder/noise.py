"""Addresses as people write them: the noises of the bench, each drawn from a seeded source."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zaguan.engines.roads.geocoder.normalise import fold
from zaguan.engines.roads.geocoder.sources import AddressRow

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
SHORT: Final[Mapping[str, Sequence[str]]] = {
    "avenida": ("Av.", "Avda", "Av", "AVDA."),
    "pasaje": ("Pje.", "Psje", "Pje", "P."),
    "calle": ("C.", "Cll", "Cl."),
    "camino": ("Cam.", "Cno."),
    "rua": ("R.", "R"),
    "travessa": ("Trav.", "Tv."),
    "alameda": ("Al.",),
    "praça": ("Pça", "Pc."),
    "estrada": ("Estr.",),
    "beco": ("Bc.",),
    "general": ("Gral.", "Gral", "Gen."),
    "coronel": ("Cnel.", "Cel.", "Crl"),
    "capitan": ("Cap.", "Capt."),
    "teniente": ("Tte.", "Tte"),
    "tenente": ("Ten.",),
    "sargento": ("Sgto", "Sgto."),
    "comandante": ("Cmdte.", "Cdte"),
    "almirante": ("Alm.", "Almte"),
    "monseñor": ("Mons.",),
    "presidente": ("Pdte.", "Pres."),
    "doctor": ("Dr.", "Dr"),
    "doutor": ("Dr.", "Dr"),
    "profesor": ("Prof.",),
    "professor": ("Prof.",),
    "ingeniero": ("Ing.",),
    "engenheiro": ("Eng.",),
    "arquitecto": ("Arq.",),
    "santa": ("Sta.", "Sta"),
    "santo": ("Sto.",),
    "padre": ("Pdre.", "P."),
    "francisco": ("Fco.",),
    "maria": ("Ma.", "M."),
    "poniente": ("Pte.", "Pnte"),
    "oriente": ("Ote.", "Ote"),
    "norte": ("Nte.", "N."),
    "puerto": ("Pto.",),
    "libertador": ("Lib.",),
    "nuestra": ("Ntra.",),
    "senador": ("Sen.",),
    "marechal": ("Mal.",),
    "desembargador": ("Des.",),
}
KINDS: Final = frozenset(
    ["avenida", "pasaje", "calle", "camino", "rua", "travessa", "alameda", "praça", "estrada", "beco", "acesso"]
)
UNITS_ES: Final = (
    " depto 504", ", Depto. 12B", " casa B", " dpto 31", ", casa 4", " torre A depto 1203", " of. 305",
    " Block C dpto 22",
    " piso 3", " local 5", ", Villa Los Heroes", " casa 12, condominio El Sol",
)  # fmt: skip
UNITS_PT: Final = (
    " apto 504",
    ", ap 12",
    " casa 2",
    ", bloco B apto 31",
    " - sala 305",
    " fundos",
    " loja 5",
    " bl. C ap. 22",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noises:
    """Which noises to add."""

    abbreviation: bool = False
    typo: bool = False
    accents: bool = False
    case: bool = False
    unit: bool = False
    kind: bool = False  # the street's kind is left out, or a usual one is put before a name without one


def noisy_text(row: AddressRow, noises: Noises, chance: random.Random, *, portuguese: bool) -> str:
    """Return the address line of a house with the noises; the house number is never touched."""
    words = row.street.split()
    if noises.kind and len(words) > 1 and words[0].lower() in KINDS:
        words = words[1:] if _tells_enough(words[1:]) else words
    elif noises.kind and chance.random() < 0.5 and words[0].lower() not in KINDS:
        words = [chance.choice(("Rua",) if portuguese else ("Calle", "Av.", "Pasaje")), *words]
    if noises.typo:
        words = _with_typo(words, chance)
    if noises.abbreviation:
        words = _abbreviated(words, chance)
    street = " ".join(words)
    if noises.accents:
        street = _without_accents(street)
    if noises.case:
        street = chance.choice((street.upper(), street.lower(), street.title()))
    number = chance.choice(
        (f"{row.number}", f"{row.number}", f"#{row.number}", f"N° {row.number}", f"nro. {row.number}")
    )
    text = f"{street}, {row.number}" if portuguese else f"{street} {number if noises.unit else row.number}"
    if noises.unit:
        text += chance.choice(UNITS_PT if portuguese else UNITS_ES)
    return text


def _tells_enough(words: Sequence[str]) -> bool:
    """Tell whether a name still names a street without its kind: "1" and "A" do not."""
    return any(len(word) > 2 and not word.isdigit() for word in words)


def _with_typo(words: Sequence[str], chance: random.Random) -> list[str]:
    """Change, drop, add or swap one letter; digits stay, since another number is another street."""
    text = " ".join(words)
    spots = [at for at, letter in enumerate(text) if letter.isalpha()]
    if len(spots) < 3:
        return list(words)
    at = chance.choice(spots)
    sort = chance.choice(("change", "drop", "add", "swap"))
    letter = chance.choice(LETTERS)
    if sort == "change":
        text = text[:at] + letter + text[at + 1 :]
    elif sort == "drop":
        text = text[:at] + text[at + 1 :]
    elif sort == "add":
        text = text[:at] + letter + text[at:]
    elif at + 1 < len(text) and text[at + 1].isalpha():
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    else:
        text = text[:at] + letter + text[at + 1 :]
    return text.split()


def _abbreviated(words: Sequence[str], chance: random.Random) -> list[str]:
    """Shorten what is usually shortened; a first name becomes its initial in one name of five."""
    out = [chance.choice(SHORT[word.lower()]) if word.lower() in SHORT else word for word in words]
    names = [at for at, word in enumerate(out) if len(word) > 4 and word.isalpha()]
    if out == list(words) and len(names) >= 2 and chance.random() < 0.2:
        out[names[0]] = out[names[0]][0] + "."
    return out


def _without_accents(text: str) -> str:
    plain = fold(text)
    return plain if len(plain) == len(text) else re.sub(r"\s+", " ", plain)
