"""The lines below the sentences of a stored turn: why it understood, remembered and answered so.

One source of words for the console, the API and the command line. Pure wording over what was
stored; it must bear any record, also one of an earlier release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gateway.turns.trace_model import intent_lines, words_lines

Data = Mapping[str, object]

_LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
"""Languages that the product knows words for; another is told by its code."""


_SEEN = "identifier:"
"""What the name of a fact begins with that is a number seen in a message, before its kind."""

_TEMPLATES = {
    "ask": "the question for “{}”",
    "offer": "the question whether “{}” is still right",
    "confirm": "the question before “{}” is done",
    "found": "what “{}” says at its end",
    "missing": "what “{}” says when nothing is found",
    "article": "the article “{}”",
    "point": "what names an article, here “{}”",
}
"""What of the playbook words come from, by how the name of its template begins."""

_LEAST_TOLD = 0.01
"""The share from which on another intent is told of."""


def lines_of(step: str, data: Data) -> tuple[str, ...]:
    """What there is to say of one step beyond its sentence."""
    teller = _TELLERS.get(step)
    return () if teller is None else tuple(teller(data))


def figures_of(step: str, data: Data) -> tuple[str, ...]:
    """What an engineer wants to know besides: times, tokens and versions."""
    teller = _FIGURES.get(step)
    return () if teller is None else tuple(teller(data))


def guess_of(data: Data) -> str | None:
    """What a decided message was taken for by itself, whatever it meant within the talk."""
    guess = _output(_stages(data), "intent").get("intent")
    return guess if isinstance(guess, str) and guess else None


def _recalled(data: Data) -> Iterator[str]:
    facts = _rows(data, "facts")
    named = {one.get("value") for one in facts if not _is_number(one)}
    for one in facts:
        if one.get("hidden"):
            yield f"Known: {_words(one.get('name', ''))}: hidden before a proof"
        elif not _is_number(one) or one.get("value") not in named:
            yield f"Known: {_called(str(one.get('name', '')))}: {one.get('value', '')}"
    for one in _rows(data, "recalled"):
        yield f"Brought along{_because(one.get('why'))}: {one.get('text') or 'no longer there'}"
    for left in _rows(data, "left_out"):
        for one in _rows(left, "best"):
            if one.get("text"):
                yield f"Left out ({left.get('why', '')}): {one['text']}"


def _is_number(fact: Mapping[str, Any]) -> bool:
    """Whether it is a number that was seen in a message, and not told for a detail of a flow."""
    return str(fact.get("name", "")).startswith(_SEEN)


def _called(name: str) -> str:
    kind = name.removeprefix(_SEEN).partition(":")[0] if name.startswith(_SEEN) else name
    return _words(kind)


def _because(why: object) -> str:
    """The strongest reasons for which an older message was brought along."""
    if not isinstance(why, Mapping | list | tuple) or not why:
        return ""
    return f" for {_join([_words(one) for one in why])}"


def _decided(data: Data) -> Iterator[str]:
    stages = _stages(data)
    yield from _understood(_output(stages, "intent"), _output(stages, "state"))
    yield from _did(_output(stages, "state"))
    drafted = _output(stages, "response")
    yield from _overruled(drafted) if is_replaced(data) else _answered(drafted, data)
    yield from _ruled(_output(stages, "rules"))
    for name, stage in stages.items():
        failed = _output({name: stage}, name).get("failed")
        if isinstance(failed, list | tuple) and failed:
            yield f"The stage {failed[0]} failed ({failed[-1]}), so the usual one decided."


def is_replaced(data: Data) -> bool:
    """Whether the rules put other words in the place of what was drafted."""
    return bool(_output(_stages(data), "rules").get("replaced"))


def _stages(data: Data) -> dict[str, Mapping[str, Any]]:
    return {str(one.get("stage")): one for one in _rows(data, "stages")}


def _understood(guess: Data, step: Data) -> Iterator[str]:
    runners = [
        f"“{_words(one[0])}” {_percent(one[1])}"
        for one in _list(guess, "runners_up")
        if isinstance(one, list | tuple) and len(one) > 1
        if one[0] != guess.get("intent") and _is_told(one[1])
    ]
    if runners:
        yield f"It might also have been {_join(runners)}."
    yield from intent_lines(guess.get("model"))
    yield from _written(guess)
    others = [f"“{_words(one)}”" for one in _list(guess, "others")]
    if others:
        yield f"It asks for {_join(others)} as well."
    taken = step.get("intent")
    if taken and taken != guess.get("intent"):
        yield f"From how the talk went it was taken for “{_words(taken)}”."


def _written(guess: Data) -> Iterator[str]:
    language = guess.get("language")
    if not language:
        return
    name = _LANGUAGES.get(str(language), language)
    written = guess.get("written")
    if written is None:
        yield f"Written in {name}."
    elif written == "unknown":
        yield f"In which language it is written is not clear; taken for {name}."
    else:
        yield f"Written in {_LANGUAGES.get(str(written), written)}, to be answered in {name}."


def _did(step: Data) -> Iterator[str]:
    captured = [_words(one) for one in _list(step, "captured")]
    if captured:
        yield f"Heard in the message: {_join(captured)}."
    also = [f"“{_words(one)}”" for one in _list(step, "also")]
    if also:
        yield f"Answered together: {_join(also)}."
    waiting = [f"“{_words(one)}”" for one in _list(step, "waiting")]
    if waiting:
        yield f"Still to be taken up: {_join(waiting)}."
    action, effect = step.get("action"), step.get("effect")
    if isinstance(action, Mapping):
        yield _carried_out(action)
    elif effect:
        # Behind its first word stand values that people are not shown.
        kind = _words(str(effect).partition(":")[0]).replace("lookup", "a look-up")
        yield f"It had something done first: {kind}."


_OUTCOMES = {
    "done": "It carried out “{action}”",
    "told": "It asked for “{action}”, and was told",
    "refused": "It asked for “{action}”, which was refused",
    "failed": "It could not carry out “{action}”",
}


def _carried_out(action: Mapping[str, Any]) -> str:
    """What became of an action: which, why not, after how many tries, and its key."""
    words = _OUTCOMES.get(str(action.get("outcome")), _OUTCOMES["failed"])
    told = words.format(action=_words(action.get("action", "")))
    why = f": {action['why']}" if action.get("why") else ""
    tries = f", after {action['tries']} tries" if action.get("tries") else ""
    return f"{told}{why}{tries} (key {action.get('key', '')})."


def _answered(draft: Data, data: Data) -> Iterator[str]:
    template = draft.get("template")
    if template:
        yield f"The words come from {_template_words(str(template))}."
    yield from words_lines(draft.get("model"))
    for one in _list(data, "sources"):
        if isinstance(one, list | tuple) and len(one) > 1 and one[1]:
            yield f"Source: {one[0]}, {one[1]}"
    yield from _searched(draft.get("searched"))
    if draft.get("grounded") is False:
        yield "Nothing was found that answers it."


def _overruled(draft: Data) -> Iterator[str]:
    """Of a draft that was not said, only what it was."""
    template = draft.get("template")
    instead = f": {_template_words(str(template))}" if template else ""
    yield f"The rules put other words in the place of what was drafted{instead}."
    yield from words_lines(draft.get("model"))


def _template_words(template: str) -> str:
    kind, _, name = template.partition(":")
    words = _TEMPLATES.get(kind)
    if words is None or not name:
        return f"the answer “{_words(template)}”"
    return words.format(_dashed(name))


def _searched(searched: object) -> Iterator[str]:
    """How near the articles came to the question, and from what score one answers."""
    if not isinstance(searched, Mapping):
        return
    best = [one for one in _list(searched, "best") if isinstance(one, list | tuple) and one]
    scores = [f"“{_dashed(one[0])}” {_percent(one[1])}" for one in best if len(one) > 1]
    if scores:
        least = _percent(searched.get("least"))
        yield f"Articles that came near: {_join(scores)}; one is told from {least} on."
    else:
        yield "No article speaks of it."


def _ruled(ruled: Data) -> Iterator[str]:
    matched = [f"“{_dashed(one)}”" for one in _list(ruled, "matched")]
    if matched:
        yield f"Rules that applied: {_join(matched)}."
    if tags := [f"“{_words(one)}”" for one in _list(ruled, "tags")]:
        yield f"Tags: {_join(tags)}."
    if ruled.get("raised"):
        yield f"People who have the case see it as {ruled['raised']} from now on."


def _room(data: Data) -> Iterator[str]:
    tokens, budget = data.get("tokens"), data.get("budget")
    if tokens and budget:
        yield f"It took {tokens} of {budget} tokens."


def _cost(data: Data) -> Iterator[str]:
    stages, playbook = list(_stages(data).values()), data.get("playbook")
    took = [(str(one.get("stage")), one.get("us")) for one in stages]
    known = [(name, us) for name, us in took if isinstance(us, int) and not isinstance(us, bool)]
    if known:
        each = ", ".join(f"{name} {us / 1000:.2f}" for name, us in known)
        yield f"It took {sum(us for _, us in known) / 1000:.2f} ms: {each}."
    versions = ", ".join(str(one["version"]) for one in stages if one.get("version"))
    if versions:
        yield f"Stages: {versions}." + (f" Playbook: {playbook}." if playbook else "")


_TELLERS: Mapping[str, Callable[[Data], Iterator[str]]] = {
    "recalled": _recalled,
    "decided": _decided,
}

_FIGURES: Mapping[str, Callable[[Data], Iterator[str]]] = {
    "recalled": _room,
    "decided": _cost,
}


def _output(stages: Mapping[str, Mapping[str, Any]], name: str) -> Data:
    found = stages.get(name, {}).get("output")
    return found if isinstance(found, Mapping) else {}


def _rows(data: Data, name: str) -> list[Mapping[str, Any]]:
    return [one for one in _list(data, name) if isinstance(one, Mapping)]


def _list(data: Data, name: str) -> Sequence[Any]:
    value = data.get(name)
    return value if isinstance(value, list | tuple) else ()


def _words(name: object) -> str:
    return str(name).replace("_", " ").replace(".", " ")


def _dashed(name: object) -> str:
    """The name of an article or a detail, as words."""
    return _words(name).replace("-", " ")


def _is_told(share: object) -> bool:
    return not isinstance(share, int | float) or not 0 <= share < _LEAST_TOLD


def _percent(share: object) -> str:
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        return "less likely"
    return f"{round(share * 100)} %"


def _join(words: Sequence[str]) -> str:
    return " and ".join(([", ".join(words[:-1])] if len(words) > 1 else []) + list(words[-1:]))
