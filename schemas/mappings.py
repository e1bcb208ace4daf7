"""The mappings of every index, made of schemas/documents.py, and the analysis: checked in as component templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schemas import analysis
from schemas.documents import DOCUMENTS, Document

FOLDER = Path(__file__).parent / "index"

Template = dict[str, Any]


def generated() -> dict[str, Template]:
    """Component templates by name, as the models make them now."""
    found = {f"mappings-{document.index}": _template(document) for document in DOCUMENTS}
    for name, settings in (("analysis-full", analysis.full()), ("analysis-core", analysis.core())):
        found[name] = {"template": {"settings": {"analysis": settings}}}
    return found


def check(folder: Path) -> list[str]:
    """Templates that are not checked in as the models make them. Empty where all is well."""
    return [
        f"{name}: the model changed; run `dateline schemas export`"
        for name, template in generated().items()
        if not (path := folder / f"{name}.json").exists() or json.loads(path.read_text()) != template
    ]


def export(folder: Path) -> list[Path]:
    """Write the templates; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, template in generated().items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(template, indent=2) + "\n")
        written.append(path)
    return written


def _template(document: type[Document]) -> Template:
    properties = {column.name: column.mapped for column in document.columns}
    return {"template": {"mappings": {"dynamic": "strict", "properties": properties}}}
