"""What is to be told: each finding once when it begins, again when it gets more severe than was told, and once when it is
over, on each channel. Pure.

A channel that can't be reached is tried again with the next measurement, and gets nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from schemas.base import Instant, Model
from schemas.report import Finding, Kind, Pulse, Report, Severity

_RANK = list(Severity)
_WITHOUT_ENGINES = frozenset(
    {Kind.KAFKA_AWAY, Kind.ELASTICSEARCH_AWAY, Kind.PROCESS_AWAY, Kind.PROCESS_NOT_READY, Kind.PROCESS_RESTARTS}
)
"""What is known also while an engine is away."""
_OF_DOCUMENTS = frozenset({Kind.INDEX_MISSING, Kind.INDEX_LOST})
"""Of an alias, where its documents were counted."""


class Told(Model):
    """A finding, and which channels were told of it."""

    finding: Finding
    over: Instant | None = None
    began_on: tuple[str, ...] = ()
    ended_on: tuple[str, ...] = ()
    worst_on: dict[str, Severity] = Field(default_factory=dict)
    """The worst severity that each of them was told."""

    def is_news(self, channel: str) -> bool:
        """Whether the channel doesn't know that it is so, or not that it is so severe."""
        if channel not in self.began_on:
            return True
        return _RANK.index(self.worst(channel)) < _RANK.index(self.finding.severity)

    def worst(self, channel: str) -> Severity:
        return self.worst_on.get(channel, self.finding.severity)


class News(Model):
    """What one channel is to be told."""

    began: tuple[Finding, ...] = ()
    over: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.began or self.over)


def step(told: Sequence[Told], report: Report, least: Severity = Severity.WARNING) -> tuple[Told, ...]:
    """What there is to tell with this report: findings of at least this severity, and those that are over and were told
    somewhere. One that can't be seen for now isn't over."""
    found = {one.key: one for one in report.findings if _RANK.index(one.severity) >= _RANK.index(least)}
    known = {one.finding.key: one for one in told}
    after = [_again(known[key], finding) if key in known else Told(finding=finding) for key, finding in found.items()]
    for key, one in known.items():
        if key in found:
            continue
        over = one.over or (report.at if _visible(one.finding, report) else None)
        if over is None or set(one.began_on) - set(one.ended_on):
            after.append(one.model_copy(update={"over": over}))
    return tuple(after)


def news(told: Sequence[Told], channel: str) -> News:
    """What this channel has not been told."""
    return News(
        began=tuple(one.finding for one in told if one.over is None and one.is_news(channel)),
        over=tuple(one.finding for one in told if one.over and channel in one.began_on and channel not in one.ended_on),
    )


def delivered(told: Sequence[Told], channel: str, sent: News) -> tuple[Told, ...]:
    """With what this channel has been told now."""
    began, over = {one.key: one.severity for one in sent.began}, {one.key for one in sent.over}
    after = []
    for one in told:
        update: dict[str, object] = {}
        if (severity := began.get(one.finding.key)) is not None:
            update["began_on"] = tuple(dict.fromkeys((*one.began_on, channel)))
            update["worst_on"] = {**one.worst_on, channel: severity}
        if one.finding.key in over:
            update["ended_on"] = (*one.ended_on, channel)
        after.append(one.model_copy(update=update))
    return tuple(after)


def _again(known: Told, finding: Finding) -> Told:
    """A finding that is still there; or again, before every channel was told that it was over."""
    still = tuple(channel for channel in known.began_on if channel not in known.ended_on)
    return Told(finding=finding, began_on=still, worst_on={channel: known.worst(channel) for channel in still})


def _visible(finding: Finding, report: Report) -> bool:
    """Whether the report would have the finding if it were still so."""
    if finding.kind not in _WITHOUT_ENGINES and not (report.kafka.up and report.elasticsearch.up):
        return False
    if finding.kind in _OF_DOCUMENTS and finding.subject not in report.documents:
        return False
    if finding.kind is Kind.PROVIDER_SILENT:
        # nothing is said of providers while a stage is behind
        return not any(
            one.pulse is Pulse.SILENT and f"{one.provider}/{one.item}" == finding.subject for one in report.freshness
        )
    return True
