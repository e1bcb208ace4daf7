"""What to do about each answer of Elasticsearch."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.index.retry import Verdict, judge
from pipeline.sinks.delays import delay


@pytest.mark.parametrize(
    ("operation", "item", "verdict"),
    [
        ("index", {"status": 201}, Verdict.DONE),
        ("index", {"status": 409, "error": {"type": "version_conflict_engine_exception"}}, Verdict.STALE),
        ("delete", {"status": 404}, Verdict.DONE),
        ("delete", {"status": 404, "error": {"type": "index_not_found_exception"}}, Verdict.MISSING),
        ("index", {"status": 404, "error": {"type": "index_not_found_exception"}}, Verdict.MISSING),
        ("index", {"status": 429, "error": {"type": "es_rejected_execution_exception"}}, Verdict.LATER),
        ("index", {"status": 403, "error": {"type": "cluster_block_exception"}}, Verdict.LATER),
        ("index", {"status": 200, "result": "noop"}, Verdict.REFUSED),  # dropped by an ingest pipeline
        ("index", {"status": 503}, Verdict.LATER),
        ("index", {"status": 400, "error": {"type": "document_parsing_exception"}}, Verdict.REFUSED),
        ("index", {"status": 400, "error": {"type": "strict_dynamic_mapping_exception"}}, Verdict.REFUSED),
    ],
)
def test_each_answer_has_its_verdict(operation: str, item: dict[str, Any], verdict: Verdict) -> None:
    assert judge(operation, item) is verdict


def test_delays_grow_up_to_a_limit() -> None:
    assert delay(1) < 0.5 < delay(4) < delay(7) < 38
    assert delay(1000) < 38
