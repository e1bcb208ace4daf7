"""A Kafka of a test's own, which it may stop or freeze: the run's own is also that of the tests beside it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.local import kafka
from pipeline.local.downloads import Downloads
from pipeline.local.java import QUICK_START, find_java
from pipeline.process.children import stop
from pipeline.process.folders import download_folder
from pipeline.process.ports import free_port
from tests.conftest import Pipeline
from tests.support.waiting import until


class OwnKafka:
    """One broker, which answers once it is made."""

    def __init__(self, pipeline: Pipeline, folder: Path) -> None:
        self._folder, self._downloads = folder, Downloads(download_folder(pipeline.settings))
        self.port, self._controller = free_port(), free_port()
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        java, classpath = find_java(self._downloads.folder), self._downloads.kafka_classpath()
        started = kafka.start(
            self._folder, port=self.port, controller=self._controller, java=java, classpath=classpath, options=QUICK_START
        )  # fmt: skip
        until(lambda: started.poll() is not None or kafka.ready(self.port))
        assert started.poll() is None, "the broker ended"
        return started

    def stop(self) -> None:
        stop(self._process, 20)

    def start_again(self) -> None:
        self._process = self._started()

    def freeze(self) -> None:
        """It answers nothing any more, and its connections stay."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def own_kafka(pipeline: Pipeline, folder: Path) -> Iterator[OwnKafka]:
    """One that the pipeline uses from here on."""
    broker = OwnKafka(pipeline, folder)
    try:
        pipeline.settings = pipeline.settings.model_copy(update={"kafka_servers": f"127.0.0.1:{broker.port}"})
        yield broker
    finally:
        pipeline.end()
        broker.end()
