from __future__ import annotations

from typing import Any

from pipeline.operations.trace import followed
from pipeline.settings import Settings
from pipeline.topology import topics

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")


def names(wanted: Any) -> set[str]:
    return {topic.name for topic in topics(SETTINGS) if wanted(topic)}


def test_a_trace_follows_an_article_or_a_comment_and_not_both() -> None:
    article, comment = (names(lambda topic, c=c: followed(topic, comment=c)) for c in (False, True))
    assert article & comment == {"dead-letters", "visibility-timers", "transfers"}
    assert all(name.startswith("articles.") for name in article - comment)
    assert all(name.startswith("comments.") for name in comment - article)
    assert {"articles.raw", "articles.history"} <= article
