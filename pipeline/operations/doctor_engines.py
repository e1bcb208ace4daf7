"""What the engines say about the set-up: partitions, limits of topics, templates, clocks, rights."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from pipeline.errors import DatelineError
from pipeline.index.client import elasticsearch_url, open_client
from pipeline.index.elastic import Elasticsearch
from pipeline.index.roles import roles
from pipeline.index.templates import faults
from pipeline.kafka.clients import admin_client, kafka_servers
from pipeline.kafka.topic_limits import wrong as wrong_limits
from pipeline.operations.doctor import advice, ok, unknown, wrong
from pipeline.operations.watch.clocks import TOLERANCE, ahead
from pipeline.operations.watch.index_state import versions
from pipeline.settings import Settings
from pipeline.topics import STATE_TOPICS, Topic
from pipeline.topology import topics
from schemas.checkup import Check

_CLIENT = 9
"""The major version of Elasticsearch that the client speaks."""
_NEEDED = "dateline grant rights shows the rights that are needed"


def of_kafka(settings: Settings) -> Iterator[Check]:
    """Brokers, partitions, replicas and limits of the topics."""
    try:
        admin = admin_client(settings)
    except DatelineError as e:
        yield away("kafka", e, "start it, or correct DATELINE_KAFKA_SERVERS")
        return
    try:
        yield from _of_topics(settings, admin)
    except KafkaError as e:
        yield unknown(
            "kafka",
            f"the topics can't be looked at ({type(e).__name__})",
            _NEEDED,
        )
    finally:
        admin.close()


def away(area: str, error: DatelineError, todo: str) -> Check:
    """An engine that can't be asked. Our own errors say what to do behind a colon, or not at all. Pure."""
    what, _, told = str(error).split("\n")[0].partition(": ")
    return wrong(area, what, told or todo)


def _of_topics(settings: Settings, admin: Any) -> Iterator[Check]:
    brokers = len(admin.describe_cluster().get("brokers", ()))
    yield ok("kafka", f"{brokers} broker{'' if brokers == 1 else 's'} at {kafka_servers(settings)}")
    if brokers and settings.replication > brokers:
        yield wrong(
            "kafka",
            f"DATELINE_REPLICATION is {settings.replication}, and there {'is' if brokers == 1 else 'are'} {brokers}",
            f"set it to {brokers}, or add brokers: no topic can be made",
        )
    elif brokers > 2 and settings.replication == 1:
        yield advice(
            "kafka",
            f"there are {brokers} brokers, and DATELINE_REPLICATION is 1: a lost broker loses records",
            "kafka-reassign-partitions.sh raises it for topics that are there",
        )
    wanted: dict[str, Topic] = {one.full_name(settings): one for one in (*topics(settings), *STATE_TOPICS)}
    present = sorted(set(admin.list_topics()) & wanted.keys())
    if not present:
        yield ok("kafka", "no topics yet: the first process makes them")
        return
    described = admin.describe_topics(present)
    yield from of_partitions({one["name"]: len(one["partitions"]) for one in described}, settings.partitions)
    configs = admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in present], config_filter="all"
    )
    unseen = sorted(set(present) - set(configs.get("topic", {})))
    if unseen:
        yield unknown(
            "kafka",
            f"the limits of {len(unseen)} topics can't be looked at ({', '.join(unseen[:3])}{', …' if len(unseen) > 3 else ''})",
            _NEEDED,
        )
    faults_of = {
        name: wrong_limits(
            wanted[name].config(settings),
            {key: str(entry["value"]) for key, entry in config.items() if entry["value"] is not None},
        )
        for name, config in configs.get("topic", {}).items()
    }
    for name, altered in faults_of.items():
        if altered:
            change = ", ".join(f"{key}={value}" for key, value in altered.items())
            yield wrong(
                "kafka",
                f"topic {name} has to have {change}",
                "restart a worker: it alters them, or says with which command",
            )
    if faults_of and not any(faults_of.values()):
        yield ok("kafka", f"the limits of {len(faults_of)} topics are right")


def of_partitions(found: Mapping[str, int], wanted: int) -> Iterator[Check]:
    """Pure."""
    counts = {count for count in found.values() if count != wanted}
    if not counts:
        yield ok("kafka", f"{len(found)} topics have {wanted} partitions, as the settings say")
    for count in sorted(counts):
        names = [name for name, one in found.items() if one == count]
        every = len(names) == len(found)
        yield wrong(
            "kafka",
            f"{'all' if every else len(names)} topics have {count} partitions ({', '.join(names[:3])}), the settings say {wanted}",
            f"set DATELINE_PARTITIONS={count}"
            if every
            else "move to new topics under another DATELINE_NAMESPACE (docs/operations.md)",
        )


def of_elasticsearch(settings: Settings) -> Iterator[Check]:
    """Its version, its clock, the indices, and what the credentials allow."""
    try:
        with open_client(settings, timeout=10) as client:
            tolerant = client.options(ignore_status=[400, 401, 403, 404, 405])
            asked = time.time()
            nodes = tolerant.nodes.stats(metric="fs", filter_path="nodes.*.timestamp,nodes.*.roles").get("nodes", {})
            yield from of_clock(
                [one["timestamp"] / 1000 for one in nodes.values() if "timestamp" in one], asked, time.time()
            )
            yield from of_version(versions(client), elasticsearch_url(settings))
            if not nodes:
                yield unknown("elasticsearch", "how many nodes can hold data isn't told", _NEEDED)
            data = sum(any(role.startswith("data") for role in one.get("roles", ())) for one in nodes.values())
            if data and settings.replicas >= data:
                yield advice(
                    "elasticsearch",
                    f"DATELINE_REPLICAS is {settings.replicas}, and {data} node{'' if data == 1 else 's'} can hold data: a replica has no place",
                    f"set it to {data - 1}, or add nodes",
                )
            if data > 1 and not settings.replicas:
                yield advice(
                    "elasticsearch",
                    f"there are {data} nodes, and DATELINE_REPLICAS is 0: a lost node loses documents until a reindex",
                    "set DATELINE_REPLICAS=1",
                )
            yield from _rights(settings, tolerant)
    except DatelineError as e:
        yield away("elasticsearch", e, "start it, or correct DATELINE_ELASTICSEARCH_URL")
        return
    yield from of_indices(settings, faults)


def of_version(versions: list[str], where: str) -> Iterator[Check]:
    """Pure."""
    if not versions:
        yield unknown("elasticsearch", f"it answers at {where}, and doesn't tell its version")
    elif all(one.partition(".")[0] == str(_CLIENT) for one in versions):
        yield ok("elasticsearch", f"{', '.join(versions)} at {where}")
    else:
        yield wrong(
            "elasticsearch",
            f"it is {', '.join(versions)} at {where}",
            f"the client speaks version {_CLIENT}: upgrade it",
        )


def of_clock(theirs: list[float], before: float, after: float) -> Iterator[Check]:
    """Each of their clocks, read between these two moments of ours. Pure."""
    if not theirs:
        yield unknown("clocks", "Elasticsearch doesn't tell its time")
        return
    worst = max((ahead(one, before, after) for one in theirs), key=abs)
    if abs(worst) > TOLERANCE:
        yield wrong(
            "clocks",
            f"Elasticsearch's clock is {abs(worst):.0f} s {'ahead of' if worst > 0 else 'behind'} this machine's",
            "set both by NTP: embargoes end by the clock",
        )
    else:
        yield ok("clocks", "this machine's clock and Elasticsearch's agree")


def of_indices(settings: Settings, look: Callable[[Elasticsearch, Settings], list[str]]) -> Iterator[Check]:
    """Aliases, templates and mappings, by the faults that `look` finds."""
    try:
        with open_client(settings, timeout=10) as client:
            found = look(client, settings)
    except DatelineError as e:
        # not its address: it has answered before
        why = str(e).split("\n")[0].rstrip(".")
        yield unknown("elasticsearch", f"aliases and mappings can't be looked at: {why}", _NEEDED)
        return
    missing = [one for one in found if one.endswith("is not there")]
    if missing and len(missing) == len(found) and len(found) > 5:
        yield ok("elasticsearch", "no indices yet: the indexer makes them")
        return
    for fault in found:
        what, _, todo = fault.partition(": ")
        yield wrong("elasticsearch", what, todo or "dateline indexer makes it; dateline reindex fills it")
    if not found:
        yield ok("elasticsearch", "aliases and mappings are as Dateline makes them")


def _rights(settings: Settings, client: Any) -> Iterator[Check]:
    if not (settings.elasticsearch_api_key or settings.elasticsearch_username):
        yield ok("rights", "Elasticsearch is asked without credentials")
        return
    role = roles(settings)["operate"]
    answer = client.security.has_privileges(
        cluster=role["cluster"],
        index=[{"names": one["names"], "privileges": one["privileges"]} for one in role["indices"]],
    )
    if "has_all_requested" not in answer:
        yield unknown(
            "rights",
            "what the credentials for Elasticsearch allow can't be asked",
            _NEEDED,
        )
    elif answer["has_all_requested"]:
        yield ok("rights", "the credentials for Elasticsearch allow an operator's commands")
    else:
        lacking = [name for name, given in answer.get("cluster", {}).items() if not given]
        lacking += sorted(
            {name for one in answer.get("index", {}).values() for name, given in one.items() if not given}
        )
        yield advice(
            "rights",
            f"the credentials for Elasticsearch lack {', '.join(lacking)}",
            "some commands will be refused: dateline grant rights shows what each needs",
        )
