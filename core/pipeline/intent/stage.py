"""The intent stage: frozen weights, scored from a dictionary, with the right to abstain.

Training happens elsewhere (`gateway.intents.training`, in a process of its own); this module only
holds what came out of it, scores texts with numpy, and reads and writes the weights in a format
that cannot carry code. It must not import scikit-learn, and it never guesses below its threshold.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.languages.features import LONGEST_WORD, Stems, character_terms, plain, word_terms
from core.pipeline.contracts import IntentGuess, IntentStage
from core.pipeline.intent.meaning_head import MeaningHead, Nearest
from core.pipeline.intent.piece_vectors import PieceVectors
from core.playbook.model import Playbook
from core.turn import TurnInput

DEFAULT_THRESHOLD = 0.7
"""Probability below which a model abstains when its examples were too few to find a threshold."""

RUNNERS_UP = 3
"""How many further intents a guess names."""

_SPELLED_LIMIT = 20_000
_GUESSED_LIMIT = 4_000
_GUESSED_LONGEST = 1_000
"""Characters of a text whose guess is remembered: what comes again is short."""
_MAGIC = b"onethread-intents-1\n"
_ABSTAIN = IntentGuess(name=None, confidence=0.0, margin=0.0)

Tables = Callable[[str], PieceVectors | None]
"""The table of word pieces of a name, if it is there."""

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]


class CorruptModel(ValueError):
    """The bytes are not an intent model, or not a whole one; the message says what is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class IntentModel:
    """A linear classifier over TF-IDF terms, as scikit-learn trained it.

    `words` and `characters` map a term to its row in `weights` (one column per intent) and `idf`.
    The terms of each kind are weighted by 1 + ln(count), times idf, and scaled to length 1.
    Probabilities are the softmax of scores / `temperature`; below `threshold` the model abstains.
    `certain` maps a known text, as `plain` makes it, to its intent. `metrics` are measurements of
    the training, for people.
    """

    intents: tuple[str, ...]
    language: str
    words: Mapping[str, int]
    characters: Mapping[str, int]
    idf: Floats
    weights: Floats
    intercept: Floats
    temperature: float
    threshold: float
    certain: Mapping[str, str]
    metrics: Mapping[str, float] = field(default_factory=dict)
    stems: Stems = field(default_factory=Stems)
    spelled: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Words seen lately -> the rows of their n-grams, which never leave a word."""
    guessed: dict[str, IntentGuess] = field(default_factory=dict)
    """Texts seen lately -> the guess: "hi", "yes please" and "where is my order" come all day."""
    meaning: MeaningHead | None = None
    """What makes use of a text's sentence vector, where the model was trained with an encoder."""
    pieces: PieceVectors | None = None
    gist: MeaningHead | None = None
    """What makes use of the vectors of a text's word pieces; both or neither, and neither where the
    table does not know the playbook's language."""

    def scores(self, text: str) -> Floats:
        """The decision value of every intent, in the order of `intents`."""
        scores, _ = self._score(plain(text))
        return scores

    def _score(self, folded: str) -> tuple[Floats, bool]:
        """Decision values, and whether the text has any known term, for a text made by `plain`."""
        spelled = (self._spell(word) for word in folded.split())
        blocks = (
            self._block(map(self.words.get, word_terms(self.stems)(folded))),
            self._block(chain.from_iterable(spelled)),
        )
        known = [block for block in blocks if block is not None]
        scores = self.intercept
        for rows, values in known:
            scores = scores + values @ self.weights[rows]
        return scores, bool(known)

    def _spell(self, word: str) -> tuple[int, ...]:
        """The rows of the word's n-grams that are known."""
        rows = self.spelled.get(word)
        if rows is None:
            found = map(self.characters.get, character_terms(word))
            rows = tuple(row for row in found if row is not None)
            if len(self.spelled) >= _SPELLED_LIMIT:
                self.spelled.clear()
            if len(word) <= LONGEST_WORD:
                self.spelled[word] = rows
        return rows

    def _block(self, rows: Iterable[int | None]) -> tuple[Rows, Floats] | None:
        """Rows and weights of one kind of terms, scaled to length 1; nothing when none is known."""
        # Counting rows instead of terms keeps the loop over a message's terms out of Python.
        counts = Counter(rows)
        del counts[None]
        size = len(counts)
        if size == 0:
            return None
        found = np.array(list(counts), dtype=np.intp)
        repeated = np.fromiter(counts.values(), dtype=np.float32, count=size)
        values: Floats = (np.log(repeated) + np.float32(1)) * self.idf[found]
        values /= np.float32(math.sqrt(float(values @ values)))
        return found, values

    def classify(self, text: str, vector: Floats | None = None) -> IntentGuess:
        """What a text wants, or nothing (`name` None) when the best intent is not probable enough.

        A text that is an example or a title of exactly one intent is certain. When the model
        abstains, `confidence` is still that of the best intent and `runners_up` begins with it.
        `vector` is the text's sentence vector, of the encoder that `meaning` names; without it the
        terms decide alone.
        """
        folded = plain(text)
        if vector is not None and self.meaning is not None and self.meaning.fits(vector):
            return self._classify(folded, vector, self.meaning)
        guess = self.guessed.get(folded)
        if guess is None:
            guess = self._classify(folded)
            if len(self.guessed) >= _GUESSED_LIMIT:
                self.guessed.clear()
            if len(folded) <= _GUESSED_LONGEST:
                self.guessed[folded] = guess
        return guess

    def _classify(
        self, folded: str, vector: Floats | None = None, meaning: MeaningHead | None = None
    ) -> IntentGuess:
        known = self.certain.get(folded)
        if known is not None:
            return IntentGuess(name=known, confidence=1.0, margin=1.0)
        scores, any_known = self._score(folded)
        if not folded or not self.intents:
            return _ABSTAIN
        if vector is not None and meaning is not None:
            fused = meaning.scores(vector, scores)
            return self._ranked(fused, meaning.temperature, meaning.threshold)
        gist = None if self.pieces is None else self.pieces.of(folded)
        if gist is not None and self.gist is not None:
            fused = self.gist.scores(gist, scores)
            return self._ranked(fused, self.gist.temperature, self.gist.threshold)
        if not any_known:
            return _ABSTAIN
        return self._ranked(scores, self.temperature, self.threshold)

    def _ranked(self, scores: Floats, temperature: float, threshold: float) -> IntentGuess:
        """The guess that decision values make."""
        powers = np.exp((scores - scores.max()) / temperature)
        shares = powers / powers.sum()
        order = np.argsort(-shares, kind="stable")[: RUNNERS_UP + 1]
        ranked = tuple(
            (self.intents[one], share)
            for one, share in zip(order.tolist(), shares[order].tolist(), strict=True)
        )
        confidence = ranked[0][1]
        margin = confidence - ranked[1][1] if len(ranked) > 1 else confidence
        if confidence < threshold:
            return IntentGuess(None, confidence, margin, ranked[:RUNNERS_UP])
        return IntentGuess(ranked[0][0], confidence, margin, ranked[1:])

    def to_bytes(self) -> bytes:
        """The model as a NumPy archive behind a digest of its content; holds no pickled object."""
        head: dict[str, object] = {
            "intents": self.intents,
            "language": self.language,
            "words": _terms(self.words),
            "characters": _terms(self.characters),
            "temperature": self.temperature,
            "threshold": self.threshold,
            "certain": dict(self.certain),
            "metrics": dict(self.metrics),
        }
        arrays = {"idf": self.idf, "weights": self.weights, "intercept": self.intercept}
        for name, one in (("meaning", self.meaning), ("gist", self.gist)):
            if one is not None:
                head[name] = one.head()
                arrays |= {f"{name}_{its}": array for its, array in one.arrays().items()}
        target = io.BytesIO()
        np.savez(
            target,
            head=np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8),
            **arrays,
            allow_pickle=False,
        )
        body = target.getvalue()
        return _MAGIC + hashlib.sha256(body).digest() + body

    @classmethod
    def from_bytes(cls, data: bytes, tables: Tables = lambda _: None) -> IntentModel:
        """The model that `to_bytes` wrote. `tables` is only asked by a model that needs a table.

        Raises `CorruptModel` for anything else: another format or version, a cut or changed file,
        shapes that do not fit, numbers that are not finite, a table that is not there.
        """
        size = len(_MAGIC)
        if not data.startswith(_MAGIC):
            raise CorruptModel("not an intent model of this version")
        digest, body = data[size : size + 32], data[size + 32 :]
        if hashlib.sha256(body).digest() != digest:
            raise CorruptModel("the intent model is cut or changed: its digest does not match")
        try:
            with np.load(io.BytesIO(body), allow_pickle=False) as archive:
                head = json.loads(archive["head"].tobytes())
                arrays = {
                    name: np.ascontiguousarray(archive[name], dtype=np.float32)
                    for name in archive.files
                    if name != "head"
                }
            model = _assemble(head, arrays, tables)
        except (KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as fault:
            raise CorruptModel(f"the intent model cannot be read: {fault}") from fault
        _check(model)
        return model


def _terms(rows: Mapping[str, int]) -> list[str]:
    return sorted(rows, key=rows.__getitem__)


def _assemble(
    head: Mapping[str, object], arrays: Mapping[str, Floats], tables: Tables
) -> IntentModel:
    intents, words, characters = (_strings(head[key]) for key in ("intents", "words", "characters"))
    certain, metrics = head["certain"], head["metrics"]
    if not isinstance(certain, dict) or not isinstance(metrics, dict):
        raise CorruptModel("the intent model's tables have the wrong type")
    language = str(head["language"])
    gist = _head("gist", head, arrays)
    return IntentModel(
        intents=tuple(intents),
        language=language,
        words={term: row for row, term in enumerate(words)},
        characters={term: row for row, term in enumerate(characters, start=len(words))},
        idf=arrays["idf"],
        weights=arrays["weights"],
        intercept=arrays["intercept"],
        temperature=_number(head["temperature"]),
        threshold=_number(head["threshold"]),
        certain={str(key): str(value) for key, value in certain.items()},
        metrics={str(key): _number(value) for key, value in metrics.items()},
        stems=Stems(language),
        meaning=_head("meaning", head, arrays),
        pieces=None if gist is None else tables(gist.encoder),
        gist=gist,
    )


def _head(
    name: str, heads: Mapping[str, object], arrays: Mapping[str, Floats]
) -> MeaningHead | None:
    head = heads.get(name)
    if head is None:
        return None
    if not isinstance(head, dict):
        raise CorruptModel("the intent model's head has the wrong type")
    return MeaningHead(
        encoder=str(head["encoder"]),
        weights=arrays[f"{name}_weights"],
        intercept=arrays[f"{name}_intercept"],
        share=_number(head["share"]),
        temperature=_number(head["temperature"]),
        threshold=_number(head["threshold"]),
        nearest=_nearest(arrays.get(f"{name}_examples"), arrays.get(f"{name}_starts")),
    )


def _nearest(examples: Floats | None, starts: Floats | None) -> Nearest | None:
    if examples is None or starts is None:
        return None
    return Nearest(examples, starts.astype(np.intp))


def _strings(value: object) -> Sequence[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise CorruptModel("the intent model's lists have the wrong type")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise CorruptModel("the intent model holds a value that is not a number")
    return float(value)


def _check(model: IntentModel) -> None:
    terms, intents = len(model.words) + len(model.characters), len(model.intents)
    shapes = (model.idf.shape, model.weights.shape, model.intercept.shape)
    if shapes != ((terms,), (terms, intents), (intents,)):
        raise CorruptModel(f"the intent model's arrays do not fit each other: {shapes}")
    if model.temperature <= 0:
        raise CorruptModel("the intent model's temperature must be positive")
    if not all(np.isfinite(one).all() for one in (model.idf, model.weights, model.intercept)):
        raise CorruptModel("the intent model holds weights that are not finite")
    if set(model.certain.values()) - set(model.intents):
        raise CorruptModel("the intent model knows texts of intents it does not have")
    for head in (model.meaning, model.gist):
        if head is not None and not head.is_sound(intents):
            raise CorruptModel("the intent model's weights over meaning cannot be used")
    if model.gist is not None:
        _check_table(model.gist, model.pieces)


def _check_table(gist: MeaningHead, pieces: PieceVectors | None) -> None:
    if pieces is None:
        raise CorruptModel(f"the intent model needs the table {gist.encoder}, which is not here")
    if gist.weights.shape[0] != pieces.dimensions:
        raise CorruptModel("the intent model's weights do not fit the table of word pieces")


def stage(model: IntentModel) -> IntentStage:
    """The model as the pipeline's first stage.

    A tapped choice whose value is an intent's name, title or example is certain. Several messages
    of one burst are one text. An intent that the playbook no longer has is never guessed.
    """

    def guess_intent(turn: TurnInput, playbook: Playbook) -> IntentGuess:
        tapped = next((one.quick_reply for one in reversed(turn.messages) if one.quick_reply), None)
        if tapped is not None:
            chosen = _chosen(tapped, model, playbook)
            if chosen is not None:
                return IntentGuess(name=chosen, confidence=1.0, margin=1.0)
        return _within(model.classify(turn.text, turn.vector), playbook)

    return guess_intent


def _chosen(value: str, model: IntentModel, playbook: Playbook) -> str | None:
    """The intent that a quick reply's value names exactly, if any."""
    wanted = plain(value)
    for intent in playbook.intents:
        if value == intent.name or wanted == plain(intent.title):
            return intent.name
    known = model.certain.get(wanted)
    return known if playbook.intent(known) is not None else None


def _within(guess: IntentGuess, playbook: Playbook) -> IntentGuess:
    """The guess without intents that the playbook does not have."""
    runners_up = tuple(one for one in guess.runners_up if playbook.intent(one[0]) is not None)
    known = guess.name is None or playbook.intent(guess.name) is not None
    if known and len(runners_up) == len(guess.runners_up):
        return guess
    return IntentGuess(guess.name if known else None, guess.confidence, guess.margin, runners_up)
