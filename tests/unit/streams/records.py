"""Records of raw articles, as the stage `revise` of a worker reads them."""

from __future__ import annotations

from pipeline.topics import ARTICLES_RAW, ConsumedRecord
from pipeline.topology import worker_stages
from tests.support.builders import raw_article
from tests.support.memory import config

REVISE = worker_stages(config().settings)[0]


def record(offset: int, text: str = "Text.") -> ConsumedRecord:
    made = ARTICLES_RAW.record(raw_article(f"a{offset}", text=text))
    return ConsumedRecord(ARTICLES_RAW, 0, offset, made.key, made.encoded())
