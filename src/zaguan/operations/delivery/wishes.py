"""What a recipient wants at the door: left where, with whom, without contact, against a code."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zaguan.operations.delivery.model import MAX_NOTE_CHARS, BadTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorWishes:
    """The wishes of one order. Parcels may be left at `safe_place` once the words about the risk were agreed to."""

    order_id: UUID
    contactless: bool = False
    safe_place: str = ""
    safe_place_agreed: str = ""  # the very words, as the recipient saw them
    agreed_at: datetime | None = None
    instructions: str = ""
    neighbour: str = ""
    code_digest: str = ""
    of_age_only: bool = False

    def __post_init__(self) -> None:
        for name in ("safe_place", "safe_place_agreed", "instructions", "neighbour"):
            if len(getattr(self, name)) > MAX_NOTE_CHARS:
                raise BadTerms(field=name, what=f"≤ {MAX_NOTE_CHARS}")
        if bool(self.safe_place_agreed) != (self.agreed_at is not None):
            raise BadTerms(field="agreed_at", what="safe_place_agreed")

    @property
    def safe_place_allowed(self) -> bool:
        """Whether parcels may be left without anybody."""
        return bool(self.safe_place and self.safe_place_agreed)
