"""What each failure of Elasticsearch becomes."""

from __future__ import annotations

import pytest
from elastic_transport import ConnectionError

from pipeline.errors import DatelineError, Fatal, Retry
from pipeline.index.client import elasticsearch_errors
from pipeline.settings import Settings
from tests.support.index import api_error

SETTINGS = Settings(_env_file=None, elasticsearch_url="http://index:9200", namespace="desk")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (ConnectionError("refused"), Retry, "http://index:9200 does not answer (ConnectionError); is it up? `dateline status`"),
        (api_error(503), Retry, "is busy (503: some_exception: because)"),
        (api_error(500), Retry, "failed (500: some_exception: because)"),
        (api_error(401), Fatal, "does not accept the credentials"),
        (api_error(403), Fatal, "the credentials for Elasticsearch at http://index:9200 don't allow this"),
        (api_error(403, "cluster_block_exception"), Retry, "is busy (403"),
        (api_error(404, "index_not_found_exception"), Retry, "an index isn't there yet"),
        (api_error(400, "parsing_exception", "no such field"), Fatal, "refused the request (400: parsing_exception: no such field)"),
    ],
)  # fmt: skip
def test_each_failure_of_elasticsearch_has_one_error_and_one_text(
    error: Exception, kind: type[DatelineError], words: str
) -> None:
    with pytest.raises(kind) as raised, elasticsearch_errors(SETTINGS, note="nothing was written"):
        raise error
    assert words in str(raised.value)
    assert str(raised.value).endswith(". Nothing was written")
