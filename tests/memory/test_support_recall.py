"""The support corpus: recall stays above its floors there, and it is what its scenes make.

The benchmarks are run as they are by hand: they are no package.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "benchmarks" / "support"


def _run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_support_questions_of_both_halves_are_answered_within_the_budget() -> None:
    ran = _run("benchmarks.support_recall")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count(", 0 over budget, 0 leaked") == 6


def test_the_sentence_encoder_answers_more_of_what_was_said_in_other_words() -> None:
    # Without it 42 of their 47 questions are answered. English, but for one: other languages gain
    # nothing from this model (docs/tune-recall.md).
    chosen = ("--budgets", "500", "--customers", "en15", "en17", "two-names", "fr08")
    ran = _run("benchmarks.support_recall", "--embeddings", *chosen)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count(", 0 over budget, 0 leaked") == 2
    lines = re.findall(r"tokens: ([\d.]+) of (\d+) questions", ran.stdout)
    assert sum(float(share) * int(asked) for share, asked in lines) > 45


def test_recall_below_its_floor_is_told(tmp_path: Path) -> None:
    for name in ("customers.jsonl", "questions.jsonl"):
        (tmp_path / name).write_bytes((CORPUS / name).read_bytes())
    questions = tmp_path / "questions.jsonl"
    asked = questions.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in asked if '"kind": "list"' in line]
    questions.write_text("".join(kept), encoding="utf-8")
    ran = _run("benchmarks.support_recall", "--data", str(tmp_path), "--budgets", "250")
    assert ran.returncode == 1 and "BELOW ITS FLOOR" in ran.stdout, ran.stdout + ran.stderr


def test_the_corpus_is_what_its_scenes_make(tmp_path: Path) -> None:
    ran = _run("benchmarks.support.generate", str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    for name in ("customers.jsonl", "questions.jsonl"):
        assert (tmp_path / name).read_bytes() == (CORPUS / name).read_bytes(), name
