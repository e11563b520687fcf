"""The sources of web/: their types, their unit tests, and how they are built into the package."""

import re
from pathlib import Path

import pytest

from tools import web


def test_types_hold_and_unit_tests_pass() -> None:
    """svelte-check finds no error and no warning, and vitest passes."""
    web.check()


def test_the_lock_names_no_registry() -> None:
    """The committed locks bind versions and hashes, and leave open where packages come from."""
    for lock in (web.WEB / "package-lock.json", web.WEB / "chromium" / "package-lock.json"):
        text = lock.read_text("utf-8")
        assert '"integrity": "sha512-' in text
        assert re.findall(r'"resolved"|https?://registry[^"]*', text) == []


def test_packages_run_nothing_when_they_are_installed() -> None:
    """npm is told not to run the scripts of packages."""
    for folder in (web.WEB, web.WEB / "chromium"):
        assert "ignore-scripts=true" in (folder / ".npmrc").read_text("utf-8").splitlines()


def test_what_the_page_is_built_from_is_complete() -> None:
    """Words, sources and the lock count for staleness; what npm fetched and what was built do not."""
    found = {path.relative_to(web.ROOT).as_posix() for path in web.sources()}
    assert {"web/package-lock.json", "web/vite.config.ts", "web/apps/plan/index.html"} <= found
    assert {f"src/zaguan/base/kit/words/{locale}/plan_page.json" for locale in ("es", "en", "pt")} <= found
    assert not [path for path in found if "node_modules" in path or "/dist/" in path]


def test_a_registry_out_of_reach_is_said_so(tmp_path: Path) -> None:
    """Where npm cannot reach its registry, the fault says that, and what to do."""
    (tmp_path / "package.json").write_text('{"name": "x", "dependencies": {"svelte": "5.0.0"}}', "utf-8")
    (tmp_path / ".npmrc").write_text(
        f"registry=http://127.0.0.1:9/\nfetch-retries=0\ncache={tmp_path / 'cache'}\n", "utf-8"
    )
    node = web.find_node()
    with pytest.raises(web.WebNotBuilt, match="cannot reach its registry") as fault:
        web.run(node, tmp_path, [str(node.npm), "install", "--no-audit"])
    assert "hint:" in str(fault.value)


def test_a_script_that_fails_is_shown_with_its_last_words(tmp_path: Path) -> None:
    """What a failing build said last is in the fault."""
    (tmp_path / "bad.mjs").write_text('console.error("no such colour"); process.exit(3)', "utf-8")
    with pytest.raises(web.WebNotBuilt, match="no such colour"):
        web.run(web.find_node(), tmp_path, [str(tmp_path / "bad.mjs")])
