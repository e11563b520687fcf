"""The sets of instances that can be asked for, one per class of the targets, and where the files are."""

import os
from dataclasses import dataclass
from pathlib import Path

from bench.solver.peers.real import PREFIX, real_instances

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("ZAGUAN_DEV_DATA", ROOT.parent / "shared" / "data")) / "vrplib"


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Instances as folder/name, and for how many CPU seconds each is searched unless said."""

    title: str
    seconds: float
    names: tuple[str, ...]


def _of(folder: str, names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}" for name in names.split())


REAL = "real"  # made from roads, not found
GEHRING_SHORT = _of("gh1000", "R1_10_1 C1_10_6 RC1_10_3")
GEHRING_LONG = _of("gh1000", "R2_10_4 C2_10_2 RC2_10_7")

SETS = {
    "small": Set(
        title="CVRP of 100–200 customers (X)",
        seconds=10,
        names=_of("cvrp_x", "X-n120-k6 X-n143-k7 X-n167-k10 X-n190-k8"),
    ),
    "vrptw100": Set(
        title="VRPTW of 100 customers (Solomon)",
        seconds=30,
        names=_of("solomon", "R104 R108 R112 C104 RC101 RC106 RC108 R203 R208 R211 C208 RC204 RC208"),
    ),
    "vrptw200": Set(
        title="VRPTW of 200 customers (Gehring and Homberger)",
        seconds=30,
        names=_of("gh200", "r1_2_1 r1_2_6 c1_2_4 rc1_2_5 r2_2_3 r2_2_8 c2_2_2 rc2_2_7"),
    ),
    "vrptw1000-short": Set(
        title="VRPTW of 1,000 customers, short routes (Gehring and Homberger)", seconds=60, names=GEHRING_SHORT
    ),
    "vrptw1000-long": Set(
        title="VRPTW of 1,000 customers, long routes (Gehring and Homberger)", seconds=60, names=GEHRING_LONG
    ),
    "cvrp-x": Set(
        title="CVRP of 200–1,000 customers (X)",
        seconds=60,
        names=_of(
            "cvrp_x",
            "X-n214-k11 X-n237-k14 X-n261-k13 X-n284-k15 X-n308-k13 X-n331-k15 X-n367-k17 X-n411-k19 X-n459-k26 "
            "X-n513-k21 X-n573-k30 X-n641-k35 X-n716-k35 X-n801-k40 X-n895-k37 X-n1001-k43",
        ),
    ),
    "cvrp-huge": Set(
        title="CVRP of 6,000 and 10,000 customers (Arnold, Gendreau and Sörensen)",
        seconds=60,
        names=_of("cvrp_ags", "Antwerp1 Ghent1"),
    ),
    "lilim": Set(
        title="Pickup and delivery of 100 and 200 clients (Li and Lim)",
        seconds=30,
        names=(
            *_of("li_lim_100", "lc104 lc108 lr104 lr108 lr112 lrc104 lrc108 lc204 lr204 lr208 lr211 lrc204 lrc208"),
            *_of("li_lim_200", "LC1_2_4 LR1_2_4 LR1_2_8 LRC1_2_4 LR2_2_3 LRC2_2_5"),
        ),
    ),
    "variants": Set(
        title="Mixed fleets, several depots, several trips with releases, prizes, backhauls (PyVRP's instances)",
        seconds=30,
        names=(
            *_of("HFVRP", "X139-HD X176-FSMFD X214-HVRP X420-FSMD"),
            *_of("MDVRPTW", "PR11A PR17A PR23A"),
            *_of("MTVRPTWR", "C203R0.5 R205R0.5 RC208R0.5 R2_2_05R0.75"),
            *_of("PCVRPTW", "R1_10_5 C2_10_3 RC1_10_9"),
            *_of("VRPB", "X-n524-50-k125 X-n716-80-k28 X-n1001-66-k28"),
        ),
    ),
    REAL: Set(
        title="VRPTW of 200, 500 and 1,000 stops on the roads of Porto Alegre, seconds driven",
        seconds=30,
        names=tuple(f"{PREFIX}{stops}" for stops in (200, 500, 1_000)),
    ),
    "quick": Set(
        title="A few instances of most sets, searched briefly",
        seconds=3,
        names=(
            *_of("solomon", "R101 R112 C101 RC101 R201 C201 RC208"),
            *_of("cvrp_x", "X-n120-k6 X-n214-k11 X-n641-k35 X-n1001-k43"),
            *GEHRING_SHORT[:1],
            *GEHRING_LONG[2:],
        ),
    ),
}


def files_of(name: str, folder: Path) -> list[Path]:
    """Return the files of a set, of a folder (of any path, or below `folder`) or of one folder/instance.

    Those on real roads are made for it. A name that leads to no file is a ValueError.
    """
    if name == REAL:
        return real_instances(SETS[REAL].names)
    known = {f"{path.parent.name}/{path.stem}": path for path in _instances(folder)}
    wanted = SETS[name].names if name in SETS else (name,)
    if name not in SETS and name not in known:
        for place in (Path(name), folder / name):
            if place.is_dir() and (found := _instances(place)):
                return found
    if missing := [each for each in wanted if each not in known]:
        raise ValueError(
            f"no set, folder or instance below {folder}: {', '.join(missing)}; give --folder with benchmark instances"
        )
    return [known[each] for each in wanted]


def _instances(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".vrp", ".txt"))
