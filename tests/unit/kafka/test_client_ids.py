"""A member of a group says which process it is."""

from __future__ import annotations

import os
import socket

import pytest

from pipeline.kafka.client_ids import client_id, in_words
from pipeline.kafka.groups import _members
from pipeline.settings import load_settings


def test_process_host_and_pid_are_read_back() -> None:
    own = client_id(load_settings(_env_file=None, process="ingest-api"))
    assert in_words(own, "10.0.0.7") == f"ingest-api on {socket.gethostname()}, pid {os.getpid()} (10.0.0.7)"
    assert _members({"members": [{"client_id": own}]}).ours == 1


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ("dateline-worker_rack_2.example_17", "worker on rack_2.example, pid 17"),
        ("faust-0.15.3", "faust-0.15.3"),
        ("stranger_x_y", "stranger_x_y"),
    ],
)
def test_others_are_shown_as_they_call_themselves(client: str, words: str) -> None:
    assert in_words(client, "") == words
