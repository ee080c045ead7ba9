"""The tables of the settings that are about what is remembered: each option and its default.

As `gateway.settings.sections`; single tables are judged here and nothing is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from gateway.settings.sections import Positive, Section

Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]

Days = Annotated[int, Field(ge=0)]
"""For how many days; 0 is for ever."""


class Memory(Section):
    """How patiently the past is looked for, and how much of it this process keeps at hand."""

    patience_ms: Positive = 250
    kept_messages: Positive = 200_000


class Embeddings(Section):
    """The sentence encoder, which finds what was said in other words."""

    enabled: bool = False
    path: Path | None = None
    download: bool = False


class LanguageModel(Section):
    """A language model that speaks as OpenAI's do, and what it is asked for: by default, nothing.

    What somebody waits for (`answers`, `intents`) has its own times and its budget; 0 is no limit.
    """

    base_url: str | None = None
    api_key: SecretStr | None = None
    name: str | None = None
    timeout_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 20.0
    context_tokens: Annotated[int, Field(ge=1_000)] = 4_096
    summaries: bool = False
    facts: bool = False
    answers: bool = False
    intents: bool = False
    answer_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 8.0
    intent_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 3.0
    answer_tokens: Annotated[int, Field(ge=50, le=2_000)] = 300
    at_once: Positive = 4
    customer_tokens_per_hour: Annotated[int, Field(ge=0)] = 30_000
    tokens_per_day: Annotated[int, Field(ge=0)] = 2_000_000
    money_per_day: Price = 0.0
    price_in: Price = 0.0
    price_out: Price = 0.0


class Retention(Section):
    """For how many days each class of what is stored is kept; 0 is for ever."""

    messages_days: Days = 0
    facts_days: Days = 0
    turns_days: Days = 0
    files_days: Days = 0
    log_days: Days = 0
