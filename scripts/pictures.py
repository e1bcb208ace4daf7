"""The pictures of docs/pictures, of what is up here: `dateline demo` in one terminal, `python -m scripts.pictures` in another.

For the operators' page `dateline status-page` runs beside it.

Each is looked at before it is committed: nothing here knows whether a page is as it should be.
"""

from __future__ import annotations

import argparse
import shutil
from io import StringIO
from pathlib import Path

import httpx
from playwright.sync_api import FloatRect, Page, sync_playwright
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SETTLED_MS = 6_000
"""How long a page of Prefect draws after its last answer."""


def readers(base: str) -> dict[str, str]:
    """The readers' pages by the picture's name."""
    return {"front": f"{base}/", "results": f"{base}/?q=ferry"}


def operators(base: str, readers_page: str) -> dict[str, str]:
    """The operators' page by the picture's name: the way of an article."""
    hits = httpx.get(f"{readers_page}/v1/articles", params={"q": "ferry"}, timeout=60).json()["hits"]
    return {"operators-trace": f"{base}/trace?q={hits[0]['id']}"}


def prefect(base: str) -> dict[str, str]:
    """Prefect's pages by the picture's name."""
    listed = httpx.post(f"{base}/api/deployments/filter", json={}, timeout=60).json()
    ids = {one["name"]: one["id"] for one in listed}
    of_watch = {"artifacts": {"key": {"any_": ["watch"]}}, "sort": "CREATED_DESC", "limit": 1}
    (watched,) = httpx.post(f"{base}/api/artifacts/filter", json=of_watch, timeout=60).json()
    return {
        "prefect-deployments": f"{base}/deployments",
        "prefect-form": f"{base}/deployments/deployment/{ids['backfill']}/run",
        "prefect-watch": f"{base}/artifacts/artifact/{watched['id']}",
        "prefect-automations": f"{base}/automations",
    }


def take(page: Page, pages: dict[str, str], folder: Path) -> None:
    for name, address in pages.items():
        page.goto(address, timeout=120_000)
        page.wait_for_load_state("networkidle", timeout=60_000)
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=folder / f"{name}.png")
        print(f"{name}: {address}")


def terminal(page: Page, folder: Path) -> None:
    """What `dateline status --watch` shows of what is up here, by the settings of the environment."""
    from pipeline.commands.status import shown
    from pipeline.local.resolve import settings
    from pipeline.operations.watch.measure import measure

    report = measure(settings())
    note = Text(f"{report.at:%Y-%m-%d %H:%M:%S} UTC, every 5 s, Ctrl-C ends", "dim")
    screen = Console(record=True, width=100, file=StringIO(), force_terminal=True, color_system="truecolor")
    screen.print(shown(report, whole=False, note=note))
    page.set_content(screen.export_html(theme=DIMMED_MONOKAI))
    page.screenshot(path=folder / "status-watch.png", clip=_around(page))


def _around(page: Page) -> FloatRect:
    box = page.locator("pre").bounding_box() or {"x": 0, "y": 0, "width": 900, "height": 600}
    return {"x": 0, "y": 0, "width": box["x"] * 2 + box["width"], "height": box["y"] * 2 + box["height"]}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m scripts.pictures")
    options.add_argument("--page", default="http://127.0.0.1:8642", help="the readers' page")
    options.add_argument("--status", default="http://127.0.0.1:8641", help="the operators' page")
    options.add_argument("--prefect", default="http://127.0.0.1:4200", help="Prefect's page")
    options.add_argument("--only", choices=("readers", "operators", "prefect", "terminal"), help="these alone")
    options.add_argument("--folder", type=Path, default=FOLDER)
    chosen = options.parse_args()
    chosen.folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        if chosen.only in (None, "readers"):
            take(page, readers(chosen.page), chosen.folder)
        if chosen.only in (None, "operators"):
            take(page, operators(chosen.status, chosen.page), chosen.folder)
        if chosen.only in (None, "prefect"):
            take(page, prefect(chosen.prefect), chosen.folder)
        if chosen.only in (None, "terminal"):
            terminal(page, chosen.folder)
        browser.close()


if __name__ == "__main__":
    main()
