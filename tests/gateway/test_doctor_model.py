"""The doctor asks the language model one question, and says how to mend what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.channel_abilities import Finding, Gravity
from gateway.demo.settings import PLAYBOOK
from gateway.doctor.findings import examine
from gateway.doctor.model import model_findings
from gateway.settings.model import Settings
from tests.model_server import Behaviour, answers, fails, model_server, says, stalls


async def findings(tmp_path: Path, *behaviours: Behaviour, **model: object) -> list[Finding]:
    """What is found with a server that behaves so."""
    async with model_server(*behaviours) as server:
        table = {"base_url": server.url, "name": "small", **model}
        tables = {"data": {"folder": tmp_path}, "playbook": {"path": PLAYBOOK}}
        return await model_findings(Settings.model_validate({"model": table, **tables}))


async def test_a_model_that_answers_is_in_order(tmp_path: Path) -> None:
    (one,) = await findings(tmp_path, answers("Yes."), summaries=True, facts=True)
    assert one.gravity is Gravity.OK
    assert one.what == "small answers. It sums up what is over and looks for facts."


async def test_a_model_that_is_asked_for_nothing_is_told_of(tmp_path: Path) -> None:
    (one,) = await findings(tmp_path, answers("Yes."))
    assert "model.summaries" in one.what


@pytest.mark.parametrize(
    ("behaviour", "what", "mend"),
    [
        (fails(401), "refuses the key", "model.api_key"),
        (fails(404), "knows no small", "model.name"),
        (fails(422), "HTTP 422", "log"),
        (fails(500, {"Retry-After": "0.01"}), "HTTP 500", "log"),
        (says(b"hello", "text/plain"), "not a chat completion", "/v1"),
    ],
)
async def test_what_is_wrong_is_told_with_its_remedy(
    tmp_path: Path, behaviour: Behaviour, what: str, mend: str
) -> None:
    (one,) = await findings(tmp_path, behaviour)
    assert one.gravity is Gravity.WARNING
    assert what in one.what
    assert mend in one.mend


async def test_a_model_that_does_not_answer_is_not_waited_for_longer_than_set(
    tmp_path: Path,
) -> None:
    (one,) = await findings(tmp_path, stalls, timeout_seconds=0.3)
    assert one.what == "small did not answer within 0.3 seconds."
    assert "model.timeout_seconds" in one.mend


async def test_a_model_that_words_answers_has_to_be_as_quick_as_customers_want_it(
    tmp_path: Path,
) -> None:
    (one,) = await findings(
        tmp_path, answers("Yes."), stalls, answers=True, intents=True, answer_seconds=0.3
    )
    assert one.what == "small did not answer within 0.3 seconds."
    assert "model.answer_seconds" in one.mend


async def test_a_playbook_that_lets_no_model_word_anything_is_told_of(tmp_path: Path) -> None:
    asked, never = await findings(tmp_path, answers("Yes."), answers=True, intents=True)
    words = "It words answers and is asked what unclear messages are about."
    assert asked.what == f"small answers. {words}"
    assert never.gravity is Gravity.WARNING
    assert "[[modes]]" in never.mend


async def test_words_in_clear_text_over_a_network_are_warned_of(tmp_path: Path) -> None:
    table = {"base_url": "http://model.invalid/v1", "name": "small", "timeout_seconds": 0.3}
    data = {"folder": tmp_path}
    found = await model_findings(Settings.model_validate({"model": table, "data": data}))
    assert "without encryption" in found[-1].what


async def test_half_a_model_is_a_fault_and_no_model_is_not_mentioned(tmp_path: Path) -> None:
    storage = {"url": f"sqlite:///{tmp_path / 'none.db'}"}
    tables = {"storage": storage, "data": {"folder": tmp_path}}
    half = Settings.model_validate({**tables, "model": {"name": "small"}})
    (one,) = [each for each in await examine(half, "nonce") if each.about == "Language model"]
    assert one.faults == 1
    sections = await examine(Settings.model_validate(tables), "nonce")
    assert "Language model" not in [each.about for each in sections]
