"""The streets that an asked name may mean: found by shared trigrams, ranked by how alike the names are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from zaguan.engines.roads.geocoder.layout import trigrams
from zaguan.engines.roads.geocoder.normalise import StreetName
from zaguan.engines.roads.geocoder.similarity import kind_penalty, name_similarity
from zaguan.engines.roads.geocoder.store import Store

BY_SHARE: Final = 60  # forms kept that share most trigrams for their length
BY_PART: Final = 25  # forms kept that hold most of the asked name, however long they are
BY_WORDS: Final = 14  # forms compared word by word
POSTINGS_MAX: Final = 300_000  # the commonest trigrams are left out beyond this
ALIKE_MIN: Final = 0.6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A street and how alike its best spelling is to what was asked (0 to 1, kind of street included)."""

    street: int
    alike: float


Spans = Sequence[tuple[int, int]]


def find_candidates(store: Store, name: StreetName, spans: Spans, *, limit: int) -> list[Candidate]:
    """Return the streets most like a name, best first, among the forms of some spans (first, last) of the index."""
    codes = trigrams(name.text)
    counts = _shared(store, codes)
    picked = np.concatenate([_pick(counts, store, len(codes), span) for span in spans]) if spans else np.zeros(0, int)
    asked = name.text
    rough = [(_roughly(asked, store.form_text[form]), form) for form in picked.tolist()]
    rough.sort(key=lambda pair: (-pair[0], pair[1]))
    # Equal spellings of other kinds all count: Pasaje 1, Calle 1, Avenida 1.
    cut = rough[BY_WORDS - 1][0] if len(rough) > BY_WORDS else 0.0
    best: dict[int, float] = {}
    for rank, (score, form) in enumerate(rough):
        if rank >= BY_WORDS and (score < cut or score < 100):
            break
        alike = name_similarity(asked, store.form_text[form]) - kind_penalty(
            name.kind, store.kinds[store.form_kind[form]], numbered=name.numbered
        )
        if alike >= ALIKE_MIN:
            street = int(store.form_street[form])
            best[street] = max(alike, best.get(street, 0.0))
    ranked = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Candidate(street, alike) for street, alike in ranked[:limit]]


def _roughly(asked: str, known: str) -> float:
    """Return a likeness of 0 to 100 that is fast to compute and never misses much."""
    whole, sorted_words = fuzz.ratio(asked, known), 0.9 * fuzz.token_sort_ratio(asked, known)
    return max(whole, sorted_words, 0.8 * fuzz.token_set_ratio(asked, known))


def _shared(store: Store, codes: Sequence[int]) -> NDArray[np.int64]:
    """Count for each form how many of the trigrams it holds."""
    starts = store.posting_starts
    spans = sorted((int(starts[code + 1] - starts[code]), int(starts[code]), int(starts[code + 1])) for code in codes)
    lists: list[NDArray[np.int32]] = []
    total = 0
    for size, first, last in spans:
        total += size
        if lists and total > POSTINGS_MAX:
            break
        lists.append(store.posting_forms[first:last])
    return np.bincount(np.concatenate(lists), minlength=len(store.form_street))


def _pick(counts: NDArray[np.int64], store: Store, asked: int, span: tuple[int, int]) -> NDArray[np.int64]:
    """Return the forms of a span that share most trigrams with the asked name."""
    first, last = span
    here = counts[first:last]
    sharing = np.flatnonzero(here)
    if len(sharing) <= BY_SHARE:
        return sharing + first
    shared, length = here[sharing], store.form_length[first:last][sharing]
    by_share = np.argsort(-2 * shared / (asked + length), kind="stable")[:BY_SHARE]
    by_part = np.argsort(-shared / np.minimum(asked, length), kind="stable")[:BY_PART]
    return sharing[np.union1d(by_share, by_part)] + first
