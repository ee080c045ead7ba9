"""Enough of JSON Schema, draft 7, to hold a playbook's files to theirs: whether a value fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def fits(value: Any, schema: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Whether a value is as the schema says; `whole` is where its definitions stand."""
    if isinstance(value, date):
        value = value.isoformat()
    if "$ref" in schema:
        return fits(value, whole["definitions"][schema["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in schema and not any(fits(value, one, whole) for one in schema["anyOf"]):
        return False
    kind = schema.get("type")
    if kind is not None and (
        not isinstance(value, _TYPES[kind]) or (kind == "boolean") != isinstance(value, bool)
    ):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        enough = len(value) >= schema.get("minItems", 0)
        return enough and all(fits(one, schema.get("items", {}), whole) for one in value)
    if isinstance(value, dict):
        return _object_fits(value, schema, whole)
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _object_fits(
    value: Mapping[str, Any], schema: Mapping[str, Any], whole: Mapping[str, Any]
) -> bool:
    if len(value) < schema.get("minProperties", 0) or set(schema.get("required", ())) - set(value):
        return False
    for name, one in value.items():
        shapes = [
            shape
            for pattern, shape in schema.get("patternProperties", {}).items()
            if re.search(pattern, name)
        ]
        shapes += [schema["properties"][name]] if name in schema.get("properties", {}) else []
        other = schema.get("additionalProperties", True)
        if not shapes and other is False:
            return False
        if not shapes and isinstance(other, dict):
            shapes = [other]
        if not all(fits(one, shape, whole) for shape in shapes):
            return False
    return True
