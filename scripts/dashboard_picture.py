"""A picture of the Grafana dashboard without Grafana: each panel's own queries, asked of a Prometheus that is up, drawn at the
panel's place. It shows whether a panel finds something, and how it reads; not how Grafana looks.

    prometheus --config.file=… &
    python -m scripts.dashboard_picture --prometheus http://127.0.0.1:9090 --minutes 10

It is looked at before it is committed.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import time
from html import escape
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
DASHBOARD = ROOT / "docker" / "grafana" / "dashboards" / "dateline.json"
PICTURE = ROOT / "docs" / "pictures" / "dashboard.png"
POINTS = 120
COLUMN, ROW = 50, 26
"""Pixels of the dashboard's grid."""
COLOURS = ("#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#b877d9", "#e02f44", "#8ab8ff", "#c0d8ff")
STYLE = """
body { margin: 12px; background: #111217; color: #ccccdc; font: 12px sans-serif; position: relative; }
section, h2 { position: absolute; box-sizing: border-box; margin: 0; }
section { background: #181b1f; border: 1px solid #2a2d34; border-radius: 3px; padding: 6px; overflow: hidden; }
h2 { font-size: 15px; padding-top: 9px; color: #fff; }
h3 { margin: 0 0 4px; font-size: 12px; font-weight: 600; color: #fff; }
ul { margin: 4px 0 0; padding: 0; list-style: none; columns: 2; font-size: 10px; }
li { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.none { color: #7b8087; }
.stat { display: inline-block; padding: 4px 8px; margin: 2px; border-radius: 3px; color: #111; }
.stat b { font-size: 19px; }
"""
Series = tuple[str, list[tuple[float, float]]]


def series(client: httpx.Client, target: dict[str, str], begin: float, end: float) -> list[Series]:
    """What a query finds, each line under its legend."""
    asked = {"query": target["expr"], "start": str(begin), "end": str(end), "step": str((end - begin) / POINTS)}
    answer = client.get("/api/v1/query_range", params=asked).raise_for_status().json()["data"]["result"]
    return [(legend(target["legendFormat"], one["metric"]), points(one["values"])) for one in answer]


def legend(form: str, labels: dict[str, str]) -> str:
    """Grafana's `{{label}}`, replaced."""
    return re.sub(r"{{\s*(\w+)\s*}}", lambda found: labels.get(found[1], ""), form)


def points(values: list[list[Any]]) -> list[tuple[float, float]]:
    """Without what is no number, as a quotient of nothing."""
    found = ((float(at), float(value)) for at, value in values)
    return [(at, value) for at, value in found if abs(value) < float("inf")]


def shown(value: float, unit: str | None) -> str:
    """A value in its unit."""
    if unit == "percentunit":
        return f"{value:.1%}"
    if unit == "s":
        return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"
    if unit == "bytes":
        return f"{value / 2**20:,.1f} MiB"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def graph(found: list[Series], unit: str | None, begin: float, end: float, size: tuple[int, int]) -> str:
    """Lines over time, from nought to the highest, and the last value of each."""
    width, height = size
    lines = [(name, values) for name, values in found if values]
    if not lines:
        return '<p class="none">No data</p>'
    top = max(value for _, values in lines for _, value in values) or 1.0
    drawn, names = [], []
    for number, (name, values) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        way = " ".join(
            f"{(at - begin) / (end - begin) * width:.1f},{height - value / top * height:.1f}" for at, value in values
        )
        drawn.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        names.append(f'<li><span style="color:{colour}">━</span> {escape(name)} {shown(values[-1][1], unit)}</li>')
    return (
        f'<small class="none">{shown(top, unit)}</small><svg width="{width}" height="{height}">'
        f"{''.join(drawn)}</svg><ul>{''.join(names)}</ul>"
    )


def stat(found: list[Series], defaults: dict[str, Any]) -> str:
    """The latest values, in the colour of their threshold."""
    steps = defaults["thresholds"]["steps"]
    parts = []
    for name, values in found:
        if values:
            value = values[-1][1]
            colour = [one["color"] for one in steps if one["value"] is None or value >= one["value"]][-1]
            parts.append(
                f'<span class="stat" style="background:{"#e02f44" if colour == "red" else "#f2cc0c" if colour == "yellow" else "#73bf69"}">'
                f"<b>{shown(value, defaults.get('unit'))}</b> {escape(name)}</span>"
            )
    return "".join(parts) or '<p class="none">No data</p>'


def page(client: httpx.Client, panels: list[dict[str, Any]], minutes: float) -> str:
    """The dashboard as HTML."""
    end = time.time()
    begin = end - minutes * 60
    parts = []
    for panel in panels:
        at = panel["gridPos"]
        width, height = at["w"] * COLUMN - 6, at["h"] * ROW - 6
        place = f"left:{at['x'] * COLUMN}px; top:{at['y'] * ROW}px; width:{width}px; height:{height}px"
        if panel["type"] == "row":
            parts.append(f'<h2 style="{place}">{escape(panel["title"])}</h2>')
            continue
        found = [line for target in panel["targets"] for line in series(client, target, begin, end)]
        defaults = panel["fieldConfig"]["defaults"]
        inside = (
            stat(found, defaults)
            if panel["type"] == "stat"
            else graph(found, defaults.get("unit"), begin, end, (width - 16, height - 95))
        )
        parts.append(f'<section style="{place}"><h3>{escape(panel["title"])}</h3>{inside}</section>')
    return f"<!doctype html><meta charset='utf-8'><style>{STYLE}</style><body>{''.join(parts)}</body>"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m scripts.dashboard_picture")
    options.add_argument("--prometheus", default="http://127.0.0.1:9090")
    options.add_argument("--minutes", type=float, default=10)
    given = options.parse_args()
    panels = json.loads(DASHBOARD.read_text())["panels"]
    with httpx.Client(base_url=given.prometheus, timeout=30) as client:
        html = page(client, panels, given.minutes)
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels) * ROW + 24
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        shot = browser.new_page(viewport={"width": 24 * COLUMN + 24, "height": height})
        shot.set_content(html)
        shot.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
