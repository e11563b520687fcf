"""How often one may call: a bucket of tokens per caller, in the memory of this process."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock
from typing import Final

from zaguan.base.kit.clock import elapsed_s
from zaguan.doors.frame.refusals import TooManyRequests

MAX_CALLERS: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many calls a minute in the long run, so many at once."""

    per_minute: float
    burst: int

    def __post_init__(self) -> None:
        if self.per_minute <= 0 or self.burst < 1:
            raise ValueError("a rate lets at least one call through")


class RateLimit:
    """Counts the calls of each caller; the least recent callers are forgotten when there are too many."""

    def __init__(self, rate: Rate, *, now_s: Callable[[], float] = elapsed_s) -> None:
        self._rate, self._now_s, self._lock = rate, now_s, Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when that was

    def take(self, caller: str, calls: int = 1) -> None:
        """Count calls of a caller; more than the rate allows raises TooManyRequests."""
        with self._lock:
            left = self._tokens(caller)
            if left < calls:
                self._keep(caller, left)
                raise TooManyRequests(retry_after_s=max(1, ceil((calls - left) * 60 / self._rate.per_minute)))
            self._keep(caller, left - calls)

    def check(self, caller: str) -> None:
        """Refuse a caller who has nothing left, without counting."""
        with self._lock:
            left = self._tokens(caller)
        if left < 1:
            raise TooManyRequests(retry_after_s=max(1, ceil((1 - left) * 60 / self._rate.per_minute)))

    def _tokens(self, caller: str) -> float:
        left, then_s = self._left.get(caller, (float(self._rate.burst), self._now_s()))
        return min(float(self._rate.burst), left + (self._now_s() - then_s) * self._rate.per_minute / 60)

    def _keep(self, caller: str, left: float) -> None:
        self._left[caller] = (left, self._now_s())
        self._left.move_to_end(caller)
        while len(self._left) > MAX_CALLERS:
            self._left.popitem(last=False)
