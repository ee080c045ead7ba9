"""The English wording of what is said about actions: before one is carried out, and when it is not.

Data only, as `core.answers.defaults`, whose part it is. `{title}` is what the action is called and
`{details}` what it would be done with.
"""

from __future__ import annotations

from collections.abc import Mapping

ACTION_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "action_summary": (
        "Before I do it, please have a look: {title} ({details}). Shall I go ahead?",
        "This is what I would do now: {title} ({details}). Is that right?",
        "Let me make sure: {title}, with {details}. May I do it?",
        "So it would be {title}, with {details}. Do you want me to go ahead?",
        "I have it as follows: {title} ({details}). Yes or no?",
        "Please look once more: {title}, with {details}. Is everything right?",
        "Shall I go ahead with {title}?",
        "I would now do this: {title}. Is that right?",
        "Please tell me yes or no: {title}. May I?",
    ),
    "action_change": (
        "What should be different? Or would you rather leave it?",
        "All right, I have not done it. What shall I change?",
        "Then I wait. Which part is not right?",
        "Nothing has happened yet. What would you like instead?",
        "Okay, not like that. How should it be?",
        "I leave it for now. Tell me what to change, if you like.",
    ),
    "action_refused": (
        "Sorry, that is not possible like this. Would something else do?",
        "I tried, and it cannot be done that way. What would suit you instead?",
        "That was turned down, I am afraid. Shall we try it differently?",
        "Unfortunately it does not work with these details. Can you give me others?",
        "That cannot be done as it stands. Is there another way that suits you?",
        "It was not possible, sorry. What else could we do?",
    ),
    "action_failed": (
        "Sorry, I could not finish that just now.",
        "I am sorry, that did not work on our side.",
        "That did not go through as it should, sorry.",
        "Something on our side kept me from doing it, I am sorry.",
        "I could not get that done, sorry about it.",
        "Sorry, it did not work this time, and that is our fault.",
    ),
}
"""Variants by key."""
