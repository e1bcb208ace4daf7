"""The flow as a picture: a Mermaid chart drawn from the topology, which README.md shows and a test compares."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topology import stages

BEGIN, END = "<!-- the flow: dateline topology -->", "<!-- end of the flow -->"


def mermaid(settings: Settings) -> str:
    """A flowchart: stages as boxes, with the functions chained in front, and topics on the arrows between them."""
    flow = stages(settings)
    lines = ["flowchart LR"]
    lines += [f'    {stage.name}["{_label(stage)}"]' for stage in flow]
    lines += [f"    {arrow}" for arrow in _arrows(flow)]
    lines.append('    letters["dead-letters"]')
    lines += [f"    {stage.name} -. refused .-> letters" for stage in flow if stage.reduce is not None]
    return "\n".join(lines)


def _label(stage: Stage) -> str:
    chained = dict.fromkeys(step.name for steps in stage.inputs.values() for step in steps)
    return " → ".join(name for name in (*chained, stage.name))


def _arrows(flow: tuple[Stage, ...]) -> Iterator[str]:
    for writer in flow:
        for reader in flow:
            shared = [topic.name for topic in writer.writes if topic in reader.inputs]
            if shared:
                yield f'{writer.name} -->|"{"<br>".join(shared)}"| {reader.name}'
