"""A polygon on the map: the shape of a zone."""

from dataclasses import dataclass

from zaguan.base.geo.point import BoundingBox, Point

Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Polygon:
    """An outer ring and its holes, each closed implicitly. A ring of fewer than three points raises ValueError."""

    outer: Ring
    holes: tuple[Ring, ...] = ()

    def __post_init__(self) -> None:
        for ring in (self.outer, *self.holes):
            if len(ring) < 3:
                raise ValueError(f"a ring needs three points, this one has {len(ring)}")

    def box(self) -> BoundingBox:
        """Return the smallest box around the outer ring."""
        lons, lats = [p.lon for p in self.outer], [p.lat for p in self.outer]
        return BoundingBox(west=min(lons), south=min(lats), east=max(lons), north=max(lats))

    def contains(self, point: Point) -> bool:
        """Tell whether the point lies inside (even-odd rule; a point on the very edge may fall either way)."""
        return _crosses_oddly(self.outer, point) and not any(_crosses_oddly(hole, point) for hole in self.holes)


def _crosses_oddly(ring: Ring, point: Point) -> bool:
    """Count the edges that a ray to the east crosses."""
    inside = False
    before = ring[-1]
    for corner in ring:
        if (corner.lat > point.lat) != (before.lat > point.lat):
            share = (point.lat - corner.lat) / (before.lat - corner.lat)
            inside ^= point.lon < corner.lon + share * (before.lon - corner.lon)
        before = corner
    return inside
