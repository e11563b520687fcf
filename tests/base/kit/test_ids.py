"""Ids sort by the moment they were made, and no two are the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from tests.fakes.still_clock import StillClock
from zaguan.base.kit.ids import new_id


def test_an_id_is_a_uuid_of_version_7() -> None:
    """An id has the version and the variant of RFC 9562, and begins with the milliseconds of its moment."""
    moment = datetime(2100, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)
    made = new_id(StillClock(moment))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == 4_107_819_967_089


def test_ids_of_one_moment_still_ascend() -> None:
    """Ids made while the clock stands still, or was set back, are each greater than the one before."""
    late, early = (StillClock(datetime(year, 1, 1, tzinfo=UTC)) for year in (2101, 2100))
    made = [new_id(late) for _ in range(5_000)] + [new_id(early) for _ in range(5_000)]
    assert made == sorted(set(made))


def test_threads_never_make_the_same_id() -> None:
    """Ids made by several threads at once all differ."""
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: new_id(), range(4_000)))
    assert len(set(made)) == len(made)
