"""The root of all refusals: one class per broken rule, with a kind, a stable code, and words in three languages."""

from enum import StrEnum
from typing import ClassVar

from zaguan.base.kit.words import Locale, has_words, say


class Kind(StrEnum):
    """What sort of refusal it is; a door maps it to its status once."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    UNAVAILABLE = "unavailable"


class ZaguanError(Exception):
    """A refusal that a person can act on.

    `code` is a key of the words (`room.name`); the same key with `.hint` says what to do next.
    The facts fill both texts and stay readable as `facts`.
    """

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts

    def message(self, locale: Locale | None = None) -> str:
        """Say what is wrong."""
        return say(self.code, locale, **self.facts)

    def hint(self, locale: Locale | None = None) -> str | None:
        """Say what to do next, where there is something to say."""
        key = f"{self.code}.hint"
        return say(key, locale, **self.facts) if has_words(key, locale) else None

    def __str__(self) -> str:
        hint = self.hint()
        return self.message() if hint is None else f"{self.message()}\nhint: {hint}"
