"""Training in a child process: cached by content, never half written, an older model kept."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from core.pipeline.intent.stage import IntentModel
from gateway.intents import training
from gateway.intents.training import TrainingFailed, model_for, model_now, playbook_rows, previous
from gateway.intents.training_child import train
from tests.core.intent.examples import EXAMPLES, PLAYBOOK, TITLES

SMALL = tuple(row for row in EXAMPLES if row[1] in ("hello", "cancel_order", "opening_hours"))


def files(cache: Path) -> list[Path]:
    return sorted(cache.iterdir())


def test_the_child_trains_what_the_recipe_says(tmp_path: Path) -> None:
    model = model_now(EXAMPLES, tmp_path / "cache", titles=TITLES)
    assert model.to_bytes() == train(sorted(set(EXAMPLES)), sorted(set(TITLES)), "en").to_bytes()
    assert model.classify("please cancel order 12").name == "cancel_order"
    assert [path.suffix for path in files(tmp_path / "cache")] == [".model"]


def test_the_same_content_is_trained_once(tmp_path: Path) -> None:
    first = model_now(SMALL, tmp_path)
    written = files(tmp_path)[0].stat().st_ino
    # A time limit no training can keep: only the cache can answer.
    again = model_now([*reversed(SMALL), SMALL[0]], tmp_path, time_limit=0.001)
    assert again.to_bytes() == first.to_bytes()
    assert [path.stat().st_ino for path in files(tmp_path)] == [written]


def test_any_change_of_content_is_another_model(tmp_path: Path) -> None:
    for examples, titles, language in (
        (SMALL, (), "en"),
        (SMALL[:-1], (), "en"),
        (SMALL, TITLES[:1], "en"),
        (SMALL, (), "de"),
    ):
        model_now(examples, tmp_path, titles=titles, language=language)
    assert len(files(tmp_path)) == 4


def test_a_damaged_cache_file_is_trained_anew(tmp_path: Path) -> None:
    whole = model_now(SMALL, tmp_path).to_bytes()
    (path,) = files(tmp_path)
    for damage in (b"", whole[:100], whole[:-1] + b"x"):
        path.write_bytes(damage)
        assert model_now(SMALL, tmp_path).to_bytes() == whole
        assert path.read_bytes() == whole


def test_a_failed_training_says_why_and_keeps_the_older_model(tmp_path: Path) -> None:
    older = model_now(SMALL, tmp_path)
    with pytest.raises(TrainingFailed, match="empty vocabulary") as caught:
        model_now([("?!", "hello"), ("...", "opening_hours")], tmp_path)
    assert caught.value.previous is not None
    assert caught.value.previous.to_bytes() == older.to_bytes()
    assert len(files(tmp_path)) == 1


def test_a_training_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match=r"longer than 0\.05 s") as caught:
        model_now(EXAMPLES, tmp_path, time_limit=0.05)
    assert caught.value.previous is None
    assert files(tmp_path) == []


def test_a_cache_that_cannot_be_written_is_a_failed_training(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TrainingFailed, match=r"(?i)not a directory|file exists"):
        model_now(SMALL, tmp_path / "file")


def test_the_model_to_go_on_with_knows_half_of_the_intents_and_the_language(tmp_path: Path) -> None:
    model_now([("cancel my order", "cancel"), ("opening hours", "hours")], tmp_path)
    for intents, language, fits in (
        ({"cancel", "hours"}, "en", True),
        ({"cancel", "hours", "a", "b"}, "en", True),
        ({"cancel", "a", "b"}, "en", False),
        ({"cancel", "hours"}, "de", False),
    ):
        assert (previous(tmp_path, intents, language) is not None) is fits


def test_a_cancelled_training_ends_its_child(tmp_path: Path) -> None:
    async def cancel_soon() -> list[int]:
        work = asyncio.ensure_future(model_for(EXAMPLES, tmp_path))
        await asyncio.sleep(0.2)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        return _children()

    before = _children()
    assert asyncio.run(cancel_soon()) == before
    assert files(tmp_path) == []


def test_two_trainings_of_the_same_content_do_not_collide(tmp_path: Path) -> None:
    async def both() -> tuple[IntentModel, IntentModel]:
        return await asyncio.gather(model_for(SMALL, tmp_path), model_for(SMALL, tmp_path))

    one, two = asyncio.run(both())
    assert one.to_bytes() == two.to_bytes()
    assert len(files(tmp_path)) == 1


def test_the_cache_forgets_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "KEPT", 2)
    for count in (4, 5, 6):
        model_now(SMALL[:20] + SMALL[-count:], tmp_path)
    assert len(files(tmp_path)) == 2
    newest = model_now(SMALL[:20] + SMALL[-6:], tmp_path, time_limit=0.001)
    found = previous(tmp_path, {intent for _, intent in SMALL}, "en")
    assert found is not None and found.to_bytes() == newest.to_bytes()


@pytest.mark.parametrize("examples", [[], [("hello", "greet")]])
def test_too_few_intents_recognise_only_what_they_know(
    tmp_path: Path, examples: list[tuple[str, str]]
) -> None:
    model = model_now(examples, tmp_path)
    assert model.classify("Hello!").name == ("greet" if examples else None)
    assert model.classify("hello you").name is None


def test_one_example_each_is_enough_to_begin(tmp_path: Path) -> None:
    model = model_now([("cancel my order", "cancel"), ("opening hours", "hours")], tmp_path)
    assert model.classify("cancel my order").name == "cancel"
    assert model.classify("what about lunch").name is None


def test_the_rows_of_a_playbook_are_its_examples_titles_and_descriptions() -> None:
    examples, titles = playbook_rows(PLAYBOOK)
    assert set(examples) == set(EXAMPLES)
    assert titles == TITLES


def test_the_child_tells_its_failure_in_one_line(tmp_path: Path) -> None:
    request = (
        '{"examples": [["?", "a"], ["!", "b"]], "titles": [], "language": "en", "target": "x"}'
    )
    ran = subprocess.run(
        [sys.executable, "-m", "gateway.intents.training_child"],
        input=request,
        capture_output=True,
        text=True,
        cwd=Path(training.__file__).parents[1],
    )
    assert ran.returncode == 1
    assert ran.stderr.strip().splitlines()[-1].startswith("the examples cannot be trained on")
    assert "Traceback" not in ran.stderr


def _children() -> list[int]:
    """Process ids of this process's living children."""
    path = Path("/proc/self/task")
    if not path.exists():
        return []
    return sorted(
        int(pid) for task in path.iterdir() for pid in (task / "children").read_text().split()
    )
