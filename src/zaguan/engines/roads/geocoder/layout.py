"""How the index lies on disk: one SQLite file, the bulk of it in arrays, one row per street."""

import sqlite3
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import Point

SCHEMA_VERSION: Final = 1
MICRODEGREES: Final = 1e6
METRES_PER_DEGREE: Final = 111_195.0

# One house; `tail` is an index into the list of tails ("", "a", "parcela", "35" …).
HOUSE: Final = np.dtype([("number", "<i4"), ("tail", "<i4"), ("lon", "<i4"), ("lat", "<i4")])
Houses = NDArray[np.void]
# The pieces of a street: each an array of (lon, lat) in degrees, shape (n, 2), n ≥ 1.
Lines = list[NDArray[np.float64]]

SCHEMA: Final = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE communes (id INTEGER PRIMARY KEY, key TEXT NOT NULL, label TEXT NOT NULL, city TEXT NOT NULL,
                       lon REAL, lat REAL, first_form INTEGER NOT NULL, last_form INTEGER NOT NULL);
CREATE TABLE streets (id INTEGER PRIMARY KEY, commune_id INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
                      city TEXT NOT NULL, postcodes TEXT NOT NULL, houses BLOB NOT NULL, lines BLOB NOT NULL);
CREATE TABLE arrays (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
"""

_ALPHABET: Final = 38
TRIGRAM_CODES: Final = _ALPHABET**3
_CODE_OF: Final = {" ": 0} | {letter: at + 1 for at, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}


def trigrams(text: str) -> list[int]:
    """Return the codes of the distinct runs of three letters in a canonical name, its ends marked by a blank.

    >>> len(trigrams("ab")), trigrams("") == trigrams(" ")
    (2, False)
    """
    codes = [0, *(_CODE_OF.get(letter, _ALPHABET - 1) for letter in text), 0]
    runs = zip(codes, codes[1:], codes[2:], strict=False)
    return sorted({a * _ALPHABET * _ALPHABET + b * _ALPHABET + c for a, b, c in runs})


def encode_lines(lines: Sequence[Sequence[Point]]) -> bytes:
    """Return the pieces as bytes: how many, their lengths, then lon and lat in millionths of a degree."""
    if not lines:
        return b""
    lengths = np.array([len(lines), *(len(line) for line in lines)], dtype="<i4")
    degrees = np.array([(point.lon, point.lat) for line in lines for point in line], dtype=np.float64)
    return lengths.tobytes() + np.round(degrees * MICRODEGREES).astype("<i4").tobytes()


def decode_lines(data: bytes) -> Lines:
    """Undo `encode_lines`."""
    if not data:
        return []
    numbers = np.frombuffer(data, dtype="<i4")
    count = int(numbers[0])
    ends = np.cumsum(numbers[1 : 1 + count])
    degrees = numbers[1 + count :].reshape(-1, 2) / MICRODEGREES
    return [degrees[end - length : end] for end, length in zip(ends, numbers[1 : 1 + count], strict=True)]


def array_of(connection: sqlite3.Connection, name: str, dtype: str) -> NDArray[np.int32]:
    """Return a stored array; KeyError if the index has none of that name."""
    row = connection.execute("SELECT data FROM arrays WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise KeyError(name)
    return np.frombuffer(row[0], dtype=dtype)
