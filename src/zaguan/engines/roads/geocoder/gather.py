"""Streets and houses from all sources, brought together under one name per commune before they are written."""

from array import array
from collections import defaultdict
from dataclasses import dataclass, field

from zaguan.base.geo.point import Point
from zaguan.engines.roads.geocoder.abbreviations import GENERIC_KINDS
from zaguan.engines.roads.geocoder.house_number import house_number
from zaguan.engines.roads.geocoder.layout import MICRODEGREES
from zaguan.engines.roads.geocoder.nearest import CommuneMap, StreetMap
from zaguan.engines.roads.geocoder.normalise import StreetName, area_key, spelled_name, street_name
from zaguan.engines.roads.geocoder.sources import AddressRow, StreetRow


@dataclass(slots=True)
class Draft:
    """A street while it is gathered: its spellings, pieces and the numbers of the drafts that were joined to it."""

    commune: str
    kind: str
    core: str
    numbered: bool
    name: str
    city: str = ""
    forms: set[tuple[str, str]] = field(default_factory=set)
    lines: dict[tuple[Point, ...], None] = field(default_factory=dict)
    postcodes: set[str] = field(default_factory=set)
    members: list[int] = field(default_factory=list)
    drawn: bool = False  # the name was taken from the extract

    @property
    def key(self) -> str:
        """Return the text that names the street within its commune, whatever the spelling."""
        return f"{self.kind}|{self.core}"


@dataclass(slots=True)
class Columns:
    """The houses, one array per field; degrees are in millionths."""

    draft: array[int] = field(default_factory=lambda: array("i"))
    number: array[int] = field(default_factory=lambda: array("i"))
    tail: array[int] = field(default_factory=lambda: array("i"))
    lon: array[int] = field(default_factory=lambda: array("i"))
    lat: array[int] = field(default_factory=lambda: array("i"))

    def add(self, draft: int, number: int, tail: int, lon: int, lat: int) -> None:
        """Append one house."""
        self.draft.append(draft)
        self.number.append(number)
        self.tail.append(tail)
        self.lon.append(lon)
        self.lat.append(lat)


class Gathered:
    """What has been read so far."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.columns = Columns()
        self.tails: dict[str, int] = {"": 0}
        self.commune_labels: dict[str, tuple[str, str]] = {}
        self.joined = 0
        self.dropped = 0
        self._ids: dict[tuple[str, str], int] = {}  # (commune, key of the name) to draft
        self._seen: dict[tuple[str, str], int | None] = {}  # raw (name, commune) of a register to draft
        self._without_commune: list[tuple[StreetName, StreetRow]] = []
        self._nameless: list[AddressRow] = []

    def add_street(self, row: StreetRow) -> None:
        """Take one piece of a street."""
        name = street_name(row.name)
        if name is None or not row.geometry:
            self.dropped += 1
        elif not area_key(row.commune):
            self._without_commune.append((name, row))
        else:
            self._draw(name, row, row.commune)

    def add_address(self, row: AddressRow) -> None:
        """Take one house."""
        if not row.street.strip():
            self._nameless.append(row)
            return
        raw = (row.street, row.commune)
        if raw not in self._seen:
            name = street_name(row.street)
            self._seen[raw] = None if name is None else self._draft(name, row.street, row.commune, row.city)
        draft = self._seen[raw]
        if draft is None:
            self.dropped += 1
        else:
            self._add_house(draft, row)

    def finish(self) -> list[Draft]:
        """Place what had no commune or no street, join spellings, return the streets by commune and name."""
        self._place_streets()
        self._place_houses()
        by_core: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, draft in enumerate(self.drafts):
            draft.members = [number]
            by_core[draft.commune, draft.core].append(number)
        for numbers in by_core.values():
            self._join([self.drafts[number] for number in numbers])
        kept = [draft for draft in self.drafts if draft.members]
        return sorted(kept, key=lambda draft: (draft.commune, draft.core, draft.kind))

    def _draft(self, name: StreetName, raw: str, commune: str, city: str) -> int:
        key = (area_key(commune), name.key)
        if key not in self._ids:
            self._ids[key] = len(self.drafts)
            kind = name.key.partition("|")[0]
            self.drafts.append(Draft(key[0], kind, name.text, name.numbered, raw, city))
        known = self.commune_labels.get(key[0])
        if known is None or (not known[1] and city):
            self.commune_labels[key[0]] = (known[0] if known else commune.strip(), city.strip())
        draft = self.drafts[self._ids[key]]
        draft.forms.add((name.kind, name.text))
        if (spelled := spelled_name(raw)) is not None:
            draft.forms.add((spelled.kind, spelled.text))
        return self._ids[key]

    def _draw(self, name: StreetName, row: StreetRow, commune: str) -> None:
        draft = self.drafts[self._draft(name, row.name, commune, row.city)]
        if not draft.drawn:
            draft.name, draft.drawn = row.name, True
        draft.lines[row.geometry] = None
        for other in row.other_names:
            if (alias := street_name(other)) is not None:
                draft.forms.add((alias.kind, alias.text))

    def _add_house(self, draft: int, row: AddressRow) -> None:
        number = house_number(row.number)
        if number is None:
            self.dropped += 1
            return
        tail = self.tails.setdefault(number.tail, len(self.tails))
        lon, lat = round(row.point.lon * MICRODEGREES), round(row.point.lat * MICRODEGREES)
        self.columns.add(draft, number.number, tail, lon, lat)
        if row.postcode:
            digits = "".join(letter for letter in row.postcode if letter.isdigit())
            if digits and len(self.drafts[draft].postcodes) < 64:
                self.drafts[draft].postcodes.add(digits)

    def _place_streets(self) -> None:
        """Give streets without a commune the commune of the houses and streets around them."""
        if not self._without_commune:
            return
        around = CommuneMap()
        communes = [draft.commune for draft in self.drafts]
        around.add_houses(self.columns.draft, self.columns.lon, self.columns.lat, communes)
        for draft in self.drafts:
            for line in draft.lines:
                around.add_point(line[len(line) // 2], draft.commune)
        for name, row in self._without_commune:
            commune = around.commune_at(row.geometry[len(row.geometry) // 2])
            self._draw(name, row, self.commune_labels.get(commune, ("", ""))[0] if commune else "")

    def _place_houses(self) -> None:
        """Give houses without a street to the nearest one; those far from every street are dropped."""
        if not self._nameless:
            return
        streets = StreetMap([(number, line) for number, draft in enumerate(self.drafts) for line in draft.lines])
        for row, draft in zip(self._nameless, streets.nearest([row.point for row in self._nameless]), strict=True):
            if draft is None:
                self.dropped += 1
            else:
                self._add_house(draft, row)
                self.joined += 1

    @staticmethod
    def _join(drafts: list[Draft]) -> None:
        """Join the register's "Los Olivos" to the extract's "Avenida Los Olivos", if they are the only two."""
        plain = [draft for draft in drafts if draft.kind in GENERIC_KINDS]
        others = [draft for draft in drafts if draft.kind not in GENERIC_KINDS]
        if drafts[0].numbered:  # Calle 15 and Carrera 15 are two streets
            plain, others = [d for d in drafts if not d.kind], [d for d in drafts if d.kind]
        if len(plain) != 1 or len(others) != 1:
            return
        into, gone = others[0], plain[0]
        if gone.drawn and not into.drawn:
            into.name, into.drawn = gone.name, True
        into.forms |= gone.forms
        into.lines |= gone.lines
        into.postcodes |= gone.postcodes
        into.city = into.city or gone.city
        into.members += gone.members
        gone.members = []
