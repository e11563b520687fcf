"""A builder of road graphs that only writes down what it was asked for."""

from dataclasses import dataclass, field
from pathlib import Path

from zaguan.base.kit.progress import Progress
from zaguan.engines.roads.network import Profile


class Stopped(Exception):
    """The power went off."""


@dataclass
class FakeGraphs:
    """Remembers its work; `stops_at` is the product at which the power goes off."""

    program: str = "1"
    stops_at: str = ""
    asked: list[str] = field(default_factory=list)

    def version(self) -> str:
        """Return the version that the test chose."""
        return self.program

    def build_graph(self, extract: Path, *, profile: Profile, folder: Path, progress: Progress) -> None:
        """Write one file that tells the extract's size."""
        self._ask(f"graph {profile.value}")
        (folder / "base").mkdir(parents=True)
        with progress.step("graph"):
            (folder / "base" / "region.osrm").write_text(f"{extract.stat().st_size} {self.program}")

    def add_metric(self, folder: Path, *, slot: str, speeds_csv: Path | None) -> None:
        """Keep the table of speeds in the slot's folder."""
        self._ask(f"slot {folder.name} {slot}")
        (folder / slot).mkdir()
        speeds = "" if speeds_csv is None else speeds_csv.read_text()
        (folder / slot / "speeds").write_text((folder / "base" / "region.osrm").read_text() + "\n" + speeds)

    def _ask(self, what: str) -> None:
        if self.stops_at and what.startswith(self.stops_at):
            raise Stopped(what)
        self.asked.append(what)
