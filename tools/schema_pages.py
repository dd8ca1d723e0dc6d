"""A page for each JSON Schema that is published: every field, what it holds and what it means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = {
    "report": "verify/report/schema/report-1.json",
    "baseline": "verify/gate/schema/baseline-1.json",
    "case": "verify/program/schema/case-1.json",
}
BESIDE = {
    "report": "What each report is for, and how to read one: [Reports](../report.md).",
    "baseline": "What it is for: [The gate](../gate.md#the-baseline).",
    "case": "Findings, the corpus and known failures hold cases in this form.",
}

Schema = dict[str, Any]


def pages() -> dict[str, str]:
    """Every page, by its path under ``docs``."""
    return {f"schemas/{name}.md": page(name, path) for name, path in SCHEMAS.items()}


def page(name: str, path: str) -> str:
    """The page of one schema."""
    schema = json.loads((ROOT / path).read_text(encoding="utf-8"))
    version = schema["properties"]["schema"]["const"]
    parts = [
        f"# JSON: {lowered(schema['title'])}",
        f"`{version}`. Written by `python tools/tables.py` from its JSON Schema, "
        f"[`{Path(path).name}`](../../{path}).",
        schema["description"],
        BESIDE[name],
        *section("The document", schema),
    ]
    for title, part in schema.get("$defs", {}).items():
        parts += [f"## {title}", *([cell(part["description"])] if "description" in part else [])]
        parts += fields(part, "")
        if "properties" not in part and not alternatives(part):
            parts.append(f"{kind(part)[0].upper()}{kind(part)[1:]}.")
    return "\n\n".join(parts) + "\n"


def section(title: str, schema: Schema) -> list[str]:
    """A heading and the table of an object."""
    return [f"## {title}", *fields(schema, "")]


def fields(schema: Schema, above: str) -> list[str]:
    """The table of an object's fields, those of objects within it too."""
    lines = rows(schema, above)
    return ["\n".join(["| field | holds | means |", "|---|---|---|", *lines])] if lines else []


def alternatives(schema: Schema) -> list[Schema]:
    """The objects of which it is one, where it says nothing of fields itself."""
    if "properties" in schema:
        return []
    return [option for option in schema.get("oneOf", ()) if "properties" in option]


def rows(schema: Schema, above: str) -> list[str]:
    """A row for each field, then the fields within it."""
    required = schema.get("required", ())
    made = []
    for name, part in schema.get("properties", {}).items():
        holds = kind(part) + ("" if name in required else ", may be missing")
        made.append(f"| `{above}{name}` | {holds} | {cell(part.get('description', ''))} |")
        made += rows(part, f"{above}{name}.")
        if isinstance(part.get("items"), dict):
            made += rows(part["items"], f"{above}{name}[].")
    for option in alternatives(schema):
        made += [row for row in rows(option, above) if row not in made]
    return made


def kind(part: Schema) -> str:
    """What a field holds, in words."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "const" in part:
        return f"`{json.dumps(part['const'])}`"
    if "enum" in part:
        return ", ".join(f"`{json.dumps(value)}`" for value in part["enum"])
    if "oneOf" in part:
        return " or ".join(dict.fromkeys(map(kind, part["oneOf"])))
    given = part.get("type", "anything")
    types = given if isinstance(given, list) else [given]
    return " or ".join(word(name, part) for name in types)


def word(name: str, part: Schema) -> str:
    """A type in words; of an array or a table, what is in it."""
    inner = {"array": "items", "object": "additionalProperties"}.get(name)
    content = part.get(inner) if inner else None
    of = kind(content) if isinstance(content, dict) and "properties" not in content else ""
    if name == "array":
        return f"list of {of}" if of else "list"
    if name == "object":
        return f"object: each {of}" if of else "object"
    return {"integer": "whole number", "string": "text", "boolean": "true or false"}.get(name, name)


def cell(text: str) -> str:
    """Words as they stand in a table."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "\\<")


def lowered(title: str) -> str:
    """A title within a title."""
    return title[0].lower() + title[1:]
