"""The two example businesses with what their examples teach, learned once for all tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core.pipeline.contracts import Stages
from core.playbook.model import Playbook
from gateway.commands.rules_test import _stages
from gateway.playbook.reader import load_playbook
from tests.structure.files import ROOT

NAMES = ("retail", "airline")


def folder(name: str) -> Path:
    return ROOT / "examples" / name


@cache
def playbook_of(name: str) -> Playbook:
    return load_playbook(folder(name))


@cache
def stages_of(name: str) -> Stages:
    """Not to be asked for first where an event loop runs: it learns in a process of its own."""
    return _stages(playbook_of(name))
