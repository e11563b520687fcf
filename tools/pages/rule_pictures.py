"""docs/pictures/rules: a small drawing of each rule of the solver."""

from collections.abc import Iterator

from tools.drawing import Drawing
from tools.rules_in_space import DRAWINGS as IN_SPACE
from tools.rules_in_time import DRAWINGS as IN_TIME

FOLDER = "docs/pictures/rules"


def pages() -> Iterator[tuple[str, str]]:
    """Yield path and text of every picture."""
    for name, title, text, draw in (*IN_TIME, *IN_SPACE):
        drawing = Drawing(title, text)
        draw(drawing)
        yield f"{FOLDER}/{name}.svg", drawing.svg()
