"""Receivers of webhooks that do as they are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from zaguan.records.webhooks.model import Sent


@dataclass(slots=True)
class FakeSender:
    """Keeps what was sent; answers with the status of each address, and with silence where that is None."""

    answers: dict[str, int | None] = field(default_factory=dict)
    sent: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Sent:
        """Take a message."""
        self.sent.append((url, headers, body))
        status = self.answers.get(url, 204)
        return Sent(status=status, failure="" if status else "timeout", duration_ms=3)
