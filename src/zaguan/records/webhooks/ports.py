"""Who sends: over the network, or into a list in tests and on the virtual clock."""

from collections.abc import Mapping
from typing import Protocol

from zaguan.records.webhooks.model import Sent


class Sender(Protocol):
    """Sends one signed message to one address."""

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Sent:
        """Send, and tell how it went; never raises for what the network or the receiver does."""
        ...
