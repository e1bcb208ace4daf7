"""Every setting is documented."""

from __future__ import annotations

import pytest

from pipeline.settings import Settings
from tests.conftest import ROOT


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_setting_is_in_the_documentation(name: str) -> None:
    assert f"`DATELINE_{name.upper()}`" in (ROOT / "docs" / "settings.md").read_text()
