from __future__ import annotations

from typing import Any

from pipeline.operations.lookup import canonical_id, merged_ids, status_of
from pipeline.settings import Settings
from tests.support.index import Client

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")


def test_an_operator_finds_an_article_by_each_of_its_ids() -> None:
    pointers = {"a": {"merged_into": "b"}, "b": {"merged_into": "c"}, "z": {"merged_into": "c"}}
    client: Any = Client({"redirects": pointers})
    assert canonical_id(client, SETTINGS, "a") == "c"
    assert merged_ids(client, SETTINGS, "c") == ["b", "z"]
    assert status_of({"standing": "public"}) == "public"
    assert status_of({}) == ""
