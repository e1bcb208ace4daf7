"""The pictures of docs/pictures, of what is up here: `dateline demo` in one terminal, `python -m scripts.pictures` in another.

Pages are seen by a browser; commands run here, and what they print becomes an SVG.

Each is looked at before it is committed: nothing here knows whether a page is as it should be.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.text import Text

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
COMMANDS = {"status": 4}
"""How many paragraphs are shown of what each prints; those behind name this machine's folders."""
SETTLED_MS = 6_000
"""How long a page of Prefect draws after its last answer."""


def readers(base: str) -> dict[str, str]:
    """The readers' pages by the picture's name."""
    hits = httpx.get(f"{base}/v1/articles", params={"q": "ferry"}, timeout=60).json()["hits"]
    return {
        "front": f"{base}/",
        "results": f"{base}/?q=ferry",
        "article": f"{base}/articles/{hits[0]['id']}",
    }


def operators(base: str) -> dict[str, str]:
    """Prefect's pages by the picture's name."""
    listed = httpx.post(f"{base}/api/deployments/filter", json={}, timeout=60).json()
    ids = {one["name"]: one["id"] for one in listed}
    of_watch = {"artifacts": {"key": {"any_": ["watch"]}}, "sort": "CREATED_DESC", "limit": 1}
    (watched,) = httpx.post(f"{base}/api/artifacts/filter", json=of_watch, timeout=60).json()
    return {
        "prefect-deployments": f"{base}/deployments",
        "prefect-form": f"{base}/deployments/deployment/{ids['backfill']}/run",
        "prefect-runs": f"{base}/runs",
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


def draw(command: str, paragraphs: int, picture: Path) -> None:
    """What a command prints on a terminal of 100 columns."""
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": "100"}
    ran = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", command], capture_output=True, text=True, env=environment
    )
    console = Console(record=True, width=100, file=StringIO())
    shown = "\n\n".join(ran.stdout.split("\n\n")[:paragraphs])
    console.print(Text.from_ansi(f"$ dateline {command}\n{shown}".rstrip()))
    svg = console.export_svg(title="Terminal")
    # its letters are fetched from another host
    picture.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL))
    print(f"{picture.stem}: dateline {command}")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m scripts.pictures")
    options.add_argument("--page", default="http://127.0.0.1:8642", help="the readers' page")
    options.add_argument("--prefect", default="http://127.0.0.1:4200", help="Prefect's page")
    options.add_argument("--folder", type=Path, default=FOLDER)
    chosen = options.parse_args()
    chosen.folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        take(page, readers(chosen.page) | operators(chosen.prefect), chosen.folder)
        browser.close()
    for command, paragraphs in COMMANDS.items():
        draw(command, paragraphs, chosen.folder / f"{command}.svg")


if __name__ == "__main__":
    main()
