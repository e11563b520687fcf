"""Renew requirements.lock: every library with its version and hashes, in a form pip reads."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main(arguments: list[str]) -> None:
    """Resolve the dependencies and the dev group for every supported Python; --upgrade takes the newest versions."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--group", "dev"),
        *("--universal", "--python-version", "3.12", "--generate-hashes", "--no-emit-index-url"),
        *arguments,
        *("--custom-compile-command", "make lock", "--quiet", "--output-file", "requirements.lock"),
    ]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
