"""The bounds of the embedded PostgreSQL, each with its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresSettings:
    """Bounds and patience. The defaults suit one machine with a few processes of ours.

    Attributes
    ----------
    start_s : how long to wait until the server is ready: after a crash it first reads what it had written ahead
    stop_s : how long to wait until it has ended
    connections : connections at once, of all processes together
    shared_buffers_mb : memory that the server keeps pages in
    more : further lines of its configuration, by name
    """

    start_s: int = 300
    stop_s: int = 60
    connections: int = 200
    shared_buffers_mb: int = 256
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
