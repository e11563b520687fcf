"""In which commune a point lies."""

import numpy as np

from zaguan.engines.roads.communes import Boundary, CommuneMap, NamedPlace


def square(name: str, level: int, west: float, south: float, side: float = 1.0) -> Boundary:
    corners = [(0, 0), (side, 0), (side, side), (0, side)]
    return Boundary(name=name, level=level, rings=(np.array([(west + x, south + y) for x, y in corners]),))


def names(communes: CommuneMap, *points: tuple[float, float]) -> list[str]:
    array = np.array(points)
    return communes.names_of(array[:, 0], array[:, 1])


def test_municipal_boundaries_name_what_they_hold() -> None:
    """Points get the commune whose boundary holds them, others none."""
    communes = CommuneMap([square("Norte", 8, 0, 1), square("Sur", 8, 0, 0)], [], country="CL")
    assert names(communes, (0.5, 1.5), (0.5, 0.5), (3, 3)) == ["Norte", "Sur", ""]


def test_a_hole_is_not_inside() -> None:
    """A ring inside the ring is outside."""
    hole = np.array([(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)])
    area = Boundary(name="Anillo", level=8, rings=(*square("", 8, 0, 0).rings, hole))
    assert names(CommuneMap([area], [], country="CL"), (0.5, 0.5), (0.1, 0.1)) == ["", "Anillo"]


def test_the_country_decides_which_level_is_a_commune() -> None:
    """In Colombia level 6 is the municipality; level 8 holds parts of it that nobody writes in an address."""
    areas = [square("Duitama", 6, 0, 0), square("Zona Urbana", 8, 0, 0)]
    assert names(CommuneMap(areas, [], country="CO"), (0.5, 0.5)) == ["Duitama"]
    assert names(CommuneMap(areas, [], country="CL"), (0.5, 0.5)) == ["Zona Urbana"]


def test_where_boundaries_are_cut_the_place_that_reaches_so_far_gives_its_name() -> None:
    """A city reaches farther than a village; a point in the reach of nothing has no commune."""
    places = [
        NamedPlace(name="Ciudad", kind="city", lon=0.0, lat=0.0),
        NamedPlace(name="Aldea", kind="village", lon=0.06, lat=0.0),
        NamedPlace(name="Barrio", kind="neighbourhood", lon=0.02, lat=0.0),
    ]
    communes = CommuneMap([square("Vereda", 9, -1, -1, 2)], places, country="CO")
    assert names(communes, (0.02, 0.0), (0.058, 0.0), (0.9, 0.9)) == ["Ciudad", "Aldea", ""]


def test_finer_boundaries_serve_where_there_is_nothing_else() -> None:
    """Without municipal boundaries and places, districts are better than nothing."""
    assert names(CommuneMap([square("Barrio", 9, 0, 0)], [], country="CO"), (0.5, 0.5)) == ["Barrio"]


def test_an_extract_without_any_names_gives_none() -> None:
    """No boundaries and no places give the empty commune."""
    assert names(CommuneMap([], [], country="BR"), (0.5, 0.5)) == [""]
