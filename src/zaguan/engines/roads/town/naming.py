"""Gives every street a name: unique within a commune, repeated between communes as in any real city."""

from dataclasses import dataclass

import numpy as np

from zaguan.engines.roads.town import names
from zaguan.engines.roads.town.arterial import Vertex
from zaguan.engines.roads.town.network import Network, Road, Street

TOWN_NAME = "Villa Zaguán"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of streets, communes and villages, and at which house number each street begins."""

    streets: dict[Street, str]  # roundabouts have none
    starts: dict[Street, tuple[float, int]]  # place along the street where numbers begin, and the first hundred
    communes: tuple[str, ...]
    villages: dict[Vertex, str]


class Namer:
    """Hands out names."""

    def __init__(self, communes: int, rng: np.random.Generator) -> None:
        self._rng = rng
        self._used: list[set[str]] = [set() for _ in range(communes)]
        self._common = [list(rng.permutation(names.COMMON)) for _ in range(communes)]
        self._avenues = [str(name) for name in rng.permutation(names.AVENUES)]

    def take(self, name: str, communes: set[int]) -> bool:
        """Keep a name for a street in some communes; False where it is taken in one of them."""
        if any(name in self._used[commune] for commune in communes):
            return False
        for commune in communes:
            self._used[commune].add(name)
        return True

    def avenue(self, prefix: str, communes: set[int]) -> str:
        """Return a name for an avenue."""
        for name in self._avenues:
            full = f"{prefix} {name}"
            if self.take(full, communes):
                self._avenues.remove(name)
                self._avenues.append(name)
                return full
        return self.person(prefix, communes)

    def person(self, prefix: str, communes: set[int]) -> str:
        """Return the name of somebody who never lived."""
        while True:
            title = str(self._rng.choice(names.TITLES))
            woman = title in names.FEMALE_TITLES or (title in names.EITHER_TITLES and self._rng.random() < 0.4)
            first = str(self._rng.choice(names.FEMININE if woman else names.MASCULINE))
            last = str(self._rng.choice(names.SURNAMES))
            mother = str(self._rng.choice(names.SURNAMES)) if self._rng.random() < 0.15 else ""
            if mother == last:
                continue
            name = " ".join(part for part in (prefix, title, first, last, mother) if part)
            if self.take(name, communes):
                return name

    def local(self, prefix: str, communes: set[int]) -> str:
        """Return a name for an ordinary street: often one that other communes have too."""
        home = min(communes)
        while self._common[home] and self._rng.random() < 0.6:
            name = f"{prefix} {self._common[home].pop()}".strip()
            if self.take(name, communes):
                return name
        return self.person(prefix, communes)

    def themed(self, prefix: str, theme: int, communes: set[int]) -> str:
        """Return a name on the subject of a housing estate, or any where the subject is used up."""
        subject, list_of = names.THEMES[theme]
        for name in self._rng.permutation(list_of):
            full = f"{prefix} {subject} {name}".strip()
            if self.take(full, communes):
                return full
        return self.local(prefix, communes)


def name_streets(
    network: Network, *, communes: int, villages: tuple[Vertex, ...], river_row: int, rng: np.random.Generator
) -> Names:
    """Name all streets of the network, the communes and the villages."""
    village_names = _distinct(names.VILLAGES, len(villages), rng)
    commune_names = (TOWN_NAME, *_distinct(names.COMMUNES, communes - 1, rng))
    namer = Namer(communes, rng)
    streets: dict[Street, list[Road]] = {}
    for road in network.roads:
        streets.setdefault(road.street, []).append(road)
    named: dict[Street, str] = {}
    themes: dict[object, int] = {}
    # the wide ones first: they need a name that is free in every commune they pass
    for street in sorted(streets, key=lambda s: (s[0] == "street" and s[1] != "core", -len(streets[s]))):
        roads = streets[street]
        touched = {front.commune for road in roads for front in (road.left, road.right)}
        named[street] = _name(street, roads, touched, namer, themes, village_names, river_row, rng)
    starts: dict[Street, tuple[float, int]] = {}
    for street, roads in streets.items():
        first = min(min(road.along) for road in roads)
        hundreds = int(rng.choice((0, 0, 0, 1, 2, 4, 7, 11)))
        starts[street] = (float(np.floor(first)), hundreds)
    return Names(
        streets=named,
        starts=starts,
        communes=commune_names,
        villages=dict(zip(villages, village_names, strict=True)),
    )


def _name(
    street: Street,
    roads: list[Road],
    communes: set[int],
    namer: Namer,
    themes: dict[object, int],
    villages: tuple[str, ...],
    river_row: int,
    rng: np.random.Generator,
) -> str:
    kind = street[0]
    if kind == "roundabout":
        return ""
    if kind == "ring":
        return "Avenida Circunvalación"
    if kind == "highway":
        return "Ruta del Secano Norte" if street[1] else "Ruta del Secano Sur"
    if kind == "riverside":
        bank = "Sur" if street[1] == river_row else "Norte"
        for name in (f"Costanera {bank}", f"Costanera {bank} Poniente", f"Costanera {bank} Oriente"):
            if namer.take(name, communes):
                return name
        return namer.avenue("Costanera", communes)
    if kind == "diagonal":
        return namer.avenue("Diagonal", communes)
    if kind == "avenue":
        wide = roads[0].road in ("primary", "secondary")
        return namer.avenue("Avenida", communes) if wide or rng.random() < 0.3 else namer.local("", communes)
    if kind == "rural":
        road = street[1]
        assert isinstance(road, int)
        if road < len(villages) and namer.take(f"Camino a {villages[road]}", communes):
            return f"Camino a {villages[road]}"
        return namer.avenue("Camino", communes)
    if any(road.road == "living_street" for road in roads):
        theme = themes.setdefault(street[1], int(rng.integers(len(names.THEMES))))
        return namer.themed("Pasaje", theme, communes)
    if street[1] in themes and rng.random() < 0.6:
        return namer.themed("", themes[street[1]], communes)
    return namer.local("", communes)


def _distinct(stock: tuple[str, ...], count: int, rng: np.random.Generator) -> tuple[str, ...]:
    assert count <= len(stock), "the stock of names is too small for this size of town"
    return tuple(str(name) for name in rng.permutation(stock)[:count])
