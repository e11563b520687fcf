"""Communes by name: exact, abbreviated or misspelt, and cities as the communes that they are made of."""

from collections import defaultdict
from functools import lru_cache
from typing import Final

from zaguan.engines.roads.geocoder.normalise import area_key
from zaguan.engines.roads.geocoder.similarity import name_similarity
from zaguan.engines.roads.geocoder.store import Commune, Store

ALIKE_MIN: Final = 0.78
SURE_FROM: Final = 0.84
RIVAL_MARGIN: Final = 0.04
WIDE_MARGIN: Final = 0.15  # how far ahead of all others a less sure name has to be


class Communes:
    """The communes of an index."""

    def __init__(self, store: Store) -> None:
        self._by_key = {commune.key: commune for commune in store.communes if commune.key}
        self._by_city: defaultdict[str, list[Commune]] = defaultdict(list)
        for commune in self._by_key.values():
            if city := area_key(commune.city):
                self._by_city[city].append(commune)
        nowhere = [commune for commune in store.communes if not commune.key]
        self._all = [(0, len(store.form_text))] if store.form_text else []
        self._nowhere = [(commune.first_form, commune.last_form) for commune in nowhere]
        self.find = lru_cache(maxsize=8_192)(self._find)

    def __len__(self) -> int:
        return len(self._by_key)

    def exact_key(self, text: str) -> str:
        """Return the key of the commune that is written exactly so, or ""."""
        key = area_key(text)
        return key if key in self._by_key else ""

    def city(self, text: str) -> frozenset[int]:
        """Return the numbers of the communes of a city, or of the commune of that name."""
        key = area_key(text)
        communes = self._by_city.get(key) or [commune for commune in (self._by_key.get(key),) if commune is not None]
        return frozenset(commune.number for commune in communes)

    def spans(self, commune: Commune | None) -> list[tuple[int, int]]:
        """Return which forms to search: those of a commune and those of no known commune, or all."""
        return self._all if commune is None else [(commune.first_form, commune.last_form), *self._nowhere]

    def _find(self, text: str) -> Commune | None:
        """Return the commune that a text means, if one stands out."""
        key = area_key(text[:80])
        if not key or key in self._by_key:
            return self._by_key.get(key)
        ranked = sorted(
            ((name_similarity(key, known), known) for known in self._by_key), key=lambda pair: (-pair[0], pair[1])
        )
        if not ranked or ranked[0][0] < ALIKE_MIN:
            return None
        margin = RIVAL_MARGIN if ranked[0][0] >= SURE_FROM else WIDE_MARGIN
        if len(ranked) > 1 and ranked[1][0] > ranked[0][0] - margin:
            return None
        return self._by_key[ranked[0][1]]
