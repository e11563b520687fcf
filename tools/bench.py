"""Run benches: `make bench` runs all, `make bench ARGS="roads solver/peers"` those in or below the named folders.

A bench is a folder in bench/ with a run.py; what follows `--` is handed to it.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
BENCH = ROOT / "bench"


def benches(names: list[str]) -> list[Path]:
    """Return the run.py of each bench in or below the named folders, or of all; an unknown name is a ValueError."""
    found: list[Path] = []
    for name in names or ["."]:
        runs = sorted((BENCH / name).glob("**/run.py"))
        if not runs:
            known = ", ".join(sorted(str(run.parent.relative_to(BENCH)) for run in BENCH.glob("**/run.py")))
            raise ValueError(f"there is no bench in bench/{name}; there are: {known or 'none yet'}")
        found += [run for run in runs if run not in found]
    return found


def main(arguments: list[str]) -> int:
    """Run them one after the other and return the worst exit status."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    try:
        runs = benches(arguments[:cut])
    except ValueError as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 2
    worst = 0
    for run in runs:
        print(f"— {run.parent.relative_to(ROOT)}", flush=True)
        status = subprocess.run([sys.executable, str(run), *arguments[cut + 1 :]], cwd=ROOT, check=False).returncode
        worst = max(worst, abs(status))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
