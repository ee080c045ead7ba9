"""The words of an answer: a canned one, an article's, a question back, or that there is none.

A part of the response stage, by whose rules it goes.
"""

from __future__ import annotations

from core.answers.sentences import choose, split_sentences
from core.message import QuickReply
from core.pipeline.contracts import Draft
from core.pipeline.intent.judgement import familiarity
from core.pipeline.reading.phrases import (
    asks_for_help,
    asks_only_who_answers,
    courtesy,
    is_chat,
    is_question,
    yes_or_no,
)
from core.pipeline.response.knowledge import Finder, passage_of
from core.pipeline.response.pointing import helped, point
from core.pipeline.response.questions import acknowledge, question_for
from core.pipeline.response.speaker import Speaker
from core.playbook.model import Playbook

_CLARIFY_SHARE = 0.12


def answer(speaker: Speaker, finder: Finder) -> Draft:
    """A canned answer, an article's passage, a question back, or the honest word of not knowing."""
    step, intent = speaker.step, speaker.playbook.intent(speaker.guess.name)
    pending = speaker.step.ask
    question = question_for(speaker, speaker.playbook.slots[pending]) if pending else ""
    asked = (pending,) if pending else ()
    if intent is not None and intent.answer and not intent.small_talk:
        first = choose(speaker.variants(intent.answer), {}, frozenset()) or ""
        text = speaker.say(intent.answer) or speaker.say_again(first)
        text = text or speaker.say_surely("fall_through")
        if question and "?" in text:
            return Draft(text, intent.answer)
        return Draft(speaker.join(text, question) if question else text, intent.answer, asked)
    if asks_only_who_answers(speaker.turn.text):
        return Draft(question or ask_purpose(speaker), "automated", asked)
    hit = finder.hit(speaker)
    if hit is not None:
        text, sources = passage_of(speaker, hit, len(question))
        if text:
            whole = speaker.join(text, question) if question else text
            return Draft(whole, f"article:{hit.article.name}", asked, sources)
        return Draft(speaker.say_surely("fall_through"), "fall_through")
    if speaker.answers_by_opening and not is_question(speaker.turn.text):
        return Draft(ask_purpose(speaker), "regret")
    polite = courtesy(speaker.turn.text)
    if polite is not None and not step.captured:
        return Draft(speaker.say_surely(polite), polite)
    named = point(speaker, finder) if is_question(speaker.turn.text) else None
    if named is not None:
        return named
    if step.captured or _is_remark(speaker):
        return Draft(speaker.join(_noted(speaker), ask_purpose(speaker)), "noted")
    known = intent is not None and intent.flow is not None
    return point(speaker, finder) or _clarify(speaker) or _unknown(speaker, known)


def answer_helped(speaker: Speaker) -> Draft | None:
    """What to say to a yes or no about the article that was named last, where it is no more."""
    yes = helped(speaker)
    if yes is None:
        return None
    return Draft(speaker.say_surely("agree"), "agree") if yes else _unknown(speaker, False)


def _is_remark(speaker: Speaker) -> bool:
    """A word beside the matter, which needs no answer but a nod."""
    text = speaker.turn.text
    if is_chat(text) or yes_or_no(text) is not None:
        return True
    asks = any(map(is_question, split_sentences(text)))
    return speaker.step.case.intent is not None and not asks


def ask_purpose(speaker: Speaker) -> str:
    """A question for what it is about, while nobody knows."""
    case = speaker.step.case
    known = case.intent is not None and is_matter(speaker.playbook, case.intent)
    if known or case.flow is not None or case.done:
        return ""
    return speaker.say("purpose") or ""


def is_matter(playbook: Playbook, name: str) -> bool:
    intent = playbook.intent(name)
    return intent is not None and not intent.small_talk


def _noted(speaker: Speaker) -> str:
    return acknowledge(speaker) or speaker.say_surely("noted")


def _clarify(speaker: Speaker) -> Draft | None:
    """A question between the two likeliest intents, when the classifier wavers between them.

    What is about neither is not understood, and the reply says so.
    """
    again = speaker.step.case.counters.get("fallbacks", 0) > 0
    wavering = speaker.guess.runners_up if speaker.guess.name is None and not again else ()
    likely = []
    for name, share in wavering:
        intent = speaker.playbook.intent(name)
        if intent is None or intent.small_talk or share < _CLARIFY_SHARE:
            continue
        if familiarity(speaker.turn.text, name, speaker.playbook):
            likely.append(intent.title)
    if len(likely) < 2 or likely[0] == likely[1]:
        return None
    first, second = (one[:1].lower() + one[1:] for one in likely[:2])
    text = speaker.say("clarify", {"first": first, "second": second})
    if text is None:
        return None
    replies = () if speaker.limit else tuple(QuickReply(one, one) for one in likely[:2])
    return Draft(text, "clarify", quick_replies=replies)


def _unknown(speaker: Speaker, known: bool) -> Draft:
    if known:
        return Draft(_noted(speaker), "noted")
    if asks_for_help(speaker.turn.text) and (purpose := speaker.say("help")):
        return Draft(purpose, "help")
    case = speaker.step.case
    if is_question(speaker.turn.text) and case.intent and is_matter(speaker.playbook, case.intent):
        honest = speaker.say("beside", statement=True)
        if honest:
            return Draft(honest, "beside", grounded=False)
    return Draft(speaker.say("unknown") or speaker.last_words(), "unknown", grounded=False)
