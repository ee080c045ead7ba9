"""Words for people: names of slots and intents taken apart, questions, and what is said at the end.

Pure. A slot called "StartTimeHour" or "lastuseddate" is never shown: it is asked for as "the start
time" and "the date last used". Wordings are variants, so that no sentence need be said twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

COMMON = frozenset(
    """
    account address agent airline amount apartment appointment arrival assignment balance bank
    bill bills birth boarding book booking brand broken cancel car card category change charge
    check city claim code company confirmation cost customer data date day delivery departure
    description dispute doctor due eligibility email end expiration expiry fee first flight
    follow fraud from get guest host hotel hour id in info insurance intent item last line
    location lost make meeting message model month move name new number of offer old on open
    order out paid parking pass passenger passengers password patient payment phone pin plan
    plane policy price product proof quantity reason replace report request reservation
    restaurant ride room schedule search seat second security server service size social
    software ssn start state status store street symptoms system table ticket time to transfer
    type up update use used user username values view year zip zipcode
    """.split()
)
OWN = frozenset(
    """
    account address birth booking card claim company customer email full mail order passcode
    password phone pin policy reservation security social ssn user username zip zipcode
    """.split()
)
DEEDS = frozenset(
    """
    book cancel change check dispute get order replace report rsvp schedule search start transfer
    update view
    """.split()
)
MASS = frozenset({"insurance", "status", "info", "eligibility", "service", "software", "money"})
PEOPLE = frozenset({"patient", "renter", "host", "guest", "owner", "driver", "passenger", "holder"})
SPOKEN: Mapping[str, str] = {
    "id": "ID",
    "info": "details",
    "ssn": "social security number",
    "pin": "PIN",
    "dob": "date of birth",
    "zip": "ZIP code",
    "zipcode": "ZIP code",
    "username": "user name",
    "email": "e-mail",
    "policyid": "policy ID",
}

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NOISE = frozenset({"intent", "hour"})

ASK: tuple[str, ...] = (
    "What {is} {the}?",
    "Could you tell me {the}, please?",
    "May I have {the}?",
    "Please let me know {the}.",
    "I still need {the}. Can you send it?",
    "To go on, I need {the}, please.",
    "Can you give me {the}?",
    "Next I would need {the}.",
    "Would you write me {the}, please?",
)
ASK_STORY: tuple[str, ...] = (
    "Please describe {the} in your own words.",
    "Could you tell me about {the}?",
    "What should I write down as {the}?",
    "In a sentence or two, what {is} {the}?",
    "Would you put {the} into words for me?",
    "Please tell me more about {the}.",
    "I still need a few words on {the}.",
)
STORIES = frozenset(
    "description report request reason message symptoms problem issue details complaint".split()
)
ASK_YES_NO: tuple[str, ...] = (
    "{question}",
    "One thing to settle: {lower}",
    "Let me also ask: {lower}",
    "A short yes or no, please: {lower}",
    "I still need to know: {lower}",
    "Before we go on, {lower}",
    "And may I ask: {lower}",
)
ASK_WHO: tuple[str, ...] = (
    "Whom or what is it about? A name is enough.",
    "Which name should I look for?",
    "Under which name would I find it?",
    "Could you give me the name, please?",
    "May I have the name it is about?",
    "Please tell me the name you have in mind.",
    "I still need the name. Which one is it?",
    "Next I would need the name, please.",
)
OFFER: tuple[str, ...] = (
    "Is this about {value}?",
    "Shall I use {value} again?",
    "Is it {value}, as before?",
    "Do I still have it right with {value}?",
)
FOUND: tuple[str, ...] = (
    "Thank you, that is all I need. Your request is noted{details}.",
    "Good, I have everything now and noted it{details}.",
    "That completes it. I have written down your request{details}.",
    "All set, your request is on file{details}.",
    "I have all the details for this now{details}. Anything to add?",
    "Everything is noted{details}. Is there more I should add?",
    "Your details are complete{details}. I keep them with your request.",
    "Done, what you told me is saved{details}.",
)


@cache
def split_words(name: str, extra: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The lower-case words of a name: camel case, snake case, and words run together.

    A run is taken apart only when known words (`COMMON` and `extra`) cover all of it.
    """
    words: list[str] = []
    for piece in _PIECE.findall(name):
        words.extend(_take_apart(piece.lower(), COMMON | extra) or (piece.lower(),))
    return tuple(words)


def _take_apart(run: str, known: frozenset[str]) -> tuple[str, ...] | None:
    """The fewest known words that make up `run`; nothing when they do not."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(end):
            before, word = best[start], run[start:end]
            if before is None or word not in known:
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or ()):
                best[end] = (*before, word)
    return best[len(run)]


ANOTHERS_NAME = "name it is about"
"""What a bare "name" is called that is not the customer's own."""


def label_of(words: Sequence[str], *, of_another: bool = False, of_people: bool = False) -> str:
    """How a person would call a slot with these words ("order number", "patient's name").

    `of_another`: its values are not the customer's own name; `of_people`: they are first and last
    names, so that a "user name" is what the user is called.
    """
    if tuple(words) == ("name",) and of_another:
        return ANOTHERS_NAME
    if tuple(words) == ("username",) and of_people:
        return "name"
    kept = [word for word in words if word not in _NOISE] or list(words)
    if kept[-1].isdigit() and len(kept) > 1:
        ordinal = {"1": "first", "2": "second", "3": "third"}.get(kept[-1], f"number {kept[-1]}")
        kept = [ordinal, *kept[:-1]]
    if len(kept) == 2 and kept[-1] == "name":
        if kept[0] in ("customer", "user"):
            return "name"
        if kept[0] in PEOPLE:
            return f"{kept[0]}'s name"
    if len(kept) > 1 and kept[-1] == "description":
        kept = kept[:-1]
    if kept[:2] == ["last", "used"]:
        kept = [*kept[2:], "last", "used"]
    return " ".join(SPOKEN.get(word, word) for word in kept)


def with_article(words: Sequence[str], label: str) -> str:
    """The label with "your" for what belongs to the person, else with "the"."""
    own = any(word in OWN for word in words) or label == "name"
    return f"{'your' if own and not label.endswith(chr(39) + 's name') else 'the'} {label}"


def ask_for(words: Sequence[str], label: str, kind: str) -> tuple[str, ...]:
    """At least six ways to ask."""
    if label == ANOTHERS_NAME:
        return ASK_WHO
    if kind == "yes_no":
        question = yes_no_question(words)
        lower = question[:1].lower() + question[1:]
        return tuple(
            one.replace("{question}", question).replace("{lower}", lower) for one in ASK_YES_NO
        )
    the, verb = with_article(words, label), "are" if _is_plural(words[-1]) else "is"
    variants = ASK_STORY if kind == "text" and STORIES.intersection(words) else ASK
    return tuple(_begin(one.replace("{the}", the).replace("{is}", verb)) for one in variants)


def yes_no_question(words: Sequence[str]) -> str:
    """A slot that holds yes or no as a question ("NeedParking": "Do you need parking?")."""
    if words[0] in ("need", "want", "have", "accept", "own") and len(words) > 1:
        return f"Do you {' '.join(words)}?"
    if words[-1].endswith(("ed", "paid", "sent", "done")) and len(words) > 1:
        return f"Is the {' '.join(words[:-1])} {words[-1]}?"
    return f"Is that a yes for the {label_of(words)}?"


def title_of(words: Iterable[str], *, matter: bool = False) -> str:
    """An intent in words that fit after "Do you mean": "getting a boarding pass", "ride status".

    What is done comes first. `matter` says that the words only name a field of business.
    """
    kept = [word for word in words if word not in _NOISE]
    if matter:
        return f"{' '.join(kept)} matters"
    if len(kept) > 1 and kept[-1] in DEEDS and kept[0] not in DEEDS:
        kept = [kept[-1], *kept[:-1]]
    spoken = [SPOKEN.get(word, word) for word in kept]
    if kept and kept[0] in DEEDS and len(kept) > 1:
        article = [] if kept[-1] in MASS or _is_plural(kept[-1]) else [_article(spoken[1])]
        spoken = [_doing(kept[0]), *article, *spoken[1:]]
    return " ".join(spoken)


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _doing(verb: str) -> str:
    """The -ing form of a verb of `DEEDS`."""
    if verb in ("get", "rsvp"):
        return {"get": "getting", "rsvp": "answering for"}[verb]
    if verb in ("cancel", "transfer"):
        return f"{verb}{verb[-1]}ing"
    return f"{verb.removesuffix('e')}ing"


def found_for(details: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """What is said when a flow's slots are all known; every other variant repeats the details.

    `details` are (label, slot name) of values that are short and no secret.
    """
    told = ", ".join(
        f"{{{name}}}" if label in ("name", ANOTHERS_NAME) else f"{label} {{{name}}}"
        for label, name in details
    )
    tails = ("", f" ({told})" if told else "")
    return tuple(one.replace("{details}", tails[n % 2]) for n, one in enumerate(FOUND))


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _begin(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
