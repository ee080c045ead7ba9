"""Gets an intent model for a playbook's examples: from the cache, or trained in a child process.

A model is filed under the content it was trained on, so a changed example means another file and an
unchanged playbook starts at once. This module must not import scikit-learn; a training that fails
or takes too long leaves every older model as it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from core.pipeline.intent.stage import CorruptModel, IntentModel
from core.playbook.model import Playbook
from gateway.intents.piece_file import load_pieces
from gateway.recall.encoder_files import Found

RECIPE = "5"
"""Raise when training or scoring changes: every cached model is then trained anew."""

TIME_LIMIT = 300.0
"""Seconds a training may take."""

KEPT = 5
"""How many models the cache keeps, newest first, beside those that are in force or needed."""

Row = tuple[str, str]


class TrainingFault(Exception):
    """What went wrong in a child process, in words."""


class TrainingFailed(RuntimeError):
    """No model could be trained; the message says why. `previous` is the newest model of an earlier
    version of the playbook, if there is one."""

    def __init__(self, reason: str, previous: IntentModel | None) -> None:
        super().__init__(reason)
        self.previous = previous


def playbook_rows(playbook: Playbook) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The playbook's (text, intent) examples, and its intents' titles and descriptions likewise.

    Titles and descriptions are worth 2.5 points of accuracy at 5 examples per intent, 1 at 10.
    """
    examples = tuple((text, one.name) for one in playbook.intents for text in one.examples)
    titles = tuple(
        (text, one.name)
        for one in playbook.intents
        for text in (one.title, one.description)
        if text
    )
    return examples, titles


async def model_for(
    examples: Sequence[Row],
    cache: Path,
    *,
    titles: Sequence[Row] = (),
    language: str = "en",
    encoder: Found | None = None,
    time_limit: float = TIME_LIMIT,
    needed: Collection[str] = (),
) -> IntentModel:
    """The model of these (text, intent) examples, from the folder `cache` or trained now.

    Raises `TrainingFailed` when the child process fails, takes longer than `time_limit` seconds or
    writes no usable model. A damaged file in the cache is trained anew. Order and repetitions of
    the rows do not matter. With an encoder, the model makes use of sentence vectors, too. The
    models with the `needed` digests are kept, however old they are.
    """
    rows, extra = sorted(set(examples)), sorted(set(titles))
    name = digest(rows, extra, language, encoder)
    model = model_kept(cache, name)
    if model is not None:
        return model
    path = path_of(cache, name)
    try:
        model = await _trained(path, rows, extra, language, time_limit, encoder)
        _forget_old(cache, {path, *(path_of(cache, one) for one in needed)})
        return model
    except OSError as wrong:
        words = f"the training could not run here: {wrong.strerror or 'unknown reason'}"
    except TrainingFault as wrong:
        words = str(wrong)
    intents = {intent for _, intent in (*rows, *extra)}
    raise TrainingFailed(words, previous(cache, intents, language))


async def _trained(
    path: Path,
    rows: list[Row],
    titles: list[Row],
    language: str,
    time_limit: float,
    encoder: Found | None,
) -> IntentModel:
    """Train into the cache. Raises `TrainingFault` and `OSError`."""
    cache = path.parent
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="training-", dir=cache) as folder:
        target = Path(folder) / "model"
        request = {
            "examples": rows,
            "titles": titles,
            "language": language,
            "target": str(target),
            "encoder": told_of_encoder(encoder, cache),
        }
        await run_child("gateway.intents.training_child", json.dumps(request).encode(), time_limit)
        try:
            model = IntentModel.from_bytes(target.read_bytes(), load_pieces)
        except (OSError, CorruptModel) as wrong:
            raise TrainingFault(f"the training wrote no usable model: {wrong}") from None
        target.replace(path)
    return model


def model_now(
    examples: Sequence[Row],
    cache: Path,
    *,
    titles: Sequence[Row] = (),
    language: str = "en",
    encoder: Found | None = None,
    time_limit: float = TIME_LIMIT,
) -> IntentModel:
    """`model_for`, for commands and tests that run no event loop."""
    return asyncio.run(
        model_for(
            examples,
            cache,
            titles=titles,
            language=language,
            encoder=encoder,
            time_limit=time_limit,
        )
    )


def told_of_encoder(encoder: Found | None, cache: Path) -> Mapping[str, str | None] | None:
    """What a child is told of the encoder."""
    if encoder is None:
        return None
    return {
        "name": encoder.deep_name,
        "model": str(encoder.model.resolve()),
        "vocabulary": str(encoder.vocabulary.resolve()),
        "kept": str(cache / f"vectors-{encoder.deep_name}.npz"),
        "layer": encoder.layer,
    }


def digest(
    examples: Sequence[Row],
    titles: Sequence[Row],
    language: str,
    encoder: Found | None = None,
) -> str:
    """What a model is filed under: a digest of the recipe and of everything it is trained on."""
    name = None if encoder is None else encoder.deep_name
    content = json.dumps([RECIPE, language, sorted(set(examples)), sorted(set(titles)), name])
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def path_of(cache: Path, name: str) -> Path:
    """Where the model with this digest is kept."""
    return cache / f"intents-{name}.model"


def model_kept(cache: Path, name: str) -> IntentModel | None:
    """The model with this digest; nothing when it is not there or damaged."""
    path = path_of(cache, name)
    model = _read(path)
    if model is not None:
        with contextlib.suppress(OSError):
            os.utime(path)
    return model


def previous(cache: Path, intents: Collection[str], language: str) -> IntentModel | None:
    """The newest model of an earlier version of a playbook with these intents, to go on with.

    One that knows less than half of them is another playbook's.
    """
    for path in _newest(cache):
        model = _read(path)
        if model is None or model.language != language:
            continue
        if 2 * len(set(intents) & set(model.intents)) >= len(set(intents)):
            return model
    return None


async def run_child(module: str, request: bytes, time_limit: float) -> bytes:
    """What a program of ours prints that is given the request, in a process of its own.

    Raises `TrainingFault` when it does not end well in that many seconds.
    """
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(one for one in (root, os.environ.get("PYTHONPATH", "")) if one)
    # One thread is as fast as several on these sizes, and leaves the other cores to the gateway.
    environment = {
        **os.environ,
        "PYTHONPATH": paths,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        printed, errors = await asyncio.wait_for(child.communicate(request), time_limit)
    except TimeoutError:
        raise TrainingFault(
            f"the training took longer than {time_limit:g} s and was stopped"
        ) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        last = errors.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise TrainingFault(f"the training ended with status {child.returncode}: {last[0]}")
    return printed


def _read(path: Path) -> IntentModel | None:
    """The model in a file; nothing when there is none or it cannot be used."""
    try:
        return IntentModel.from_bytes(path.read_bytes(), load_pieces)
    except (OSError, CorruptModel):
        return None


def _newest(cache: Path) -> list[Path]:
    if not cache.is_dir():
        return []
    return sorted(cache.glob("intents-*.model"), key=lambda one: one.stat().st_mtime, reverse=True)


def _forget_old(cache: Path, needed: Collection[Path]) -> None:
    for path in _newest(cache)[KEPT:]:
        if path not in needed:
            path.unlink(missing_ok=True)
