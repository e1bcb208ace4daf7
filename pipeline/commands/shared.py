"""Shared by all commands: the settings with local engines resolved, consoles, JSON output, exit codes, errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import typer
from pydantic import SecretStr
from rich.console import Console

from pipeline.errors import DatelineError, Fatal, Reject, Retry
from pipeline.settings import Process, Settings
from pipeline.settings import settings as configured

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

P = ParamSpec("P")
R = TypeVar("R")


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    REFUSED = 1  # something was refused, or not found
    USAGE = 2  # wrong arguments (click's own code)
    FAILED = 3  # it can't work as it is: the message has what to change
    AWAY = 4  # an engine doesn't answer; try again later


def settings(process: Process | None = None) -> Settings:
    """The settings of this process, for a command that needs an engine: resolved, and as `process` where it is given.
    Commands that need none use `pipeline.settings.settings`."""
    current = configured()
    return resolved(current if process is None else current.model_copy(update={"process": process}))


def resolved(settings: Settings) -> Settings:
    """The settings with the addresses of the local engines where none are set, and, of secured ones, with the credentials
    of `settings.process`. Unchanged where no local engines are up: an error is raised once a client is made."""
    if settings.kafka_servers and settings.elasticsearch_url:
        return settings
    from pipeline.local.engines import LocalEngines

    running = LocalEngines(settings).running()
    if running is None:
        return settings
    update: dict[str, Any] = {}
    if not settings.kafka_servers:
        update["kafka_servers"] = running.kafka_servers
    if not settings.elasticsearch_url:
        update["elasticsearch_url"] = running.elasticsearch_url
    if running.secrets is not None:
        password = SecretStr(running.secrets.passwords[settings.process])
        if not settings.kafka_servers:
            update |= {
                "kafka_security": "SASL_SSL",
                "kafka_mechanism": "SCRAM-SHA-512",
                "kafka_username": settings.process,
                "kafka_password": password,
                "kafka_ca_certs": running.secrets.ca,
            }
        if not settings.elasticsearch_url:
            update |= {
                "elasticsearch_api_key": None,
                "elasticsearch_username": settings.process,
                "elasticsearch_password": password,
                "elasticsearch_ca_certs": running.secrets.ca,
            }
    return settings.model_copy(update=update)


def reports(command: Callable[P, R]) -> Callable[P, R]:
    """Turn our errors into one clear line and an exit code; a traceback means a bug."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Retry as e:
            print_error(e)
            raise typer.Exit(Exit.AWAY) from None
        except Reject as e:
            print_error(e)
            raise typer.Exit(Exit.REFUSED) from None
        except (Fatal, DatelineError) as e:
            print_error(e)
            raise typer.Exit(Exit.FAILED) from None
        except KeyboardInterrupt:
            err.print("stopped")
            raise typer.Exit(130) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(Exit.OK) from None

    return wrapped


def print_error(error: Exception) -> None:
    err.print("[bold red]dateline:[/] ", end="")
    err.print(str(error), markup=False, soft_wrap=True)


def print_json(value: Any, *, line: bool = False) -> None:
    """Print as JSON, indented, or on one line."""
    text = json.dumps(value, ensure_ascii=False, default=str, indent=None if line else 2)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
