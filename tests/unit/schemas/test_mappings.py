from __future__ import annotations

import json
from pathlib import Path

from schemas import mappings


def test_a_mapping_that_is_not_as_the_models_make_it_is_found(tmp_path: Path) -> None:
    mappings.export(tmp_path)
    assert mappings.check(tmp_path) == []
    path = tmp_path / "mappings-articles.json"
    changed = json.loads(path.read_text())
    del changed["template"]["mappings"]["properties"]["readability"]
    path.write_text(json.dumps(changed))
    assert [fault.partition(":")[0] for fault in mappings.check(tmp_path)] == ["mappings-articles"]
