"""One request that reached a provider, as it came and as it can be read.

Data alone: who counts them and who answers is the provider's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson


@dataclass(frozen=True, slots=True)
class Call:
    """One request that reached the provider. Header names are in lower case."""

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of a form-encoded body; the last of a name counts."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The body as JSON, or nothing when it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def strings(self) -> Sequence[str]:
        """Every text in the body, of JSON or of a form."""
        found = self.json
        return list(_strings(found if isinstance(found, dict | list) else dict(self.form)))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
