"""Installs what the indices are made from: index templates, first physical indices, aliases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import partial
from importlib.resources import files
from threading import Thread
from typing import Any, TypeVar

from pipeline import telemetry
from pipeline.errors import Fatal, Retry
from pipeline.index.checks import alias_fault, foreign_template, index_fault
from pipeline.index.elastic import ApiError, BadRequestError, Elasticsearch, TransportError, UnsupportedProductError
from pipeline.index.families import ALIASES, FAMILIES, Family
from pipeline.index.fitting import Properties, additions, analyzers, fitted, lacks, same_template, used
from pipeline.settings import Settings

T = TypeVar("T")


def install(client: Elasticsearch, settings: Settings) -> bool:
    """Install or update everything; doing it again changes nothing. Whether all indices are new. Raises Retry where
    Elasticsearch is away, Fatal where documents could not be written."""
    with _errors():
        return _install(client, settings)


def faults(client: Elasticsearch, settings: Settings, targets: Mapping[str, str] | None = None) -> list[str]:
    """What is wrong with the indices behind the aliases, or with `targets`: then documents are refused that are good.
    Raises Retry, Fatal."""
    with _errors():
        names = [targets[alias] if targets else settings.named(alias) for alias in ALIASES]
        patient = client.options(ignore_status=404)
        found: dict[str, Any] = {}
        for name in names:
            answer = patient.indices.get(index=name)
            found |= answer.body if answer.meta.status == 200 else {}
    return _faults(settings, found, targets)


def component(name: str) -> dict[str, Any]:
    """A part of the index templates: a file of schemas/index."""
    loaded: dict[str, Any] = json.loads(files("schemas").joinpath(f"index/{name}.json").read_text())
    return loaded


def index_template(family: Family, settings: Settings, analysis: str) -> dict[str, Any]:
    """The index template of a family, whole: sizes, mapping, and what the mapping needs of the analysis. Pure."""
    made = _settings(family, analysis)
    sizes: dict[str, Any] = {"number_of_shards": settings.shards, "number_of_replicas": settings.replicas}
    if family.refresh is not None:
        sizes["refresh_interval"] = family.refresh
    return {
        # the aliases too: a write to one that is missing must not make an index of its name
        "index_patterns": [settings.named(f"{family.name}-*"), *map(settings.named, family.aliases)],
        "allow_auto_create": False,
        "priority": 500 + len(settings.namespace),
        "template": {
            "settings": {"index": {**component("settings")["template"]["settings"]["index"], **sizes, **made}},
            "mappings": {"dynamic": "strict", "properties": fitted(_properties(family), analyzers(made))},
        },
    }


def _faults(settings: Settings, found: Mapping[str, Any], targets: Mapping[str, str] | None) -> list[str]:
    listed: list[str | None] = []
    for family in FAMILIES:
        for alias in family.aliases:
            name = targets[alias] if targets else settings.named(alias)
            if targets is None and (fault := alias_fault(name, found)):
                listed.append(fault)
                continue
            behind = {key: index for key, index in found.items() if key == name or name in index["aliases"]}
            listed += [
                index_fault(key, index, fitted(_properties(family), analyzers(index.get("settings", {}))))
                for key, index in behind.items()
            ]
            listed += [] if behind else [f"the index {name} is not there"]
    return [fault for fault in listed if fault]


def _install(client: Elasticsearch, settings: Settings) -> bool:
    priority = 500 + len(settings.namespace)
    templates = list(client.indices.get_index_template()["index_templates"])
    for family in FAMILIES:
        names = [f"{settings.named(alias)}-1" for alias in family.aliases]
        if fault := foreign_template(settings.named(f"dateline-{family.name}"), priority, names, templates):
            raise Fatal(fault)
    there = {one["name"]: one["index_template"] for one in templates}

    analysis = _put_templates(client, settings, there)
    new = at_once([partial(_make, client, settings.named(alias)) for alias in ALIASES])
    made = [alias for alias, is_new in zip(ALIASES, new, strict=True) if is_new]
    if 0 < len(made) < len(ALIASES):
        for alias in made:
            telemetry.INDEX_MADE(index=settings.named(alias))
    for family in FAMILIES:
        for name, index in client.indices.get(index=[settings.named(alias) for alias in family.aliases]).body.items():
            # additions to a mapping reach existing indices; anything else is a reindex
            wanted = fitted(_properties(family), analyzers(index["settings"]))
            if added := additions(wanted, index["mappings"].get("properties", {})):
                client.indices.put_mapping(index=name, properties=added)
            if family.readers and lacks(index, analyzers(_settings(family, analysis))):
                telemetry.INDEX_OLD_ANALYSIS(index=name)
    if listed := faults(client, settings):
        raise Fatal("; ".join(listed))
    return len(made) == len(ALIASES)


def _put_templates(client: Elasticsearch, settings: Settings, there: Mapping[str, Any]) -> str:
    """Put the templates that differ from those that are there. Returns the component of the analysis that they have: the one that
    this server can do. The first template needs all of it, and one that a server can't do is refused, so that nothing is made
    of it: which modules and plugins the server has doesn't matter."""

    def put(family: Family, analysis: str) -> None:
        # each one that is put takes the server a quarter of a second and more, and every process that starts comes by here
        name, template = settings.named(f"dateline-{family.name}"), index_template(family, settings, analysis)
        if not same_template(template, there.get(name, {})):
            client.indices.put_index_template(name=name, **template)

    first, *others = FAMILIES
    analysis = "analysis-full"
    try:
        put(first, analysis)
    except BadRequestError:
        analysis = "analysis-core"
        put(first, analysis)
    at_once([partial(put, family, analysis) for family in others])
    return analysis


def _make(client: Elasticsearch, alias: str) -> bool:
    """Make the alias, where it isn't there, with its first index, where there is none; whether the index is new."""
    if client.indices.exists_alias(name=alias):
        return False
    if client.indices.exists(index=alias):
        raise Fatal(str(alias_fault(alias, {alias: {}})))
    own = re.compile(rf"{re.escape(alias)}-\d+")
    there = [name for name in client.indices.get(index=f"{alias}-*", expand_wildcards="open,closed").body if own.fullmatch(name)]  # fmt: skip
    if len(there) > 1:
        raise Fatal(
            f"the alias {alias} is missing, and there are {', '.join(sorted(there))}: point it to the one that was live "
            '(POST /_aliases, with "is_write_index": true)'
        )
    if there:
        client.indices.put_alias(index=there[0], name=alias, is_write_index=True)
        return False
    try:
        client.indices.create(index=f"{alias}-1", aliases={alias: {"is_write_index": True}})
    except ApiError as e:
        if "resource_already_exists" not in str(e):  # another process is as quick
            raise
    return True


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """What they return, in their order; raises the first error once all have ended. The server makes one change of several
    requests that wait for it together, for two thirds of the CPU and half of the time. A process that is told to stop in the
    middle waits for none of them."""
    begun: list[Future[T]] = [Future() for _ in calls]

    def run(call: Callable[[], T], answer: Future[T]) -> None:
        try:
            answer.set_result(call())
        except BaseException as e:  # it is raised where the answer is asked for
            answer.set_exception(e)

    for call, answer in zip(calls, begun, strict=True):
        Thread(target=run, args=(call, answer), daemon=True).start()
    wait(begun)
    return [answer.result() for answer in begun]


@contextmanager
def _errors() -> Iterator[None]:
    """Errors of the client, and of answers that aren't Elasticsearch's, as ours."""
    try:
        yield
    except UnsupportedProductError as e:
        raise Retry(f"what answers at the address is not Elasticsearch, or a proxy's page in its place ({e})") from e
    except TransportError as e:
        raise Retry(f"Elasticsearch does not answer ({type(e).__name__})") from e
    except ApiError as e:
        if "media_type_header_exception" in str(e) or e.status_code == 406:
            raise Fatal(f"Elasticsearch is of another major version than the client, which is for 9: {e}") from e
        if e.status_code in (408, 429, 500, 502, 503, 504) or e.status_code < 400:
            raise Retry(f"Elasticsearch is busy ({e.status_code})") from e
        if e.status_code == 403 and "cluster_block" in str(e):
            raise Retry(f"Elasticsearch is read-only ({e})") from e
        raise Fatal(f"Elasticsearch refused an index template: {e}") from e
    except (AttributeError, KeyError, TypeError, ValueError) as e:
        raise Retry(f"what answers in Elasticsearch's place can't be understood ({type(e).__name__}: {e})") from e


def _properties(family: Family) -> Properties:
    found: Properties = component(f"mappings-{family.name}")["template"]["mappings"]["properties"]
    return found


def _settings(family: Family, analysis: str) -> dict[str, Any]:
    """The analysis of a family's indices, as settings: only what its texts use. Each analyzer takes time at every making of an
    index, and seventy are for articles alone."""
    return {"analysis": used(component(analysis)["template"]["settings"]["analysis"], _properties(family))}
