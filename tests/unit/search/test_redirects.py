from __future__ import annotations

from typing import Any

from pipeline.search import redirects
from pipeline.settings import Settings
from tests.support.index import Client

SETTINGS = Settings(_env_file=None, elasticsearch_url="http://index:9200", namespace="desk")


def test_redirects_are_followed_to_their_end_also_in_a_circle() -> None:
    client = Client(
        {
            "redirects": {
                "a": {"merged_into": "b"},
                "b": {"merged_into": "c"},
                "x": {"merged_into": "y"},
                "y": {"merged_into": "x"},
            }
        }
    )

    def ask(alias: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        return list(client.search(alias, body)["hits"]["hits"])

    assert [redirects.canonical_id(ask, "redirects", one) for one in ("a", "b", "c", "x")] == ["c", "c", "c", "y"]
    assert redirects.merged_ids(ask, "redirects", "b") == ["a"]
    assert redirects.merged_ids(ask, "redirects", "a") == []
