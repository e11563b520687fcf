"""Write a migration: the SQL that brings the newest revision's tables to those that the rooms name now.

    make migration NAME="Let routes know their depot"    one more revision
    make migration ARGS=--anew                           the newest revision again, while nobody has run it

Read what was written: a column that was renamed looks like one dropped and one added, and rows that are there already
may need a value first.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import ModifyTableOps, OpContainer
from alembic.runtime.migration import MigrationContext
from sqlalchemy.schema import CreateSequence

from zaguan.adapters.postgres.server import EmbeddedServer
from zaguan.app.migrations.runner import comparing, migrate
from zaguan.app.schema import all_tables

ROOT = Path(__file__).parent.parent
VERSIONS = ROOT / "src" / "zaguan" / "app" / "migrations" / "versions"
MODULE = '''"""{title}."""

from zaguan.app.migrations.scripts import run_beside

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_beside(__file__)
'''


def main(arguments: list[str]) -> int:
    """Write the next revision, or tell that there is nothing to do."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="", help="what the revision does, a sentence without its full stop")
    parser.add_argument("--anew", action="store_true", help="write the newest revision again")
    asked = parser.parse_args(arguments)
    name = asked.name.strip().rstrip(".")
    if asked.anew:
        before = _drop_newest()
        name = name or before
    if not name:
        parser.error("say what the revision does")
    with tempfile.TemporaryDirectory() as folder:
        # the server's own user passes through it, where there is one
        Path(folder).chmod(0o711)
        with EmbeddedServer(Path(folder) / "data") as server:
            statements = _statements(server.url)
    if not statements:
        print("nothing to do: the tables are as the newest revision makes them")
        return 0
    _write(name, statements)
    return 0


def _drop_newest() -> str:
    """Remove the newest revision; return what it did."""
    newest = next(VERSIONS.glob(f"{_revisions()[-1]}_*.py"))
    title = newest.read_text("utf-8").split('"""')[1].rstrip(".")
    for path in (newest, newest.with_suffix(".sql")):
        path.unlink()
    return title


def _revisions() -> list[str]:
    return sorted(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))


def _statements(url: sa.URL) -> str:
    """Return the SQL from the newest revision to the rooms' tables; empty where there is no difference."""
    migrate(url, before_change=lambda _before, _after: None)
    written = StringIO()
    offline = MigrationContext.configure(
        dialect=sa.create_engine(url).dialect,
        opts={"as_sql": True, "output_buffer": written, "target_metadata": all_tables()},
    )
    operations = Operations(offline)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        # alembic compares tables, not sequences
        has = set(sa.inspect(connection).get_sequence_names())
        for sequence in all_tables()._sequences.values():
            if sequence.name not in has:
                offline.impl._exec(CreateSequence(sequence))
        found = produce_migrations(comparing(connection), all_tables())
        assert found.upgrade_ops is not None
        for step in _flat(found.upgrade_ops):
            operations.invoke(step)
    engine.dispose()
    return re.sub(r"[ \t]+$", "", written.getvalue(), flags=re.MULTILINE).strip()


def _flat(steps: OpContainer) -> Iterator[MigrateOperation]:
    for step in steps.ops:
        if isinstance(step, ModifyTableOps):
            yield from step.ops
        else:
            yield step


def _write(title: str, statements: str) -> None:
    before = _revisions()[-1]
    revision = f"{int(before) + 1:04}"
    slug = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    module = VERSIONS / f"{revision}_{slug}.py"
    module.write_text(MODULE.format(title=title, revision=revision, before=before), "utf-8")
    module.with_suffix(".sql").write_text(f"-- {title}.\n\n{statements}\n", "utf-8")
    print(f"written: {module.relative_to(ROOT).with_suffix('')}.py and .sql: read them before you commit")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
