"""A worker without stories and trends: `python -m benchmarks.bench.bare_worker`. It makes no signatures and no mentions.

For comparison only. With every enricher off it is the pass alone: normalize, identity, revisions, visibility.
"""

from __future__ import annotations

from typing import Any

from pipeline.settings import load_settings
from pipeline.stages.clustering import sign
from pipeline.stages.revise import articles
from pipeline.streams.worker import run_worker


def _nothing(*_: Any, **__: Any) -> Any:
    return []


if __name__ == "__main__":
    vars(sign)["bands"] = _nothing
    vars(articles)["mentions"] = _nothing
    run_worker(load_settings(process="worker"))
