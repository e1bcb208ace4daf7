"""The pages of docs/reference, made from the code: `python scripts/reference.py`. A test compares them with it."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from typer.main import get_command

from pipeline.cli import build
from pipeline.outcomes import Outcome
from pipeline.settings import Settings, load_settings
from pipeline.topics import STATE_TOPICS, Cleanup
from pipeline.topology import stages, topics
from schemas.answers import ANSWERS, LINES, file_name
from schemas.event import EventType
from schemas.generate import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/reference"
_NOTE = "Made from the code by `make reference`."


def page(title: str, intro: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", f"{intro} {_NOTE}", "", *lines]).rstrip() + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    shown = [
        f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |" for row in rows
    ]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *shown]


def code(text: object) -> str:
    return f"`{text}`" if str(text) else ""


def docstrings(path: str, class_: str) -> dict[str, str]:
    """The docstring below each attribute of a class."""
    tree = ast.parse((ROOT / path).read_text())
    (found,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_]
    said: dict[str, str] = {}
    for node, below in zip(found.body, found.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            said[ast.unparse(node.target)] = " ".join(str(below.value.value).split())
    return said


def values(annotation: Any) -> str:
    """What a setting may be, in words."""
    text = re.sub(r"typing\.|pathlib\._local\.|pathlib\.|pydantic\.types\.", "", str(annotation))
    if literal := re.search(r"Literal\[([^\]]*)\]", text):
        return literal[1].replace("'", "")
    for name, word in (("dict", "JSON object"), ("frozenset", "JSON list"), ("bool", "true, false"), ("SecretStr", "secret"), ("Path", "path"), ("int", "number"), ("float", "number")):  # fmt: skip
        if name in text:
            return word
    return "text"


def settings() -> str:
    said = docstrings("pipeline/settings.py", "Settings")
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else json.dumps(field.default, default=sorted)
        rows.append(
            (code(f"DATELINE_{name.upper()}"), values(field.annotation), code(default.strip('"')), said.get(name, ""))
        )
    more = [(code(name), said) for name, said in docstrings("pipeline/settings.py", "Provider").items()]
    return page(
        "Settings", "Every setting: from the environment, `.env`, or a file in `/run/secrets`. [Settings](../settings.md) has advice on them.",
        [*table(("variable", "value", "default", "what"), rows), "", "## Of a provider", "", "Members of an object in `DATELINE_PROVIDERS`.", "", *table(("member", "what"), more)],
    )  # fmt: skip


def commands(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command that does something, with its words."""
    if hasattr(command, "commands"):
        for name, inside in command.commands.items():
            yield from commands(inside, (*words, name))
    else:
        yield words, command


def command_line() -> str:
    lines: list[str] = []
    root = get_command(build())
    for words, command in commands(root, ("dateline",)):
        context = click.Context(command, info_name=" ".join(words))
        usage = " ".join(command.collect_usage_pieces(context))
        lines += [
            f"## {' '.join(words)}",
            "",
            f"`{' '.join(words)} {usage}`",
            "",
            " ".join((command.help or "").split()),
            "",
        ]
        rows = []
        for one in command.params:
            if getattr(one, "hidden", False) or "--help" in one.opts:
                continue
            option = one.param_type_name == "option"
            name = ", ".join([*one.opts, *one.secondary_opts]) if option else one.metavar or str(one.name).upper()
            rows.append((code(name), getattr(one, "help", None) or ""))
        lines += [*table(("option", "what"), rows), ""] if rows else []
    codes = "Exit codes: 0 done, 1 refused or not found, 2 wrong arguments, 3 not with this configuration, 4 an engine doesn't answer or a process isn't through yet."
    return page("Commands", codes, lines)


def topics_page() -> str:
    current = load_settings(_env_file=None)
    writes, reads = defaultdict(list), defaultdict(list)
    for stage in stages(current):
        for topic in stage.writes:
            writes[topic.name].append(stage.name)
        for topic in stage.reads:
            reads[topic.name].append(stage.name)
    rows = [
        (
            code(topic.name), topic.keyed_by,
            "latest of each key" if topic.cleanup is Cleanup.COMPACT else f"{topic.retention_ms // 86_400_000} days",
            "yes" if topic.holds_text else "", ", ".join(writes[topic.name]), ", ".join(reads[topic.name]), code(topic.contract),
        )
        for topic in dict.fromkeys((*topics(current), *STATE_TOPICS))
    ]  # fmt: skip
    head = ("topic", "key", "kept", "holds text", "written by", "read by", "schema")
    return page("Topics", "Every topic, without the namespace. The schemas are in `schemas/json`.", table(head, rows))


def events() -> str:
    lines = table(("type", "of"), [(code(one.value), one.value.partition(".")[0]) for one in EventType])
    for path in sorted((ROOT / "schemas/json").glob("*.raw.*.json")):
        schema = json.loads(path.read_text())
        lines += ["", f"## {path.stem}", ""]
        for name, what in [("", schema), *sorted(schema.get("$defs", {}).items())]:
            if properties := what.get("properties"):
                required = set(what.get("required", ()))
                rows = [(code(key), _type(one), "yes" if key in required else "", " ".join(str(one.get("description", "")).split())) for key, one in properties.items()]  # fmt: skip
                lines += [
                    *([f"### {name}", ""] if name else []),
                    *table(("field", "type", "required", "what"), rows),
                    "",
                ]
    return page("Events", "What senders write. [Events](../events.md) says what the fields mean together.", lines)


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(one) for one in options if one.get("type") != "null"))
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def index_fields() -> str:
    lines: list[str] = []
    for path in sorted((ROOT / "schemas/index").glob("mappings-*.json")):
        loaded = json.loads(path.read_text())
        mappings = loaded.get("template", loaded).get("mappings", loaded)
        lines += [
            f"## {path.stem.removeprefix('mappings-')}",
            "",
            *table(("field", "type"), _fields(mappings["properties"])),
            "",
        ]
    return page("Index fields", "Every field of every index. [Search](../search.md) says which are useful.", lines)


def _fields(properties: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, field in properties.items():
        if "type" in field or "properties" not in field:
            kind = str(field.get("type", "object"))
            yield code(before + name), kind + (", not searchable" if field.get("index") is False else "")
        yield from _fields(field.get("properties", {}), f"{before}{name}.")


def outcomes() -> str:
    said = dict(
        re.findall(r'^    \w+ = "([\w-]+)"  # (.+)$', (ROOT / "pipeline/outcomes.py").read_text(), re.MULTILINE)
    )
    rows = [(code(one.value), said[one.value]) for one in Outcome]
    return page("Outcomes", "What became of a record in a stage: the label `outcome` of `dateline_records_total`.", table(("outcome", "what"), rows))  # fmt: skip


def rejections() -> dict[str, set[tuple[str, str]]]:
    """By reason, where it is given and what is said with it."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        tree = ast.parse(path.read_text())
        constants = {ast.unparse(node.targets[0]): node.value.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)}  # fmt: skip
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Reject" and node.args:
                said = _said(node.args[1]) if len(node.args) > 1 else ""
                where = path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py")
                for reason in _reasons(node.args[0], constants):
                    found[reason].add((where, said))
    return found


def _reasons(node: ast.expr, constants: dict[str, Any]) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_reasons(node.body, constants), *_reasons(node.orelse, constants))
    elif isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.Name) and isinstance(constants.get(node.id), str):
        yield constants[node.id]


def _said(node: ast.expr) -> str:
    """A text with … for what is put in."""
    if isinstance(node, ast.JoinedStr):
        return " ".join(
            "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values).split()
        )
    return str(node.value) if isinstance(node, ast.Constant) else ""


def dead_letters() -> str:
    rows = []
    for reason, places in sorted(rejections().items()):
        said = sorted({text for _, text in places if text.strip("… :")})[:3]
        rows.append((code(reason), ", ".join(sorted({where for where, _ in places})), "; ".join(code(text.replace("`", "'")) for text in said)))  # fmt: skip
    intro = "Why something is refused, as `dateline dead-letters list` counts it. The detail says where; … stands for a value of the item."
    return page("Reasons of dead letters", intro, table(("reason", "given by", "says, for example"), rows))


def json_output() -> str:
    lines: list[str] = []
    for words, model in ANSWERS.items():
        schema = model.model_json_schema()
        each = " One object a line." if words in LINES else ""
        lines += [
            *([""] if lines else []),
            f"## dateline {words}",
            "",
            f"Schema: `schemas/json/{COMMANDS}/{file_name(words)}.json`.{each}",
            "",
        ]
        rows = [(code(name), type_, what) for name, type_, what in _answer_fields(schema, schema, "", 0)]
        lines += table(("field", "type", "what"), rows) if rows else []
    intro = "What commands print with `--json`. Fields may be added in a later version; none is taken away, or changes its type. `null` may stand for what isn't known. `dateline schemas export FOLDER` writes the schemas."
    return page("JSON of commands", intro, lines)


def _answer_fields(
    schema: dict[str, Any], root: dict[str, Any], before: str, depth: int
) -> Iterator[tuple[str, str, str]]:
    """Every field with its type and meaning, those of objects within it below it."""
    if reference := schema.get("$ref"):
        schema = root["$defs"][str(reference).rpartition("/")[2]]
    for option in schema.get("anyOf", ()):
        yield from _answer_fields(option, root, before, depth)
    if schema.get("type") == "array":
        yield from _answer_fields(schema.get("items", {}), root, f"{before}[]", depth)
    more = schema.get("additionalProperties")
    if isinstance(more, dict) and before:
        yield from _answer_fields(more, root, f"{before}.NAME", depth)
    for name, field in schema.get("properties", {}).items():
        at = f"{before}.{name}" if before else name
        yield at, _type(field), " ".join(str(field.get("description", "")).split())
        if depth < 3:
            yield from _answer_fields(field, root, at, depth + 1)


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "commands.md": command_line,
    "topics.md": topics_page,
    "events.md": events,
    "index-fields.md": index_fields,
    "outcomes.md": outcomes,
    "dead-letters.md": dead_letters,
    "json.md": json_output,
}


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make())
    return 0


if __name__ == "__main__":
    sys.exit(main())
