"""The page in a browser: nothing loaded or logged, nothing wider than the screen, axe content.

Needs the dependency group ``browser`` and Chromium. Where they are missing the tests are skipped
with the reason; with GRADVERIFY_REQUIRE_BROWSER set they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from html_samples import DOCUMENT, HOSTILE, saying

from verify.faults.plants import PLANTS
from verify.report import FORMATS
from verify.report.kill_matrix import KillMatrix, KillRecord
from verify.report.kill_matrix_html import to_html

pytestmark = pytest.mark.browser
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WIDTHS = (320, 768, 1920)


def missing(why: str) -> None:
    """Skip with the reason, or fail where a browser is required."""
    if os.environ.get("GRADVERIFY_REQUIRE_BROWSER"):
        pytest.fail(f"GRADVERIFY_REQUIRE_BROWSER is set, and {why}")
    pytest.skip(why)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed: pip install --group browser")
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        missing(f"there is no browser: none of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


def matrix() -> str:
    plants = PLANTS[:40]
    hunts = tuple(
        KillRecord(p.name, p.fault, 0, "GRA01", (p.fault,), True, (), 2, 0.1) for p in plants
    )
    broken = {plant.name: ("GRA01", "VAL01") for plant in plants}
    faults = {plant.name: plant.fault for plant in plants}
    return to_html(KillMatrix(hunts, broken, faults, ("VAL01", "GRA01")))


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    render = FORMATS["html"][1]
    texts = {
        "wrong": render(DOCUMENT),
        "certified": render(replace(DOCUMENT, status="certified", findings=(), doubts=())),
        "hostile": render(saying(HOSTILE)),
        "mutants": matrix(),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}


PAGES = ("wrong", "certified", "hostile", "mutants")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_quiet_and_fits_every_screen(browser, pages, name, scheme):
    page = browser.new_page(color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(pages[name])
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    assert set(asked) == {pages[name]}
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(15, 19, 24)") == (scheme == "dark")
    page.close()


def test_graph_is_really_there(browser, pages):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(pages["wrong"])
    graph = page.locator("svg.graph").first
    assert graph.is_visible()
    assert graph.locator(".node").count() == 5
    assert graph.locator(".use").count() == 6
    box = graph.locator(".node rect.box").first.bounding_box()
    assert box["width"] > 100
    wrong = graph.locator("path.line.wrong")
    assert wrong.count() == 1
    assert wrong.evaluate("e => getComputedStyle(e).stroke") == "rgb(180, 35, 24)"
    assert graph.locator("text.wrong").first.is_visible()
    page.close()


def test_copy_buttons_copy_and_the_page_reads_without_script(browser, pages):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(pages["wrong"])
    page.get_by_role("button", name="Copy the command").first.click()
    page.wait_for_function("document.body.textContent.includes('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == "gradverify replay GRA01-1.json"
    context.close()
    bare = browser.new_context(java_script_enabled=False)
    page = bare.new_page()
    page.goto(pages["wrong"])
    assert page.get_by_text("gradverify replay GRA01-1.json").is_visible()
    assert page.locator("button").count() == 0
    bare.close()


def test_keyboard_reaches_the_verdict_first(browser, pages):
    page = browser.new_page()
    page.goto(pages["wrong"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the verdict"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(browser, pages, name, scheme):
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        missing("axe-playwright-python is not installed: pip install --group browser")
    # axe is put into the page by evaluation, which the page's own policy would refuse
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(pages[name])
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page).response
        assert len(found["passes"]) > 10
        grave = [v for v in found["violations"] if v["impact"] in {"serious", "critical"}]
        assert grave == [], [(v["id"], v["nodes"][0]["html"][:200]) for v in grave]
    context.close()
