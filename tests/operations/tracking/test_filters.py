"""Filters: what is good passes, what is not is quarantined with its reason, and nothing gets lost."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.operations.tracking.builders import DEPOT, ON_DUTY, a_batch, a_fix, after, east, sent
from zaguan.operations.tracking.filters import Doubt, Duty, Known, Reason, Sifted, newest_of, sift
from zaguan.operations.tracking.fixes import MAX_CORRECTED_S, MAX_FIXES, SentFix
from zaguan.operations.tracking.model import BatchTooLarge

NOON = after(3 * 3600)


def sifted(*fixes: SentFix, now: float = 60.0, known: Known | None = None, **batch: Any) -> Sifted:
    return sift(a_batch(*fixes, **batch), known or Known(duties=ON_DUTY), received_at=after(now))


def reasons(found: Sifted) -> list[Reason]:
    return [fix.reason for fix in found.quarantined]


def test_good_fixes_pass_in_the_order_of_their_times() -> None:
    """Fixes that came in disorder are accepted in the order in which they were taken."""
    found = sifted(sent(30, east(200)), sent(10), sent(20, east(100)))
    assert [fix.at for fix in found.accepted] == [after(10), after(20), after(30)]
    assert not found.quarantined


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": 95.0},
        {"lon": math.nan},
        {"lon": 0.0, "lat": 0.0},
        {"accuracy_m": math.inf},
        {"speed_mps": -1.0},
        {"at": datetime(1980, 1, 6, tzinfo=UTC)},
        {"at": datetime(2026, 3, 2, 9)},  # noqa: DTZ001
    ],
)
def test_what_is_no_fix_is_invalid(wrong: dict[str, Any]) -> None:
    """A place off the globe, a number that is none, or a moment that cannot be, is quarantined as invalid."""
    assert reasons(sifted(sent(0, **wrong))) == [Reason.INVALID]


@pytest.mark.parametrize(("seconds", "reason"), [(66, Reason.FUTURE), (-8 * 86_400, Reason.TOO_OLD)])
def test_a_fix_from_another_time_is_refused(seconds: float, reason: Reason) -> None:
    """A fix from the future, or of last week, is quarantined."""
    duty = (Duty(starts_at=after(-30 * 86_400), ends_at=None),)
    assert reasons(sifted(sent(seconds), known=Known(duties=duty))) == [reason]


def test_a_fix_that_is_a_little_ahead_is_not_later_than_now() -> None:
    """A clock that is a few seconds ahead passes, but its fix counts as taken when it came: never in the future."""
    found = sifted(sent(63), sent(64, east(5)), now=60)
    assert [fix.at for fix in found.accepted] == [after(60), after(59.999)]


def test_a_clock_that_is_ahead_is_set_right() -> None:
    """A batch that says it was sent before it could be shows how far its clock is ahead: that is taken off."""
    found = sifted(sent(120), now=60, sent_at=after(180))
    assert [fix.at for fix in found.accepted] == [after(0)]
    assert found.clock.offset_s == 120


def test_a_clock_that_is_far_ahead_is_not_believed() -> None:
    """A clock that is off by more than five minutes is flagged, and its fixes stay in the future."""
    found = sifted(sent(600), now=60, sent_at=after(61 + MAX_CORRECTED_S))
    assert found.clock.is_off
    assert reasons(found) == [Reason.FUTURE]


def test_a_batch_that_was_long_on_its_way_keeps_its_times() -> None:
    """A clock that seems to be behind may be a batch that came late: its times stay."""
    found = sifted(sent(0), now=200, sent_at=after(2))
    assert [fix.at for fix in found.accepted] == [after(0)]


def test_nobody_is_followed_outside_of_the_shift() -> None:
    """A fix before the shift, or of a vehicle without one, is quarantined."""
    assert reasons(sifted(sent(-3601), now=0)) == [Reason.OUTSIDE_SHIFT]
    assert reasons(sifted(sent(0), known=Known(duties=()))) == [Reason.OUTSIDE_SHIFT]


def test_a_shift_that_goes_on_has_no_end() -> None:
    """A fix within a shift that was begun and not ended is good."""
    assert sifted(sent(0), known=Known(duties=(Duty(starts_at=after(-1), ends_at=None),))).accepted


def test_an_inaccurate_fix_is_refused() -> None:
    """A fix that may be 201 m off is quarantined, one that does not say how accurate it is passes."""
    found = sifted(sent(0, accuracy_m=201.0), sent(1, accuracy_m=None))
    assert reasons(found) == [Reason.POOR_ACCURACY]
    assert len(found.accepted) == 1


def test_a_repeat_is_counted_and_another_place_is_a_duplicate() -> None:
    """What is stored already is a repeat; another place for the same moment is quarantined as a duplicate."""
    known = Known(duties=ON_DUTY, points_at={after(0): a_fix(0)})
    found = sifted(sent(0), sent(0, east(50)), known=known)
    assert found.repeated == 1
    assert reasons(found) == [Reason.DUPLICATE]


def test_a_jump_is_refused() -> None:
    """A fix 5 km away after 10 s is impossible; the next good one passes."""
    found = sifted(sent(0), sent(10, east(5_000)), sent(20, east(100)))
    assert reasons(found) == [Reason.IMPOSSIBLE_SPEED]
    assert [fix.at for fix in found.accepted] == [after(0), after(20)]
    assert found.doubt is None


def test_fixes_that_agree_outweigh_the_one_before_them() -> None:
    """If the first fix was the wrong one, the third that contradicts it is believed, even over several batches."""
    known = Known(duties=ON_DUTY, last=a_fix(0))
    first = sifted(sent(10, east(50_000)), sent(20, east(50_100)), known=known)
    assert reasons(first) == [Reason.IMPOSSIBLE_SPEED] * 2
    assert first.doubt == Doubt(fix=a_fix(20, east(50_100)), count=2)
    second = sifted(sent(30, east(50_200)), known=Known(duties=ON_DUTY, last=a_fix(0), doubt=first.doubt))
    assert [fix.at for fix in second.accepted] == [after(30)]


def test_jumps_that_disagree_stay_doubtful() -> None:
    """Wild fixes in different places never become the truth."""
    wild = [sent(10 * n, east(50_000 * n, north=30_000 * (-1) ** n)) for n in range(1, 6)]
    found = sifted(sent(0), *wild)
    assert len(found.accepted) == 1


def test_an_older_fix_never_becomes_the_newest() -> None:
    """The newest stays the newest when an older fix comes late."""
    assert newest_of([a_fix(5)], a_fix(10)) == a_fix(10)
    assert newest_of([a_fix(15), a_fix(12)], a_fix(10)) == a_fix(15)
    assert newest_of([], None) is None


def test_a_batch_has_bounds() -> None:
    """An empty batch, or one that is too large, is refused with its size."""
    with pytest.raises(BatchTooLarge) as refusal:
        a_batch()
    assert refusal.value.facts == {"found": 0, "most": MAX_FIXES}


anything = some.floats(allow_nan=True, allow_infinity=True)
fixes = some.builds(
    SentFix,
    at=some.datetimes(min_value=datetime(2026, 3, 2), max_value=datetime(2026, 3, 3), timezones=some.just(UTC)),  # noqa: DTZ001
    lon=some.one_of(some.just(DEPOT.lon), anything),
    lat=some.one_of(some.just(DEPOT.lat), anything),
    accuracy_m=some.none() | anything,
)


@given(some.lists(fixes, min_size=1, max_size=20), some.none() | some.just(NOON))
def test_no_fix_gets_lost(several: list[SentFix], sent_at: datetime | None) -> None:
    """Whatever is sent, each fix is accepted, repeated or quarantined, and no accepted one is from the future."""
    batch = a_batch(*several, sent_at=sent_at)
    found = sift(batch, Known(duties=ON_DUTY), received_at=NOON)
    assert len(found.accepted) + len(found.quarantined) + found.repeated == len(several)
    assert all(fix.at <= NOON for fix in found.accepted)
    assert len({fix.at for fix in found.accepted}) == len(found.accepted)
