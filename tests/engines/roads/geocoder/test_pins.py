"""Drivers' corrections are kept and win."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.engines.roads.geocoder.small_city import at
from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point
from zaguan.engines.roads.geocoder.geocoder import AddressQuery, Geocoder
from zaguan.engines.roads.geocoder.pins import PINS_FILE, PinBook

DOOR = at(123, 45)


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return noon."""
        return datetime(2026, 1, 5, 12, tzinfo=UTC)


def ask(text: str, commune: str = "") -> AddressQuery:
    """Return a query in one line."""
    return AddressQuery(text=text, commune=commune)


@pytest.mark.parametrize(
    ("learned", "asked"),
    [
        (("Av. Brasil 130 depto 4", "Ñuñoa"), ("AVENIDA BRASIL #130", "nunoa")),
        (("brsail 130", "Ñuñoa"), ("Brasil 130, casa B", "ÑUÑOA")),
        (("Brasil 130", "Ñuñoa"), ("Brasil 130", "")),
        (("Brasil esquina Los Olivos", "Ñuñoa"), ("Los Olivos con Av. Brasil", "Ñuñoa")),
        (("Calle 15 # 20-35", "El Palmar"), ("Cll 15 No 20-35 apto 2", "El Palmar")),
        (("Los Aromos 77", "Maipú"), ("LOS AROMOS N° 77 depto 3", "maipu")),
        (("Fundo El Peral, casa patronal", ""), ("fundo el peral casa patronal", "")),
        (("Los Olivos 1010", "Maipú"), ("Los Olivos 1010, Maipú", "")),
    ],
)
def test_a_correction_wins_at_the_next_order(
    index: Path, tmp_path: Path, learned: tuple[str, str], asked: tuple[str, str]
) -> None:
    """A driver's pin is used at the next order to that address, however it is written, also after a restart (C07)."""
    with Geocoder(index, pins=tmp_path) as geocoder:
        assert geocoder.find(ask(*asked)).point != DOOR
        geocoder.learn(ask(*learned), DOOR)
        found = geocoder.find(ask(*asked))
        assert (found.point, found.grade, found.doubts) == (DOOR, Grade.GIVEN, ())
    with Geocoder(index, pins=tmp_path) as reopened:
        assert reopened.find(ask(*asked)).point == DOOR


@pytest.mark.parametrize(
    "other", [("Brasil 131", "Ñuñoa"), ("Brasil", "Ñuñoa"), ("Los Olivos 1010", "Ñuñoa"), ("Los Aromos 77", "Ñuñoa")]
)
def test_a_correction_moves_no_other_address(index: Path, tmp_path: Path, other: tuple[str, str]) -> None:
    """Other numbers, other streets and the same address in another commune stay where they are."""
    with Geocoder(index, pins=tmp_path) as geocoder:
        before = geocoder.find(ask(*other))
        for learned in (("Brasil 130", "Ñuñoa"), ("Los Olivos 1010", "Maipú"), ("Los Aromos 77", "Maipú")):
            geocoder.learn(ask(*learned), DOOR)
        assert geocoder.find(ask(*other)) == before


def test_the_last_correction_wins(index: Path, tmp_path: Path) -> None:
    """Whoever corrects later is right."""
    with Geocoder(index, pins=tmp_path) as geocoder:
        geocoder.learn(ask("Brasil 130", "Ñuñoa"), DOOR)
        geocoder.learn(ask("av brasil 130", "Ñuñoa"), at(1, 1))
        assert geocoder.find(ask("Brasil 130", "Ñuñoa")).point == at(1, 1)


def test_processes_see_each_others_corrections(index: Path, tmp_path: Path) -> None:
    """A pin learned by one open geocoder is used by another at once."""
    with Geocoder(index, pins=tmp_path) as one, Geocoder(index, pins=tmp_path) as other:
        assert other.find(ask("Brasil 130", "Ñuñoa")).grade is Grade.ROOFTOP
        one.learn(ask("Brasil 130", "Ñuñoa"), DOOR)
        assert other.find(ask("Brasil 130", "Ñuñoa")).point == DOOR


def test_a_file_cut_off_anywhere_loses_at_most_the_last_pin(tmp_path: Path) -> None:
    """After a crash in the middle of a write the earlier pins are there, and the next pin is readable."""
    book = PinBook(tmp_path / "whole", clock=Noon())
    book.add(["a"], at(1, 0), label="A")
    first_end = book.path.stat().st_size
    book.add(["b"], at(2, 0), label="B")
    content = book.path.read_bytes()
    for cut in range(first_end, len(content)):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / PINS_FILE).write_bytes(content[:cut])
        torn = PinBook(folder, clock=Noon())
        assert torn.find(["a"]) == at(1, 0)
        torn.add(["c"], at(3, 0), label="C")
        assert (torn.find(["a"]), torn.find(["c"])) == (at(1, 0), at(3, 0))
        assert PinBook(folder).find(["c"]) == at(3, 0)


def test_rubbish_in_the_file_is_skipped(tmp_path: Path) -> None:
    """Lines that are no pins are passed over."""
    rubbish = b'\xff\xfe\n[]\n{"keys": ["a"], "lon": 999, "lat": 0}\n{"keys": 3, "lon": 1, "lat": 1}\nnull\n'
    (tmp_path / PINS_FILE).write_bytes(rubbish)
    book = PinBook(tmp_path, clock=Noon())
    assert len(book) == 0
    book.add(["a"], Point(lon=1, lat=2), label="A")
    assert book.find(["x", "a"]) == Point(lon=1, lat=2)


def test_learning_without_a_folder_is_refused(geocoder: Geocoder) -> None:
    """A geocoder without a folder for pins says so instead of forgetting them."""
    with pytest.raises(ValueError, match="folder for pins"):
        geocoder.learn(ask("Brasil 130", "Ñuñoa"), DOOR)
