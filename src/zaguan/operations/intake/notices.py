"""Collects what the reader decided by itself, many rows under one notice."""

from dataclasses import dataclass, field

from zaguan.operations.intake.model import MAX_LINES_PER_NOTICE, Facts, Notice


@dataclass(slots=True)
class Notices:
    """Notices by code and facts, with their count and first lines."""

    _counts: dict[tuple[str, tuple[tuple[str, str | int], ...]], int] = field(default_factory=dict)
    _lines: dict[tuple[str, tuple[tuple[str, str | int], ...]], list[int]] = field(default_factory=dict)

    def add(self, code: str, line: int = 0, **facts: str | int) -> None:
        """Note one thing; the same code with the same facts counts on."""
        key = (code, tuple(sorted(facts.items())))
        self._counts[key] = self._counts.get(key, 0) + 1
        lines = self._lines.setdefault(key, [])
        if line and len(lines) < MAX_LINES_PER_NOTICE:
            lines.append(line)

    def all(self) -> tuple[Notice, ...]:
        """Return the notices in the order in which they first came up."""
        return tuple(
            Notice(code=code, facts=Facts(facts), count=count, lines=tuple(self._lines[code, facts]))
            for (code, facts), count in self._counts.items()
        )
