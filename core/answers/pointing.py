"""The English wording of naming an article that may answer what was asked.

Data only, as `core.answers.defaults`, whose part it is. `{title}` and `{url}` are the article's. No
variant says that the article answers. Those of `pointed` end in a question of their own, for a yes
or a no; those of `pointed_first` ask nothing, since a question of a flow follows.
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
    "pointed_first": (
        "You may find it here:\n{title} – {url}",
        "Something about that stands here:\n{title} – {url}",
        "This may be of use for that:\n{title} – {url}",
        "It may be covered here:\n{title} – {url}",
        "About that there is this to read:\n{title} – {url}",
        "The nearest I have on it is this:\n{title} – {url}",
    ),
}
"""Variants by key."""
