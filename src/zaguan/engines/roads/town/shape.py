"""A line or an area of the map that is not a street."""

from dataclasses import dataclass

from zaguan.engines.roads.town.shapes import Floats, signed_area

Tags = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A line, or a closed area, with its tags."""

    line: Floats
    tags: Tags
    closed: bool


def area(ring: Floats, tags: Tags) -> Shape:
    """Return an area, its ring turned counter-clockwise."""
    return Shape(line=ring if signed_area(ring) > 0 else ring[::-1], tags=tags, closed=True)
