"""A dialogue is played on the channels that were asked for, on its own, or on others instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.replay.dialogues import read_dialogues
from gateway.replay.run import Options, cast
from gateway.replay.sides import HANDLES, SIDES, check_channels, check_pair, read_map
from tests.gateway.replay.crowd import write_crowd


def test_each_dialogue_has_its_own_plan_unless_channels_are_named(tmp_path: Path) -> None:
    dialogues = read_dialogues(write_crowd(tmp_path, 1))
    own = Options(tmp_path, None, link=True)
    named = Options(tmp_path, ("chat", "sms"), link=True)
    instead = Options(tmp_path, None, link=True, instead=read_map("chat=slack, sms=email"))
    assert [cast(dialogues, dialogues, one)[0].channels for one in (own, named, instead)] == [
        ("sms", "chat"),
        ("chat", "sms"),
        ("email", "slack"),
    ]


def test_every_side_has_its_handle() -> None:
    assert SIDES.keys() == HANDLES.keys()


@pytest.mark.parametrize("words", ["chat", "=slack", "chat="])
def test_a_map_that_says_nothing_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="chat=slack"):
        read_map(words)


def test_a_channel_nobody_plays_on_is_named() -> None:
    with pytest.raises(ValueError, match="pigeon; there is sms"):
        check_channels(["sms", "pigeon"])
    with pytest.raises(ValueError, match="two channels"):
        check_pair(["sms"])
