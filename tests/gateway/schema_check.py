"""Enough of JSON Schema to hold an answer to its description: types, fields, references, ids."""

from __future__ import annotations

import re
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def faults(value: Any, schema: Any, document: Any, where: str = "$") -> list[str]:
    """Where the value is not as described; empty when it fits."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return faults(value, document["components"]["schemas"][name], document, where)
    if "anyOf" in schema:
        tried = [faults(value, one, document, where) for one in schema["anyOf"]]
        return [] if [] in tried else [f"{where} fits none of {len(tried)}", *tried[0]]
    kind = schema.get("type")
    if kind is not None and not _is(value, kind):
        return [f"{where} is {type(value).__name__}, not {kind}"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{where} does not match {schema['pattern']}"]
    if kind == "array":
        items = schema.get("items", {})
        return [
            fault
            for number, one in enumerate(value)
            for fault in faults(one, items, document, f"{where}[{number}]")
        ]
    return _object_faults(value, schema, document, where) if kind == "object" else []


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean") == isinstance(value, bool)


def _object_faults(value: Any, schema: Any, document: Any, where: str) -> list[str]:
    known = schema.get("properties", {})
    found = [
        f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value
    ]
    if known:
        found += [f"{where}.{name} is not described" for name in value if name not in known]
    for name, one in value.items():
        if name in known:
            found += faults(one, known[name], document, f"{where}.{name}")
    return found
