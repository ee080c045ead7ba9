"""Counting tokens where there is no network, from the very first call."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from memory.tokens import ENCODINGS, token_counter

NO_NETWORK = """
import socket, sys
from pathlib import Path

def refuse(*args, **kwargs):
    raise OSError("a test reached for the network")

socket.socket.connect = refuse
socket.getaddrinfo = refuse
from memory.tokens import token_counter
count = token_counter(sys.argv[1], Path(sys.argv[2]))
print(count("Where is my order 1042?"), count(""))
"""


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_counts_in_a_fresh_process_without_a_network(encoding: str, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if "TIKTOKEN" not in key}
    told = subprocess.run(
        [sys.executable, "-c", NO_NETWORK, encoding, str(tmp_path / "tokens")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert told.stdout.split() == ["8", "0"], told.stderr


def test_damaged_ranks_are_replaced_instead_of_fetched(tmp_path: Path) -> None:
    for _ in range(2):
        told = subprocess.run(
            [sys.executable, "-c", NO_NETWORK, "cl100k_base", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )
        assert told.returncode == 0, told.stderr
        (ranks,) = tmp_path.iterdir()
        ranks.write_bytes(ranks.read_bytes()[:-1])


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
