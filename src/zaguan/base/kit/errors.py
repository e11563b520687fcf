"""The root of all refusals: one class per broken rule, with a kind, a stable code, and words in three languages."""

from enum import StrEnum
from typing import ClassVar, Self

from zaguan.base.kit.words import Locale, has_words, say


class Kind(StrEnum):
    """What sort of refusal it is; a door maps it to its status once."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    UNAVAILABLE = "unavailable"
    UNKNOWN_CALLER = "unknown_caller"  # who asks has not shown who they are
    TOO_MANY = "too_many"  # asked too often; later it may be granted


class ZaguanError(Exception):
    """A refusal that a person can act on.

    `code` is a key of the words (`room.name`); the same key with `.hint` says what to do next.
    The facts fill both texts and stay readable as `facts`; `locale` is no fact. A refusal survives the way
    between processes.
    """

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        assert "locale" not in facts, "the language is chosen when the refusal is shown"
        super().__init__(self.code)
        self.facts = facts

    @classmethod
    def with_facts(cls, facts: dict[str, object]) -> Self:
        """Make the refusal again from its facts."""
        return cls(**facts)

    def __reduce__(self) -> tuple[object, ...]:
        # an exception is pickled as its positional arguments; ours has named ones
        return type(self).with_facts, (self.facts,)

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
