"""What operators were told, where the next run finds it, also after a restart: in an artifact, which they can read too."""

from __future__ import annotations

import json
from collections.abc import Sequence

from prefect import get_client
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.sorting import ArtifactSort
from pydantic import ValidationError

from pipeline.operations.notify.changes import Told


def key(namespace: str) -> str:
    return f"watch-notified-{namespace}" if namespace else "watch-notified"


def load(namespace: str) -> tuple[Told, ...]:
    """Nothing where it isn't there, or is of another version: then what is wrong is told again."""
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key(namespace)])), sort=ArtifactSort.CREATED_DESC, limit=1
        )  # fmt: skip
    try:
        rows = json.loads(str(found[0].data)) if found else []
        return tuple(Told.model_validate_json(row["state"]) for row in rows)
    except (ValueError, KeyError, TypeError, ValidationError):
        return ()


def store(namespace: str, told: Sequence[Told]) -> None:
    rows = [
        {
            "finding": one.finding.key,
            "began, told on": ", ".join(one.began_on),
            "over, told on": ", ".join(one.ended_on),
            "state": one.model_dump_json(),
        }
        for one in told
    ]
    create_table_artifact(
        key=key(namespace), table=rows, description="What is wrong, and who was told. The next run of watch reads it."
    )
