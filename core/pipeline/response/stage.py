"""The response stage: a step becomes words: the playbook's, an article's or the default ones.

It never says a sentence twice in a case, never shows a slot's name or a score, asks one question at
a time, and says so (`grounded` false) when it found nothing to say. It decides nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from core.answers.wording import speech, spoken_to
from core.pipeline.contracts import Draft, IntentGuess, ResponseStage, StateStep, Told
from core.pipeline.intent.judgement import tells_who_answers
from core.pipeline.reading.phrases import asks_who_answers, courtesy, is_chat, is_negative
from core.pipeline.reading.whereabouts import wrote_elsewhere
from core.pipeline.response.answering import answer, answer_helped, ask_purpose
from core.pipeline.response.articles import ArticleIndex
from core.pipeline.response.both import worded
from core.pipeline.response.flow_words import at_end, confirmation, with_question
from core.pipeline.response.foreign import foreign_draft
from core.pipeline.response.knowledge import Finder, cut
from core.pipeline.response.letter import lettered
from core.pipeline.response.pointing import told_first
from core.pipeline.response.questions import ask, offer, question_for
from core.pipeline.response.speaker import Speaker
from core.playbook.model import Playbook
from core.turn import TurnInput

_STEPS_UP = frozenset(("step_up", "step_up_offer", "step_up_which"))
"""The keys that ask for a proof of who is writing."""

_SORRY = re.compile(
    r"\b(?:sorry|apolog|tut mir leid|entschuldig|bedaure|désolé|excus|pardon|regrette|lamento|"
    r"lo siento|siento que|disculp|perdone)",
    re.I,
)


def response_stage(index: ArticleIndex) -> ResponseStage:
    """The response stage of the default pipeline, over these articles."""

    def word_reply(
        turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook
    ) -> Draft:
        if step.move in ("silent", "look_up"):
            return Draft(text="", template=step.move)
        said = frozenset(step.case.said)
        if step.move != "identity" and not step.captured:
            foreign = foreign_draft(turn, playbook, said)
            if foreign is not None:
                return foreign
        speaker = Speaker(turn, guess, step, spoken_to(turn, playbook), said)
        if step.move == "identity" and step.told is not None:
            return _tell(speaker, step.told, Finder(index))
        opening = _opening(speaker)
        if opening:
            speaker = replace(speaker, opening=opening)
        finder = Finder(index)
        draft = worded(speaker, lambda one: with_question(one, _word_move(one, finder)))
        # What is to be agreed on is read as a whole, or not at all.
        whole = step.also is not None or step.move == "confirm"
        if speaker.limit and not whole and len(draft.text) > speaker.limit:
            draft = replace(draft, text=cut(draft.text, speaker.limit))
        if finder.searched is not None:
            draft = replace(draft, searched=finder.searched)
        draft = _opened(speaker, draft) if opening else draft
        if _goes_on(speaker, draft):
            return draft
        greets = draft.template == "greeting"
        text = lettered(turn, speaker.playbook, draft.text, said, greets=greets)
        return replace(draft, text=text)

    return word_reply


def _goes_on(speaker: Speaker, draft: Draft) -> bool:
    """Whether the rules stage adds to what is said here: that a person goes on with it."""
    flow = speaker.flow
    handed = flow is not None and flow.escalate is not None
    return speaker.step.move == "finish" and (handed or draft.template.startswith("failed:"))


def _word_move(speaker: Speaker, finder: Finder) -> Draft:
    """What to say to the step's move."""
    step = speaker.step
    if step.move == "ask":
        return ask(speaker, finder)
    if step.move == "offer":
        return offer(speaker, finder)
    if step.move == "finish":
        return at_end(speaker)
    if step.move == "confirm":
        return confirmation(speaker)
    if step.move == "cancelled":
        return Draft(speaker.say_surely("cancelled"), "cancelled")
    if step.move in ("small_talk", "answer", "unclear"):
        draft = answer_helped(speaker)
        if draft is not None:
            return draft
    if step.move == "small_talk":
        return _small_talk(speaker)
    return answer(speaker, finder)


def _tell(speaker: Speaker, told: Told, finder: Finder) -> Draft:
    """What the talk about who is writing has to say. A channel for short texts lists no yes.

    Before somebody is asked to prove who they are, their question is answered if it can be."""
    replies = () if speaker.limit and "to" in told.words else told.quick_replies
    words = speaker.say_surely(told.key, told.words)
    first = told_first(speaker, finder, len(words)) if told.key in _STEPS_UP else None
    if first is None:
        return Draft(words, told.key, quick_replies=replies)
    text = speaker.join(first[0], words)
    searched = finder.searched
    return Draft(text, told.key, sources=first[1], quick_replies=replies, searched=searched)


def _opening(speaker: Speaker) -> str:
    """What has to be said before all else: the thanks for a proof, what it is that answers, or a
    word of regret."""
    if (told := speaker.step.told) is not None:
        return speaker.say_surely(told.key, told.words)
    key = ""
    if asks_who_answers(speaker.turn.text) and not tells_who_answers(
        speaker.guess, speaker.playbook
    ):
        key = "automated"
    elif _is_newly_annoyed(speaker):
        key = "regret"
    if not key:
        return _recalling(speaker)
    return speaker.say(key, statement=True) or ""


def _recalling(speaker: Speaker) -> str:
    """That it is known what they wrote elsewhere, to whoever goes on here with more than a nod."""
    turn = speaker.turn
    where = wrote_elsewhere(turn)
    begun = turn.case.intent is not None or turn.case.flow is not None or turn.case.done
    if where is None or not begun or speaker.step.move == "small_talk":
        return ""
    if courtesy(turn.text) is not None or is_chat(turn.text):
        return ""
    return speaker.say("recall_elsewhere", {"where": _place(speaker, where)}) or ""


def _place(speaker: Speaker, channel: str) -> str:
    """Where they wrote, in words."""
    spoken = speech(speaker.playbook)
    return spoken.words["chat"] if channel == "webchat" else spoken.by.get(channel, "")


def _opened(speaker: Speaker, draft: Draft) -> Draft:
    """The draft after its opening; who is sorry already need not say so twice."""
    if speaker.opening in speaker.variants("regret") and _SORRY.search(draft.text):
        return draft
    return replace(draft, text=speaker.open(draft.text))


def _is_newly_annoyed(speaker: Speaker) -> bool:
    """Whether this is the first message of the case that sounds annoyed."""
    return speaker.step.case.counters.get("negative") == 1 and is_negative(speaker.turn.text)


def _small_talk(speaker: Speaker) -> Draft:
    """An answer to small talk; with a question still open, a short one and the question."""
    intent = speaker.playbook.intent(speaker.guess.name)
    key = (intent.answer if intent else None) or "agree"
    pending = speaker.step.ask
    if pending is None:
        purpose = ask_purpose(speaker) if key == "agree" else ""
        return Draft(speaker.join(speaker.say_surely(key), purpose), key)
    question = question_for(speaker, speaker.playbook.slots[pending])
    short = speaker.say(key, statement=True) or ""
    if key in ("agree", "decline", "goodbye"):
        short = ""
    return Draft(speaker.join(short, question), key, (pending,))
