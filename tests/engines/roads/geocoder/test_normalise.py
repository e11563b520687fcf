"""Names and numbers brought to one spelling."""

import pytest

from zaguan.engines.roads.geocoder.house_number import HouseNumber, house_number
from zaguan.engines.roads.geocoder.normalise import area_key, label_of, street_name
from zaguan.engines.roads.geocoder.similarity import name_similarity


@pytest.mark.parametrize(
    "spellings",
    [
        ("Avenida Brasil", "Av. Brasil", "AVDA BRASIL", "Avd. brasil", "Ave Brasil"),
        ("Pasaje Los Olivos", "Pje. Los Olivos", "Psje Los Olivos", "PJE.LOS OLIVOS", "P. Los Olivos"),
        ("Calle 15", "Cll 15", "Cl. 15", "CALLE 15", "C 15", "Calle 015"),
        ("Carrera 15", "Cra 15", "Kra. 15", "Kr 15", "K15", "Avenida Carrera 15", "AK 15"),
        ("Diagonal 16", "Dg 16", "Diag. 16"),
        ("Transversal 3", "Tv 3", "Transv. 3", "Tr. 3"),
        ("Calle 15A", "Cl 15 A", "Cll 15a"),
        ("Calle 4W", "Calle 4 Oeste"),
        ("General Bulnes", "Gral. Bulnes", "Gral Bulnes"),
        ("Santa María", "Sta. Maria", "STA MARIA"),
        ("Sargento Aldea", "Sgto Aldea", "Sgto. Aldea"),
        ("Doctor Flores", "Dr. Flores", "Doutor Flores"),
        ("Rua Doutor Flores", "R. Dr. Flores", "RUA DR FLORES"),
        ("Travessa Itaperuna", "Trav. Itaperuna"),
        ("Alameda Santos", "Al. Santos"),
        ("Praça XV de Novembro", "Pça. 15 de Novembro", "Praca Quinze de Novembro"),
        ("Main Street", "Main St", "MAIN ST."),
        ("5th Avenue", "5 Ave", "Fifth Avenue"),
        ("Veintiuno de Mayo", "21 de Mayo"),
        ("Bernardo O'Higgins", "BERNARDO O’HIGGINS", "Bdo. O´Higgins"),
        ("Uno Norte", "1 Norte", "1 Nte."),
    ],
)
def test_spellings_of_one_street_agree(spellings: tuple[str, ...]) -> None:
    """All usual short forms of a street in three languages come to the same name."""
    names = {street_name(spelling) for spelling in spellings}
    assert len(names) == 1
    assert None not in names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Calle 15", "Carrera 15"),
        ("Calle 15", "Calle 15A"),
        ("Calle 1", "Calle 1 Oeste"),
        ("Rua dos Andradas", "Rua 2 Andradas"),
        ("Pasaje 1", "Pasaje 11"),
    ],
)
def test_different_streets_stay_different(one: str, other: str) -> None:
    """What looks alike but is another street keeps another name."""
    assert street_name(one) != street_name(other)


def test_a_name_is_never_all_kind() -> None:
    """A street that is called by a kind alone keeps it as its name."""
    name = street_name("La Alameda")
    assert name is not None
    assert name.core == ("la", "alameda")
    assert street_name("Avenida") is not None


@pytest.mark.parametrize("text", ["", "?", "S/N", "sin nombre", " . "])
def test_nameless_streets_have_no_name(text: str) -> None:
    """What registers write for no name is no name."""
    assert street_name(text) is None


@pytest.mark.parametrize(
    ("label", "number", "shown"),
    [
        ("123", HouseNumber(123), "123"),
        ("0371", HouseNumber(-371), "0371"),
        ("123A", HouseNumber(123, "a"), "123 A"),
        ("123-a", HouseNumber(123, "a"), "123 A"),
        ("Nº 12", HouseNumber(12), "12"),
        ("20-35", HouseNumber(20, "35"), "20-35"),
        ("20A-35", HouseNumber(20, "a 35"), "20 A 35"),
        ("Parcela 9B", HouseNumber(9, "parcela b"), "Parcela 9 B"),
        ("KM 14", HouseNumber(14, "km"), "km 14"),
        ("S/N", HouseNumber(0, "sn"), "S/N"),
        ("0", HouseNumber(0, "sn"), "S/N"),
        ("SIN NUMERO", HouseNumber(0, "sn"), "S/N"),
    ],
)
def test_house_numbers_are_read_and_shown(label: str, number: HouseNumber, shown: str) -> None:
    """A label becomes a number with its tail, and back to what people write; leading zeros are kept."""
    assert house_number(label) == number
    assert number.label == shown


def test_registers_in_capitals_become_titles() -> None:
    """Labels are shown as titles with little words small; mixed spellings stay as they are."""
    assert label_of("AVENIDA LIBERTADOR DE LOS ANDES") == "Avenida Libertador de los Andes"
    assert label_of("PJE.VOLCAN D'AGOSTINI") == "Pje.Volcan D'Agostini"
    assert label_of("Rua da Praia") == "Rua da Praia"
    assert area_key("ÑUÑOA") == area_key("nuñoa")


@pytest.mark.parametrize(
    ("asked", "near", "far"),
    [
        ("los olvos", "los olivos", "los alamos"),
        ("m rodriguez", "manuel rodriguez", "martin fernandez"),
        ("libertador ohiggins", "libertador general bernardo ohiggins", "libertadores"),
        ("4 poniente", "4 ponente", "5 poniente"),
        ("losolivos", "los olivos", "los alisos"),
        ("pte alto", "puente alto", "pozo alto"),
        ("bal", "bali", "barcelona"),
    ],
)
def test_likeness_prefers_what_people_mean(asked: str, near: str, far: str) -> None:
    """Typos, initials, dropped words, joined words and unlisted abbreviations beat names that only look alike."""
    assert name_similarity(asked, near) > name_similarity(asked, far)
