"""A decoded JSON document against the schemas of this project, in one sentence naming the place.

Only the keywords that those schemas use are known; another is an error, never passed over. One
thing is stricter than JSON Schema: 1.0 is no integer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
NAMES = {"object": "an object", "array": "a list", "string": "a string", "null": "null",
         "integer": "a whole number", "number": "a number", "boolean": "true or false"}  # fmt: skip
SILENT = {"$schema", "$id", "$defs", "title", "description", "then", "else"}
"""Keywords that assert nothing by themselves."""


class SchemaCheck:
    """Checks documents against one schema.

    Args:
        schema: a decoded JSON Schema (draft 2020-12) that uses the keywords known here.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema

    def problem(self, data: object) -> str | None:
        """What is wrong first, ``findings[0].law must be a string``; None if it fits.

        Raises:
            NotImplementedError: if the schema uses a keyword that is not known here.
        """
        return next(self.problems(data, self._schema, ""), None)

    def problems(self, data: object, schema: Mapping[str, Any], place: str) -> Iterator[str]:
        """All that is wrong with a part of a document against a part of the schema."""
        for keyword, value in schema.items():
            if keyword in SILENT:
                continue
            check = CHECKS.get(keyword)
            if check is None:
                raise NotImplementedError(f"the schema's keyword {keyword}")
            yield from check(self, data, value, schema, place)

    def resolve(self, reference: str) -> Mapping[str, Any]:
        """The part of the schema that ``#/$defs/float`` names."""
        found: Any = self._schema
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return found  # type: ignore[no-any-return]


Check = Callable[[SchemaCheck, Any, Any, Mapping[str, Any], str], Iterator[str]]


def short(value: object, longest: int = 60) -> str:
    """A value in a sentence about it."""
    text = ascii(value)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _said(place: str) -> str:
    return place or "the document"


def _within(place: str, key: str) -> str:
    name = key if re.fullmatch(r"\w{1,40}", key) else f"[{short(key)}]"
    return f"{place}.{name}" if place and name == key else f"{place}{name}"


def _is(data: object, kind: str) -> bool:
    return isinstance(data, KINDS[kind]) and (kind == "boolean" or not isinstance(data, bool))


def _reference(me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    yield from me.problems(data, me.resolve(value), place)


def _type(_me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    kinds = [value] if isinstance(value, str) else value
    if not any(_is(data, kind) for kind in kinds):
        yield f"{_said(place)} must be {' or '.join(NAMES[kind] for kind in kinds)}"


def _const(_me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if type(data) is not type(value) or data != value:
        yield f"{_said(place)} is {short(data)}, not {short(value)}"


def _enum(_me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if data not in value:
        known = ", ".join(map(str, value))
        yield f"{_said(place)} is {short(data)}, which is none of {known}"


def _required(_me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if isinstance(data, dict) and (missing := [key for key in value if key not in data]):
        yield f"{_said(place)} lacks {', '.join(missing)}"


def _properties(me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if isinstance(data, dict):
        for key in value:
            if key in data:
                yield from me.problems(data[key], value[key], _within(place, key))


def _additional(
    me: SchemaCheck, data: Any, value: Any, schema: Mapping[str, Any], place: str
) -> Iterator[str]:
    if not isinstance(data, dict):
        return
    for key in sorted(data.keys() - schema.get("properties", {}).keys()):
        if value is False:
            yield f"{_said(place)} has a field that is not known here: {short(key)}"
        else:
            yield from me.problems(data[key], value, _within(place, key))


def _names(me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if isinstance(data, dict):
        for key in data:
            yield from me.problems(key, value, f"the name {_within(place, key)}")


def _items(me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from me.problems(item, value, f"{place}[{index}]")


def _minimum(_me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if _is(data, "number") and not data >= value:
        yield f"{_said(place)} is {short(data)}, which is less than {value}"


def _maximum(_me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if _is(data, "number") and not data <= value:
        yield f"{_said(place)} is {short(data)}, which is more than {value}"


def _least(_me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if isinstance(data, str | list) and len(data) < value:
        yield f"{_said(place)} is empty"


def _pattern(_me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    if isinstance(data, str) and not re.search(value.replace("$", r"\Z"), data):
        yield f"{_said(place)} is {short(data)}, which does not look like {value}"


def _one_of(me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    """Exactly one. Where the alternatives are null and something, what is said is about that."""
    found = [list(me.problems(data, schema, place)) for schema in value]
    if sum(not problems for problems in found) == 1:
        return
    deep = [p[0] for p in found if p and not p[0].startswith(f"{_said(place)} must be ")]
    yield deep[-1] if deep else f"{_said(place)} is {short(data)}, which does not fit"


def _all_of(me: SchemaCheck, data: Any, value: Any, _: Any, place: str) -> Iterator[str]:
    for schema in value:
        yield from me.problems(data, schema, place)


def _if(
    me: SchemaCheck, data: Any, value: Any, schema: Mapping[str, Any], place: str
) -> Iterator[str]:
    fits = next(me.problems(data, value, place), None) is None
    branch = schema.get("then" if fits else "else", {})
    yield from me.problems(data, branch, place)


CHECKS: dict[str, Check] = {
    "$ref": _reference,
    "type": _type,
    "const": _const,
    "enum": _enum,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _least,
    "minItems": _least,
    "pattern": _pattern,
    "oneOf": _one_of,
    "allOf": _all_of,
    "if": _if,
}
