"""`onethread demo` as a person starts it in a terminal: a taken port, the addresses, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(120)
COMMAND = [sys.executable, "-m", "gateway", "demo"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port at which another program listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_told_in_words(taken_port: int) -> None:
    done = subprocess.run(
        [*COMMAND, "--port", str(taken_port)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"Port {taken_port} is in use by another program." in done.stderr
    assert "Choose another one with --port" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_it_says_where_everything_is_and_closes_on_ctrl_c(tmp_path: Path) -> None:
    environment = {**os.environ, "COLUMNS": "60", "TMPDIR": str(tmp_path)}
    environment["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    with subprocess.Popen(
        [*COMMAND, "--port", "0"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        told = ""
        while "Ctrl-C stops the demo." not in " ".join(told.split()):
            line = demo.stdout.readline()
            assert line, told
            told += line
        demo.send_signal(signal.SIGINT)
        told += demo.stdout.read()
    assert demo.returncode == 0, told
    # However narrow the terminal, an address can be copied in one piece.
    assert re.search(r"^ +Demo +http://127\.0\.0\.1:\d+/demo$", told, re.MULTILINE)
    assert re.search(r"^ +Console +http://\S+/console/enter\?once=[\w-]{40,}$", told, re.MULTILINE)
    assert "Closing the shop" in told and "Traceback" not in told
    assert list(tmp_path.glob("onethread-demo-*")) == []
