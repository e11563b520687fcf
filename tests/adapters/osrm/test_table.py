"""Which cells are asked for, and in which pieces."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from zaguan.adapters.osrm.mapper import Answer, Question
from zaguan.adapters.osrm.table import Cut, Rectangle, complete, rectangles
from zaguan.engines.roads.matrix_store import UNKNOWN, Block

WHOLE = Cut(cells=1_000_000, sources=500)


class Abacus:
    """Answers tables by a rule that the test knows: ten seconds for each step of longitude, one more to the east."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    def __call__(self, question: Question) -> Answer:
        """Answer as OSRM would."""
        self.questions.append(question)
        body = question.body
        lons = [round(lon * 1e6) for lon, _ in body["coordinates"]]
        rows = [
            [10 * abs(lons[end] - lons[start]) + (lons[end] > lons[start]) for end in body["destinations"]]
            for start in body["sources"]
        ]
        answer: dict[str, object] = {"code": "Ok", "durations": rows, "distances": rows}
        if not body.get("skip_waypoints"):
            answer["sources"] = [{"distance": lons[start] / 2} for start in body["sources"]]
            answer["destinations"] = [{"distance": lons[end] / 2} for end in body["destinations"]]
        return answer

    @property
    def cells(self) -> int:
        """Return how many cells were asked for."""
        return sum(len(asked.body["sources"]) * len(asked.body["destinations"]) for asked in self.questions)


@pytest.fixture
def at_once() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def points(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return np.stack((np.arange(1, count + 1), np.zeros(count)), axis=1).astype(np.int32)


def expected(count: int) -> list[list[int]]:
    return [[10 * abs(end - start) + (end > start) for end in range(count)] for start in range(count)]


@pytest.mark.parametrize("cut", [WHOLE, Cut(cells=1, sources=3), Cut(cells=1, sources=1, points=4)])
def test_a_matrix_is_put_together_from_its_pieces(at_once: ThreadPoolExecutor, cut: Cut) -> None:
    """However it is cut, the matrix and the snaps are complete and right."""
    block, abacus = Block.unknown(points(7)), Abacus()
    complete(block, ask=abacus, cut=cut, at_once=at_once)
    assert block.durations_s.tolist() == block.distances_m.tolist() == expected(7)
    assert block.snaps_m.tolist() == [(at + 1) / 2 for at in range(7)]
    assert block.is_whole()


def test_a_new_place_costs_a_row_and_a_column(at_once: ThreadPoolExecutor) -> None:
    """Of a matrix of 50 places with one new, only its row and its column are asked for, in two questions."""
    block, abacus = Block.unknown(points(50)), Abacus()
    complete(block, ask=abacus, cut=WHOLE, at_once=at_once)
    block.durations_s[20, :] = block.durations_s[:, 20] = UNKNOWN
    block.snaps_m[20] = np.nan
    again = Abacus()
    complete(block, ask=again, cut=WHOLE, at_once=at_once)
    assert (len(again.questions), again.cells) == (2, 99)
    assert block.durations_s.tolist() == expected(50)
    assert block.is_whole()


def test_nothing_is_asked_for_what_is_known(at_once: ThreadPoolExecutor) -> None:
    """A whole matrix costs no question."""
    block, abacus = Block.unknown(points(4)), Abacus()
    complete(block, ask=abacus, cut=WHOLE, at_once=at_once)
    complete(block, ask=(again := Abacus()), cut=WHOLE, at_once=at_once)
    assert again.questions == []


def test_questions_to_foreign_servers_keep_their_bound(at_once: ThreadPoolExecutor) -> None:
    """Sources and destinations of a question to a user's own server are never more than its bound."""
    abacus = Abacus()
    complete(Block.unknown(points(23)), ask=abacus, cut=Cut(cells=1, sources=1, points=6), at_once=at_once)
    assert max(len(asked.body["coordinates"]) for asked in abacus.questions) <= 6


def test_any_pattern_of_unknown_cells_is_covered() -> None:
    """Whatever is unknown lies in one of the rectangles."""
    chance = np.random.default_rng(7)
    for share in (0.02, 0.3, 0.7):
        unknown = chance.random((20, 20)) < share
        covered = np.zeros((20, 20), np.bool_)
        for rectangle in rectangles(unknown):
            covered[np.ix_(rectangle.sources, rectangle.destinations)] = True
        assert (covered | ~unknown).all()
    assert rectangles(np.zeros((0, 0), np.bool_)) == []


def test_pieces_are_as_high_as_their_width_allows() -> None:
    """A wide rectangle is cut into rows of the least height, a narrow one is asked whole."""
    cut = Cut(cells=1_000, sources=10)
    wide = Rectangle(sources=np.arange(25), destinations=np.arange(1_000))
    narrow = Rectangle(sources=np.arange(1_000), destinations=np.arange(1))
    assert [len(piece.sources) for piece in cut.pieces(wide)] == [10, 10, 5]
    assert [len(piece.sources) for piece in cut.pieces(narrow)] == [1_000]
