"""Who may know what: privacy of rooms, and the few things that only one place may touch."""

import ast

import grimp
import pytest

from tests.house.source import ROOT, SOURCE, imports_of, listed, modules, parsed, python_files

BANNED_FOLDERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
PRIVATE = {"store", "tables"}
# the public face of a library that people import without the rest of the house: docs/decisions/0009
FACES = {"src/zaguan/engines/solver/__init__.py"}


def private_imports(graph: grimp.ImportGraph) -> list[str]:
    """Return `importer -> imported` for each private module that another room enters."""
    return [
        f"{importer} -> {module}"
        for module in sorted(graph.modules)
        if PRIVATE & set(module.split(".")[3:])
        # what all tables have in common is no room's own
        and module != "zaguan.base.kit.tables"
        for importer in sorted(graph.find_modules_that_directly_import(module))
        if importer.split(".")[:3] != module.split(".")[:3]
    ]


def test_stores_and_tables_are_private() -> None:
    """A room's store and tables are entered by that room only."""
    assert private_imports(grimp.build_graph("zaguan", cache_dir=None)) == []


def test_a_breach_of_privacy_would_be_seen() -> None:
    """The look at privacy itself finds a room that enters another room's store, and spares the room's own."""
    graph = grimp.ImportGraph()
    for name in (
        "zaguan.records.orders.store",
        "zaguan.records.orders.service",
        "zaguan.operations.planning.service",
    ):
        graph.add_module(name)
    graph.add_import(importer="zaguan.records.orders.service", imported="zaguan.records.orders.store")
    graph.add_import(importer="zaguan.operations.planning.service", imported="zaguan.records.orders.store")
    assert private_imports(graph) == ["zaguan.operations.planning.service -> zaguan.records.orders.store"]


def test_init_files_are_empty() -> None:
    """An `__init__.py` is empty, but for the public face of the solver library."""
    full = {
        path
        for module in modules()
        if module.path.name == "__init__.py" and module.path.stat().st_size
        for path in [module.relative]
    }
    assert full <= FACES


def test_no_folder_or_module_is_a_drawer() -> None:
    """No folder or module is called utils, helpers, common, misc or manager."""
    names = {path.stem: path for path in (*SOURCE.rglob("*.py"), *(p for p in SOURCE.rglob("*") if p.is_dir()))}
    assert not BANNED_FOLDERS & set(names)


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("httpx", "zaguan.adapters."),
        ("fastapi", ("zaguan.doors.", "zaguan.app.")),
        ("starlette", ("zaguan.doors.", "zaguan.app.")),
        ("uvicorn", "zaguan.app."),
        ("typer", "zaguan.app."),
        ("rich", "zaguan.app."),
    ],
)
def test_a_library_stays_in_its_storey(library: str, home: str | tuple[str, ...]) -> None:
    """The network is known to adapters only, HTTP to doors and roof, the terminal to the roof only."""
    strangers = [
        module.name
        for module in modules()
        if any(name.split(".")[0] == library for name in imports_of(module.tree)) and not module.name.startswith(home)
    ]
    assert not strangers, listed(strangers)


def test_only_the_clock_asks_for_the_time() -> None:
    """The time is asked in base/kit/clock.py only: elsewhere a clock comes as an argument."""
    asked = [
        f"{module.relative}:{getattr(node, 'lineno', 0)}"
        for module in modules()
        if module.name != "zaguan.base.kit.clock"
        for node in ast.walk(module.tree)
        if _asks_the_time(node)
    ]
    assert not asked, listed(asked)


def test_nothing_prints() -> None:
    """No module of the package prints: the terminal belongs to app/cli/terminal.py."""
    printing = [
        f"{module.relative}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing, listed(printing)


def test_tests_use_fakes_not_mocks() -> None:
    """No test imports a mock library."""
    mocking = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if any(name.startswith(("unittest.mock", "mock", "pytest_mock")) for name in imports_of(parsed(path)))
        or any(
            isinstance(node, ast.ImportFrom) and node.module == "unittest" and "mock" in {n.name for n in node.names}
            for node in ast.walk(parsed(path))
        )
    ]
    assert not mocking, listed(mocking)


def test_every_test_says_what_it_promises() -> None:
    """The docstring of each test is a sentence of behaviour."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files()
        if path.name.startswith("test_")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if not (ast.get_docstring(node) or "").rstrip().endswith(".")
    ]
    assert not silent, listed(silent)


def _asks_the_time(node: ast.AST) -> bool:
    """Tell whether a node imports `time` or asks a date for now, utcnow or today."""
    if isinstance(node, ast.Import):
        return any(alias.name == "time" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module == "time"
    # `clock.now()` is right: only the classes of datetime are meant
    return (
        isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (node.value.id if isinstance(node.value, ast.Name) else node.value.attr) in {"datetime", "date"}
    )
