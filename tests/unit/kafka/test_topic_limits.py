"""Which limits of a topic that is there already have to be altered."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.kafka import clients
from pipeline.kafka.topic_limits import wrong
from pipeline.settings import MIB, Settings
from pipeline.streams.faust_app import changelog_topics
from pipeline.topics import ARTICLES_RAW, STATE_TOPICS
from pipeline.topology import topics

OURS = {"max.message.bytes": "1000", "cleanup.policy": "compact"}


@pytest.mark.parametrize(
    ("found", "altered"),
    [
        ({}, {}),
        (OURS, {}),
        (OURS | {"max.message.bytes": "2000", "retention.ms": "1"}, {}),
        (OURS | {"max.message.bytes": "999"}, {"max.message.bytes": "1000"}),
        (OURS | {"cleanup.policy": "compact,delete"}, {"cleanup.policy": "compact"}),
        (OURS | {"cleanup.policy": "delete"}, {"cleanup.policy": "compact"}),
    ],
)
def test_a_record_has_to_fit_and_what_has_to_stay_has_to_stay(found: dict[str, str], altered: dict[str, str]) -> None:
    assert wrong(OURS, found) == altered


def test_the_time_of_a_senders_record_is_the_brokers() -> None:
    """Without it a sender is believed any time: its story would stand above all others for years."""
    wanted = OURS | {"message.timestamp.type": "LogAppendTime"}
    assert wrong(wanted, OURS | {"message.timestamp.type": "CreateTime"}) == {"message.timestamp.type": "LogAppendTime"}
    assert wrong(wanted, wanted) == {}
    assert wrong(OURS, wanted) == {}, "of other topics nothing is wanted"


class Admin:
    """A cluster with these topics and their configurations."""

    def __init__(self, settings: Settings, existing: dict[str, dict[str, str]]) -> None:
        self.settings, self.existing = settings, existing

    def list_topics(self) -> list[str]:
        return list(self.existing)

    def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        return [{"name": name, "partitions": [0] * self.settings.partitions} for name in names]

    def describe_configs(self, resources: list[Any], config_filter: str) -> dict[str, Any]:
        return {
            "topic": {one.name: {key: {"value": v} for key, v in self.existing[one.name].items()} for one in resources}
        }

    def alter_configs(self, resources: list[Any]) -> dict[str, Any]:
        for one in resources:
            self.existing[one.name] = self.existing[one.name] | one.configs
        return {"topic": {one.name: "OK" for one in resources}}

    def close(self) -> None: ...


def test_every_topic_follows_its_settings_the_tables_changelogs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of a larger record didn't fit into a changelog that was there already: the worker died of it without end."""
    old, new = (Settings(_env_file=None, kafka_servers="x:1", largest_record=n * MIB) for n in (8, 32))
    existing = {t.full_name(old): t.config(old) for t in (*topics(old), *STATE_TOPICS)} | changelog_topics(old)
    raw = existing[ARTICLES_RAW.full_name(old)]
    raw["message.timestamp.type"] = "CreateTime"
    admin = Admin(old, existing)
    monkeypatch.setattr(clients, "admin_client", lambda settings: admin)
    clients.ensure_topics(new, more=changelog_topics(new))
    wanted = {t.full_name(new): t.config(new) for t in (*topics(new), *STATE_TOPICS)} | changelog_topics(new)
    assert admin.existing == wanted
