"""Quality of the enrichers on the labelled sets of tests/labelled, and their cost: `python -m benchmarks.enrichment`."""

from __future__ import annotations

import json
import statistics
import time
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.quality.score import Score
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_items
from pipeline.settings import Settings
from pipeline.stages import enrich
from pipeline.stages.clustering.relate import relate
from pipeline.stages.clustering.sign import bands, keys, sign
from pipeline.stages.enrich.entities import entities
from pipeline.stages.enrich.events import ARTICLE_ENRICHERS, COMMENT_ENRICHERS
from pipeline.stages.enrich.figures import figures
from pipeline.stages.enrich.language import detect
from pipeline.stages.enrich.moderation import moderate
from pipeline.stages.enrich.speech import quotations
from schemas.article import ReceivedArticle
from schemas.enrichment import EntityKind
from tests.labelled.stories import tellings, told

SAMPLES = Path(__file__).parents[1] / "samples"
LABELLED = Path(__file__).parents[1] / "tests" / "labelled"


class Labelled(Score):
    """Counts over labelled sets of ours, in which an answer may stand twice."""

    def add(self, wanted: list[Any], found: list[Any], *, exact: bool = False) -> None:
        left = list(wanted)
        for one in found:
            match = next((w for w in left if (w == one if exact else same(w, one))), None)
            if match is None:
                self.wrong += 1
            else:
                left.remove(match)
                self.right += 1
        self.missing += len(left)

    def __str__(self) -> str:
        return f"precision {self.precision:.2f}  recall {self.recall:.2f}  F1 {self.f1:.2f}  ({self.right + self.missing} labelled)"


def same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, tuple) and isinstance(found, tuple):
        return len(wanted) == len(found) and all(same(w, f) for w, f in zip(wanted, found, strict=True))
    if isinstance(wanted, str) and isinstance(found, str):
        return wanted.casefold() in found.casefold() if wanted else not found
    return bool(wanted == found)


def scores() -> dict[str, Labelled]:
    """Enricher to its score on the labelled sets."""
    made = {
        name: Labelled()
        for name in (
            "language",
            "people",
            "places",
            "quotations",
            "speakers",
            "figures",
            "claimants",
            "unverified",
            "moderation",
            "stories",
        )
    }
    for code, text in _load("languages.json"):
        made["language"].add([code], [detect(text) or ""], exact=True)
    for one in _load("articles.json"):
        paragraphs = (one["text"],)
        named = [one for one in entities(paragraphs, "en") if one.sure]
        people = tuple(e.name for e in named if e.kind is EntityKind.PERSON)
        made["people"].add(one["people"], list(people), exact=True)
        made["places"].add(one["places"], [e.name for e in named if e.kind is EntityKind.PLACE], exact=True)
        quoted = quotations(paragraphs, people, "en")
        made["quotations"].add([q for q, _ in one["quotes"]], [q.text for q in quoted])
        made["speakers"].add([tuple(q) for q in one["quotes"]], [(q.text, q.speaker or "") for q in quoted])
        counted = figures(paragraphs, people, "en")
        made["figures"].add(
            [tuple(f[:3]) for f in one["figures"]], [(f.value, f.qualifier.value, f.what) for f in counted]
        )
        claims = [(f[0], f[3]) for f in one["figures"] if f[3]]
        made["claimants"].add(
            claims, [(f.value, f.claimed_by) for f in counted if f.claimed_by and any(f.value == v for v, _ in claims)]
        )
        if one["figures"]:
            made["unverified"].add(
                [True] if one.get("unverified") else [], [True] if any(f.unverified for f in counted) else []
            )
    for decision, text in _load("comments.json"):
        made["moderation"].add([decision], [moderate(text).decision], exact=True)
    made["stories"] = story_pairs()
    return made


def quotations_abroad() -> dict[str, Labelled]:
    """Quotations with their speakers in other languages, by language: each where words and speaker are right; wrong where a
    speaker is given who isn't."""
    made: dict[str, Labelled] = {}
    for one in _load("quotations.json"):
        score = made.setdefault(one["language"], Labelled())
        paragraphs = (one["text"],)
        found = entities(paragraphs, one["language"])
        people = tuple(e.name for e in found if e.sure and e.kind is EntityKind.PERSON)
        wanted = {tuple(quote) for quote in one["quotes"]}
        given = {(q.text, q.speaker or "") for q in quotations(paragraphs, people, one["language"])}
        score.right += len(wanted & given)
        score.missing += len(wanted - given)
        score.wrong += sum(bool(speaker) for _, speaker in given - wanted)
    return made


def story_pairs() -> Labelled:
    """Pairs of labelled articles that end in one story, when all that share a key are compared."""
    all_told = tellings()
    signatures = [sign(event.data, event.id) for event in map(told, all_told)]  # type: ignore[arg-type]
    root = list(range(len(all_told)))
    for a, b in combinations(range(len(all_told)), 2):
        if set(keys(signatures[a])) & set(keys(signatures[b])) and relate(signatures[a], signatures[b]):
            root = [root[a] if one == root[b] else one for one in root]
    score = Labelled()
    for a, b in combinations(range(len(all_told)), 2):
        same_event, joined = all_told[a].event == all_told[b].event, root[a] == root[b]
        score.right += same_event and joined
        score.wrong += joined and not same_event
        score.missing += same_event and not joined
    return score


def _load(name: str) -> Any:
    return json.loads((LABELLED / name).read_text())


def costs(rounds: int = 8) -> dict[str, float]:
    """Microseconds of CPU per article of about 4 KB (and per comment): the median over our sample articles, each made as long."""
    durations: dict[str, list[float]] = {name: [] for name in (*ARTICLE_ENRICHERS, "article, all of it")}
    for nth, (headline, sample) in enumerate(_samples()):
        for n in range(rounds):
            # another text each time, by a word that means nothing: so that caches of the last don't help
            word = "".join(chr(ord("a") + int(digit)) for digit in str(n + rounds * nth))
            paragraphs = tuple(f"{p} qz{word}" for p in sample)
            article: Any = SimpleNamespace(headline=headline, paragraphs=paragraphs, language=None, dateline=None)
            made: dict[str, Any] = {}
            began = time.process_time()
            for name, enricher in ARTICLE_ENRICHERS.items():
                started = time.process_time()
                made[name] = enricher(article, made, enrich.Choices())
                durations[name].append((time.process_time() - started) * 1e6)
            durations["article, all of it"].append((time.process_time() - began) * 1e6)
    found = {name: statistics.median(times) for name, times in durations.items()}
    signed = [told(telling) for telling in tellings()]
    started = time.process_time()
    for event in signed:
        bands(event, partition_of=lambda key: 0)
    found["signature for stories"] = (time.process_time() - started) / len(signed) * 1e6
    comments = [SimpleNamespace(text=text, provider="p") for _, text in _load("comments.json")]
    for name, other in COMMENT_ENRICHERS.items():
        started = time.process_time()
        for comment in comments:
            other(comment, {"language": "en"}, enrich.Choices())
        found[f"comment {name}"] = (time.process_time() - started) / len(comments) * 1e6
    return found


def _samples() -> list[tuple[str, list[str]]]:
    """Headline and paragraphs of our sample articles that have a body, each repeated or cut to 4 KB."""
    made = []
    for path in sorted(SAMPLES.glob("*/*")):
        for read in read_items(str(path), Hints(), Settings(_env_file=None)):
            for event in read.events:
                if isinstance(event.data, ReceivedArticle) and event.data.paragraphs:
                    long = list(event.data.paragraphs)
                    while sum(map(len, long)) < 4000:
                        long.extend(event.data.paragraphs)
                    while sum(map(len, long[:-1])) >= 4000:
                        long.pop()
                    made.append((event.data.headline, long))
    return made


if __name__ == "__main__":
    enrich.load()
    for label, score in (*scores().items(), *quotations_abroad().items()):
        print(f"{label:<12} {score}")
    print()
    for label, micros in costs().items():
        print(f"{label:<24} {micros:>9,.0f} µs")
