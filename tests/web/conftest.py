"""A real browser, and the page of a plan of the test town as `zaguan plan` writes it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.base_map import draw_base_map
from tests.builders import a_plan
from tests.web.browser import FLAGS, find_chromium
from tools import web
from zaguan.operations.planning.export.plan_page import write_plan_page
from zaguan.operations.planning.model import Plan

Write = Callable[..., Path]
READY = ".map[data-ready=true]"


@dataclass
class Opened:
    """A page that is open, and what it did meanwhile."""

    page: Page
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.program, args=[*FLAGS], env={**os.environ, **chromium.environment}
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def base_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_base_map(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def write(base_map: Path, tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Write a page and return its file; the template is built first where its sources have changed."""
    web.build()
    folder = tmp_path_factory.mktemp("pages")

    def write_page(plan: Plan, name: str = "plan", locale: Any = "es") -> Path:
        out = folder / f"{name}.html"
        write_plan_page(plan, base_map=base_map, out=out, locale=locale)
        return out

    return write_page


@pytest.fixture(scope="session")
def plan_file(write: Write) -> Path:
    """The page of six routes of twelve stops."""
    return write(a_plan())


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """Open a file as a person would, from the disk; what is asked for, fails or pops up is written down."""
    contexts = []

    def open_file(path: Path, *, width: int = 1440, height: int = 900, dark: bool = False, **rest: Any) -> Opened:
        look = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=look, **rest)
        contexts.append(context)
        opened = Opened(page=context.new_page())
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("pageerror", lambda fault: opened.faults.append(str(fault)))
        opened.page.on("console", lambda said: opened.faults.append(said.text) if said.type == "error" else None)

        def dismiss(dialog: Any) -> None:
            opened.dialogs.append(dialog.message)
            dialog.dismiss()

        opened.page.on("dialog", dismiss)
        opened.page.goto(path.as_uri())
        opened.page.wait_for_selector(READY, state="attached")
        return opened

    yield open_file
    for context in contexts:
        context.close()
