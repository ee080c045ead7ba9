"""The English wording of naming an article that may answer what was asked.

Data only, as `core.default_answers`, whose part it is. `{title}` and `{url}` are the article's. No
variant says that the article answers; each ends in a question of its own, for a yes or a no.
"""

from __future__ import annotations

from collections.abc import Mapping

POINTING_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "pointed": (
        "I am not sure this answers it, but the closest I have is {title}: {url}\nDoes that help?",
        "This may be what you are looking for, {title}: {url}\nIs it?",
        "I have no sure answer, but this comes near, {title}: {url}\nDoes it say what you need?",
        "Perhaps it is covered here, {title}: {url}\nIs that the right place?",
        "I would look here first, {title}: {url}\nDoes that answer it?",
        "The nearest I have to that is {title}: {url}\nIs that what you meant?",
    ),
}
"""Variants by key."""
