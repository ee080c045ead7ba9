"""From the settings to a language model that can be asked, or to all that is wrong with them.

It opens connections to nobody: a model that is away is found out by whoever asks it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from tiktoken.model import encoding_name_for_model

from gateway.model.asking import Asking
from gateway.model.breaker import Breaker
from gateway.model.budget import Allowance, Budget
from gateway.model.client import RETRIES, LanguageModel
from gateway.model.composing import ComposeRules, Composing
from gateway.settings.model import ConfigError, Problem, Settings
from gateway.settings.obstacles import place
from memory.recall.tokens import ENCODINGS, token_counter
from memory.store import Store

INSTALL = 'Install it: pip install "onethread[model]"'

_UNKNOWN_MODEL = 1.3
"""By how much more is counted where a model's own way of counting is not known."""

_SCHEMES = ("http", "https")


def open_language_model(settings: Settings, cache: Path) -> LanguageModel | None:
    """The model that the settings name, or nothing when they name none.

    `cache` is a folder of ours for counting tokens. Raises `ConfigError` with everything wrong.
    """
    problems = model_problems(settings)
    if problems:
        raise ConfigError(problems)
    model = settings.model
    if model.base_url is None or model.name is None:
        return None
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    client = AsyncOpenAI(
        base_url=model.base_url,
        # Theirs wants one, and would take that of the environment, which may be for somebody else.
        api_key=model.api_key.get_secret_value() if model.api_key else "none",
        timeout=model.timeout_seconds,
        max_retries=RETRIES,
        # Whoever redirects us would be sent what customers wrote.
        http_client=DefaultAsyncHttpxClient(follow_redirects=False),
    )
    return LanguageModel(
        client,
        model.name,
        count=_counter(model.name, settings.pipeline.encoding, cache),
        context=model.context_tokens,
        seconds=model.timeout_seconds,
    )


def composing_of(
    settings: Settings,
    asked: LanguageModel | None,
    store: Store,
    *,
    now: Callable[[], datetime],
    tick: Callable[[], float],
    draw: Callable[[], int],
) -> Composing | None:
    """Who asks the model for what turns wait for; nobody if it is asked for nothing of that."""
    model = settings.model
    if asked is None or not (model.answers or model.intents):
        return None
    allowance = Allowance(
        model.customer_tokens_per_hour,
        model.tokens_per_day,
        model.money_per_day,
        model.price_in,
        model.price_out,
    )
    # Turns that wait for a model leave at least half of the places to those that need none.
    at_once = max(1, min(model.at_once, settings.turns.concurrency // 2))
    asking = Asking(asked, Budget(store, allowance, now), Breaker(now), at_once=at_once, tick=tick)
    rules = ComposeRules(
        model.answers,
        model.intents,
        model.answer_seconds,
        model.intent_seconds,
        model.answer_tokens,
    )
    return Composing(asking, rules, draw)


def model_problems(settings: Settings) -> list[Problem]:
    """What of the table `[model]` cannot work, with how to mend it."""
    model = settings.model
    wanted = model.summaries or model.facts or model.answers or model.intents
    if model.base_url is None and model.name is None and model.api_key is None and not wanted:
        return []
    found = []
    if model.base_url is None:
        mend = "Set it, for example to http://127.0.0.1:11434/v1, or leave the whole table out"
        found.append(_problem(settings, "base_url", "a language model needs an address", mend))
    elif not _is_address(model.base_url):
        mend = "Write http:// or https://, the host, and the path that /chat/completions follows"
        found.append(_problem(settings, "base_url", "is not the address of a server", mend))
    if not model.name:
        mend = "Set it to the name that the server has for the model"
        found.append(_problem(settings, "name", "a language model needs a name", mend))
    if find_spec("openai") is None:
        mend = f"{INSTALL}; or leave the whole table out"
        found.append(_problem(settings, "base_url", "a language model needs openai", mend))
    return [*found, *_turn_problems(settings)]


def _turn_problems(settings: Settings) -> list[Problem]:
    """What cannot work of the questions that a customer's turn waits for."""
    model, found = settings.model, []
    waited = model.answers * model.answer_seconds + model.intents * model.intent_seconds
    if waited > settings.turns.lease_seconds / 2:
        wrong = f"a turn would wait {waited:g} seconds, longer than half of turns.lease_seconds"
        mend = "Lower model.answer_seconds or model.intent_seconds, or raise turns.lease_seconds"
        found.append(_problem(settings, "answer_seconds", wrong, mend))
    if model.money_per_day and not (model.price_in or model.price_out):
        mend = "Set model.price_in and model.price_out to what a million tokens cost"
        found.append(_problem(settings, "money_per_day", "needs prices to be counted by", mend))
    return found


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in _SCHEMES
            and bool(parts.hostname)
            and parts.username is None
            and not (parts.query or parts.fragment)
        )
    except ValueError:
        return False


def _problem(settings: Settings, key: str, wrong: str, mend: str) -> Problem:
    file, name = place(settings, "model", key)
    return Problem(file, name, wrong, mend)


def _counter(name: str, fallback: str, cache: Path) -> Callable[[str], int]:
    """How this model counts; what is not known is counted as another does, and a part more."""
    try:
        encoding = encoding_name_for_model(name)
    except KeyError:
        encoding = ""
    if encoding in ENCODINGS:
        return token_counter(encoding, cache)
    count = token_counter(fallback, cache)
    return lambda text: round(count(text) * _UNKNOWN_MODEL)
