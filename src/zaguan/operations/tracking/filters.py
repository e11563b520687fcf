"""Small filters, one after the other: the first that objects to a fix sends it into quarantine, with its reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from zaguan.base.geo.point import distance_m
from zaguan.operations.tracking.fixes import Batch, ClockReading, Fix, SentFix, fix_of, is_valid, read_clock


class Reason(StrEnum):
    """Why a fix is in quarantine."""

    INVALID = "invalid"  # no place on the globe, no number, no moment of this century
    FUTURE = "future"
    TOO_OLD = "too_old"
    OUTSIDE_SHIFT = "outside_shift"  # kept without its point: nobody is watched off duty
    POOR_ACCURACY = "poor_accuracy"
    DUPLICATE = "duplicate"  # another place for a moment that has one
    IMPOSSIBLE_SPEED = "impossible_speed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where the filters draw their lines."""

    future_s: float = 5.0  # a clock may be so much ahead without a word
    oldest_s: float = 7 * 86_400.0
    accuracy_m: float = 200.0
    speed_mps: float = 60.0  # 216 km/h; faster than any van between two places
    jump_m: float = 250.0  # receivers jump so far even when they stand
    doubts: int = 3  # so many fixes that agree with each other outweigh the one before them


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A span in which the vehicle may be watched: its driver is in the shift. `ends_at` None: it goes on."""

    starts_at: datetime
    ends_at: datetime | None

    def covers(self, at: datetime) -> bool:
        """Tell whether the moment lies in the span."""
        return self.starts_at <= at and (self.ends_at is None or at <= self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Fixes that contradict the last good one, but agree with each other."""

    fix: Fix  # the last of them
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a vehicle when a batch comes."""

    duties: tuple[Duty, ...]
    last: Fix | None = None  # the newest good one
    doubt: Doubt | None = None
    points_at: dict[datetime, Fix] | None = None  # stored fixes at moments of this batch


@dataclass(slots=True, kw_only=True)
class Sieve:
    """What the filters look at beside the fix itself; it moves along with the fixes."""

    received_at: datetime
    limits: Limits
    duties: tuple[Duty, ...]
    last: Fix | None
    doubt: Doubt | None
    stored: dict[datetime, Fix]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A fix that a filter objected to."""

    sent: SentFix
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """A batch after the filters. Each fix that was sent is in one of the three."""

    accepted: tuple[Fix, ...]  # in the order of time
    quarantined: tuple[Quarantined, ...]
    repeated: int
    doubt: Doubt | None
    clock: ClockReading


Filter = Callable[[Fix, Sieve], Reason | None]


def future(fix: Fix, sieve: Sieve) -> Reason | None:
    """A fix from the future is a clock that is wrong."""
    return Reason.FUTURE if fix.at > sieve.received_at + timedelta(seconds=sieve.limits.future_s) else None


def too_old(fix: Fix, sieve: Sieve) -> Reason | None:
    """A fix of last week changes nothing that somebody would still look at."""
    return Reason.TOO_OLD if fix.at < sieve.received_at - timedelta(seconds=sieve.limits.oldest_s) else None


def outside_shift(fix: Fix, sieve: Sieve) -> Reason | None:
    """Nobody is followed outside of the shift."""
    return None if any(duty.covers(fix.at) for duty in sieve.duties) else Reason.OUTSIDE_SHIFT


def duplicate(fix: Fix, sieve: Sieve) -> Reason | None:
    """One vehicle is at one place at a time: the first that was told stands."""
    return Reason.DUPLICATE if fix.at in sieve.stored else None


def poor_accuracy(fix: Fix, sieve: Sieve) -> Reason | None:
    """A fix that may be streets away says less than none."""
    return Reason.POOR_ACCURACY if (fix.accuracy_m or 0.0) > sieve.limits.accuracy_m else None


def impossible_speed(fix: Fix, sieve: Sieve) -> Reason | None:
    """Nobody drives that fast; but if several such fixes agree, it is the fix before them that was wrong."""
    if sieve.last is None or _is_possible(sieve.last, fix, sieve.limits):
        sieve.doubt = None
        return None
    agrees = sieve.doubt is not None and _is_possible(sieve.doubt.fix, fix, sieve.limits)
    count = sieve.doubt.count + 1 if sieve.doubt is not None and agrees else 1
    if count >= sieve.limits.doubts:
        sieve.doubt = None
        return None
    sieve.doubt = Doubt(fix=fix, count=count)
    return Reason.IMPOSSIBLE_SPEED


# cheap and certain ones first; the last one remembers what it saw, so it sees only what all others let through
FILTERS: Final[tuple[Filter, ...]] = (future, too_old, outside_shift, duplicate, poor_accuracy, impossible_speed)


def sift(batch: Batch, known: Known, *, received_at: datetime, limits: Limits | None = None) -> Sifted:
    """Pass the fixes of a batch through the filters, in the order of their times."""
    clock = read_clock(batch, received_at=received_at)
    quarantined = [Quarantined(sent=sent, reason=Reason.INVALID) for sent in batch.fixes if not is_valid(sent)]
    candidates = [(fix_of(sent, clock), sent) for sent in batch.fixes if is_valid(sent)]
    sieve = Sieve(
        received_at=received_at,
        limits=limits or Limits(),
        duties=known.duties,
        last=known.last,
        doubt=known.doubt,
        stored=dict(known.points_at or {}),
    )
    accepted: list[Fix] = []
    repeated = 0
    for fix, sent in sorted(candidates, key=lambda candidate: candidate[0].at):
        if sieve.stored.get(fix.at) == fix:
            repeated += 1
            continue
        reason = next((reason for check in FILTERS if (reason := check(fix, sieve)) is not None), None)
        if reason is not None:
            quarantined.append(Quarantined(sent=sent, reason=reason))
            continue
        # within what a clock may be ahead: never later than the moment it came
        kept = fix if fix.at <= received_at else _not_after(fix, received_at, sieve.stored)
        sieve.last = sieve.stored[kept.at] = kept
        accepted.append(kept)
    assert len(accepted) + len(quarantined) + repeated == len(batch.fixes), "a fix was lost in the filters"
    return Sifted(
        accepted=tuple(accepted),
        quarantined=tuple(quarantined),
        repeated=repeated,
        doubt=sieve.doubt,
        clock=clock,
    )


def newest_of(fixes: Sequence[Fix], before: Fix | None) -> Fix | None:
    """Return the latest of the fixes and the one known before; an older one never takes its place."""
    return max((*fixes, *((before,) if before else ())), key=lambda fix: fix.at, default=None)


def _is_possible(before: Fix, fix: Fix, limits: Limits) -> bool:
    """Tell whether one can have driven from one fix to the other, in whichever order they were taken."""
    metres = distance_m(before.point, fix.point)
    slack_m = limits.jump_m + (before.accuracy_m or 0.0) + (fix.accuracy_m or 0.0)
    return metres <= slack_m + limits.speed_mps * abs((fix.at - before.at).total_seconds())


def _not_after(fix: Fix, received_at: datetime, stored: dict[datetime, Fix]) -> Fix:
    at = received_at.replace(microsecond=received_at.microsecond // 1000 * 1000)
    while at in stored:
        at -= timedelta(milliseconds=1)
    return replace(fix, at=at)
