"""What the product says by itself, in one language or another: each language's words in one value.

It looks up and fills; which language is spoken to whom is `core.answers.wording`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.answers.defaults import DEFAULT_ANSWERS, WHERE
from core.answers.identity import BY
from core.languages import (
    actions,
    english,
    french,
    french_identity,
    german,
    german_identity,
    invalid,
    pointing,
    returning,
    spanish,
    spanish_identity,
)


@dataclass(frozen=True, slots=True)
class Speech:
    """One language's words.

    `answers` has variants by the key of an answer. `where` and `by` say, by channel, where an
    answer arrives and where to ask for what may not be told here. `words` are single ones and last
    resorts, by the names in `core.languages.english`; `days` begin with Monday.
    """

    language: str
    answers: Mapping[str, tuple[str, ...]]
    where: Mapping[str, str]
    by: Mapping[str, str]
    words: Mapping[str, str]
    days: tuple[str, ...]

    def where_words(self, channel: str) -> str:
        """Where an answer on this channel arrives."""
        return self.where.get(channel, self.words["elsewhere"])


ENGLISH = Speech("en", DEFAULT_ANSWERS, WHERE, BY, english.WORDS, english.DAYS)

_FURTHER = (
    ("de", german, german_identity),
    ("fr", french, french_identity),
    ("es", spanish, spanish_identity),
)

SPEECHES: Mapping[str, Speech] = {
    "en": ENGLISH,
    **{
        code: Speech(
            code,
            {
                **words.ANSWERS,
                **actions.ACTION_ANSWERS[code],
                **invalid.INVALID_ANSWERS[code],
                **pointing.POINTING_ANSWERS[code],
                **returning.RETURNING_ANSWERS[code],
                **identity.IDENTITY_ANSWERS,
            },
            words.WHERE,
            words.BY,
            words.WORDS,
            words.DAYS,
        )
        for code, words, identity in _FURTHER
    },
}
"""Language by its code -> its words."""


def speech_of(language: str) -> Speech:
    """The words of a language; of one that the product has none of, the English ones."""
    return SPEECHES.get(language, ENGLISH)
