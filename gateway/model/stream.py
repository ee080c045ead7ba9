"""A language model's answer as it comes: the bytes of a stream taken apart into pieces of text.

It reads the events that servers like OpenAI's send (platform.openai.com/docs/api-reference/
chat-streaming), and the whole answer of one that does not stream. What it holds is bounded, and
what it cannot read is garbage. It asks nobody and judges no text.
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ValidationError

LARGEST_STREAM = 1 << 18
"""Bytes of a stream that are read: 64 times what an answer is, with everything around it."""

_DATA, _END = b"data:", b"[DONE]"


class Garbled(ValueError):
    """The bytes are no answer of a model's."""


class Failed(ValueError):
    """The server says within its answer that it failed."""


class Usage(NamedTuple):
    """How many tokens a question and its answer took, as the server counts them."""

    prompt: int
    answer: int


class _Tokens(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Text(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    delta: _Text | None = None
    message: _Text | None = None
    finish_reason: str | None = None


class _Piece(BaseModel):
    choices: list[_Choice] = []
    usage: _Tokens | None = None
    error: object = None


class Stream:
    """One answer. `is_over` once its last piece was read, `is_cut` when it reached its limit."""

    def __init__(self, *, events: bool) -> None:
        self._events = events
        self._rest = b""
        self._read = 0
        self._has_reason = False
        self.is_over = False
        self.is_cut = False
        self.usage: Usage | None = None

    def feed(self, data: bytes) -> str:
        """The text in what came. Raises `Garbled` and `Failed`."""
        self._read += len(data)
        if self._read > LARGEST_STREAM:
            raise Garbled("more than an answer")
        self._rest += data
        if not self._events:
            return ""
        *lines, self._rest = self._rest.split(b"\n")
        return "".join(self._line(one.strip()) for one in lines)

    def end(self) -> str:
        """The text in what is left when nothing more comes. Raises `Garbled` and `Failed`."""
        rest, self._rest = self._rest.strip(), b""
        if self._events:
            text = self._line(rest)
            # Not every server sends the last mark, but all say why they came to an end.
            self.is_over = self.is_over or self._has_reason
            return text
        text = self._piece(rest)
        self.is_over = True
        return text

    def _line(self, line: bytes) -> str:
        # Comments (":"), names of events and empty lines carry nothing of an answer.
        if self.is_over or not line.startswith(_DATA):
            if line.startswith(b"{"):
                raise Garbled("an answer without the marks of a stream")
            return ""
        data = line.removeprefix(_DATA).strip()
        if data == _END:
            self.is_over = True
            return ""
        return self._piece(data)

    def _piece(self, data: bytes) -> str:
        try:
            piece = _Piece.model_validate_json(data)
        except ValidationError:
            raise Garbled("no piece of an answer") from None
        if piece.error is not None:
            raise Failed
        if piece.usage is not None:
            self.usage = Usage(piece.usage.prompt_tokens, piece.usage.completion_tokens)
        if not piece.choices:
            return ""
        choice = piece.choices[0]
        self._has_reason = self._has_reason or choice.finish_reason is not None
        self.is_cut = self.is_cut or choice.finish_reason == "length"
        text = choice.delta or choice.message
        return (text.content or "") if text is not None else ""
