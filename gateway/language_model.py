"""The one client of a language model: messages in, a completion or what went wrong out.

It speaks to any address that speaks as OpenAI's does, by their maintained client, which is imported
only when a model is configured. What goes wrong is data: a model that is away, slow or babbling
raises nothing and delays nobody beyond its time. It neither logs nor keeps a text or a key, and
knows nothing of what it is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import orjson
from pydantic import BaseModel, ValidationError
from tiktoken.model import encoding_name_for_model

from gateway.obstacles import place
from gateway.settings import ConfigError, Problem, Settings
from memory.tokens import ENCODINGS, token_counter

if TYPE_CHECKING:
    from openai import AsyncOpenAI

INSTALL = 'Install it: pip install "onethread[model]"'

AT_ONCE = 2
"""Completions that are waited for at the same time: a model of one's own has few hands."""

RETRIES = 2
LARGEST_ANSWER = 1 << 20
"""Bytes of an answer that are read; what says more is broken."""

_OVERHEAD = 8
"""Tokens around each message, more than the known chat formats need."""

_UNKNOWN_MODEL = 1.3
"""By how much more is counted where a model's own way of counting is not known."""

_OPENAI = "api.openai.com"
_SCHEMES = ("http", "https")


class Role(StrEnum):
    """Whose words a message of a prompt is: ours, or what it is about."""

    SYSTEM = "system"
    USER = "user"


class Prompt(NamedTuple):
    """One message of a prompt."""

    role: Role
    text: str


class Trouble(StrEnum):
    """What went wrong with a completion."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    LIMITED = "limited"
    BROKEN = "broken"
    GARBAGE = "garbage"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered. `data` is the answer as JSON where a schema was given; an answer that
    is `cut` reached its limit."""

    text: str
    data: object = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer, with the HTTP status if there was one; never a text."""

    trouble: Trouble
    status: int | None = None


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Answer(BaseModel):
    choices: list[_Choice]


class LanguageModel:
    """A configured model. `name` is what its work is marked with; `context` how many tokens a
    prompt and its answer may have together."""

    def __init__(
        self,
        client: AsyncOpenAI,
        name: str,
        *,
        count: Callable[[str], int],
        context: int,
        seconds: float,
    ) -> None:
        self.name = name
        self.count = count
        self.context = context
        self._client = client
        # Named here, since it is imported when it is first named, and that takes a while.
        self._chat: Any = client.chat.completions.with_streaming_response
        self._seconds = seconds
        self._hands = asyncio.Semaphore(AT_ONCE)

    async def complete(
        self,
        messages: Sequence[Prompt],
        max_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Completion | Failure:
        """One answer to these messages, as JSON of the schema if one is given.

        The time-out is for all of it: waiting for a free hand, and tries after a failure too.
        """
        if self.size(messages) + max_tokens > self.context:
            return Failure(Trouble.TOO_LONG)
        try:
            async with asyncio.timeout(self._seconds), self._hands:
                answered = await self._ask(messages, max_tokens, schema)
        except TimeoutError:
            return Failure(Trouble.TIMEOUT)
        return answered if isinstance(answered, Failure) else _read(answered, schema is not None)

    def size(self, messages: Sequence[Prompt]) -> int:
        """How many tokens a prompt has, rather too many than too few."""
        return sum(self.count(one.text) + _OVERHEAD for one in messages)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    async def _ask(
        self, messages: Sequence[Prompt], max_tokens: int, schema: Mapping[str, Any] | None
    ) -> bytes | Failure:
        import openai

        options = self._options(max_tokens, schema)
        try:
            # Read piece by piece, because whoever answers without an end would fill the memory.
            async with self._chat.create(
                model=self.name,
                messages=[{"role": one.role.value, "content": one.text} for one in messages],
                **options,
            ) as response:
                body = b""
                async for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        return Failure(Trouble.GARBAGE, response.status_code)
                return body
        except openai.APITimeoutError:
            return Failure(Trouble.TIMEOUT)
        except openai.APIStatusError as error:
            return Failure(_trouble(error.status_code), error.status_code)
        except openai.APIConnectionError:
            return Failure(Trouble.UNREACHABLE)
        except Exception:  # noqa: BLE001 - within an answer its transport raises errors of its own
            return Failure(Trouble.GARBAGE)

    def _options(self, max_tokens: int, schema: Mapping[str, Any] | None) -> dict[str, Any]:
        # OpenAI's newer models take neither of the old names (platform.openai.com/docs,
        # "max_completion_tokens"); servers of one's own know the old ones best.
        if self._client.base_url.host == _OPENAI:
            options: dict[str, Any] = {"max_completion_tokens": max_tokens}
        else:
            options = {"max_tokens": max_tokens, "temperature": 0}
        if schema is not None:
            wanted = {"name": "answer", "schema": dict(schema), "strict": True}
            options["response_format"] = {"type": "json_schema", "json_schema": wanted}
        return options


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


def model_problems(settings: Settings) -> list[Problem]:
    """What of the table `[model]` cannot work, with how to mend it."""
    model = settings.model
    wanted = model.summaries or model.facts
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


def _trouble(status: int) -> Trouble:
    if status == 429:
        return Trouble.LIMITED
    return Trouble.BROKEN if status >= 500 else Trouble.REFUSED


def _read(body: bytes, as_data: bool) -> Completion | Failure:
    """The first choice of an answer; some servers leave out all but the text."""
    try:
        answer = _Answer.model_validate_json(body)
        choice = answer.choices[0]
        data = orjson.loads(choice.message.content) if as_data else None
    except (ValidationError, IndexError, orjson.JSONDecodeError):
        return Failure(Trouble.GARBAGE)
    return Completion(choice.message.content, data, choice.finish_reason == "length")
