"""The English wording of what is written to an address about who somebody is: codes, notices, ends,
and what is said while we cannot see who they are to us.

Data only. Whoever reads there may be a stranger: these texts name nobody and tell nothing of any
customer. A playbook rewords them by the same keys; what a wording must hold stands here too.
"""

from __future__ import annotations

from collections.abc import Mapping

NOTICE_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "code_message": (
        "{business}: somebody who writes to us says that this address is theirs too. If that is "
        "you, type this code where you asked for it: {code}. It is good for {minutes} minutes. If "
        "it was not you, ignore this, or answer {not_me}.",
    ),
    "code_link": ("Or open this page where you are chatting with us: {link}",),
    "joined_notice": (
        "{business}: a code that we sent to {target} was just shown by {asker}. We now take both "
        "for the same customer. If that was not you, answer {not_me}, and we part them at once.",
    ),
    "parted_notice": (
        "{business}: somebody who writes from {handle} told us that they are not you. We have "
        "parted that address from this one, and a person looks at it.",
    ),
    "link_shown": ("Thank you. You have shown that you read {target}, so we know you there too.",),
    "link_refused": (
        "That link does not work any more, or it was asked for elsewhere. Type the code instead, "
        "or ask for another one.",
    ),
    "not_me": ("NOT ME",),
    "memory_away": (
        "I cannot see our earlier messages at the moment, and I would rather not guess. "
        "I have passed your message on to a colleague, who will look at it.",
    ),
}
"""Answer key -> its wording. Each is said outside of any case: a playbook's first variant counts.
"""

HOLDS: Mapping[str, tuple[str, ...]] = {
    "code_message": ("code", "minutes", "not_me"),
    "code_link": ("link",),
    "joined_notice": ("target", "asker", "not_me"),
    "parted_notice": ("handle",),
    "link_shown": ("target",),
}
"""Answer key -> the words in braces that every wording of it must hold."""
