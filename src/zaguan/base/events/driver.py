"""What happens to drivers and to the skills that they can have. No fact holds a name or a phone."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverSaved:
    """A driver was made, changed, or taken back from the archive: `change` is created, changed or restored."""

    type: ClassVar[str] = "driver.saved"
    driver_id: UUID
    ref: str
    version: int
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverArchived:
    """A driver was put away."""

    type: ClassVar[str] = "driver.archived"
    driver_id: UUID
    ref: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillSaved:
    """A skill was made, changed, or taken back from the archive: `change` is created, changed or restored."""

    type: ClassVar[str] = "skill.saved"
    skill_id: UUID
    ref: str
    version: int
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillArchived:
    """A skill was put away."""

    type: ClassVar[str] = "skill.archived"
    skill_id: UUID
    ref: str
    version: int
