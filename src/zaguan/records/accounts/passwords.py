"""Hashing of passwords: Argon2id, as OWASP advises, and never more at once than memory allows."""

from threading import BoundedSemaphore
from typing import Final, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MEMORY_KIB: Final = 65_536
PASSES: Final = 2
LANES: Final = 1
AT_ONCE: Final = 4  # 4 x 64 MiB, whatever knocks at the door


class Passwords(Protocol):
    """What hashes passwords; tests bring one that counts."""

    @property
    def dummy(self) -> str:
        """A hash that no password has: verified where there is no user, so that both take the same time."""
        ...

    def hash(self, password: str) -> str:
        """Return a salted hash."""
        ...

    def verify(self, hashed: str, password: str) -> bool:
        """Tell whether the password has that hash."""
        ...

    def stale(self, hashed: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        ...


class ArgonPasswords:
    """Argon2id."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES, lanes: int = LANES) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._turn = BoundedSemaphore(AT_ONCE)
        # of an empty password, which is never compared: sign-in refuses a match with it in any case
        self._dummy = self.hash("")

    @property
    def dummy(self) -> str:
        """A hash with today's parameters."""
        return self._dummy

    def hash(self, password: str) -> str:
        """Return a salted hash."""
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        """Tell whether the password has that hash; a hash that cannot be read has none."""
        with self._turn:
            try:
                return self._hasher.verify(hashed, password)
            except (Argon2Error, InvalidHashError):
                return False

    def stale(self, hashed: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)
