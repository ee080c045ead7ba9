"""A call is written down once, however often it is asked for."""

import asyncio
from pathlib import Path

import pytest
from onethread_calls import SPEC

from core.actions import Call
from core.message import Assurance
from core.playbook.model import Action


def test_the_same_key_is_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLS_BOOK", str(tmp_path / "calls.db"))
    write = SPEC.build(Action("call_back", "a call back", run="calls"))
    values = {"call_day": "Friday"}
    call = Call("call_back", "first", values, {}, "phone:+447700900142", Assurance.PROVED, "sms")
    numbers = [asyncio.run(write(call)) for _ in range(2)]
    assert numbers == [{"number": 1}, {"number": 1}]
