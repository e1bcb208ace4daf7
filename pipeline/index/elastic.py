"""Elasticsearch's own client, as every module imports it. It imports each HTTP library that is installed, to use one of them;
those that it isn't to use here take longer than the client itself, which a command that only asks would wait for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """These modules count as not installed meanwhile, where nobody has imported them yet."""
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # what Python's own import system takes for "there is none"
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


with _without("aiohttp", "httpx", "requests"):
    from elastic_transport import (
        ApiResponseMeta,
        BaseNode,
        ConnectionError,
        ConnectionTimeout,
        HttpHeaders,
        NodeConfig,
        SerializationError,
        TlsError,
        TransportError,
    )
    from elastic_transport._node import NodeApiResponse  # exported by nothing
    from elastic_transport.client_utils import DEFAULT, DefaultType
    from elasticsearch import (
        ApiError,
        BadRequestError,
        Elasticsearch,
        OrjsonSerializer,
        UnsupportedProductError,
    )
    from elasticsearch.exceptions import HTTP_EXCEPTIONS
    from elasticsearch.serializer import Serializer

__all__ = [
    "DEFAULT",
    "HTTP_EXCEPTIONS",
    "ApiError",
    "ApiResponseMeta",
    "BadRequestError",
    "BaseNode",
    "ConnectionError",
    "ConnectionTimeout",
    "DefaultType",
    "Elasticsearch",
    "HttpHeaders",
    "NodeApiResponse",
    "NodeConfig",
    "OrjsonSerializer",
    "SerializationError",
    "Serializer",
    "TlsError",
    "TransportError",
    "UnsupportedProductError",
]
