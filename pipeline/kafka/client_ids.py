"""What our Kafka consumers call themselves: by it an operator finds the process that has a partition. Pure but for the names of
this process."""

from __future__ import annotations

import os
import re
import socket

from pipeline.settings import Settings

PREFIX = "dateline"
_ID = re.compile(rf"{PREFIX}-(?P<process>[a-z-]+)_(?P<host>.+)_(?P<pid>\d+)")


def client_id(settings: Settings) -> str:
    """Of this process: `dateline-worker_host_4711`."""
    return f"{PREFIX}-{settings.process}_{socket.gethostname()}_{os.getpid()}"


def in_words(client: str, address: str) -> str:
    """Who a member of a group is: its process, host and pid where its id says so, and the address that the broker sees."""
    found = _ID.fullmatch(client)
    who = f"{found['process']} on {found['host']}, pid {found['pid']}" if found else client
    return f"{who} ({address})" if address else who
