"""What the doctor says of the language model: whether it is there, knows us, and answers in time.

It asks one short question, which has no word of a customer in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.channel_abilities import Finding, Gravity
from core.playbook.fields import PlaybookError
from core.playbook.model import FREE
from gateway.doctor.machine import fault_of
from gateway.model.client import (
    Completion,
    Failure,
    Prompt,
    Role,
    Streamed,
    Trouble,
)
from gateway.model.opening import model_problems, open_language_model
from gateway.playbook.reader import load_playbook
from gateway.settings.model import Settings

_QUESTION = (Prompt(Role.USER, "Answer with the word yes."),)
_TOKENS = 16

_SETTINGS = ("model.answers", "model.intents", "model.summaries", "model.facts")

_TROUBLES: Mapping[Trouble, tuple[str, str]] = {
    Trouble.TIMEOUT: (
        "{name} did not answer within {seconds:g} seconds.",
        "The first question may load the model: try again, or raise model.{setting}.",
    ),
    Trouble.UNREACHABLE: (
        "Nothing answers at {url}.",
        "Start the server of the model, or correct model.base_url.",
    ),
    Trouble.LIMITED: (
        "{url} takes no more questions just now (HTTP 429).",
        "Wait, or ask its provider for a higher limit; until then nothing is made.",
    ),
    Trouble.BROKEN: (
        "{url} failed by itself (HTTP {status}).",
        "See the log of that server; it may lack the memory for {name}.",
    ),
    Trouble.GARBAGE: (
        "What answers at {url} is not a chat completion.",
        "model.base_url mostly ends in /v1; the path /chat/completions is put behind it.",
    ),
    Trouble.TOO_LONG: (
        "model.context_tokens is too small for any question.",
        "Set it to what {name} can take.",
    ),
}
_REFUSALS: Mapping[int | None, tuple[str, str]] = {
    401: ("{url} refuses the key.", "Correct model.api_key (ONETHREAD__MODEL__API_KEY)."),
    403: ("{url} refuses the key.", "Correct model.api_key (ONETHREAD__MODEL__API_KEY)."),
    404: (
        "{url} knows no {name}, or no chat completions.",
        "Correct model.name, or model.base_url, which mostly ends in /v1.",
    ),
}
_REFUSED = (
    "{url} refused the question (HTTP {status}).",
    "See the log of that server for what it does not understand.",
)


async def model_findings(settings: Settings) -> list[Finding]:
    """Whether the configured model can be used; nothing is configured by default."""
    problems = model_problems(settings)
    if problems:
        return [fault_of(f"{one.file} {one.key}", one.wrong, one.mend) for one in problems]
    model = open_language_model(settings, settings.data.folder / "tokens")
    if model is None:
        return [Finding(Gravity.OK, "No language model is configured: none is asked.")]
    table, setting = settings.model, "timeout_seconds"
    try:
        done: Completion | Streamed | Failure = await model.complete(_QUESTION, _TOKENS)
        if not isinstance(done, Failure) and (table.answers or table.intents):
            # Whoever waits for it waits for less long, and is answered piece by piece.
            setting = "answer_seconds" if table.answers else "intent_seconds"
            seconds = table.answer_seconds if table.answers else table.intent_seconds
            done = await model.answer(_QUESTION, _TOKENS, seconds=seconds)
    finally:
        await model.close()
    if isinstance(done, Failure):
        return [_failed(settings, done, setting), *_clear_text(settings)]
    asked = Finding(Gravity.OK, f"{model.name} answers. It {_tasks(settings)}.")
    return [asked, *_never_free(settings), *_clear_text(settings)]


def _tasks(settings: Settings) -> str:
    table = settings.model
    tasks = {
        "sums up what is over": table.summaries,
        "looks for facts": table.facts,
        "words answers": table.answers,
        "is asked what unclear messages are about": table.intents,
    }
    *first, last = [task for task, on in tasks.items() if on] or [""]
    told = " and ".join(one for one in (", ".join(first), last) if one)
    return told or f"is asked for nothing: set one of {', '.join(_SETTINGS)}"


def _never_free(settings: Settings) -> list[Finding]:
    """A model that may word answers, and a playbook that never lets it."""
    if not settings.model.answers:
        return []
    try:
        playbook = load_playbook(settings.playbook.path)
    except PlaybookError:
        return []  # which the doctor tells elsewhere
    if any(one.mode == FREE for one in playbook.modes):
        return []
    what = "It may word answers, and the playbook nowhere says that it may."
    mend = 'Add [[modes]] with mode = "free" to playbook.toml, or set model.answers = false.'
    return [Finding(Gravity.WARNING, what, mend)]


def _failed(settings: Settings, failure: Failure, setting: str) -> Finding:
    """A warning: without it everything goes on, and only what it would make is missing."""
    if failure.trouble is Trouble.REFUSED:
        what, mend = _REFUSALS.get(failure.status, _REFUSED)
    else:
        what, mend = _TROUBLES[failure.trouble]
    words = {
        "url": settings.model.base_url,
        "name": settings.model.name,
        "setting": setting,
        "seconds": getattr(settings.model, setting),
        "status": failure.status,
    }
    return Finding(Gravity.WARNING, what.format(**words), mend.format(**words))


def _clear_text(settings: Settings) -> list[Finding]:
    """Customers' words over a network that anybody may read."""
    url = settings.model.base_url or ""
    near = ("http://127.", "http://localhost", "http://[::1]")
    if url.startswith("https:") or url.startswith(near):
        return []
    what = f"{url} is asked without encryption, with what customers wrote."
    mend = "Use https, unless nobody else is on the way there."
    return [Finding(Gravity.WARNING, what, mend)]
