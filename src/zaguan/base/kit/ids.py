"""Ids: UUIDs of version 7, which sort by the moment they were made, so that rows made together lie together."""

import os
import threading
from typing import NewType
from uuid import UUID

from zaguan.base.kit.clock import Clock, SystemClock

OrganisationId = NewType("OrganisationId", UUID)

_COUNTER_BITS = 12  # the field `rand_a` of RFC 9562, used as its counter of method 1
_TAIL_BITS = 62
_lock = threading.Lock()
_last = 0  # milliseconds and counter of the newest id of this process


def new_id(clock: Clock | None = None) -> UUID:
    """Return a new UUIDv7 (RFC 9562): within a process each one is greater than those before.

    It is no secret: whoever sees one can tell when it was made, and guess others.
    """
    global _last
    moment = (clock or SystemClock()).now()
    asked = int(moment.timestamp() * 1000) << _COUNTER_BITS
    with _lock:
        # many in one millisecond, or a clock that was set back: count on from the newest
        _last = max(_last + 1, asked)
        stamp = _last
    millis, counter = stamp >> _COUNTER_BITS, stamp & ((1 << _COUNTER_BITS) - 1)
    tail = int.from_bytes(os.urandom(8)) >> (64 - _TAIL_BITS)
    return UUID(int=millis << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | tail)


def _renew_lock() -> None:
    """Give a forked child a free lock: a thread of its parent may have held this one."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_renew_lock)
