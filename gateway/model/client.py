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
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from pydantic import BaseModel, ValidationError

from gateway.model.stream import Failed, Stream, Usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI

AT_ONCE = 2
"""Completions that are waited for at the same time: a model of one's own has few hands."""

RETRIES = 2
LARGEST_ANSWER = 1 << 20
"""Bytes of an answer that are read; what says more is broken."""

_OVERHEAD = 8
"""Tokens around each message, more than the known chat formats need."""

_OPENAI = "api.openai.com"


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
class Streamed:
    """What a model answered, piece by piece, as far as it was taken. `cut` as in `Completion`."""

    text: str
    cut: bool = False
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer, with the HTTP status if there was one; never a text. `wait` is how
    many seconds the server asks us to leave it alone, if it says so."""

    trouble: Trouble
    status: int | None = None
    wait: float | None = None


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Answer(BaseModel):
    choices: list[_Choice]


def _take_all(_: str) -> bool:
    return True


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
        self._at_once: Any = client.with_options(
            max_retries=0
        ).chat.completions.with_streaming_response
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

    async def answer(
        self,
        messages: Sequence[Prompt],
        max_tokens: int,
        *,
        seconds: float,
        schema: Mapping[str, Any] | None = None,
        take: Callable[[str], bool] = _take_all,
    ) -> Streamed | Failure:
        """An answer for somebody who waits: streamed, asked for once, and within `seconds`.

        `take` is given each piece of text as it comes; once it says no, no more is read. It waits
        for no free hand: how many are asked at once is for the caller to limit.
        """
        if self.size(messages) + max_tokens > self.context:
            return Failure(Trouble.TOO_LONG)
        try:
            async with asyncio.timeout(seconds):
                return await self._stream(messages, max_tokens, schema, seconds, take)
        except TimeoutError:
            return Failure(Trouble.TIMEOUT)

    def size(self, messages: Sequence[Prompt]) -> int:
        """How many tokens a prompt has, rather too many than too few."""
        return sum(self.count(one.text) + _OVERHEAD for one in messages)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    async def _ask(
        self, messages: Sequence[Prompt], max_tokens: int, schema: Mapping[str, Any] | None
    ) -> bytes | Failure:
        try:
            # Read piece by piece, because whoever answers without an end would fill the memory.
            asked = self._asked(messages, max_tokens, schema)
            async with self._chat.create(**asked) as response:
                body = b""
                async for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        return Failure(Trouble.GARBAGE, response.status_code)
                return body
        except Exception as error:  # noqa: BLE001 - within an answer its transport raises its own
            return _failure(error)

    async def _stream(
        self,
        messages: Sequence[Prompt],
        max_tokens: int,
        schema: Mapping[str, Any] | None,
        seconds: float,
        take: Callable[[str], bool],
    ) -> Streamed | Failure:
        asked = self._asked(messages, max_tokens, schema)
        if self._client.base_url.host == _OPENAI:
            # Only theirs has to be asked to count, and others may not know the word.
            asked["stream_options"] = {"include_usage": True}
        try:
            async with self._at_once.create(**asked, stream=True, timeout=seconds) as response:
                return await _taken(response, take)
        except Failed:
            return Failure(Trouble.BROKEN)
        except Exception as error:  # noqa: BLE001 - within an answer its transport raises its own
            return _failure(error)

    def _asked(
        self, messages: Sequence[Prompt], max_tokens: int, schema: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        said = [{"role": one.role.value, "content": one.text} for one in messages]
        return {"model": self.name, "messages": said, **self._options(max_tokens, schema)}

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


async def _taken(response: Any, take: Callable[[str], bool]) -> Streamed | Failure:
    """What comes of a response, until it is over or enough."""
    stream = Stream(events="json" not in response.headers.get("content-type", ""))
    text = ""
    async for data in response.iter_bytes():
        piece = stream.feed(data)
        text += piece
        if piece and not take(piece):
            return Streamed(text, usage=stream.usage)
        if stream.is_over:
            break
    if not stream.is_over:
        piece = stream.end()
        text += piece
        if piece and not take(piece):
            return Streamed(text, usage=stream.usage)
    if not stream.is_over:
        # Whoever breaks off has not said all, and what is missing may turn it round.
        return Failure(Trouble.GARBAGE, response.status_code)
    return Streamed(text, stream.is_cut, stream.usage)


def _failure(error: Exception) -> Failure:
    """What went wrong, from what the client or its transport raised."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return Failure(Trouble.TIMEOUT)
    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        return Failure(_trouble(status), status, _wait(error.response.headers.get("retry-after")))
    if isinstance(error, openai.APIConnectionError):
        return Failure(Trouble.UNREACHABLE)
    return Failure(Trouble.GARBAGE)


def _wait(header: str | None) -> float | None:
    """Seconds to wait, where a server gives them as a number; a date is not read."""
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None


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
