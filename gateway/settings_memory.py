"""The tables of the settings that are about what is remembered: each option and its default.

As `gateway.settings_sections`; single tables are judged here and nothing is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from gateway.settings_sections import Positive, Section

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
    """A language model that speaks as OpenAI's do; it makes summaries and finds facts, if asked."""

    base_url: str | None = None
    api_key: SecretStr | None = None
    name: str | None = None
    timeout_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 20.0
    context_tokens: Annotated[int, Field(ge=1_000)] = 4_096
    summaries: bool = False
    facts: bool = False


class Retention(Section):
    """For how many days each class of what is stored is kept; 0 is for ever."""

    messages_days: Days = 0
    facts_days: Days = 0
    turns_days: Days = 0
    files_days: Days = 0
    log_days: Days = 0
