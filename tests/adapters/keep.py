"""What an adapter under test is given in place of the gateway's store and files."""

from __future__ import annotations

from collections.abc import Sequence


class MemoryKeep:
    """`core.channel.Keep` that lasts as long as the test."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        """The value under this name."""
        return self.values.get(name)

    async def put(self, name: str, value: str | None) -> None:
        """Keep the value, or drop it."""
        if value is None:
            self.values.pop(name, None)
        else:
            self.values[name] = value

    async def names(self, prefix: str = "") -> Sequence[str]:
        """The names that begin so, in order."""
        return sorted(name for name in self.values if name.startswith(prefix))


async def no_file(reference: str) -> bytes:
    """Reads files where none are kept."""
    raise LookupError(reference)
