"""Whether the four packages that Python finds are ours, all from one place.

Their names are plain words, and unrelated distributions called `adapters` and `memory` exist. A
mixture would fail late and in strange ways, so it is refused at the start. Nothing is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("gateway", "adapters", "core", "memory")


def locate() -> dict[str, Path | None]:
    """The folder in which Python finds each package, or none where it finds nothing of the kind."""
    places: dict[str, Path | None] = {}
    for name in PACKAGES:
        spec = find_spec(name)
        # A namespace package has no origin: some folder of that name lies in the way.
        origin = spec.origin if spec is not None else None
        places[name] = Path(origin).resolve().parents[1] if origin is not None else None
    return places


def fault_of(places: Mapping[str, Path | None]) -> str | None:
    """What is wrong with these places and how to mend it; none when they are one place."""
    home = places["gateway"]
    strangers = {name: place for name, place in places.items() if place != home}
    if not strangers:
        return None
    found = "\n".join(
        f"  {name} was found in {place}" if place else f"  {name} was not found"
        for name, place in strangers.items()
    )
    return (
        f"OneThread is in {home}, but not all of it:\n{found}\n"
        "Another distribution has a package of the same name, or OneThread was started inside one "
        "of its own folders.\n"
        "Install it into an environment of its own (make install) and start it from elsewhere."
    )
