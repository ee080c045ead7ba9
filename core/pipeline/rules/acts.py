"""What rules do besides handing over and saying nothing: a question that replaces the reply.

It asks for what is meant, for a yes, or for what people need to know, and leaves the case such that
the next turn goes on from there. They never act on the talk about who is writing. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.answers.sentences import choose, remember
from core.answers.wording import speech, variants
from core.escalation.counters import CONFIRMING, PENDING, marked, unmarked
from core.escalation.rules import Verdict
from core.message import OutboundMessage, QuickReply
from core.pipeline.contracts import Draft, IntentGuess, Ruled, StateStep
from core.pipeline.reading.phrases import leaning, refuses
from core.pipeline.state.asking import skip
from core.playbook.model import Playbook, Rule
from core.turn import CaseState, TurnInput

_STEPS = frozenset(("ask", "offer", "confirm", "finish", "step_up", "cancelled", "identity"))
"""Moves of a flow, which a question of the table does not interrupt."""


def acted(
    turn: TurnInput,
    guess: IntentGuess,
    step: StateStep,
    case: CaseState,
    draft: Draft,
    playbook: Playbook,
    verdict: Verdict,
) -> Ruled | None:
    """The question that takes the place of the reply, or of a handover; nothing without one."""
    if verdict.winner is not None:
        return _ask_needed(case, playbook, verdict.winner, verdict.matched)
    if (asked := _confirm(turn, step, case, draft, playbook, verdict)) is not None:
        return asked
    key = next((one.then["ask"] for one in verdict.rules if "ask" in one.then), None)
    if key is None or step.move in _STEPS or step.captured:
        return None
    text = _words(str(key), _choices(guess, playbook), case, playbook)
    return None if text is None else _question(case, text, verdict.matched)


def tags_of(verdict: Verdict) -> tuple[str, ...]:
    """The tags of all rules that hold, each once."""
    found: dict[str, None] = {}
    for rule in verdict.rules:
        tags = rule.then.get("tag", ())
        for one in (tags,) if isinstance(tags, str) else tags if isinstance(tags, list) else ():
            found[str(one)] = None
    return tuple(found)


def reason_of(rule: Rule, verdict: Verdict) -> str:
    """What people read: why a rule calls them, and the tags of all rules that hold."""
    own = rule.then.get("reason") or _REASONS.get(rule.id) or rule.id.replace("-", " ")
    return " ".join((str(own), *(f"[{one}]" for one in tags_of(verdict))))


_REASONS = {
    "safety": "The message speaks of danger to somebody.",
    "legal": "The message speaks of legal steps.",
    "asked-for-human": "The customer asked for a person.",
    "unanswered": "A detail that is needed could not be got.",
    "no-answer": "Nothing was found to say to several messages.",
    "negative": "The customer is upset.",
}


def _ask_needed(
    case: CaseState, playbook: Playbook, rule: Rule, matched: tuple[str, ...]
) -> Ruled | None:
    """What people need to know is asked for, once; then they get the case as it is."""
    wanted = rule.then.get("needs", ())
    names = (wanted,) if isinstance(wanted, str) else wanted if isinstance(wanted, list) else ()
    missing = [one for one in names if case.slot(str(one)) is None and one in playbook.slots]
    if not missing or PENDING + rule.id in case.counters or rule.then.get("block"):
        return None
    name = str(missing[0])
    text = choose(playbook.slots[name].ask, {"label": playbook.slots[name].label}, case.said)
    if text is None:
        return None
    case = marked(replace(case, asking=name, offering=None), PENDING + rule.id)
    return replace(_question(case, text, matched), asked=(name,))


def _confirm(
    turn: TurnInput,
    step: StateStep,
    case: CaseState,
    draft: Draft,
    playbook: Playbook,
    verdict: Verdict,
) -> Ruled | None:
    """A flow at its end waits for a yes where a rule says so; a no drops it."""
    kind, _, name = draft.template.partition(":")
    if step.move != "finish" or kind != "found" or name not in case.done:
        return None
    mark = CONFIRMING + name
    waiting = mark in case.counters
    agreed, refused = waiting and leaning(turn.text) is True, waiting and refuses(turn.text)
    wanted = any(one.then.get("require_confirm") is True for one in verdict.rules)
    if agreed or not (waiting or wanted):
        return None
    undone = tuple(one for one in case.done if one != name)
    if refused:
        text = _words("cancelled", {}, case, playbook) or variants(playbook, "cancelled")[0]
        return _question(unmarked(replace(case, done=undone), mark), text, verdict.matched)
    # What was left out on the way here is not asked for again, whatever is said to the question.
    left = (skip(one) for one in playbook.flows[name].slots if case.slot(one) is None)
    skipped = tuple(dict.fromkeys((*case.refused, *left)))
    case = replace(case, done=undone, flow=name, asking=None, offering=None, refused=skipped)
    case = marked(case, mark, turn.case.counters.get(mark, 0) + 1)
    intent = next((one for one in playbook.intents if one.flow == name), None)
    title = name.replace("_", " ") if intent is None else intent.title
    asking = _words("confirm_action", {"title": title}, case, playbook)
    if asking is None:
        return None
    words = speech(playbook).words
    replies = (QuickReply(words["yes"], "yes"), QuickReply(words["no"], "no"))
    return _question(case, asking, verdict.matched, replies)


def _question(
    case: CaseState,
    text: str,
    matched: tuple[str, ...],
    quick_replies: tuple[QuickReply, ...] = (),
) -> Ruled:
    case = replace(case, said=remember(case.said, text))
    return Ruled(OutboundMessage(text, quick_replies=quick_replies), None, case, matched=matched)


def _words(key: str, words: Mapping[str, str], case: CaseState, playbook: Playbook) -> str | None:
    return choose(variants(playbook, key), words, case.said)


def _choices(guess: IntentGuess, playbook: Playbook) -> Mapping[str, str]:
    """The two likeliest matters, as a question between them names them."""
    names = [*(() if guess.name is None else (guess.name,)), *(one for one, _ in guess.runners_up)]
    titles = [
        intent.title
        for one in dict.fromkeys(names)
        if (intent := playbook.intent(one)) is not None and not intent.small_talk
    ]
    return dict(zip(("first", "second"), titles, strict=False))
