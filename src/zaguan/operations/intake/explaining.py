"""Problems and notices as sentences in the user's language."""

from typing import Final

from zaguan.base.kit.words import Locale, has_words, say
from zaguan.operations.intake.model import Facts, Notice, Problem, RejectedRow

_OUR_FIELD: Final = "field:"  # of facts that name one of our fields


def _spoken(facts: Facts, locale: Locale | None) -> dict[str, object]:
    """Turn facts that name one of our fields into that field's word."""
    return {
        name: _field_word(fact.removeprefix(_OUR_FIELD), locale)
        if isinstance(fact, str) and fact.startswith(_OUR_FIELD)
        else fact
        for name, fact in facts.items()
    }


def _field_word(field: str, locale: Locale | None) -> str:
    key = f"intake.field_{field}"
    return say(key if has_words(key, locale) else "intake.field_other", locale)


def message_of(problem: Problem, locale: Locale | None = None) -> str:
    """Say what is wrong, with the column where there is one."""
    message = say(problem.code, locale, **_spoken(problem.facts, locale))
    return f"{problem.column}: {message}" if problem.column else message


def remedy_of(problem: Problem, locale: Locale | None = None) -> str:
    """Say what to do about it."""
    return say(f"{problem.code}.hint", locale, **_spoken(problem.facts, locale))


def messages_of(row: RejectedRow, locale: Locale | None = None) -> tuple[str, str]:
    """Return all messages of a row, and all remedies."""
    messages = dict.fromkeys(message_of(problem, locale) for problem in row.problems)
    remedies = dict.fromkeys(remedy_of(problem, locale) for problem in row.problems)
    return " | ".join(messages), " | ".join(remedies)


def notice_text(notice: Notice, locale: Locale | None = None) -> str:
    """Say what the reader decided, how often, and on which lines first."""
    text = say(notice.code, locale, **{"count": notice.count, **_spoken(notice.facts, locale)})
    if not notice.lines:
        return text
    lines = ", ".join(map(str, notice.lines)) + ("…" if notice.count > len(notice.lines) else "")
    return f"{text} ({say('intake.lines', locale, lines=lines)})"
