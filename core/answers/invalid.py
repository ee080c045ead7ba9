"""The English wording of why a detail is asked for again: what is wrong with it, or expected.

Data only, as `core.answers.defaults`, whose part it is. Each is a statement before the question.
"""

from __future__ import annotations

from collections.abc import Mapping

INVALID_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "invalid_day": (
        "There is no such day in the calendar.",
        "I cannot find that day in the calendar.",
        "That day does not exist, I am afraid.",
        "The calendar has no such day.",
    ),
    "invalid_future": (
        "That day is over already.",
        "That day has passed.",
        "That is a day in the past.",
        "That day lies behind us.",
    ),
    "invalid_past": (
        "That day is still to come.",
        "That day has not been yet.",
        "That is a day in the future.",
        "That day lies ahead of us.",
    ),
    "invalid_between": (
        "It has to be from {least} to {most}.",
        "Anything from {least} to {most} is fine.",
        "I can only take something from {least} to {most}.",
        "The least is {least} and the most is {most}.",
    ),
    "invalid_least": (
        "It has to be at least {least}.",
        "The least is {least}.",
        "Less than {least} is not possible.",
        "I can only take {least} or more.",
    ),
    "invalid_most": (
        "It can be {most} at most.",
        "The most is {most}.",
        "More than {most} is not possible.",
        "I can only take {most} or less.",
    ),
    "invalid_short": (
        "A few more words would help.",
        "Please tell me a little more.",
        "That is rather short for me to go by.",
        "Some more detail would be good.",
    ),
    "invalid_long": (
        "That is more than I can take down here.",
        "Please put it in fewer words.",
        "A shorter version would be better.",
        "That is too long for me to pass on.",
    ),
    "invalid_expected": (
        "It should be {expected}.",
        "I need {expected} here.",
        "What I am looking for is {expected}.",
        "Please give me {expected}.",
    ),
    "invalid_shape": (
        "That does not look right to me.",
        "I cannot make sense of that one.",
        "Something is not right with that.",
        "I think there is a slip in it.",
    ),
}
"""Variants by key."""
