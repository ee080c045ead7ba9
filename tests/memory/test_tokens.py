"""Counting tokens where there is no network, from the very first call."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

from gateway.app import counter_of
from gateway.settings.model import ConfigError, Settings
from gateway.settings.sections import Data
from memory.recall.tokens import ENCODINGS, token_counter

NO_NETWORK = """
import socket, sys
from pathlib import Path

def refuse(*args, **kwargs):
    raise OSError("a test reached for the network")

socket.socket.connect = refuse
socket.getaddrinfo = refuse
from memory.recall.tokens import token_counter
count = token_counter(sys.argv[1], Path(sys.argv[2]))
print(count("Where is my order 1042?"), count(""))
"""


@lru_cache
def alone() -> tuple[str, ...]:
    """What starts a process in a network of its own, where nothing is; nothing where that is not
    allowed, and sockets that refuse have to do."""
    own = ("unshare", "--map-root-user", "--net")
    try:
        tried = subprocess.run([*own, "true"], check=False, capture_output=True)
    except FileNotFoundError:
        return ()
    return own if tried.returncode == 0 else ()


def counted(encoding: str, folder: Path) -> str:
    """What a fresh process counts, without a network."""
    told = subprocess.run(
        [*alone(), sys.executable, "-c", NO_NETWORK, encoding, str(folder)],
        env={key: value for key, value in os.environ.items() if "TIKTOKEN" not in key},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_counts_from_the_first_call_without_a_network_and_whatever_lies_there(
    encoding: str, tmp_path: Path
) -> None:
    assert counted(encoding, tmp_path / "tokens").split() == ["8", "0"]
    (ranks,) = (tmp_path / "tokens").iterdir()
    genuine = ranks.read_bytes()
    ranks.write_bytes(genuine[:-1])
    assert counted(encoding, tmp_path / "tokens").split() == ["8", "0"]
    assert ranks.read_bytes() == genuine


def test_a_folder_that_cannot_be_written_is_told_with_its_option(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="tokens"):
        token_counter("cl100k_base", tmp_path / "tokens")
    settings = Settings().model_copy(update={"data": Data(folder=tmp_path)})
    with pytest.raises(ConfigError, match=r"data.folder.*cannot be written"):
        counter_of(settings)


def test_an_unknown_encoding_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"p50k_base.*cl100k_base, o200k_base"):
        token_counter("p50k_base", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_environment_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/nowhere")
    token_counter("cl100k_base", tmp_path)
    assert os.environ["TIKTOKEN_CACHE_DIR"] == "/nowhere"


def test_special_tokens_in_a_message_are_only_text(tmp_path: Path) -> None:
    count = token_counter("cl100k_base", tmp_path)
    assert count("<|endoftext|>") > 1


def test_one_endless_word_is_counted(tmp_path: Path) -> None:
    count = token_counter("cl100k_base", tmp_path)
    assert 100 <= count("aB3" * 50_000) <= 150_000
