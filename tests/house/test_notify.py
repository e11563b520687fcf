"""NOTIFY belongs to the live bus: in a business transaction it would make all commits wait for each other."""

import ast
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.house.source import listed, modules
from zaguan.base.kit.database import Database

HOME = "zaguan.adapters.bus."
NOTIFYING = re.compile(r"\bpg_notify\s*\(|\bNOTIFY\s+(\w|$)")


def notifying_texts(tree: ast.Module) -> Iterator[int]:
    """Yield the line of each text of the code, docstrings left out, that sends a NOTIFY."""
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in said:
            continue
        if isinstance(node.value, str) and NOTIFYING.search(node.value):
            yield node.lineno


def test_only_the_bus_notifies() -> None:
    """No statement outside adapters/bus sends a NOTIFY."""
    found = [
        f"{module.relative}:{line}"
        for module in modules()
        if not module.name.startswith(HOME)
        for line in notifying_texts(module.tree)
    ]
    assert not found, listed(found)


def test_the_queue_is_silent_too(database: Database) -> None:
    """The trigger by which the queue's library would notify in each enqueuing transaction is off."""
    query = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'procrastinate_jobs_notify_queue_job_inserted_v1'"
    with database.engine.connect() as connection:
        assert connection.execute(sa.text(query)).scalars().all() == ["D"]


@pytest.mark.parametrize(
    ("text", "sends"),
    [
        ("x = 'SELECT pg_notify(a, b)'", True),
        ("x = f'NOTIFY {channel}'", True),
        ("x = 'NOTIFY orders'", True),
        ("'''Never pg_notify(a) here.'''", False),
        ("x = 'LISTEN orders'", False),
    ],
)
def test_a_notify_would_be_seen(text: str, sends: bool) -> None:
    """The look itself finds a NOTIFY in a statement, and spares what only speaks of it."""
    assert bool(list(notifying_texts(ast.parse(text)))) == sends
