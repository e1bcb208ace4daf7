"""Topics that were made with other limits: by other means than Dateline, or before a setting was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType

from pipeline import telemetry
from pipeline.errors import Fatal

Config = Mapping[str, str]
SIZE, CLEANUP, RETENTION = "max.message.bytes", "cleanup.policy", "retention.ms"
TIMESTAMPS = "message.timestamp.type"


def wrong(wanted: Config, found: Config) -> dict[str, str]:
    """What has to be altered of a topic: a record that is accepted has to fit, what has to stay has to stay, and a time that
    has to be the broker's is no sender's. Pure."""
    altered = {}
    if SIZE in found and int(found[SIZE]) < int(wanted[SIZE]):
        altered[SIZE] = wanted[SIZE]
    if CLEANUP in found and set(found[CLEANUP].split(",")) != set(wanted[CLEANUP].split(",")):
        altered[CLEANUP] = wanted[CLEANUP]
    if TIMESTAMPS in wanted and found.get(TIMESTAMPS, wanted[TIMESTAMPS]) != wanted[TIMESTAMPS]:
        altered[TIMESTAMPS] = wanted[TIMESTAMPS]
    return altered


def correct_limits(admin: Any, wanted: Mapping[str, Config]) -> None:
    """Alter what is wrong of these existing topics, and say so. Another retention is the operator's choice: it is said
    where it is shorter. Raises Fatal, with the command, where the credentials don't allow it; KafkaError.

    Topics that the credentials don't allow to be described are taken to be right.
    """
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in wanted]
    described = admin.describe_configs(resources, config_filter="all").get("topic", {}) if resources else {}
    changes = {}
    for name, config in described.items():
        found = {key: str(entry["value"]) for key, entry in config.items() if entry["value"] is not None}
        if altered := wrong(wanted[name], found):
            changes[name] = altered
            telemetry.TOPIC_ALTERED(
                topic=name, before=_shown({key: found[key] for key in altered}), now=_shown(altered)
            )
        days = wanted[name].get(RETENTION)
        if days and 0 <= int(found.get(RETENTION, days)) < int(days):
            telemetry.RETENTION_SHORT(topic=name, retention_ms=found[RETENTION], usual_ms=days)
    if not changes:
        return
    answers = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, *change) for change in changes.items()])
    for name, answer in answers.get("topic", {}).items():
        if answer != "OK":
            raise Fatal(
                f"topic {name} has to have {_shown(changes[name])}, and that can't be altered from here ({answer}): "
                f"kafka-configs.sh --alter --entity-type topics --entity-name {name} --add-config {_shown(changes[name])}"
            )


def _shown(config: Config) -> str:
    return ",".join(f"{key}=[{value}]" if "," in value else f"{key}={value}" for key, value in config.items())
