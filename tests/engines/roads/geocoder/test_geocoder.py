"""Addresses to points, as orders write them."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engines.roads.geocoder.small_city import MAIPU_EAST_M, NUNOA, PALMAR, at, house, off_m, street
from zaguan.base.geo.place import Grade
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.geocoder.geocoder import AddressQuery, Doubt, Geocoder
from zaguan.engines.roads.geocoder.index import build_index


def ask(text: str, commune: str = "", city: str = "", postcode: str = "") -> AddressQuery:
    """Return a query in one line."""
    return AddressQuery(text=text, commune=commune, city=city, postcode=postcode)


@pytest.mark.parametrize(
    ("text", "commune", "east_m", "north_m"),
    [
        ("Avenida Brasil 130", "Ñuñoa", 120, 8),
        ("AV. BRASIL 130", "nunoa", 120, 8),
        ("Avda Brasil Nº 130, depto 504", "ÑUÑOA", 120, 8),
        ("brasil #130 torre B piso 3", "Ñuñoa", 120, 8),
        ("Brazil 130 casa B", "Nuñoa", 120, 8),
        ("Av Brsail 130", "Ñuña", 120, 8),
        ("Avendia Brasil, 130", "Ñuñoa", 120, 8),
        ("130 Avenida Brasil", "Ñuñoa", 120, 8),
        ("Depto 12, Brasil 130", "Ñuñoa", 120, 8),
        ("Villa Los Héroes, Brasil 130", "Ñuñoa", 120, 8),
        ("Brasil 130 - 132, Ñuñoa, Santiago, Chile", "", 120, 8),
        ("Brasil 131B", "Ñuñoa", 130, -30),
        ("Brasil 131-B", "Ñuñoa", 130, -30),
        ("Brasil 0110", "Ñuñoa", 700, 8),
        ("Gral Bulnes 55", "Ñuñoa", 608, 55),
        ("Calle General Bulnes 55", "Ñuñoa", 608, 55),
        ("G. Bulnes 55", "Ñuñoa", 608, 55),
        ("Calle Vieja 55", "Ñuñoa", 608, 55),
        ("Psje. Sta. Maria 7", "Maipú", MAIPU_EAST_M + 70, 305),
        ("Pasaje 6 12", "Maipú", MAIPU_EAST_M + 900, 12),
        ("Pje. Seis N° 12", "Maipú", MAIPU_EAST_M + 900, 12),
        ("veintiuno de mayo 354", "Maipú", MAIPU_EAST_M + 1_200, 354),
        ("21 de Mayo 354 casa 2", "Maipú", MAIPU_EAST_M + 1_200, 354),
        ("Camino El Alba Parcela 9", "Maipú", MAIPU_EAST_M + 2_000, 9),
        ("Cam. El Alba km 14", "Maipú", MAIPU_EAST_M + 2_600, 9),
        ("123 Main St Apt 4", "Ñuñoa", 2_000, 123),
    ],
)
def test_a_house_is_found_however_it_is_written(
    geocoder: Geocoder, text: str, commune: str, east_m: float, north_m: float
) -> None:
    """A known house is found to the metre with abbreviations, typos, units and marks, and graded rooftop (C07)."""
    found = geocoder.find(ask(text, commune))
    assert found.grade is Grade.ROOFTOP, found
    assert off_m(found.point, east_m, north_m) < 1
    assert found.doubts == ()


def test_the_label_names_street_number_and_commune(geocoder: Geocoder) -> None:
    """The label reads as people write addresses."""
    found = geocoder.find(ask("av brasil 130 dpto 4", "nunoa"))
    assert (found.label, found.street, found.number) == ("Avenida Brasil 130, Ñuñoa", "Avenida Brasil", "130")


def test_an_unknown_number_lies_between_its_neighbours_on_its_side(geocoder: Geocoder) -> None:
    """A number that the register lacks is interpolated between the neighbours of its parity (C07)."""
    found = geocoder.find(ask("Brasil 140", "Ñuñoa"))
    assert found.grade is Grade.INTERPOLATED
    assert off_m(found.point, 160, 8) < 1
    assert off_m(geocoder.find(ask("Brasil 141", "Ñuñoa")).point, 164, -8) < 1


def test_a_number_just_past_the_last_house_is_placed_there(geocoder: Geocoder) -> None:
    """A number a little past the end stands at the last house; one far past it is only known by its street."""
    near, far = geocoder.find(ask("Brasil 160", "Ñuñoa")), geocoder.find(ask("Brasil 9000", "Ñuñoa"))
    assert near.grade is Grade.INTERPOLATED
    assert off_m(near.point, 200, 8) < 1
    assert (far.grade, far.doubts) == (Grade.STREET, (Doubt.NUMBER_UNKNOWN,))


def test_a_letter_that_the_register_lacks_stands_at_the_plain_number(geocoder: Geocoder) -> None:
    """130 C is placed at 130, and no better than interpolated."""
    found = geocoder.find(ask("Brasil 130 C", "Ñuñoa"))
    assert found.grade is Grade.INTERPOLATED
    assert off_m(found.point, 120, 8) < 1


def test_an_address_without_number_is_known_by_its_street(geocoder: Geocoder) -> None:
    """A street alone, and "s/n", give a point on the street and say that the number is missing (C07)."""
    alone, numberless = geocoder.find(ask("Av. Brasil", "Ñuñoa")), geocoder.find(ask("Camino El Alba s/n", "Maipú"))
    assert (alone.grade, alone.doubts) == (Grade.STREET, (Doubt.NUMBER_MISSING,))
    assert (numberless.grade, numberless.doubts) == (Grade.STREET, (Doubt.NUMBER_MISSING,))
    assert off_m(numberless.point, MAIPU_EAST_M + 2_300, 9) < 1


def test_an_unknown_street_is_known_by_its_commune(geocoder: Geocoder) -> None:
    """An address whose street nobody knows gives the middle of its commune, graded commune (C07)."""
    found = geocoder.find(ask("Xyzzy 123", "Maipú"))
    assert (found.grade, found.commune, found.doubts) == (Grade.COMMUNE, "Maipú", (Doubt.STREET_UNKNOWN,))


def test_nothing_known_is_no_point(geocoder: Geocoder) -> None:
    """With neither street nor commune there is no point, graded none (C07)."""
    for text in ("", "Xyzzy 123", "???"):
        found = geocoder.find(ask(text))
        assert (found.grade, found.point, found.score) == (Grade.NONE, None, 0.0)


def test_the_commune_tells_streets_of_one_name_apart(geocoder: Geocoder) -> None:
    """The same street and number in two communes are two houses."""
    assert off_m(geocoder.find(ask("Los Olivos 1010", "Ñuñoa")).point, 408, 0) < 1
    assert off_m(geocoder.find(ask("Los Olivos 1010", "Maipú")).point, MAIPU_EAST_M + 8, 100) < 1
    assert off_m(geocoder.find(ask("Los Olivos 1010, Maipú")).point, MAIPU_EAST_M + 8, 100) < 1


def test_without_the_commune_a_repeated_name_earns_no_confident_grade(geocoder: Geocoder) -> None:
    """A street name of two communes is ambiguous without the commune, and the other house is listed."""
    best, other, *_ = geocoder.find_all(ask("Los Olivos 1010"))
    assert best.ambiguous
    assert best.grade is Grade.STREET
    assert {best.commune, other.commune} == {"Ñuñoa", "Maipú"}


def test_a_number_of_one_commune_only_does_not_make_a_repeated_name_sure(geocoder: Geocoder) -> None:
    """Registers have gaps: a number that only one of two streets is known to have still leaves a doubt."""
    found = geocoder.find(ask("Los Olivos 1025"))
    assert found.ambiguous
    assert found.grade is Grade.STREET


def test_a_postcode_may_stand_in_for_the_commune(geocoder: Geocoder) -> None:
    """The postcode, in its field or in the text, settles which of two streets is meant."""
    for query in (ask("Los Olivos 1010", postcode="925-0000"), ask("Los Olivos 1010, 9250000")):
        found = geocoder.find(query)
        assert (found.grade, found.commune) == (Grade.ROOFTOP, "Maipú")


def test_a_unique_street_needs_no_commune(geocoder: Geocoder) -> None:
    """A street that exists once is found without its commune."""
    assert geocoder.find(ask("Brasil 130")).grade is Grade.ROOFTOP


def test_an_unknown_commune_is_said(geocoder: Geocoder) -> None:
    """A commune that the region does not have earns no confident grade: the address may lie off the map."""
    found = geocoder.find(ask("Brasil 130", "Valparaíso"))
    assert (found.grade, found.ambiguous) == (Grade.STREET, True)
    assert Doubt.COMMUNE_UNKNOWN in found.doubts


def test_a_guessed_street_is_graded_by_its_commune(geocoder: Geocoder) -> None:
    """A name that is only remotely like a known street's gives that street as a guess, graded commune."""
    found = geocoder.find(ask("Brisel 9000", "Ñuñoa"))
    assert (found.grade, found.street) == (Grade.COMMUNE, "Avenida Brasil")
    assert Doubt.NAME_UNSURE in found.doubts


def test_a_neighbourhood_beside_its_city_is_no_unknown_commune(tmp_path: Path) -> None:
    """Where people write the neighbourhood for the commune, the city says that the address is on the map."""
    rows = [replace(house("Brasil", "130", NUNOA, 0, 0), city="Santiago")]
    build_index(tmp_path / "index", streets=[], addresses=rows, progress=SilentProgress())
    with Geocoder(tmp_path / "index") as geocoder:
        assert geocoder.find(ask("Brasil 130", "Barrio Italia", city="Santiago")).grade is Grade.ROOFTOP
        assert geocoder.find(ask("Brasil 130", "Santiago")).grade is Grade.ROOFTOP
        assert geocoder.find(ask("Brasil 130", "Barrio Italia", city="Lima")).ambiguous


def test_a_street_of_another_commune_is_offered_but_not_chosen(geocoder: Geocoder) -> None:
    """A street that the named commune does not have sends nobody to another commune by itself."""
    first, second, *_ = geocoder.find_all(ask("Brasil 130", "Maipú"))
    assert (first.grade, first.commune, first.doubts) == (Grade.COMMUNE, "Maipú", (Doubt.COMMUNE_CONTRADICTED,))
    assert (second.grade, second.commune) == (Grade.STREET, "Ñuñoa")


def test_two_names_equally_near_a_typo_are_ambiguous(geocoder: Geocoder) -> None:
    """A typo halfway between two streets that both have the number is not resolved by chance."""
    found = geocoder.find(ask("Los Patlos 20", "Maipú"))
    assert found.ambiguous
    assert found.grade is Grade.STREET


def test_a_numbered_street_is_not_its_neighbour(geocoder: Geocoder) -> None:
    """Calle 13 does not exist: neither Calle 14 nor Carrera 19 is given for it with confidence."""
    found = geocoder.find(ask("Calle 13 # 20-35", "El Palmar"))
    assert found.grade in (Grade.COMMUNE, Grade.STREET)


@pytest.mark.parametrize(
    "text",
    [
        "Av. Brasil esquina Los Olivos",
        "Los Olivos esq. Brasil",
        "Brasil con Los Olivos",
        "Brasil / Los Olivos",
        "Brasil & Los Olivos",
        "Av Brasil x Los Olivos",
        "Brasil y Los Olivos",
        "Avenida Brazil c/ Los Olivo",
        "Esquina de Brasil con Los Olivos, Ñuñoa",
    ],
)
def test_a_corner_is_found(geocoder: Geocoder, text: str) -> None:
    """Two streets joined by any of the usual words give the point where they meet."""
    found = geocoder.find(ask(text, "Ñuñoa"))
    assert found.grade is Grade.INTERPOLATED, found
    assert off_m(found.point, 400, 0) < 5


def test_streets_that_do_not_meet_are_no_corner(geocoder: Geocoder) -> None:
    """A corner that does not exist is said, and only the street is given."""
    found = geocoder.find(ask("Los Olivos esquina General Bulnes", "Ñuñoa"))
    assert found.grade is Grade.STREET
    assert Doubt.CORNER_UNKNOWN in found.doubts


@pytest.mark.parametrize(
    "text",
    ["Calle 15 # 20-35", "Cll 15 No. 20 - 35 apto 501", "CL 15 20-35", "Cl. 15 #20-35 casa 2", "calle 15 N° 20-35"],
)
def test_a_house_of_a_numbered_grid_lies_past_its_crossing(geocoder: Geocoder, text: str) -> None:
    """Calle 15 # 20-35 is on Calle 15, 35 m past Carrera 20 towards Carrera 21."""
    found = geocoder.find(ask(text, "El Palmar"))
    assert found.grade is Grade.INTERPOLATED, found
    assert off_m(found.point, 120 + 35, 9_100) < 8
    assert found.number == "20-35"


def test_the_grid_works_both_ways(geocoder: Geocoder) -> None:
    """Carrera 20 # 15-60 is on Carrera 20, 60 m past Calle 15 towards Calle 16."""
    for text in ("Carrera 20 # 15-60", "Kra 20 15-60", "K20 #15-60"):
        assert off_m(geocoder.find(ask(text, "El Palmar")).point, 120, 9_160) < 8


def test_plates_at_the_edge_of_the_grid_rise_away_from_the_street_before(geocoder: Geocoder) -> None:
    """Past the last carrera there is no next one to aim at: the plates rise away from the one before."""
    found = geocoder.find(ask("Calle 15 # 23-40", "El Palmar"))
    assert off_m(found.point, 480 + 40, 9_100) < 8


def test_a_corner_of_the_grid_is_found(geocoder: Geocoder) -> None:
    """Corners of numbered streets are found with and without the second kind."""
    for text in ("Cra 20 con Calle 15", "Carrera 20 con 15", "Calle 15 Carrera 20"):
        assert off_m(geocoder.find(ask(text, "El Palmar")).point, 120, 9_100) < 8


def test_reachability_is_asked_of_the_roads(index: Path) -> None:
    """Given roads, each answer says whether they lead there."""
    with Geocoder(index, reaches=lambda point: point.lon > at(300, 0).lon) as geocoder:
        assert geocoder.find(ask("Brasil 130", "Ñuñoa")).reachable is False
        assert geocoder.find(ask("General Bulnes 55", "Ñuñoa")).reachable is True
        assert geocoder.find(ask("")).reachable is None


def test_the_same_query_gives_the_same_answer(geocoder: Geocoder) -> None:
    """Asking twice, in any order, changes nothing."""
    queries = [ask("los olivos 1010"), ask("Av Brsail 130", "nunoa"), ask("Calle 15 # 20-35")]
    first = [geocoder.find_all(query) for query in queries]
    assert [geocoder.find_all(query) for query in reversed(queries)] == first[::-1]


def test_samples_are_houses_of_the_region(geocoder: Geocoder) -> None:
    """A sample holds houses that the geocoder finds again, and the seed decides which."""
    rows = geocoder.sample(40, seed=3)
    assert rows == geocoder.sample(40, seed=3) != geocoder.sample(40, seed=4)
    for row in rows:
        found = geocoder.find(ask(f"{row.street} {row.number}", row.commune))
        assert found.point == row.point, (row, found)


def test_the_street_of_that_name_goes_before_one_that_had_it(tmp_path: Path) -> None:
    """An address whose street exists is not made doubtful by another street's old or second name (C07)."""
    streets = [
        street("Avenida João Pessoa", NUNOA, (0, 0), (900, 0)),
        street("Avenida da Azenha", NUNOA, (0, -2_000), (900, -2_000), other_names=("Avenida João Pessoa",)),
        street("Calle 17", PALMAR, (0, 9_000), (900, 9_000)),
        street("Carrera 15", PALMAR, (300, 8_000), (300, 10_000)),
        street("Carrera 19", PALMAR, (700, 7_000), (700, 8_500), other_names=("Calle 17",)),
        street("Diagonal 15", PALMAR, (0, 8_100), (900, 8_100), other_names=("Carrera 15",)),
    ]
    rows = [
        house("Avenida João Pessoa", "699", NUNOA, 600, 8),
        house("Avenida da Azenha", "699", NUNOA, 600, -2_008),
        house("Calle 17", "15-30", PALMAR, 330, 9_008),
        house("Carrera 19", "15-30", PALMAR, 692, 8_130),
    ]
    build_index(tmp_path / "index", streets=streets, addresses=rows, progress=SilentProgress())
    with Geocoder(tmp_path / "index") as geocoder:
        own = geocoder.find(ask("Avenida João Pessoa 699", NUNOA))
        assert (own.label, own.grade, own.doubts) == (f"Avenida João Pessoa 699, {NUNOA}", Grade.ROOFTOP, ())
        corner = geocoder.find(ask("Calle 17 # 15-30", PALMAR))
        assert (corner.street, corner.grade, corner.doubts) == ("Calle 17", Grade.ROOFTOP, ())
