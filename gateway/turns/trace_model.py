"""What a stored turn tells of a language model that was asked in it, in sentences for people.

Pure wording over what was recorded; it must bear any record. What the model said and was not let
through is shown elsewhere, with the rule that it broke.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.limits import Broken
from core.pipeline.model.worded import Unfit

Data = Mapping[str, object]

_TROUBLES = {
    "timeout": "it did not answer in time",
    "unreachable": "nothing answered at its address",
    "refused": "it refused the question",
    "limited": "it took no more questions just then",
    "broken": "it failed by itself",
    "garbage": "what it sent cannot be read as an answer",
    "too long": "the question is longer than it can take",
}
_BUDGETS = {
    "customer": "what it may cost for one customer within an hour is used up",
    "day": "what it may cost in a day is used up",
}
_OUTCOMES = {
    "resting": "it was left alone, because it failed several times in a row",
    "busy": "as many questions as it may be asked at once were on their way",
    "not asked": "it was not asked when the turn was decided first",
}
_FAULTS = {
    Broken.PERSONAL.value: "it told a value that needs a better proof of who is writing",
    Broken.ADDRESS.value: "it named an e-mail address that is not the business's",
    Broken.LINK.value: "it named a place that is not the business's",
    Broken.NUMBER.value: "it named a number that stands in no source",
    Broken.NAME.value: "it named something that stands in no source",
    Broken.AMOUNT.value: "it spoke of giving more than may be spoken of",
    Broken.PROMISE.value: "it made a promise that the business did not write",
    Broken.SECRET.value: "it asked for a secret",
    Broken.MACHINE.value: "it spoke of itself, or to a machine",
    Unfit.EMPTY.value: "it said nothing",
    Unfit.LONG.value: "it said more than there is room for",
    Unfit.UNFINISHED.value: "it broke off within a sentence",
    Unfit.MARKUP.value: "it wrote markup or pictures",
    Unfit.QUESTION.value: "it asked a question of its own",
    Unfit.REPEATED.value: "it said what had been said before",
    Unfit.LANGUAGE.value: "it answered in another language",
    Unfit.INSTRUCTIONS.value: "it repeated its instructions",
    Unfit.UNSUPPORTED.value: "it said what stands in no source",
    Unfit.MISPLACED.value: "it gave a number to something that no source gives it to",
    Unfit.OMITTED.value: "it left out a restriction that its source makes",
    Unfit.OPPOSITE.value: "it said the opposite of its source",
}


def words_lines(asked: object) -> Iterator[str]:
    """How a model was asked for other words, and why what it said was used or not."""
    if not isinstance(asked, Mapping):
        return
    if asked.get("outcome") == "composed":
        yield f"{_name(asked)} put it in other words{_took(asked)}."
    else:
        yield f"{_name(asked)} has not worded it: {_why(asked)}{_took(asked)}."


def intent_lines(asked: object) -> Iterator[str]:
    """What a model took the message for, and why that was used or not."""
    if not isinstance(asked, Mapping):
        return
    outcome = asked.get("outcome")
    if outcome == "named":
        intent = str(asked.get("intent", "")).replace("_", " ")
        yield f"It was not sure, and {_name(asked, begins=False)} said “{intent}”{_took(asked)}."
    elif outcome == "none":
        told = "said that it is about none of them"
        yield f"It was not sure, and {_name(asked, begins=False)} {told}{_took(asked)}."
    else:
        why = "it named no intent" if outcome == "refused" else _why(asked)
        yield f"{_name(asked)} has not said what it is about: {why}{_took(asked)}."


def _name(asked: Data, *, begins: bool = True) -> str:
    name = asked.get("name")
    told = f"the language model {name}" if name else "the language model"
    return f"T{told[1:]}" if begins else told


def _why(asked: Data) -> str:
    outcome, trouble = str(asked.get("outcome", "")), str(asked.get("trouble", ""))
    if outcome == "refused":
        rule = str(asked.get("rule", ""))
        return _FAULTS.get(rule, "the rules did not let through what it said")
    if outcome == "budget":
        return _BUDGETS.get(trouble, "its budget is used up")
    if outcome == "failed":
        kind, _, status = trouble.rpartition(" ")
        if not status.isdigit():
            kind, status = trouble, ""
        told = _TROUBLES.get(kind, f"something went wrong ({trouble})")
        return f"{told} (HTTP {status})" if status and kind != "garbage" else told
    return _OUTCOMES.get(outcome, outcome or "nothing is known of it")


def _took(asked: Data) -> str:
    """Time and tokens, as far as they are known."""
    told = []
    milliseconds = str(asked.get("ms", ""))
    if milliseconds.isdigit():
        told.append(f"{int(milliseconds) / 1000:.2f} s")
    tokens = [str(asked[one]) for one in ("prompt", "answer") if asked.get(one)]
    if tokens:
        told.append(f"{' + '.join(tokens)} tokens")
    return f" ({', '.join(told)})" if told else ""
