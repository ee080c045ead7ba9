"""The client of a language model: whatever is at the other end, it answers in time, with data."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.model.client import (
    AT_ONCE,
    Completion,
    Failure,
    LanguageModel,
    Prompt,
    Role,
    Trouble,
)
from gateway.model.opening import model_problems, open_language_model
from gateway.settings.model import ConfigError, Settings
from tests.model_server import (
    Behaviour,
    ModelServer,
    answers,
    answers_json,
    breaks_off,
    fails,
    goes_on_for_ever,
    model_server,
    redirects,
    says,
    stalls,
)

HELLO = [Prompt(Role.SYSTEM, "Answer."), Prompt(Role.USER, "Is anybody there?")]
KEY = "a-model-key-of-the-tests"
SCHEMA = {"type": "object", "properties": {"is": {"type": "string"}}}
SOON = {"Retry-After": "0.01"}


def settings(**model: object) -> Settings:
    """Settings with this table of a model."""
    return Settings.model_validate({"model": model})


@asynccontextmanager
async def asking(
    tmp_path: Path, *behaviours: Behaviour, **options: object
) -> AsyncIterator[tuple[LanguageModel, ModelServer]]:
    """A model that behaves so, and its server."""
    async with model_server(*behaviours) as server:
        table = {"base_url": server.url, "name": "small", "api_key": KEY, **options}
        model = open_language_model(settings(**table), tmp_path)
        assert model is not None
        try:
            yield model, server
        finally:
            await model.close()


async def test_a_model_answers(tmp_path: Path) -> None:
    async with asking(tmp_path, answers("Yes.")) as (model, server):
        assert await model.complete(HELLO, 20) == Completion("Yes.")
    (asked,) = server.asked
    assert asked["messages"][1] == {"role": "user", "content": "Is anybody there?"}
    assert (asked["model"], asked["max_tokens"]) == ("small", 20)
    assert server.keys == [f"Bearer {KEY}"]


async def test_an_answer_by_a_schema_is_data(tmp_path: Path) -> None:
    async with asking(tmp_path, answers_json({"is": "so"})) as (model, server):
        done = await model.complete(HELLO, 20, SCHEMA)
    assert isinstance(done, Completion)
    assert done.data == {"is": "so"}
    assert server.asked[0]["response_format"]["json_schema"]["schema"] == SCHEMA


async def test_an_answer_that_reached_its_limit_says_so(tmp_path: Path) -> None:
    async with asking(tmp_path, answers("Yes, I", finish="length")) as (model, _):
        assert await model.complete(HELLO, 3) == Completion("Yes, I", cut=True)


@pytest.mark.parametrize(
    ("behaviour", "schema", "trouble"),
    [
        (fails(401), None, Failure(Trouble.REFUSED, 401)),
        (fails(400), None, Failure(Trouble.REFUSED, 400)),
        (fails(429, SOON), None, Failure(Trouble.LIMITED, 429, 0.01)),
        (fails(500, SOON), None, Failure(Trouble.BROKEN, 500, 0.01)),
        (says(b"<html>hello</html>", "text/html"), None, Failure(Trouble.GARBAGE)),
        (says(b'{"choices": []}'), None, Failure(Trouble.GARBAGE)),
        (says(b'{"choices": [{"message": {"content": null}}]}'), None, Failure(Trouble.GARBAGE)),
        (answers("not JSON at all"), SCHEMA, Failure(Trouble.GARBAGE)),
        (answers('{"is": "cut o', finish="length"), SCHEMA, Failure(Trouble.GARBAGE)),
        (goes_on_for_ever, None, Failure(Trouble.GARBAGE, 200)),
        (breaks_off, None, Failure(Trouble.GARBAGE)),
    ],
)
async def test_what_goes_wrong_is_told_as_data(
    tmp_path: Path, behaviour: Behaviour, schema: Mapping[str, Any] | None, trouble: Failure
) -> None:
    async with asking(tmp_path, behaviour) as (model, _):
        assert await model.complete(HELLO, 20, schema) == trouble


async def test_a_model_that_stalls_is_given_up_in_time(tmp_path: Path) -> None:
    async with asking(tmp_path, stalls, timeout_seconds=0.3) as (model, _):
        waiting = [model.complete(HELLO, 20) for _ in range(AT_ONCE + 2)]
        # Those that wait for a free hand wait no longer than the others.
        assert await asyncio.gather(*waiting) == [Failure(Trouble.TIMEOUT)] * (AT_ONCE + 2)


async def test_only_so_many_questions_are_on_their_way_at_once(tmp_path: Path) -> None:
    async with asking(tmp_path, stalls, timeout_seconds=60) as (model, server):
        waiting = [asyncio.create_task(model.complete(HELLO, 20)) for _ in range(4)]
        while len(server.asked) < AT_ONCE:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
        for one in waiting[AT_ONCE:]:
            one.cancel()
        server.will(answers("Yes."))
        waiting[0].cancel()
        assert await model.complete(HELLO, 20) == Completion("Yes.")
        assert len(server.asked) == AT_ONCE + 1
        waiting[1].cancel()


async def test_a_model_that_is_away_is_unreachable(tmp_path: Path) -> None:
    async with model_server(answers("Yes.")) as server:
        url = server.url
    model = open_language_model(settings(base_url=url, name="small"), tmp_path)
    assert model is not None
    assert await model.complete(HELLO, 20) == Failure(Trouble.UNREACHABLE)
    await model.close()


async def test_who_asks_too_often_is_answered_after_a_while(tmp_path: Path) -> None:
    async with asking(tmp_path, fails(429, SOON), answers("Yes.")) as (model, server):
        assert await model.complete(HELLO, 20) == Completion("Yes.")
    assert len(server.asked) == 2


async def test_nobody_is_sent_on_with_what_customers_wrote(tmp_path: Path) -> None:
    async with model_server(answers("Mine now.")) as thief:
        to = f"{thief.url}/chat/completions"
        async with asking(tmp_path, redirects(to)) as (model, _):
            assert await model.complete(HELLO, 20) == Failure(Trouble.REFUSED, 307)
    assert not thief.asked


async def test_what_the_model_cannot_take_is_not_sent(tmp_path: Path) -> None:
    async with asking(tmp_path, answers("Yes."), context_tokens=1_000) as (model, server):
        long = [Prompt(Role.USER, "word " * 900)]
        assert await model.complete(long, 20) == Failure(Trouble.TOO_LONG)
        assert await model.complete(HELLO, 990) == Failure(Trouble.TOO_LONG)
    assert not server.asked


async def test_neither_a_text_nor_a_key_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with capture_logs() as logged:
        async with asking(tmp_path, fails(401)) as (model, _):
            await model.complete(HELLO, 20)
            assert KEY not in repr(model)
    heard = [one.getMessage() for one in caplog.records if one.levelname != "DEBUG"]
    assert not any("anybody" in str(one) or KEY in str(one) for one in (*logged, *heard))


def test_no_model_is_the_default(tmp_path: Path) -> None:
    assert open_language_model(settings(), tmp_path) is None


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ({"summaries": True}, {"base_url", "name"}),
        ({"base_url": "http://127.0.0.1:1/v1"}, {"name"}),
        ({"name": "small"}, {"base_url"}),
        ({"name": "small", "base_url": "127.0.0.1:11434/v1"}, {"base_url"}),
        ({"name": "small", "base_url": "http://me:secret@127.0.0.1/v1"}, {"base_url"}),
    ],
)
def test_half_a_model_is_refused_with_its_remedy(
    tmp_path: Path, table: Mapping[str, object], keys: set[str]
) -> None:
    with pytest.raises(ConfigError) as raised:
        open_language_model(settings(**table), tmp_path)
    assert {one.key for one in raised.value.problems} == {f"model.{one}" for one in keys}
    assert "secret" not in str(raised.value)


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    (problem,) = model_problems(settings(base_url="http://127.0.0.1:1/v1", name="small"))
    assert 'pip install "onethread[model]"' in problem.mend
