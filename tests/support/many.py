"""Articles and comments of every format that the samples have, and odd ones, as readers may find them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.support import samples
from tests.support.newsroom import Newsroom, a_day

SECRET = "Zanzibar"
"""In what is hidden, and in nothing else."""
OF_A_KIND = 3
"""Samples of one format that are taken."""


def everything() -> Newsroom:
    desk = a_day()
    for path in _some([*sorted((ROOT / "samples").rglob("*.*")), *sorted((ROOT / "tests" / "reports").iterdir())]):
        desk.receive(samples.events(path.read_bytes()).events)
    for content in (samples.G2, samples.newsml("odd")):
        desk.receive(samples.events(content).events)
    desk.publish("undated", headline="A ferry without a date", text="It sails.", published=None, modified=None)
    desk.publish("bodiless", headline="Ferry sails", text="", paragraphs=())
    desk.publish("bare", headline="F", text="x", language=None, url=None, published="2026-03", section="", byline="")
    desk.publish("crowded", headline="A ferry with all that there is", text="Ann Lee said 3,000 crews “will walk out” in Oslo.", **CROWDED)  # fmt: skip
    desk.comments("bodiless", [(1, None, "No body?"), (2, 1, "None."), (3, 99, "An answer to nobody.")])
    desk.comments("undated", [(1, None, "\u202eمرحبا <b>")], author=None, posted=None)
    hide(desk)
    return desk


def hide(desk: Newsroom) -> None:
    """What readers may not see, each with SECRET, beside what `a_day` has: killed, embargoed, withheld revisions."""
    desk.publish("held-back", headline=f"{SECRET} is held back", text=f"{SECRET}.", withheld=True)
    desk.publish("expired", headline=f"{SECRET} has expired", text=f"{SECRET}.", expires="2026-03-01T13:00:00Z")
    for name in ("held-back", "expired", "killed", "embargoed"):
        desk.comments(name, [(1, None, f"{SECRET}!")])
    desk.comments("ferries", [(9001, None, f"{SECRET} one"), (9002, None, f"{SECRET} two"), (9003, 9001, "Answers.")])
    desk.moderate("ferries", 9001, "rejected")
    desk.moderate("ferries", 9002, "held")


CROWDED: dict[str, Any] = {
    "byline": "By Ann Lee in Oslo, Staff Writer", "dateline": "OSLO (Wire)", "slug": "FERRY", "summary": "Short.", "section": "Sport",
    "topics": ["ferry", "ferry"], "subjects": [{"code": "medtop:20000533", "name": "strike"}, {"code": "x"}], "take": "1st Ld",
    "faq": [{"question": "Why?", "answer": "So."}, {"question": "And?"}], "body_html": "<p>Ann <b>Lee</b></p>", "site": "The Herald",
    "named": [{"kind": "place", "name": "Oslo", "latitude": 59.9, "longitude": 10.7, "code": "p"}, {"kind": "person", "name": "Ann Lee"}],
    "links": [{"url": "https://h.example/x", "title": "X"}, {"url": "urn:x", "rel": "seeAlso"}], "genre": "Analysis", "urgency": 3,
    "hops": [{"party": "Reuters", "action": "sent", "at": "2026-03-14"}, {"party": "x"}], "rights": "©", "rights_holder": "Herald",
    "pictures": [{"url": "https://h.example/1.jpg"}, {"url": "https://h.example/2.jpg", "caption": "c", "credit": "d"}],
    "usage_terms": "Web only", "credit": "Herald", "editor_note": "Not for readers", "correction_note": "It was Ann.", "version": 2**62,
}  # fmt: skip


def _some(paths: list[Path]) -> Iterator[Path]:
    """A few of each kind of file."""
    seen: Counter[str] = Counter()
    for path in paths:
        kind = path.suffix + path.name.partition("-")[0]
        if path.is_file() and not path.name.endswith(".expected.json") and seen[kind] < OF_A_KIND:
            seen[kind] += 1
            yield path
