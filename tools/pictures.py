"""Take the pictures of the tutorial: its engine, its report, in headless Chromium.

``python tools/pictures.py CHROMIUM`` needs the dependency group ``browser``, and writes
``docs/pictures``. Run it when the report looks different.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
ENGINE = re.compile(r"<!-- file: engine.py -->\n```python\n(.*?)```", re.DOTALL)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def report(folder: Path) -> Path:
    """The report of the tutorial's engine, as the tutorial asks for it."""
    found = ENGINE.search((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))
    assert found is not None, "the tutorial has no engine"  # noqa: S101 - a tool of ours
    (folder / "engine.py").write_text(found[1], encoding="utf-8")
    command = [sys.executable, "-m", "verify", "run", "engine.py:Value", "--quick"]
    subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL)  # noqa: S603
    return folder / "reports" / "engine-Value" / "report.html"


def take(page_uri: str, chromium: str) -> None:
    """The top of the page, and the graph of its first finding."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": 1150}, device_scale_factor=1.5)
        page.goto(page_uri)
        page.screenshot(path=PICTURES / "tutorial-report.png")
        page.locator(".finding .scroll:has(svg)").first.screenshot(
            path=PICTURES / "tutorial-graph.png"
        )
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        take(report(Path(place)).as_uri(), sys.argv[1])
