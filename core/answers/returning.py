"""The English wording of coming back to a matter that was left: at once, or after a long while.

Data only, as `core.answers.defaults`, whose part it is. `{title}` is what the matter is called.
"""

from __future__ import annotations

from collections.abc import Mapping

RETURNING_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "resume": (
        "Now back to {title}.",
        "And to go on with {title}:",
        "We were also talking about {title}.",
        "Let us finish {title}, too.",
        "There is still {title}.",
        "One thing is open: {title}.",
    ),
    "still_about": (
        "It has been a while. Is this still about {title}?",
        "We had stopped at {title}. Shall we go on with that?",
        "Is it about {title}, where we left off?",
        "Some time has passed. Do you want to go on with {title}?",
        "Are you still interested in {title}?",
        "Shall I take up {title} again?",
    ),
}
"""Variants by key."""
