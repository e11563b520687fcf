"""Large matrices as several questions: which cells are unknown, cut into rectangles that a server takes at once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zaguan.adapters.osrm.mapper import Answer, Question, TableAnswer, read_table, table_question
from zaguan.engines.roads.matrix_store import UNKNOWN, Block

Ask = Callable[[Question], Answer]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rectangle:
    """Rows and columns of a matrix, by index."""

    sources: Indices
    destinations: Indices


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How much fits into one question: as many sources as fill `cells`, at least `sources`; at most `points` together.

    `together` sends all points with each question, so that each is put on the same road in all of them.
    """

    cells: int
    sources: int
    points: int | None = None

    def pieces(self, rectangle: Rectangle) -> Iterator[Rectangle]:
        """Yield the pieces of a rectangle."""
        rows, columns = len(rectangle.sources), len(rectangle.destinations)
        if self.points is None:
            high, wide = max(self.sources, self.cells // columns), columns
        else:
            high = wide = max(1, self.points // 2)
        for top in range(0, rows, high):
            for left in range(0, columns, wide):
                yield Rectangle(
                    sources=rectangle.sources[top : top + high],
                    destinations=rectangle.destinations[left : left + wide],
                )


def rectangles(unknown: NDArray[np.bool_]) -> list[Rectangle]:
    """Return rectangles that cover all unknown cells of a square matrix.

    Where some places are new that is their rows and the rest of their columns.
    """
    found = []
    rest = unknown.copy()
    mostly = np.flatnonzero(unknown.mean(axis=1) > 0.5) if len(unknown) else np.empty(0, np.intp)
    for sources in (mostly, None):
        rows = np.flatnonzero(rest.any(axis=1)) if sources is None else sources
        columns = np.flatnonzero(rest[rows].any(axis=0))
        if len(rows) and len(columns):
            found.append(Rectangle(sources=rows, destinations=columns))
            rest[rows] = False
    return found


def complete(block: Block, *, ask: Ask, cut: Cut, at_once: Executor) -> None:
    """Ask for all unknown cells of a block, several questions at once, and fill them in.

    The points stay as they are; a failed question leaves the block as incomplete as it was.
    """
    unknown = (block.durations_s == UNKNOWN) | np.isnan(block.snaps_m)[:, None]
    pieces = [piece for rectangle in rectangles(unknown) for piece in cut.pieces(rectangle)]

    def answer_of(piece: Rectangle) -> TableAnswer:
        if cut.points is None:
            question = table_question(block.points, piece.sources, piece.destinations, snaps=piece is pieces[0])
            return read_table(ask(question))
        used, places = np.unique(np.concatenate((piece.sources, piece.destinations)), return_inverse=True)
        sources, destinations = places[: len(piece.sources)], places[len(piece.sources) :]
        return read_table(ask(table_question(block.points[used], sources, destinations, snaps=True)))

    for piece, answer in zip(pieces, at_once.map(answer_of, pieces), strict=True):
        _fill(block, piece, answer)
    np.fill_diagonal(block.durations_s, 0)
    np.fill_diagonal(block.distances_m, 0)


def _fill(block: Block, piece: Rectangle, answer: TableAnswer) -> None:
    cells = np.ix_(piece.sources, piece.destinations)
    block.durations_s[cells] = answer.durations_s
    block.distances_m[cells] = answer.distances_m
    sides: Sequence[tuple[Indices, NDArray[np.float32] | None]] = (
        (piece.sources, answer.source_snaps_m),
        (piece.destinations, answer.destination_snaps_m),
    )
    for where, snaps_m in sides:
        if snaps_m is not None:
            block.snaps_m[where] = snaps_m
