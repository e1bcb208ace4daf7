"""One real Kafka and one real Elasticsearch for the whole run, on free ports; a namespace for each test."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
from elasticsearch import Elasticsearch, TransportError
from elasticsearch.helpers import scan
from kafka.errors import KafkaError, RetriableError

from pipeline.commands.shared import Exit
from pipeline.errors import Retry
from pipeline.index.client import elasticsearch_client
from pipeline.kafka.clients import admin_client
from pipeline.local.engines import LocalEngines, Running
from pipeline.local.java import QUICK_START
from pipeline.operations.status import lag, lags
from pipeline.process.exit import EXIT_CODE
from pipeline.settings import Settings, load_settings
from tests.support import answers, forking, lanes
from tests.support.engines import kill_engines
from tests.support.waiting import PATIENCE

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "samples"
PARTITIONS = 4


hypothesis.settings.register_profile("busy", deadline=None)
hypothesis.settings.load_profile("busy")
os.environ.setdefault("DATELINE_LOCAL_JAVA_OPTIONS", QUICK_START)
"""Of all engines that tests start: most live for less time than Java's second compiler needs to be of use."""


def pytest_configure(config: pytest.Config) -> None:
    """The worker for tests without engines leaves the machine to the others."""
    worker: dict[str, Any] = getattr(config, "workerinput", {})
    if worker and lanes.computes(worker["workerid"], worker["workercount"]):
        os.nice(lanes.NICENESS)


def pytest_collection(session: pytest.Session) -> None:
    """Of several workers each begins with a share of the files."""
    worker: dict[str, Any] = getattr(session.config, "workerinput", {})
    if not worker:
        return
    named = [ROOT / argument.partition("::")[0] for argument in session.config.args]
    files = [str(found.relative_to(ROOT)) for path in named for found in path.rglob("test_*.py")]
    for file in lanes.share(files, worker["workerid"], worker["workercount"]):
        with contextlib.suppress(Exception, pytest.skip.Exception):  # whatever is wrong with it, collecting says so
            import_module(file.removesuffix(".py").replace("/", "."))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> lanes.Lanes | None:
    """Of files, as `make test` deals them out."""
    return lanes.Lanes(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def engines(testrun_uid: str) -> Iterator[Running]:
    """The engines of this run, in a folder of their own that any user can enter. Of several pytest workers the first that
    needs them starts them, and stops them once no other uses them."""
    folder = Path("/var/tmp") / f"dateline-tests-{testrun_uid}"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    local = LocalEngines(load_settings(local_dir=folder / "local", elasticsearch_heap="768m"))
    with (folder / "users.lock").open("w") as users, (folder / "start.lock").open("w") as start:
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(start, fcntl.LOCK_EX)
        started = local.running() is None
        try:
            local.downloads.fetch(lambda *_: None)
            running = local.up(lambda *_: None, attached=True)
            fcntl.flock(start, fcntl.LOCK_UN)
            yield running
        finally:
            fcntl.flock(start, fcntl.LOCK_UN)
            fcntl.flock(users, fcntl.LOCK_EX if started else fcntl.LOCK_UN)
            if started:
                kill_engines(local)
                shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Pipeline:
    """Real processes of one test, in a namespace of its own."""

    settings: Settings
    engines: Running
    folder: Path
    children: dict[str, forking.Forked] = field(default_factory=dict)
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    """Variables of each process, for when it is started again."""
    started_again: set[int] = field(default_factory=lambda: {EXIT_CODE, Exit.AWAY})
    """Exit codes of which a process is started again, as `dateline run` does; 4: it began while an engine was away."""

    @property
    def environment(self) -> dict[str, str]:
        variables = {
            "DATELINE_KAFKA_SERVERS": self.settings.kafka_servers or self.engines.kafka_servers,
            "DATELINE_ELASTICSEARCH_URL": self.settings.elasticsearch_url or self.engines.elasticsearch_url,
            "DATELINE_NAMESPACE": self.settings.namespace,
            "DATELINE_PARTITIONS": str(self.settings.partitions),
            "DATELINE_LARGEST_RECORD": str(self.settings.largest_record),
            "DATELINE_LOCAL_DIR": str(self.folder),
            "DATELINE_BATCH_SIZE": str(self.settings.batch_size),
            "DATELINE_STATE_STORE": self.settings.state_store,
            "DATELINE_STAGES": self.settings.stages,
            "DATELINE_LATENCY_OBJECTIVE": str(PATIENCE),  # the machine may be busy
        }
        return os.environ | variables

    def start(self, *names: str, **variables: str) -> None:
        """Start `dateline NAME` for each (`NAME#2` for a second one), with the variables of the last time where none are
        said; their output goes to the test's folder."""
        for name in names:
            self.told[name] = variables or self.told.get(name, {})
            with (self.folder / f"{name}.log").open("ab") as log:
                self.children[name] = forking.start([name.split("#")[0]], self.environment | self.told[name], log)

    def kill(self, name: str) -> None:
        """SIGKILL: no goodbye."""
        child = self.children.pop(name)
        child.kill()
        child.wait()

    def end(self) -> None:
        """End every process at once: they keep nothing that counts, and how they leave in order is tested by itself."""
        for name in list(self.children):
            self.kill(name)

    def stop(self) -> None:
        """As a supervisor stops them."""
        for child in self.children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.children.clear()

    def command(self, *arguments: str, input: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """Run `dateline ARGUMENTS` as a user would."""
        ran = forking.run(arguments, self.environment, input)
        answers.hold(arguments, ran.stdout.decode(errors="replace"))
        return ran

    def client(self) -> Elasticsearch:
        return elasticsearch_client(self.settings, timeout=PATIENCE)

    def until(self, condition: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """The first true value of `condition`; fails with the ends of the processes' logs. Where what it asks doesn't answer
        now, that is a no."""
        deadline = time.monotonic() + patience
        last: Any = None
        while time.monotonic() < deadline:
            for name, child in list(self.children.items()):
                if child.poll() in self.started_again:
                    print(f"{name} left and is started again, as `dateline run` would:\n{self.log(name)[-500:]}")
                    self.start(name)
                elif child.poll() is not None:
                    pytest.fail(f"{name} ended with {child.returncode}:\n{self.log(name)[-4000:]}")
            asked = time.monotonic()
            try:
                last = condition()
            except (Retry, RetriableError, TransportError, httpx.HTTPError) as e:
                last = e
            else:
                if last:
                    return last
            # questions take half of the time at most: the processes that are asked about need it
            time.sleep(max(0.25, time.monotonic() - asked))
        print(lags(self.settings))
        logs = "\n".join(f"--- {name}\n{self.log(name)[-4000:]}" for name in self.children)
        return pytest.fail(f"not within {patience:.0f} s; last seen: {last!r}\n{logs}")

    def until_quiet(self, patience: float = PATIENCE) -> None:
        """Until every stage has finished everything, and what it wrote can be searched."""
        self.until(lambda: lag(self.settings) == 0, patience)
        with self.client() as client:
            client.indices.refresh(index=f"{self.settings.namespace}-*")

    def count(self, alias: str) -> int:
        """How many documents an alias has; 0 while it isn't there yet."""
        with self.client() as client:
            patient = client.options(ignore_status=[404, 503])
            patient.indices.refresh(index=self.settings.named(alias))
            return int(patient.count(index=self.settings.named(alias)).get("count", 0))

    def documents(self, alias: str) -> dict[str, dict[str, Any]]:
        """Every document of an alias, without what differs from run to run."""
        with self.client() as client:
            client.indices.refresh(index=self.settings.named(alias))
            return {
                hit["_id"]: {name: value for name, value in hit["_source"].items() if name != "processed"}
                for hit in scan(client, index=self.settings.named(alias), size=2000)
            }

    def log(self, name: str) -> str:
        """All that the process has written: a line that is waited for may be followed by many."""
        return (self.folder / f"{name}.log").read_text(errors="replace")


@contextlib.contextmanager
def _pipelines(engines: Running, whose: str) -> Iterator[Callable[..., Pipeline]]:
    """Makes pipelines that are stopped and cleaned up at the end; `whose` is in their names."""
    made: list[Pipeline] = []

    def make(**options: Any) -> Pipeline:
        name = re.sub(r"[^a-z0-9]+", "-", whose.lower()).strip("-")[:30]
        folder = Path(tempfile.mkdtemp(prefix="dateline-test-", dir="/var/tmp"))
        settings = load_settings(
            **{
                "kafka_servers": engines.kafka_servers,
                "elasticsearch_url": engines.elasticsearch_url,
                "namespace": f"{name}-{uuid.uuid4().hex[:6]}".lstrip("-"),
                "partitions": PARTITIONS,
                **options,
            }
        )
        pipeline = Pipeline(settings, engines, folder)
        made.append(pipeline)
        return pipeline

    yield make
    for pipeline in made:
        pipeline.end()
        _clear(pipeline, engines)
        shutil.rmtree(pipeline.folder, ignore_errors=True)


@pytest.fixture
def make_pipeline(engines: Running, request: pytest.FixtureRequest) -> Iterator[Callable[..., Pipeline]]:
    """Makes pipelines that are stopped and cleaned up after the test."""
    with _pipelines(engines, request.node.name) as make:
        yield make


@pytest.fixture(scope="module")
def templates_pipeline(engines: Running, request: pytest.FixtureRequest) -> Iterator[Pipeline]:
    """One for all tests of a file, for the sake of its templates: Elasticsearch needs longer for them than for the indices."""
    with _pipelines(engines, Path(request.node.name).stem) as make:
        yield make()


@pytest.fixture
def index_pipeline(templates_pipeline: Pipeline) -> Iterator[Pipeline]:
    """For tests that fill indices by hand: without indices at first, and perhaps with templates."""
    yield templates_pipeline
    with templates_pipeline.client() as client:
        own = f"{templates_pipeline.settings.namespace}-"
        names = [name for name in client.indices.get(index=f"{own}*") if name.startswith(own)]
        client.indices.delete(index=names) if names else None


def _clear(pipeline: Pipeline, engines: Running) -> None:
    """Take a pipeline's indices, templates and topics away: every start of a process asks for all that there are."""
    own = f"{pipeline.settings.namespace}-"
    with pipeline.client() as client:
        found = client.options(ignore_status=404).indices.get(index=f"{own}*")
        if names := [name for name in found if name.startswith(own)]:
            client.indices.delete(index=names)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{own}dateline-*")
    kept = pipeline.settings.model_copy(update={"kafka_servers": engines.kafka_servers})
    # where a test left Kafka away, the next one says so better
    with contextlib.suppress(KafkaError, Retry), contextlib.closing(admin_client(kept)) as admin:
        if topics := [name for name in admin.list_topics() if name.startswith(own)]:
            admin.delete_topics(topics)


@pytest.fixture
def pipeline(make_pipeline: Callable[..., Pipeline]) -> Pipeline:
    """A namespace of its own; nothing runs in it until the test starts it."""
    return make_pipeline()


def load_json(path: Path) -> Any:
    return json.loads(path.read_text())
