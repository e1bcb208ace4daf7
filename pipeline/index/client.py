"""The Elasticsearch client: one way to open it, and one error with one text for each kind of failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pipeline.errors import DatelineError, Fatal, Reject, Retry
from pipeline.index.elastic import ApiError, BaseNode, Elasticsearch, Serializer, TransportError
from pipeline.settings import Settings

_BUSY = frozenset({408, 429, 502, 503, 504})
_SHOWS = "`dateline status` shows the engines"


def elasticsearch_url(settings: Settings) -> str:
    """Address of Elasticsearch. Raises Fatal where there is none."""
    if not settings.elasticsearch_url:
        raise Fatal(
            "no Elasticsearch configured: set DATELINE_ELASTICSEARCH_URL, or start local engines with `dateline local up`"
        )
    return settings.elasticsearch_url


def elasticsearch_client(
    settings: Settings, *, timeout: float = 30.0, connections: int = 4, serializer: Serializer | None = None,
    node: type[BaseNode] | None = None, kind: type[Elasticsearch] = Elasticsearch,
) -> Elasticsearch:  # fmt: skip
    """A client that doesn't retry: its callers know what may be retried. `timeout` is in seconds. Raises Fatal where
    the settings have no address, or one that can't be read."""
    options: dict[str, Any] = {
        "request_timeout": timeout,
        "max_retries": 0,
        "retry_on_timeout": False,
        "connections_per_node": connections,
        "serializer": serializer,
        **({"node_class": node} if node else {}),
    }
    if settings.elasticsearch_api_key:
        options["api_key"] = settings.elasticsearch_api_key.get_secret_value()
    elif settings.elasticsearch_username and settings.elasticsearch_password:
        options["basic_auth"] = (settings.elasticsearch_username, settings.elasticsearch_password.get_secret_value())
    if settings.elasticsearch_ca_certs:
        options["ca_certs"] = str(settings.elasticsearch_ca_certs)
    try:
        return kind(elasticsearch_url(settings), **options)
    except ValueError as e:
        raise Fatal(f"DATELINE_ELASTICSEARCH_URL is {settings.elasticsearch_url!r}: {e}") from e


@contextmanager
def open_client(
    settings: Settings,
    *,
    timeout: float = 30.0,
    note: str = "",
    missing: type[Retry] | type[Fatal] = Retry,
    bad_request: type[Fatal] | type[Reject] = Fatal,
) -> Iterator[Elasticsearch]:
    """A client, closed at the end. Errors meanwhile are raised as by `elasticsearch_errors`."""
    client = elasticsearch_client(settings, timeout=timeout)
    try:
        with elasticsearch_errors(settings, note=note, missing=missing, bad_request=bad_request):
            yield client
    finally:
        client.close()


@contextmanager
def elasticsearch_errors(
    settings: Settings,
    *,
    note: str = "",
    missing: type[Retry] | type[Fatal] = Retry,
    bad_request: type[Fatal] | type[Reject] = Fatal,
) -> Iterator[None]:
    """Raises what the client raises as one of ours, with the server's address in it.

    Retry where it doesn't answer, is busy or fails; Fatal where it doesn't accept the credentials or they don't allow
    this; `missing` where an index isn't there yet; `bad_request` where the request itself is wrong (a Reject's reason
    is `bad-query`). `note` follows the text: what was done before, and what to do now.
    """
    try:
        yield
    except TransportError as e:
        where = elasticsearch_url(settings)
        text = f"Elasticsearch at {where} does not answer ({type(e).__name__}); is it up? {_SHOWS}"
        raise Retry(_with(text, note)) from e
    except ApiError as e:
        raise _from_answer(e, elasticsearch_url(settings), note, missing, bad_request) from e


def _from_answer(
    error: ApiError, where: str, note: str, missing: type[Retry] | type[Fatal], bad_request: type[Fatal] | type[Reject]
) -> DatelineError:
    status, message = error.status_code, _explain(error)
    if status == 401:
        return Fatal(_with(f"Elasticsearch at {where} does not accept the credentials (401: {message})", note))
    if status == 403 and "cluster_block" not in message:
        return Fatal(_with(f"the credentials for Elasticsearch at {where} don't allow this (403: {message})", note))
    if status == 404:
        text = f"an index isn't there yet at {where} ({message}): `dateline indexer` makes it; {_SHOWS}"
        return missing(_with(text, note))
    if status == 400:
        if issubclass(bad_request, Reject):
            return bad_request("bad-query", message)
        return bad_request(_with(f"Elasticsearch at {where} refused the request (400: {message})", note))
    what = "is busy" if status in _BUSY or status == 403 else "failed"  # 403 here: a read-only index
    return Retry(_with(f"Elasticsearch at {where} {what} ({status}: {message}); try again later. {_SHOWS}", note))


def _explain(error: ApiError) -> str:
    """The kind of the error and the server's own words for it."""
    body = error.body if isinstance(error.body, Mapping) else {}
    cause = body.get("error")
    if not isinstance(cause, Mapping):
        return str(error.message)
    roots = cause.get("root_cause") or [cause]
    reason = roots[0].get("reason") or cause.get("reason")
    return f"{error.message}: {reason}" if reason else str(error.message)


def _with(text: str, note: str) -> str:
    return f"{text}. {note[0].upper()}{note[1:]}" if note else text
