"""Build the geocoder's index: streets of the extract and houses of registers become one file."""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import Point
from zaguan.base.kit.files import replacing
from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import say
from zaguan.engines.roads.geocoder.gather import Draft, Gathered
from zaguan.engines.roads.geocoder.layout import (
    HOUSE,
    METRES_PER_DEGREE,
    MICRODEGREES,
    SCHEMA,
    SCHEMA_VERSION,
    TRIGRAM_CODES,
    encode_lines,
    trigrams,
)
from zaguan.engines.roads.geocoder.normalise import label_of
from zaguan.engines.roads.geocoder.sources import AddressRow, StreetRow

SAME_HOUSE_M: Final = 40.0  # two registers' points of one house lie closer than this
PROGRESS_EVERY: Final = 2_000
POSTCODES_MAX: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCounts:
    """What went into the index, and what did not."""

    streets: int
    communes: int
    houses: int
    joined: int  # houses without a street name that were given to the nearest street
    dropped: int  # rows without a usable street or number, and nameless houses far from any street


def build_index(
    path: Path, *, streets: Iterable[StreetRow], addresses: Iterable[AddressRow], progress: Progress
) -> IndexCounts:
    """Write the index at `path`, whole or not at all, and return what is in it.

    Pieces and spellings of one street in one commune are joined, also across the extract and the registers; houses
    that several registers list are kept once. The same input in the same order gives the same bytes.
    """
    gathered = Gathered()
    with progress.step(say("geocoder.step_streets")) as step:
        for at, street in enumerate(streets, start=1):
            gathered.add_street(street)
            if at % PROGRESS_EVERY == 0:
                step.advance(PROGRESS_EVERY)
    with progress.step(say("geocoder.step_addresses")) as step:
        for at, address in enumerate(addresses, start=1):
            gathered.add_address(address)
            if at % PROGRESS_EVERY == 0:
                step.advance(PROGRESS_EVERY)
    with progress.step(say("geocoder.step_write")):
        drafts = gathered.finish()
        houses, offsets = _houses(gathered, drafts)
        with replacing(path) as beside:
            _write(beside, gathered, drafts, houses, offsets)
    return IndexCounts(
        streets=len(drafts),
        communes=len({draft.commune for draft in drafts} - {""}),
        houses=len(houses),
        joined=gathered.joined,
        dropped=gathered.dropped,
    )


def _houses(gathered: Gathered, drafts: Sequence[Draft]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Return all houses by street and number, each once, and where each street's begin (one more at the end)."""
    columns = gathered.columns
    street_of = np.full(len(gathered.drafts), -1, dtype=np.int64)
    for at, draft in enumerate(drafts):
        street_of[draft.members] = at
    street = street_of[np.frombuffer(columns.draft, dtype=np.int32)] if columns.draft else np.zeros(0, dtype=np.int64)
    rows = np.zeros(len(street), dtype=HOUSE)
    for name, values in (
        ("number", columns.number),
        ("tail", columns.tail),
        ("lon", columns.lon),
        ("lat", columns.lat),
    ):
        rows[name] = np.frombuffer(values, dtype=np.int32) if values else 0
    order = np.lexsort((rows["lat"], rows["lon"], rows["tail"], rows["number"], street))
    rows, street = rows[order], street[order]
    if len(rows) > 1:
        near = SAME_HOUSE_M / METRES_PER_DEGREE * MICRODEGREES
        shrink = np.cos(np.radians(rows["lat"][1:] / MICRODEGREES))
        same = (street[1:] == street[:-1]) & (rows["number"][1:] == rows["number"][:-1])
        same &= rows["tail"][1:] == rows["tail"][:-1]
        same &= np.abs(rows["lon"][1:] - rows["lon"][:-1]) * shrink < near
        same &= np.abs(rows["lat"][1:] - rows["lat"][:-1]) < near
        for repeat in np.flatnonzero(same).tolist():
            # A row of buildings with one number is thinned out, not drawn together into its first.
            same[repeat] = repeat == 0 or not same[repeat - 1]
        keep = np.concatenate(([True], ~same))
        rows, street = rows[keep], street[keep]
    return rows, np.searchsorted(street, np.arange(len(drafts) + 1))


def _write(
    path: Path, gathered: Gathered, drafts: Sequence[Draft], houses: NDArray[np.void], offsets: NDArray[np.int64]
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
        connection.execute("BEGIN")
        forms = [(at, kind, core) for at, draft in enumerate(drafts) for kind, core in sorted(draft.forms)]
        form_street = np.array([street for street, _, _ in forms], dtype="<i4")
        communes = sorted({draft.commune for draft in drafts})
        connection.executemany("INSERT INTO facts VALUES (?, ?)", [("schema_version", str(SCHEMA_VERSION))])
        connection.executemany(
            "INSERT INTO streets VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    at,
                    communes.index(draft.commune),
                    label_of(draft.name),
                    draft.key,
                    draft.city,
                    " ".join(sorted(draft.postcodes)[:POSTCODES_MAX]),
                    houses[offsets[at] : offsets[at + 1]].tobytes(),
                    encode_lines(list(draft.lines)),
                )
                for at, draft in enumerate(drafts)
            ),
        )
        commune_of = np.array([communes.index(draft.commune) for draft in drafts], dtype=np.int64)
        for at, key in enumerate(communes):
            members = np.flatnonzero(commune_of == at)
            point = _middle(
                houses[offsets[members[0]] : offsets[members[-1] + 1]], [drafts[i] for i in members.tolist()]
            )
            first, last = np.searchsorted(form_street, (members[0], members[-1] + 1))
            label, city = gathered.commune_labels.get(key, (key, ""))
            row = (at, key, label_of(label), city, point.lon, point.lat, int(first), int(last))
            connection.execute("INSERT INTO communes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        kinds = sorted({kind for _, kind, _ in forms})
        number_of = {kind: number for number, kind in enumerate(kinds)}
        codes, starts = _postings([core for _, _, core in forms])
        arrays = {
            "form_text": "\n".join(core for _, _, core in forms).encode(),
            "form_street": form_street.tobytes(),
            "form_kind": np.array([number_of[kind] for _, kind, _ in forms], dtype="<i4").tobytes(),
            "kinds": json.dumps(kinds).encode(),
            "tails": json.dumps(list(gathered.tails)).encode(),
            "posting_forms": codes.tobytes(),
            "posting_starts": starts.tobytes(),
            "house_starts": offsets.astype("<i4").tobytes(),
        }
        connection.executemany("INSERT INTO arrays VALUES (?, ?)", arrays.items())
        connection.execute("COMMIT")


def _middle(houses: NDArray[np.void], drafts: Sequence[Draft]) -> Point:
    """Return the median of a commune's houses, or of its streets where it has no houses."""
    if len(houses):
        return Point(
            lon=float(np.median(houses["lon"])) / MICRODEGREES, lat=float(np.median(houses["lat"])) / MICRODEGREES
        )
    points = [point for draft in drafts for line in draft.lines for point in line]
    return Point(
        lon=float(np.median([point.lon for point in points])), lat=float(np.median([point.lat for point in points]))
    )


def _postings(texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the forms that hold each trigram, one after another, and where each trigram's begin."""
    codes, forms = array("i"), array("i")
    for form, text in enumerate(texts):
        found = trigrams(text)
        codes.extend(found)
        forms.extend([form] * len(found))
    code = np.frombuffer(codes, dtype=np.int32) if codes else np.zeros(0, dtype=np.int32)
    order = np.argsort(code, kind="stable")
    holding = np.frombuffer(forms, dtype=np.int32)[order] if codes else np.zeros(0, dtype=np.int32)
    starts = np.searchsorted(code[order], np.arange(TRIGRAM_CODES + 1))
    return holding.astype("<i4"), starts.astype("<i4")
