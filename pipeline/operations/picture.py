"""The flow as a picture and as data, drawn from the topology. README.md shows the picture, and a test compares the two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topics import Topic
from pipeline.topology import stages, topics

BEGIN, END = "<!-- the flow: dateline topology -->", "<!-- end of the flow -->"


def mermaid(settings: Settings) -> str:
    """A flowchart: stages as boxes, with the functions chained in front, and topics on the arrows between them."""
    flow = stages(settings)
    lines = ["flowchart LR"]
    lines += [f'    {stage.name}["{" → ".join(_steps(stage))}"]' for stage in flow]
    lines += [f"    {arrow}" for arrow in _arrows(flow)]
    lines.append('    refused(["what any stage refuses"]) -. "dead-letters" .-> index')
    lines.append('    operators(["operators"]) -. "audit" .-> index')
    return "\n".join(lines)


def as_data(settings: Settings) -> dict[str, Any]:
    """`{stages: [{name, steps, inputs, outputs, tables}], topics: [{name, key, cleanup, retention_hours?, holds_text}]}`."""
    return {
        "stages": [
            {
                "name": stage.name,
                "steps": _steps(stage),
                "inputs": [topic.name for topic in stage.reads],
                "outputs": [topic.name for topic in stage.writes],
                "tables": list(stage.tables),
            }
            for stage in stages(settings)
        ],
        "topics": [_topic(topic) for topic in topics(settings)],
    }


def _topic(topic: Topic) -> dict[str, Any]:
    kept = {} if topic.cleanup == "compact" else {"retention_hours": topic.retention_ms // 3_600_000}
    return {
        "name": topic.name,
        "key": topic.keyed_by,
        "cleanup": topic.cleanup.value,
        **kept,
        "holds_text": topic.holds_text,
    }


def _steps(stage: Stage) -> list[str]:
    """The functions chained in front of a stage, and the stage."""
    chained = dict.fromkeys(step.name for steps in stage.inputs.values() for step in steps)
    return list(dict.fromkeys((*chained, stage.name)))


def _arrows(flow: tuple[Stage, ...]) -> Iterator[str]:
    for writer in flow:
        for reader in flow:
            shared = [topic.name for topic in writer.writes if topic in reader.inputs]
            if shared:
                yield f'{writer.name} -->|"{"<br>".join(shared)}"| {reader.name}'
