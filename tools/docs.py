"""Write the generated pages of docs/, or with --check tell which of them are stale.

Each module in tools/pages is one page: `PAGE` is its path below the top folder, `page()` returns its text. One that
writes several files yields them from `pages()` instead.
"""

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOTE = "<!-- Written by `make docs`: change what it is written from, not this page. -->\n\n"


def pages() -> Iterator[tuple[Path, str]]:
    """Yield path and text of every generated page."""
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    os.environ["ZAGUAN_LANG"] = "en"
    for module in sorted((ROOT / "tools" / "pages").glob("[a-z]*.py")):
        generator = importlib.import_module(f"tools.pages.{module.stem}")
        written = generator.pages() if hasattr(generator, "pages") else [(generator.PAGE, generator.page())]
        for path, text in written:
            yield ROOT / path, NOTE + text if path.endswith(".md") else text


def main(arguments: list[str]) -> int:
    """Write what has changed, or tell what is stale and return 1."""
    stale = [(path, text) for path, text in pages() if not path.exists() or path.read_text("utf-8") != text]
    for path, text in stale:
        if "--check" in arguments:
            print(f"stale: {path.relative_to(ROOT)}; run make docs")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"written: {path.relative_to(ROOT)}")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
