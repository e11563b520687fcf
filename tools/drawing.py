"""Small drawings as SVG, all alike: maps of depots and clients, chains of stops, lines of time; for light and dark."""

from dataclasses import dataclass, field
from html import escape
from typing import Final

WIDTH: Final = 280
HEIGHT: Final = 96
STYLE: Final = """
    text { font: 11px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif; fill: #14171d }
    .soft { fill: #5b6472; font-size: 10px } .loud { font-weight: 600 }
    .bad-text { fill: #b91c1c; font-weight: 600 } .two-text { fill: #c2410c; font-weight: 600 }
    .letter { font-size: 10px; font-weight: 600; text-anchor: middle }
    .one, .two, .bad, .good, .axis, .dim { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
    .one { stroke: #4338ca } .two { stroke: #c2410c } .bad { stroke: #b91c1c } .good { stroke: #15803d }
    .axis { stroke: #8a93a1; stroke-width: 1 } .dim { stroke: #8a93a1; stroke-dasharray: 3 4; stroke-width: 1.5 }
    .stop { fill: #ffffff; stroke-width: 1.8 } .depot { fill: #14171d }
    .open { fill: #dfe2fb; stroke: #4338ca; stroke-opacity: .5 } .work { fill: #4338ca } .late { fill: #c2410c }
    .idle { fill: #eceff3; stroke: #8a93a1; stroke-dasharray: 2 2 } .area { fill: #4338ca; fill-opacity: .1 }
    .area-two { fill: #c2410c; fill-opacity: .12 } .on { fill: #ffffff; font-size: 10px; font-weight: 600 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e9ebef } .soft { fill: #a9b2c0 }
      .bad-text { fill: #f87171 } .two-text { fill: #fb923c }
      .one { stroke: #8b8cf9 } .two { stroke: #fb923c } .bad { stroke: #f87171 } .good { stroke: #4ade80 }
      .stop { fill: #15181e } .depot { fill: #e9ebef }
      .open { fill: #2a2e52; stroke: #8b8cf9 } .work { fill: #8b8cf9 } .late { fill: #fb923c }
      .idle { fill: #20252d } .area { fill: #8b8cf9; fill-opacity: .18 } .area-two { fill: #fb923c; fill-opacity: .18 }
      .on { fill: #14171d }
    }
  """

type Point = tuple[float, float]


@dataclass(slots=True)
class Drawing:
    """Shapes in the order they are put down; `title` and `text` say the same in words."""

    title: str
    text: str
    _shapes: list[str] = field(default_factory=list)

    def svg(self) -> str:
        """Return the whole file."""
        lines = "\n".join(f"  {shape}" for shape in self._shapes)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'role="img" aria-labelledby="t d">\n  <title id="t">{escape(self.title)}</title>\n'
            f'  <desc id="d">{escape(self.text)}</desc>\n  <style>{STYLE}</style>\n{lines}\n</svg>\n'
        )

    def path(self, points: list[Point], kind: str = "one") -> None:
        """Draw a way through points."""
        way = " L".join(f"{x:g} {y:g}" for x, y in points)
        self._shapes.append(f'<path class="{kind}" d="M{way}"/>')

    def fill(self, points: list[Point], kind: str) -> None:
        """Fill the polygon between points."""
        way = " ".join(f"{x:g},{y:g}" for x, y in points)
        self._shapes.append(f'<polygon class="{kind}" points="{way}"/>')

    def bar(self, x: float, y: float, width: float, kind: str, label: str = "", *, height: float = 16) -> None:
        """Draw a stretch of time, or a box, with a word inside."""
        self._shapes.append(f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="2"/>')
        if label:
            ink = "on" if kind in ("work", "late") else "soft"
            self.words(x + width / 2, y + height / 2 + 3.5, label, ink, anchor="middle")

    def words(self, x: float, y: float, text: str, kind: str = "", *, anchor: str = "start") -> None:
        """Write some words."""
        look = f' class="{kind}"' if kind else ""
        side = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self._shapes.append(f'<text{look} x="{x:g}" y="{y:g}"{side}>{escape(text)}</text>')

    def depot(self, x: float, y: float) -> None:
        """Draw a depot."""
        self._shapes.append(f'<rect class="depot" x="{x - 5:g}" y="{y - 5:g}" width="10" height="10" rx="1.5"/>')

    def stop(self, x: float, y: float, letter: str, kind: str = "one") -> None:
        """Draw a client."""
        self._shapes.append(f'<circle class="{kind} stop" cx="{x:g}" cy="{y:g}" r="8"/>')
        self.words(x, y + 3.5, letter, "letter")

    def verdict(self, x: float, y: float, *, holds: bool) -> None:
        """Draw a tick or a cross."""
        if holds:
            self.path([(x - 5, y), (x - 1, y + 5), (x + 6, y - 5)], "good")
        else:
            self.path([(x - 5, y - 5), (x + 5, y + 5)], "bad")
            self.path([(x - 5, y + 5), (x + 5, y - 5)], "bad")

    def becomes(self, x: float, y: float) -> None:
        """Draw an arrow from what was to what will be."""
        self.path([(x - 8, y), (x + 8, y)], "axis")
        self.path([(x + 4, y - 4), (x + 8, y), (x + 4, y + 4)], "axis")

    def van(self, x: float, y: float, kind: str = "one", *, long: float = 26) -> None:
        """Draw a van standing on a line."""
        self.path([(x, y - 4), (x, y - 18), (x + long, y - 18), (x + long, y - 4), (x, y - 4)], kind)
        self.path([(x + long, y - 13), (x + long + 6, y - 13), (x + long + 9, y - 4), (x + long, y - 4)], kind)
        for wheel in (x + 6, x + long + 2):
            self._shapes.append(f'<circle class="{kind} stop" cx="{wheel:g}" cy="{y - 3:g}" r="3"/>')

    def chain(self, y: float, stops: list[tuple[float, str, str]], kind: str = "one") -> None:
        """Draw a route from left to right: (x, letter, words below), "" for a depot."""
        self.path([(stops[0][0], y), (stops[-1][0], y)], kind)
        for x, letter, below in stops:
            if letter:
                self.stop(x, y, letter, kind)
            else:
                self.depot(x, y)
            if below:
                self.words(x, y + 19, below, "soft", anchor="middle")

    def note(self, x: float, y: float, text: str, kind: str = "soft") -> None:
        """Write words round a middle."""
        self.words(x, y, text, kind, anchor="middle")
