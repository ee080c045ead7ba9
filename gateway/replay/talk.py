"""What a derived playbook says besides asking: greetings, thanks, a yes, a no, and a handoff.

Data, and one function that tells small talk apart in labelled dialogues. Nothing here comes from a
dialogue; the examples are the seeds that the dialogues' own greetings are added to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.playbook.model import Intent, Rule
from gateway.replay.dialogues import Utterance

LABELS: Mapping[str, str] = {
    "openinggreeting": "greeting",
    "thankyou": "thanks",
    "closinggreeting": "goodbye",
    "confirmation": "agree",
    "rejection": "decline",
}
"""Labels a file may give its turns -> the small talk they are."""

SMALL_TALK: tuple[Intent, ...] = (
    Intent(
        "greeting",
        "greeting",
        ("hello", "hi", "hi there", "good morning", "hey", "good afternoon", "hai"),
        answer="greeting",
        small_talk=True,
    ),
    Intent(
        "thanks",
        "thanks",
        ("thank you", "thanks", "thanks a lot", "great thank you", "perfect, thanks", "thx"),
        answer="thanks",
        small_talk=True,
    ),
    Intent(
        "goodbye",
        "goodbye",
        ("bye", "goodbye", "thanks bye", "have a good day", "see you", "thank you and goodbye"),
        answer="goodbye",
        small_talk=True,
    ),
    Intent(
        "agree",
        "agreement",
        ("ok", "yes", "okay", "sure", "yes please", "sounds good", "ok i will wait", "great"),
        answer="agree",
        small_talk=True,
    ),
    Intent(
        "decline",
        "no",
        ("no", "no thanks", "nothing else", "no that is all", "that will be all", "no thats it"),
        answer="decline",
        small_talk=True,
    ),
)

_CLOSED = (
    ("goodbye", r"(bye|goodbye|good bye|have a (good|nice|great) (day|one))\b.*"),
    ("thanks", r"(thank|thanks|thx)\b.*"),
    ("greeting", r"(h[eu]llo|hi|hey|hai|good (morning|afternoon|evening)|greetings)\b.{0,12}"),
    ("agree", r"(ok|okay|yes|sure|yep|yeah|great|perfect|sounds good)\b.{0,8}"),
    ("decline", r"(no|nope|nothing else|that'?s (all|it)|that will be all)\b.{0,16}"),
)
_LONGEST = 40


def small_talk_of(turn: Utterance) -> str | None:
    """Which small talk a turn is, by its label or, when short, by how it begins."""
    for label in turn.intents:
        if label in LABELS:
            return LABELS[label] if len(turn.text) <= _LONGEST else None
    text = turn.text.strip().lower()
    if turn.intents or len(text) > _LONGEST or any(char.isdigit() for char in text):
        return None
    return next((name for name, shape in _CLOSED if re.fullmatch(shape, text)), None)


ANSWERS: Mapping[str, tuple[str, ...]] = {
    "greeting": (
        "Hello! How can I help you?",
        "Hi, good to hear from you. What can I do for you?",
        "Hello and welcome. What brings you here?",
        "Hi there! Tell me what you need.",
        "Good day! What can I help with?",
        "Hello again. I am listening.",
    ),
    "thanks": (
        "You are welcome!",
        "Glad to help.",
        "My pleasure.",
        "Any time.",
        "Happy to help. Just write if there is more.",
        "You are very welcome, thank you too.",
        "With pleasure. Have a good day!",
    ),
    "goodbye": (
        "Goodbye, and take care!",
        "Bye! Write whenever you need us.",
        "All the best, goodbye.",
        "Take care, and have a nice day.",
        "Thank you for writing. Goodbye!",
        "See you next time.",
    ),
    "agree": (
        "Good.",
        "Alright, noted.",
        "Fine, thank you.",
        "Understood.",
        "Thank you for confirming.",
        "Okay, got it.",
        "Very well.",
        "Good to know.",
    ),
    "decline": (
        "Alright. Write whenever something comes up.",
        "No problem at all.",
        "Fine. I am here if you need anything.",
        "Okay, that is settled then.",
        "That is fine. Have a good day!",
        "All right, I leave it at that.",
    ),
    "noted": (
        "Thank you, I have noted your request.",
        "I have written that down for you.",
        "Noted. Please tell me more if there is more to it.",
        "Thanks, that is on file now.",
        "I have added that to your request.",
        "Understood, it is noted.",
    ),
}

ESCALATIONS: tuple[Rule, ...] = ()
