"""The set-up, as far as it can be told from the settings, the environment and the machine. The engines' part is in
doctor_engines.py. Each function looks at one thing, and returns what it saw, also where all is well."""

from __future__ import annotations

import difflib
import os
import re
import resource
import shutil
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata, util
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from pipeline.operations.watch.findings import fullness
from pipeline.process.listening import open_door
from pipeline.settings import Settings
from schemas.checkup import Check, CheckState, Checkup
from schemas.report import Disk, Severity

_LIBRARIES = (
    "kafka-python",
    "faust-streaming",
    "pydantic",
    "elasticsearch",
    "prefect",
    "aiokafka",
    "sqlalchemy",
    "fastapi",
)
"""Those whose versions matter most."""
_PROJECT = Path(__file__).parents[2] / "pyproject.toml"
_FILES = 4096
_MAPS = 262_144
_GB = 1024**3
_NO_SETTING = re.compile(
    r"DATELINE_(COMPLETE|PUBLISH_ON|HOST|BACKFILL|WORKER_MEMORY|CREDENTIALS)$"  # all but the first are Compose's own, in its .env
)


def ok(area: str, what: str) -> Check:
    return Check(area=area, state=CheckState.OK, what=what)


def wrong(area: str, what: str, advice: str) -> Check:
    return Check(area=area, state=CheckState.WRONG, what=what, advice=advice)


def advice(area: str, what: str, advice: str) -> Check:
    return Check(area=area, state=CheckState.ADVICE, what=what, advice=advice)


def unknown(area: str, what: str, advice: str = "") -> Check:
    return Check(area=area, state=CheckState.UNKNOWN, what=what, advice=advice)


def checkup(checks: Iterable[Check]) -> Checkup:
    found = tuple(checks)
    unseen = sum(one.state is CheckState.UNKNOWN for one in found)
    return Checkup(ok=not any(one.state is CheckState.WRONG for one in found), unseen=unseen, checks=found)


def of_settings(settings: Settings) -> Iterator[Check]:
    """Settings that contradict each other. Pure."""
    found = list(_contradictions(settings))
    yield from found or [ok("settings", "no two contradict each other")]


def _contradictions(s: Settings) -> Iterator[Check]:
    area = "settings"
    sasl, tls = s.kafka_security.startswith("SASL"), s.kafka_security.endswith("SSL")
    if sasl and not (s.kafka_username and s.kafka_password):
        yield wrong(
            area,
            f"DATELINE_KAFKA_SECURITY is {s.kafka_security}, and the user or the password is missing",
            "set DATELINE_KAFKA_USERNAME and DATELINE_KAFKA_PASSWORD",
        )
    if not sasl and (s.kafka_username or s.kafka_password):
        yield wrong(
            area,
            f"Kafka's user or password is set, and DATELINE_KAFKA_SECURITY is {s.kafka_security}: it isn't used",
            "set DATELINE_KAFKA_SECURITY to SASL_SSL",
        )
    if not tls and (s.kafka_ca_certs or s.kafka_certificate):
        yield wrong(
            area,
            f"a certificate for Kafka is set, and DATELINE_KAFKA_SECURITY is {s.kafka_security}: it isn't used",
            "set DATELINE_KAFKA_SECURITY to SSL or SASL_SSL",
        )
    if s.kafka_security == "SASL_PLAINTEXT":
        yield advice(
            area, "DATELINE_KAFKA_SECURITY is SASL_PLAINTEXT: what is sent can be read on the way", "set it to SASL_SSL"
        )
    for name in ("kafka_ca_certs", "kafka_certificate", "kafka_certificate_key", "elasticsearch_ca_certs"):
        path = getattr(s, name)
        if path is not None and not os.access(path, os.R_OK):
            yield wrong(
                area, f"DATELINE_{name.upper()} is {path}, which can't be read", "correct the path, or its rights"
            )
    if s.elasticsearch_api_key and s.elasticsearch_username:
        yield advice(
            area,
            "an API key and a user of Elasticsearch are set: the user isn't used",
            "remove DATELINE_ELASTICSEARCH_USERNAME",
        )
    if bool(s.elasticsearch_username) is not bool(s.elasticsearch_password) and not s.elasticsearch_api_key:
        yield wrong(
            area,
            "of Elasticsearch's user and password one is missing: none is used",
            "set DATELINE_ELASTICSEARCH_USERNAME and DATELINE_ELASTICSEARCH_PASSWORD",
        )
    secret = s.elasticsearch_api_key or s.elasticsearch_password
    if secret and s.elasticsearch_url and s.elasticsearch_url.startswith("http://"):
        yield advice(area, "credentials go to Elasticsearch over plain http", "use https in DATELINE_ELASTICSEARCH_URL")
    if bool(s.kafka_servers) is not bool(s.elasticsearch_url):
        yield advice(
            area,
            "only one of Kafka and Elasticsearch is set: the other one is that of `dateline local up`",
            "set DATELINE_KAFKA_SERVERS and DATELINE_ELASTICSEARCH_URL",
        )
    if s.workers != "auto" and s.workers > s.partitions:
        yield wrong(
            area,
            f"DATELINE_WORKERS is {s.workers}, and there are {s.partitions} partitions",
            f"set DATELINE_WORKERS to {s.partitions} at most",
        )
    ports = [
        ("WORKER", s.worker_port),
        ("INDEXER", s.indexer_port),
        ("INGEST", s.ingest_port),
        ("SEARCH", s.search_port),
        *([("STATUS", s.status_port)] if "status_port" in s.model_fields_set else []),
    ]
    for number, (name, port) in enumerate(ports):
        for other, same in ports[:number]:
            if port and port == same:
                yield wrong(
                    area,
                    f"DATELINE_{other}_PORT and DATELINE_{name}_PORT are both {port}",
                    "give each its own port, or 0",
                )
    if s.spacy_model and util.find_spec("spacy") is None:
        yield wrong(
            area, f"DATELINE_SPACY_MODEL is {s.spacy_model}, and spaCy isn't installed", "pip install 'dateline[model]'"
        )
    if s.replication == 2:
        yield advice(
            area,
            "DATELINE_REPLICATION is 2: an acknowledged record may be on one machine only",
            "set it to 3, on three brokers",
        )
    if s.bind not in ("127.0.0.1", "::1", "localhost") and not s.kafka_servers and not s.elasticsearch_url:
        yield advice(
            area,
            f"DATELINE_BIND is {s.bind}, and the engines are local: others reach the APIs of this machine",
            "set DATELINE_BIND to 127.0.0.1, or leave it where that is wanted",
        )
    if (found := open_door(s)) is not None:
        yield wrong(area, found.what, found.advice)
    if s.max_connections_per_address > s.max_connections:
        yield advice(area, "DATELINE_MAX_CONNECTIONS_PER_ADDRESS is above DATELINE_MAX_CONNECTIONS", "lower it")  # fmt: skip


def of_file(path: Path) -> Iterator[Check]:
    """A file of settings that is there, and can't be read: what it sets is not in force. Nothing where all is well."""
    try:
        path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as e:
        yield unknown("settings", f"{path} can't be looked at ({e.strerror})", "correct its rights")


def of_variables(environment: Mapping[str, str], file: str | None) -> Iterator[Check]:
    """Variables that begin like a setting and are none. `file` is the text of `.env`. Pure."""
    known = {f"DATELINE_{name.upper()}" for name in Settings.model_fields}
    names = {name: "the environment" for name in environment if name.startswith("DATELINE_")}
    for line in (file or "").splitlines():
        match = re.match(r"\s*(?:export\s+)?(DATELINE_\w+)\s*=", line)
        if match:
            names.setdefault(match[1], ".env")
    for name, where in sorted(names.items()):
        if name.upper() not in known and not _NO_SETTING.match(name):
            close = difflib.get_close_matches(name.upper(), sorted(known), 1)
            yield wrong(
                "settings", f"{name} (in {where}) is no setting", f"did you mean {close[0]}?" if close else "remove it"
            )


def of_versions() -> Iterator[Check]:
    """Python, and the libraries against what the package asks for."""
    version = ".".join(map(str, sys.version_info[:3]))
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    text = f"Python {version}"
    yield ok("versions", text) if supported else wrong("versions", text, "use Python 3.11, 3.12 or 3.13")
    found, bad = [], []
    asked = _requirements()
    if not asked:
        yield unknown("versions", "which versions the package asks for can't be told: it isn't installed")
    for name in _LIBRARIES:
        try:
            have = metadata.version(name)
        except metadata.PackageNotFoundError:
            bad.append(f"{name} is missing")
            continue
        found.append(f"{name} {have}")
        wanted = asked.get(name)
        if wanted is not None and not wanted.specifier.contains(have, prereleases=True):
            bad.append(f"{name} is {have}, it has to be {wanted.specifier}")
    for fault in bad:
        yield wrong("versions", fault, "pip install -r requirements.lock")
    if not bad:
        yield ok("versions", ", ".join(found))


def _requirements() -> dict[str, Requirement]:
    found = {}
    for text in _listed():
        try:
            one = Requirement(text)
        except InvalidRequirement:
            continue
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            found[one.name] = one
    return found


def _listed() -> list[str]:
    """Of the installed package, or of the checkout that this file is in."""
    try:
        return metadata.requires("dateline") or []
    except metadata.PackageNotFoundError:
        pass
    try:
        declared = tomllib.loads(_PROJECT.read_text())
        return [str(one) for one in declared["project"]["dependencies"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def of_disk(folder: Path, what: str) -> Check:
    """Where something is kept, or will be."""
    place = next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
    usage = shutil.disk_usage(place)
    text = f"{usage.free / _GB:.1f} GB of {usage.total / _GB:.0f} are free in {folder} ({what})"
    if not os.access(place, os.W_OK):
        return wrong(
            "disk",
            f"{folder} can't be written ({what})",
            "set DATELINE_LOCAL_DIR or DATELINE_DOWNLOAD_DIR to another folder",
        )
    severity = fullness(Disk(place=what, free=usage.free, total=usage.total))
    if severity is Severity.CRITICAL:
        return wrong("disk", text, "free some space: Elasticsearch takes no writes on a full disk")
    return advice("disk", text, "free some space soon") if severity else ok("disk", text)


def of_limits(*, local: bool) -> Iterator[Check]:
    """Open files; with `local` engines memory maps too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    text = f"{soft if soft != resource.RLIM_INFINITY else 'any number of'} open files"
    enough = soft == resource.RLIM_INFINITY or soft >= _FILES
    yield ok("limits", text) if enough else wrong("limits", text, f"ulimit -n {min(max(hard, soft), 65535)}")
    if local:
        try:
            maps = int(Path("/proc/sys/vm/max_map_count").read_text())
        except FileNotFoundError:
            return  # another kind of system, which has no such limit
        except (OSError, ValueError):
            yield unknown("limits", "vm.max_map_count can't be read")
            return
        if maps < _MAPS:
            yield advice(
                "limits",
                f"vm.max_map_count is {maps}",
                f"sysctl -w vm.max_map_count={_MAPS} (Elasticsearch asks for it)",
            )


def of_memory(heap: str, meminfo: str) -> Check:
    """Whether local engines fit, by the text of /proc/meminfo. Pure."""
    match = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo, re.MULTILINE)
    size = int(heap[:-1]) * (1024**3 if heap.endswith("g") else 1024**2)
    if match is None:
        return unknown("limits", "how much memory is free can't be told here")
    free = int(match[1]) * 1024
    text = f"{free / _GB:.1f} GB of memory are available; Elasticsearch's heap has {size / _GB:.1f}"
    if free < size * 1.5:
        return advice(
            "limits", text, "lower DATELINE_ELASTICSEARCH_HEAP, or end other programs, before the engines are started"
        )
    return ok("limits", text)
