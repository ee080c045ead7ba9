"""Judges from npm: installed once for a run, into a folder of the run, and asked over a pipe."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

NO_NODE = "no Node.js with npm on this machine; on Debian: sudo apt-get install nodejs npm"
CALCULATOR = "sms-segments-calculator@1.3.0"
_SECONDS = 50.0

Judge = Callable[[Sequence[str]], list[object]]
"""Takes texts, and gives the judgement of each."""


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages; without Node the test is skipped, or fails in CI."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip(NO_NODE)
    folder = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", CALCULATOR]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS)
    if done.returncode:
        pytest.skip(f"npm could not install {CALCULATOR}: {done.stderr[-300:]}")
    return folder


@pytest.fixture
def judge(node_folder: Path) -> Callable[[str], Judge]:
    """Runs a line of JavaScript over texts: `judge` is the body of a function of `text`."""
    node = shutil.which("node") or "node"

    def made(body: str) -> Judge:
        script = (
            "const { SegmentedMessage } = require('sms-segments-calculator');"
            f"const judged = (text) => {{ {body} }};"
            "const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
            "process.stdout.write(JSON.stringify(texts.map(judged)));"
        )

        def judged(texts: Sequence[str]) -> list[object]:
            done = subprocess.run(
                [node, "-e", script],
                cwd=node_folder,
                input=json.dumps(texts),
                capture_output=True,
                text=True,
                check=True,
                timeout=_SECONDS,
            )
            answers: list[object] = json.loads(done.stdout)
            return answers

        return judged

    return made
