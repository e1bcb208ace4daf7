"""Which analysis is installed: the one that this server can do, whatever its modules and plugins are called."""

from __future__ import annotations

from typing import Any

import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import BadRequestError

from pipeline.index.families import FAMILIES
from pipeline.index.fitting import analyzers
from pipeline.index.templates import _put_templates, component, index_template
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None, namespace="own")
META = ApiResponseMeta(400, "1.1", HttpHeaders(), 0.1, NodeConfig("http", "es.example", 9200))
FULL = analyzers(component("analysis-full")["template"]["settings"])


class Server:
    """Keeps templates, and refuses one with an analyzer that it can't do."""

    def __init__(self, can: frozenset[str], there: dict[str, Any] | None = None) -> None:
        self.indices, self.can, self.put = self, can, dict[str, Any]()
        self.templates = there or {}

    def put_index_template(self, name: str, **template: Any) -> None:
        if analyzers(template["template"]["settings"]) - self.can:
            raise BadRequestError("illegal_argument_exception", META, {})
        self.put[name] = self.templates[name] = template


def installed(analysis: str) -> dict[str, Any]:
    return {f"own-dateline-{family.name}": index_template(family, SETTINGS, analysis) for family in FAMILIES}


@pytest.mark.parametrize(
    ("can", "name"), [(FULL, "analysis-full"), (FULL - {"stemmed_th"}, "analysis-core"), ({"default"}, "analysis-core")]
)
def test_what_the_server_refuses_is_not_installed(can: frozenset[str], name: str) -> None:
    server: Any = Server(can)
    assert _put_templates(server, SETTINGS, {}) == name
    assert server.put == installed(name), "nothing of the other"


@pytest.mark.parametrize(("can", "name"), [(FULL, "analysis-full"), ({"default"}, "analysis-core")])
def test_what_is_there_is_not_put_again(can: frozenset[str], name: str) -> None:
    server: Any = Server(can, installed(name))
    assert _put_templates(server, SETTINGS, dict(server.templates)) == name
    assert server.put == {}


def test_a_server_that_can_more_than_before_gets_it() -> None:
    server: Any = Server(FULL, installed("analysis-core"))
    assert _put_templates(server, SETTINGS, dict(server.templates)) == "analysis-full"
    assert server.templates == installed("analysis-full")


def test_the_first_template_needs_all_of_the_analysis() -> None:
    whole, *others = (analyzers(one["template"]["settings"]) for one in installed("analysis-full").values())
    assert whole == FULL
    assert all(one <= whole for one in others)
