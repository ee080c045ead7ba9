"""The OpenAPI 3.1 document, made from the endpoint table and the models it names.

Pydantic writes JSON Schema 2020-12, the dialect of OpenAPI 3.1 (spec.openapis.org/oas/v3.1.0), so
nothing is translated; only row ids, whole numbers inside, are described as the strings they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter

from gateway.api.calls import PREFIX, Endpoint, is_id
from gateway.api.files import FileAnswer

_REF = "#/components/schemas/{model}"
_ID = {"type": "string", "pattern": "^[0-9]{1,19}$"}
_PROBLEM = {
    "type": "object",
    "required": ["error", "where", "fix"],
    "additionalProperties": False,
    "properties": {
        "error": {"type": "string", "description": "What is wrong, in words."},
        "where": {"type": "string", "description": "The header, parameter or field it is about."},
        "fix": {"type": "string", "description": "What to do about it; may be empty."},
    },
}
_COMMON_ERRORS = {
    401: "No credentials, or wrong ones.",
    403: "Not the right to this, or a change without its CSRF token or from another site's page.",
    429: "Locked out after too many wrong attempts.",
    503: "Too much work is waiting; try again.",
}


def describe(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document, as plain JSON data."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint, schemas)
        paths.setdefault(PREFIX + endpoint.path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OneThread",
            "version": "1",
            "summary": "Conversations, customers, handoffs and identity of one OneThread gateway.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(endpoint),
        "summary": endpoint.summary,
        "description": f"Needs the right “{endpoint.needs.value}”.",
        "tags": [endpoint.path.split("/")[1]],
        "parameters": _parameters(endpoint, schemas),
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.body is not None:
        schema = _schema(endpoint.body, schemas, "validation")
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if endpoint.takes_file is not None:
        operation["requestBody"] = {"required": True, "content": {"*/*": {}}}
    return operation


def _operation_id(endpoint: Endpoint) -> str:
    words = [re.sub(r"[{}]", "", step) for step in endpoint.path.split("/") if step]
    return "_".join([endpoint.method.lower(), *words]).replace("-", "_")


def _parameters(endpoint: Endpoint, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _ID if is_id(name) else {"type": "string"},
        }
        for name in re.findall(r"{(\w+)}", endpoint.path)
    ]
    if endpoint.query is not None:
        schema = endpoint.query.model_json_schema(ref_template=_REF)
        schemas.update(schema.pop("$defs", {}))
        required = schema.get("required", [])
        for name, one in schema["properties"].items():
            found.append({"name": name, "in": "query", "required": name in required, "schema": one})
    return found


def _responses(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    if endpoint.gives is FileAnswer:
        content: dict[str, Any] = {"*/*": {}}
    else:
        answer = _schema(endpoint.gives, schemas, "serialization")
        content = {"application/json": {"schema": answer}}
    responses: dict[str, Any] = {"200": {"description": "Done.", "content": content}}
    if endpoint.later is not None:
        answer = _schema(endpoint.later, schemas, "serialization")
        responses["202"] = {
            "description": "It goes on after this answer.",
            "content": {"application/json": {"schema": answer}},
        }
    errors: dict[int, str] = dict(_COMMON_ERRORS)
    if "{" in endpoint.path:
        errors[404] = "There is nothing with this id."
    if endpoint.query is not None:
        errors |= {400: "An unknown or repeated parameter.", 422: "A value that is not allowed."}
    if endpoint.takes_file is not None:
        errors |= {408: "The file did not come in time.", 413: "The file is too large."}
    if endpoint.body is not None:
        errors |= {
            400: "The body is not JSON.",
            413: "The body is too large.",
            415: "The body is of another type.",
            422: "A field is missing, unknown or not allowed.",
        }
    for status, text in sorted({**errors, **endpoint.errors}.items()):
        schema = {"$ref": "#/components/schemas/Problem"}
        responses[str(status)] = {
            "description": text,
            "content": {"application/problem+json": {"schema": schema}},
        }
    return responses


def _schema(of: Any, schemas: dict[str, Any], mode: Any) -> Any:
    adapter: TypeAdapter[Any] = TypeAdapter(of)
    schema = adapter.json_schema(ref_template=_REF, mode=mode)
    definitions = {name: _with_text_ids(one) for name, one in schema.pop("$defs", {}).items()}
    schemas.update(definitions)
    schema = _with_text_ids(schema)
    if isinstance(of, type) and (issubclass(of, BaseModel) or hasattr(of, "__dataclass_fields__")):
        schemas[of.__name__] = schema
        return {"$ref": _REF.format(model=of.__name__)}
    return schema


def _with_text_ids(schema: Any, name: str = "") -> Any:
    """The schema with every whole number of a field named like an id described as its text."""
    if isinstance(schema, list):
        return [_with_text_ids(one, name) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    if schema.get("type") == "integer" and is_id(name):
        return {**{key: one for key, one in schema.items() if key != "type"}, **_ID}
    changed = {
        key: _with_text_ids(one, "id" if key == "items" else name)
        for key, one in schema.items()
        if key != "properties"
    }
    if "properties" in schema:
        changed["properties"] = {
            key: _with_text_ids(one, key) for key, one in schema["properties"].items()
        }
    return changed
