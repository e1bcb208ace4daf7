"""Our own samples go through every stage of the worker."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pipeline.errors import Fatal
from pipeline.stages.stage import Batch, Stage, Step
from pipeline.streams.self_check import fails_on_samples
from pipeline.topology import worker_stages
from tests.support.memory import config

STAGES = [
    pytest.param(stage, form, id=f"{form}-{stage.name}")
    for form in ("chained", "apart")
    for stage in worker_stages(config(stages=form).settings)
]


@pytest.mark.parametrize(("stage", "form"), STAGES)
def test_a_healthy_stage_does_not_fail_and_a_broken_one_does(stage: Stage, form: str) -> None:
    assert not fails_on_samples(stage, config(stages=form))

    def missing_model(*_: Any) -> Any:
        raise Fatal("the model is gone")

    broken = dataclasses.replace(stage, reduce=lambda config: missing_model)
    assert fails_on_samples(broken, config(stages=form)), "its samples reach it"
    unbound = dataclasses.replace(stage, inputs={topic: (Step("broken", missing_model),) for topic in stage.inputs})
    assert fails_on_samples(unbound, config(stages=form))


def test_a_stage_that_rejects_our_samples_fails() -> None:
    class Rejecting(Batch):
        pass

    (stage, *_) = worker_stages(config().settings)
    assert fails_on_samples(dataclasses.replace(stage, reduce=lambda config: lambda tables: Rejecting()), config())
