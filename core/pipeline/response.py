"""The response stage: a step becomes words: the playbook's, an article's or the default ones.

It never says a sentence twice in a case, never shows a slot's name or a score, asks one question at
a time, and says so (`grounded` false) when it found nothing to say. It decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from core.message import Assurance, QuickReply, Sensitivity
from core.pipeline.articles import DEFAULT_ARTICLE_THRESHOLD, ArticleHit, ArticleIndex
from core.pipeline.contracts import Draft, IntentGuess, ResponseStage, StateStep, Told
from core.pipeline.judgement import familiarity, tells_who_answers
from core.pipeline.phrases import (
    asks_for_help,
    asks_only_who_answers,
    asks_who_answers,
    courtesy,
    is_chat,
    is_negative,
    is_question,
    is_wish,
    yes_or_no,
)
from core.pipeline.sentences import choose, is_fresh, split_sentences
from core.pipeline.speaker import Speaker
from core.pipeline.state import SWITCH_CONFIDENCE
from core.playbook import Flow, Playbook, Slot
from core.turn import SlotValue, TurnInput

_CONFIDENTIAL = Sensitivity.CONFIDENTIAL
_VALUE_LIMIT = 40
_CLARIFY_SHARE = 0.12
_SORRY = re.compile(r"\b(?:sorry|apolog)", re.I)


def response_stage(index: ArticleIndex) -> ResponseStage:
    """The response stage of the default pipeline, over these articles."""

    def word_reply(
        turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook
    ) -> Draft:
        if step.move in ("silent", "look_up"):
            return Draft(text="", template=step.move)
        speaker = Speaker(turn, guess, step, playbook, frozenset(step.case.said))
        if step.move == "identity" and step.told is not None:
            return _tell(speaker, step.told)
        opening = _opening(speaker)
        if opening:
            speaker = replace(speaker, opening=opening)
        draft = _word_move(speaker, index)
        if speaker.limit and len(draft.text) > speaker.limit:
            draft = replace(draft, text=_cut(draft.text, speaker.limit))
        return _opened(speaker, draft) if opening else draft

    return word_reply


def _word_move(speaker: Speaker, index: ArticleIndex) -> Draft:
    """What to say to the step's move."""
    step = speaker.step
    if step.move == "ask":
        return _ask(speaker, index)
    if step.move == "offer":
        return _offer(speaker)
    if step.move == "finish":
        return _finish(speaker)
    if step.move == "cancelled":
        return Draft(speaker.say_surely("cancelled"), "cancelled")
    if step.move == "small_talk":
        return _small_talk(speaker)
    return _answer(speaker, index)


def _tell(speaker: Speaker, told: Told) -> Draft:
    """What the talk about who is writing has to say. A channel for short texts lists no yes."""
    replies = () if speaker.limit and "to" in told.words else told.quick_replies
    return Draft(speaker.say_surely(told.key, told.words), told.key, quick_replies=replies)


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
    return (speaker.say(key, statement=True) if key else None) or ""


def _opened(speaker: Speaker, draft: Draft) -> Draft:
    """The draft after its opening; who is sorry already need not say so twice."""
    if speaker.opening in speaker.variants("regret") and _SORRY.search(draft.text):
        return draft
    return replace(draft, text=speaker.open(draft.text))


def _is_newly_annoyed(speaker: Speaker) -> bool:
    """Whether this is the first message of the case that sounds annoyed."""
    return speaker.step.case.counters.get("negative") == 1 and is_negative(speaker.turn.text)


def _ask(speaker: Speaker, index: ArticleIndex) -> Draft:
    """The question for a slot, after what was just told or an answer to what was just asked."""
    step = speaker.step
    assert step.ask is not None
    question = _question(speaker, speaker.playbook.slots[step.ask])
    before, sources = _acknowledgement(speaker), _NO_SOURCES
    asks = is_question(speaker.turn.text) and not asks_only_who_answers(speaker.turn.text)
    if asks and not step.captured:
        hit = _hit(speaker, index)
        own = speaker.playbook.intent(speaker.guess.name)
        if hit is not None and (own is None or own.flow is None):
            before, sources = _passage(speaker, hit, len(question))
        elif speaker.turn.case.asking is not None and _is_beside(speaker):
            before = speaker.say("beside", statement=True) or ""
    template = f"ask:{step.ask}"
    text = speaker.join(before, question)
    slot = speaker.playbook.slots[step.ask]
    private = slot.guest_only or slot.secret is not None
    sensitivity = Sensitivity.PERSONAL if private else Sensitivity.GENERAL
    return Draft(
        text, template, (step.ask,), sources, _choices(speaker, step.ask), sensitivity=sensitivity
    )


def _is_beside(speaker: Speaker) -> bool:
    """Whether a question is about something else than the matter in hand."""
    own = speaker.playbook.intent(speaker.guess.name)
    again = own is not None and own.flow == speaker.step.case.flow
    sure = again and speaker.guess.confidence >= SWITCH_CONFIDENCE
    return not sure and not is_wish(speaker.turn.text)


_NO_SOURCES: tuple[tuple[str, str], ...] = ()


def _choices(speaker: Speaker, name: str) -> tuple[QuickReply, ...]:
    """The choices of a slot to tap, when there are few and the channel is not a text message."""
    slot = speaker.playbook.slots[name]
    if slot.kind != "choice" or not 2 <= len(slot.choices) <= 5 or speaker.limit:
        return ()
    return tuple(QuickReply(one, one) for one in slot.choices)


def _question(speaker: Speaker, slot: Slot) -> str:
    words = {"label": slot.label or "detail"}
    return (
        choose((*slot.ask, *speaker.variants("ask")), words, speaker.said)
        or f"I have {len(speaker.step.case.slots)} of your details and still need the "
        f"{words['label']} (message {speaker.step.case.counters.get('turns', 0)})."
    )


def _acknowledgement(speaker: Speaker) -> str:
    """A few words on what was just told: what was asked for, else the last that belongs here."""
    slots, asked = speaker.playbook.slots, speaker.turn.case.asking
    flow = _flow(speaker)
    told = reversed(speaker.step.captured)
    mine = [one for one in told if flow is None or one.name in flow.slots or one.secret]
    for value in sorted(mine, key=lambda one: one.name != asked):
        slot = slots[value.name]
        if value.secret:
            return speaker.say("acknowledge_secret") or ""
        if speaker.is_confidential(value.needs):
            return speaker.say("noted", statement=True) or ""
        if slot.kind == "yes_no" or len(value.value) > _VALUE_LIMIT or "\n" in value.value:
            continue
        key = "acknowledge_name" if _is_own_name(slot) else "acknowledge"
        value_words = value.value
        if key == "acknowledge_name" and value_words.islower():
            value_words = value_words.title()
        return speaker.say(key, {"value": value_words}) or ""
    return ""


def _is_own_name(slot: Slot) -> bool:
    return slot.kind == "name" and slot.label.casefold() in ("name", "your name", "full name")


def _offer(speaker: Speaker) -> Draft:
    offered = speaker.step.case.offering
    assert offered is not None
    slot = speaker.playbook.slots[offered.name]
    words = {"value": offered.value, "label": slot.label}
    question = choose((*slot.offer, *speaker.variants("offer")), words, speaker.said)
    text = speaker.join(_acknowledgement(speaker), question or speaker.last_words())
    replies = () if speaker.limit else (QuickReply("Yes", "yes"), QuickReply("No", "no"))
    about = _CONFIDENTIAL if speaker.is_confidential(offered.needs) else Sensitivity.PERSONAL
    return Draft(text, f"offer:{offered.name}", quick_replies=replies, sensitivity=about)


def _finish(speaker: Speaker) -> Draft:
    """What the flow found, or that it found nothing."""
    step = speaker.step
    flow = _flow(speaker)
    row: Mapping[str, str] | None = None
    if step.effect is not None:
        row = speaker.turn.effects.get(step.effect.id)
    words = {one.name: _shown(speaker, one) for one in step.case.slots}
    words |= row or {}
    personal = _reveals(speaker, flow)
    if flow is not None and flow.look_up and row is None:
        text = choose((*flow.missing, *speaker.variants("missing")), words, speaker.said)
        return Draft(text or speaker.last_words(), f"missing:{flow.name}", sensitivity=personal)
    own = flow.found if flow is not None else ()
    text = choose(own, words, speaker.said)
    if text is None and row:
        text = speaker.say_again(choose(own, words, frozenset()) or "")
    if text is None and not row:
        text = speaker.say("found", words)
    name = flow.name if flow is not None else "found"
    return Draft(text or speaker.say_surely("noted"), f"found:{name}", sensitivity=personal)


def _shown(speaker: Speaker, value: SlotValue) -> str:
    hidden = value.secret or speaker.turn.sender.level < value.needs
    return "the one you gave me" if hidden else value.value


def _reveals(speaker: Speaker, flow: Flow | None) -> Sensitivity:
    """How sensitive the end of a flow is: by what it needs, or the slots it speaks of."""
    if flow is None:
        return Sensitivity.GENERAL
    needs = [flow.needs or Assurance.NONE]
    needs += [one.needs for name in flow.slots if (one := speaker.playbook.slots.get(name))]
    if speaker.is_confidential(max(needs)):
        return _CONFIDENTIAL
    return Sensitivity.PERSONAL if flow.look_up else Sensitivity.GENERAL


def _flow(speaker: Speaker) -> Flow | None:
    case = speaker.step.case
    name = case.flow or (case.done[-1] if case.done else None)
    return speaker.playbook.flows.get(name or "")


def _small_talk(speaker: Speaker) -> Draft:
    """An answer to small talk; with a question still open, a short one and the question."""
    intent = speaker.playbook.intent(speaker.guess.name)
    key = (intent.answer if intent else None) or "agree"
    pending = speaker.step.ask
    if pending is None:
        purpose = _purpose(speaker) if key == "agree" else ""
        return Draft(speaker.join(speaker.say_surely(key), purpose), key)
    question = _question(speaker, speaker.playbook.slots[pending])
    short = speaker.say(key, statement=True) or ""
    if key in ("agree", "decline", "goodbye"):
        short = ""
    return Draft(speaker.join(short, question), key, (pending,))


def _answer(speaker: Speaker, index: ArticleIndex) -> Draft:
    """A canned answer, an article's passage, a question back, or the honest word of not knowing."""
    step, intent = speaker.step, speaker.playbook.intent(speaker.guess.name)
    pending = speaker.step.ask
    question = _question(speaker, speaker.playbook.slots[pending]) if pending else ""
    asked = (pending,) if pending else ()
    if intent is not None and intent.answer and not intent.small_talk:
        first = choose(speaker.variants(intent.answer), {}, frozenset()) or ""
        text = speaker.say(intent.answer) or speaker.say_again(first)
        text = text or speaker.say_surely("fall_through")
        if question and "?" in text:
            return Draft(text, intent.answer)
        return Draft(speaker.join(text, question) if question else text, intent.answer, asked)
    if asks_only_who_answers(speaker.turn.text):
        return Draft(question or _purpose(speaker), "automated", asked)
    hit = _hit(speaker, index)
    if hit is not None:
        text, sources = _passage(speaker, hit, len(question))
        if text:
            whole = speaker.join(text, question) if question else text
            return Draft(whole, f"article:{hit.article.name}", asked, sources)
        return Draft(speaker.say_surely("fall_through"), "fall_through")
    if speaker.opening and not is_question(speaker.turn.text):
        return Draft(_purpose(speaker), "regret")
    polite = courtesy(speaker.turn.text)
    if polite is not None and not step.captured:
        return Draft(speaker.say_surely(polite), polite)
    if step.captured or _is_remark(speaker):
        return Draft(speaker.join(_noted(speaker), _purpose(speaker)), "noted")
    return _clarify(speaker) or _unknown(speaker, intent is not None and intent.flow is not None)


def _is_remark(speaker: Speaker) -> bool:
    """A word beside the matter, which needs no answer but a nod."""
    text = speaker.turn.text
    if is_chat(text) or yes_or_no(text) is not None:
        return True
    return speaker.step.case.intent is not None and not is_question(text)


def _purpose(speaker: Speaker) -> str:
    """A question for what it is about, while nobody knows."""
    case = speaker.step.case
    known = case.intent is not None and _is_matter(speaker.playbook, case.intent)
    if known or case.flow is not None or case.done:
        return ""
    return speaker.say("purpose") or ""


def _is_matter(playbook: Playbook, name: str) -> bool:
    intent = playbook.intent(name)
    return intent is not None and not intent.small_talk


def _noted(speaker: Speaker) -> str:
    return _acknowledgement(speaker) or speaker.say_surely("noted")


def _hit(speaker: Speaker, index: ArticleIndex) -> ArticleHit | None:
    """The article that answers the turn, if one does."""
    if not speaker.playbook.articles:
        return None
    name = speaker.guess.name or _open_matter(speaker)
    if name is None and speaker.guess.runners_up:
        name = speaker.guess.runners_up[0][0]
    least = speaker.playbook.settings.get("article_threshold", DEFAULT_ARTICLE_THRESHOLD)
    hits = index.search(speaker.turn.text, name, limit=1, least=least)
    return hits[0] if hits else None


def _open_matter(speaker: Speaker) -> str | None:
    """The intent whose flow is open: what an unclear question is most likely about."""
    case = speaker.step.case
    return case.intent if case.flow else None


def _passage(
    speaker: Speaker, hit: ArticleHit, reserved: int
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The sentences of an article not said yet, with its title and link as source."""
    article = hit.article
    source = ((article.title, article.url),)
    more = speaker.say("more", {"title": article.title, "url": article.url}) or ""
    room = speaker.limit - reserved - len(more) - 2 if speaker.limit else 0
    text = hit.passage if is_fresh(hit.passage, speaker.said) else ""
    if not text:
        fresh = [one for one in split_sentences(hit.passage) if is_fresh(one, speaker.said)]
        text = " ".join(dict.fromkeys(fresh)) or speaker.say_again(hit.passage) or ""
    if room and len(text) > room:
        text = _cut(text, room)
    return "\n".join(one for one in (text, more) if one), source


def _cut(text: str, room: int) -> str:
    """The first sentences that fit; a lone sentence too long is cut at a word."""
    kept = ""
    for one in split_sentences(text):
        longer = f"{kept} {one}".strip()
        if len(longer) > room:
            break
        kept = longer
    return kept or text[: max(room - 1, 1)].rsplit(" ", 1)[0] + "…"


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
    if is_question(speaker.turn.text) and case.intent and _is_matter(speaker.playbook, case.intent):
        honest = speaker.say("beside", statement=True)
        if honest:
            return Draft(honest, "beside", grounded=False)
    return Draft(speaker.say("unknown") or speaker.last_words(), "unknown", grounded=False)
