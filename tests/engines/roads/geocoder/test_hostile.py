"""No text can break the geocoder."""

import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zaguan.engines.roads.geocoder.geocoder import AddressQuery, Geocoder
from zaguan.engines.roads.geocoder.house_number import house_number
from zaguan.engines.roads.geocoder.normalise import label_of, spelled_name, street_name

WORDS = (
    "calle cra 15 # 20-35 s/n esquina con y / & x av. pje. depto casa B piso 3 123 0371 km 14 1200-1210 parcela 9 sn"
    " n° nro , - ; ( ) ' \" * OR AND NEAR ^ : \\ % _ -- /* */ ñ Ñ é ß ½ Ⅳ ² ١٢٣ 東京 🏠 brasil los olivos bis maipú"
    " ñuñoa 9250000 90020-122 entre de la 00000 99999999999999999999 ª º ° ﷺ İ \x00 \u202e \u0301"
)
PIECES = st.sampled_from(WORDS.split(" "))
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=14).map("".join),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, commune=TEXTS, city=TEXTS, postcode=TEXTS)
def test_any_text_is_answered(geocoder: Geocoder, text: str, commune: str, city: str, postcode: str) -> None:
    """Whatever an order holds, an answer comes back: a point with a grade, or none, and a score of 0 to 1."""
    for found in geocoder.find_all(AddressQuery(text=text, commune=commune, city=city, postcode=postcode)):
        assert (found.point is None) == (found.grade == "none")
        assert 0 <= found.score <= 1


def test_ten_thousand_random_texts_are_answered(geocoder: Geocoder) -> None:
    """Ten thousand lines of address words, digits, marks and rubbish of all scripts are answered."""
    chance = random.Random(20_260)
    pieces = WORDS.split(" ")
    for _ in range(10_000):
        text = chance.choice(("", " ", ", ")).join(
            chance.choice(pieces) if chance.random() < 0.8 else chr(chance.choice((chance.randrange(0xD800), 0x1F600)))
            for _ in range(chance.randrange(12))
        )
        found = geocoder.find(AddressQuery(text=text, commune=chance.choice(("", "Maipú", text))))
        assert (found.point is None) == (found.grade == "none"), text


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_any_register_cell_is_read(text: str) -> None:
    """Whatever a register holds, it is a name or a number, or nothing."""
    for name in (street_name(text), spelled_name(text)):
        assert name is None or name.core
    number = house_number(text)
    assert number is None or number.label
    assert label_of(text) is not None


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE streets; --", '" OR 1=1 --', "brasil* NEAR olivos", "x' UNION SELECT 1 --", "%", "(" * 5_000],
)
def test_query_syntax_means_nothing(index: Path, geocoder: Geocoder, text: str) -> None:
    """Quotes and operators of databases are text like any other, and the index stays as it is."""
    before = index.read_bytes()
    assert geocoder.find_all(AddressQuery(text=text, commune=text))
    assert index.read_bytes() == before


def test_a_very_long_text_is_answered(geocoder: Geocoder) -> None:
    """A text of a megabyte is cut, not worked through."""
    assert geocoder.find(AddressQuery(text="Brasil 130 " + "a 1 " * 250_000, commune="Ñuñoa")).point is not None


def test_the_index_cannot_be_written_by_asking(index: Path, geocoder: Geocoder) -> None:
    """The geocoder holds the index open for reading only."""
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        geocoder._store._connection.execute("DELETE FROM streets")
    assert index.is_file()
