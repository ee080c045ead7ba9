"""A change of several files is whole wherever its writer is killed, and no edit by hand is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.playbook.fields import PlaybookError
from gateway.playbook.folder import replace_folder
from gateway.playbook.journal import JOURNAL, put_in_place
from gateway.playbook.kept import KeptVersions
from gateway.playbook.reader import Folder, read_folder

OLD = {
    "playbook.toml": 'name = "shop"\nbusiness = "Old"\n',
    "answers.toml": 'greeting = ["Old."]\n',
    "rules.toml": "# Old.\n",
    "articles/hours.md": "old hours\n",
}
NEW = {
    "playbook.toml": 'name = "shop"\nbusiness = "New"\n',
    "answers.toml": 'greeting = ["New."]\n',
    "articles/hours.md": "new hours\n",
    "articles/prices.md": "new prices\n",
    "tables/orders.csv": "order\n1042\n",
}
KILLED_AT_EACH_STEP = """
import json, os, signal, sys
from pathlib import Path
from gateway.playbook.folder import replace_folder
from gateway.playbook.kept import KeptVersions
from gateway.playbook.reader import read_folder

root, new, step = Path(sys.argv[1]), json.loads(sys.argv[2]), 0
STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.chmod"}

def write(folder):
    kept = KeptVersions(folder.with_name(folder.name + "-kept"))
    replace_folder(folder, kept, read_folder(folder), new, "0123456789abcdef")

while True:
    child, before = os.fork(), step
    if child == 0:
        left = [step]

        def count(event, arguments):
            reads = event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if event in STEPS and not reads and str(arguments[0]).startswith(str(root)):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        write(root / str(step))
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
    step += 1
print(step)
"""
MOST = 60
"""Folders that are made ready; more steps than a change takes."""


def lay(folder: Path, files: dict[str, str] = OLD) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def held(folder: Path) -> dict[str, str]:
    """What stands in the folder itself, hidden files too."""
    return {
        one.relative_to(folder).as_posix(): one.read_text(encoding="utf-8")
        for one in folder.rglob("*")
        if one.is_file()
    }


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A folder for each step after which the writer of NEW over OLD was killed, in their order."""
    root = tmp_path_factory.mktemp("killed")
    for number in range(MOST):
        lay(root / str(number))
    command = [sys.executable, "-c", KILLED_AT_EACH_STEP, str(root), json.dumps(NEW)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    steps = int(done.stdout)
    assert read_folder(root / str(steps)).files == NEW
    return [root / str(number) for number in range(steps)]


def half_way(killed: list[Path]) -> Path:
    """A folder of which some files are new and some are old, if one looks at the files alone."""
    return next(
        one
        for one in killed
        if (one / JOURNAL).exists() and held(one)["playbook.toml"] == NEW["playbook.toml"]
    )


def test_killed_at_any_step_the_old_or_the_new_one_is_read(
    killed: list[Path], tmp_path: Path
) -> None:
    mixtures = 0
    read = []
    for folder in killed:
        copy = lay(tmp_path / folder.name, held(folder))
        bare = {name: text for name, text in held(copy).items() if name in {**OLD, **NEW}}
        mixtures += bare not in (OLD, NEW)
        read.append(dict(read_folder(copy).files))
        assert not (copy / JOURNAL).exists()
    assert mixtures > 3
    assert read == sorted(read, key=[OLD, NEW].index)
    assert read[0] == OLD and read[-1] == NEW


def test_an_edit_by_hand_after_the_kill_stays_and_what_was_published_is_kept(
    killed: list[Path], tmp_path: Path
) -> None:
    for name in ("playbook.toml", "answers.toml"):
        folder = half_way(killed)
        copy = lay(tmp_path / name, held(folder))
        (copy / name).write_text("# by hand\n", encoding="utf-8")
        assert read_folder(copy).files == {**NEW, name: "# by hand\n"}
        assert not any(one.startswith(".") for one in held(copy))
        kept = KeptVersions(folder.with_name(f"{folder.name}-kept")).find("0123456789abcdef")
        assert kept is not None and kept[name] == NEW[name]


def test_an_edit_by_hand_before_the_change_is_not_written_over(tmp_path: Path) -> None:
    folder = lay(tmp_path / "playbook")
    read = read_folder(folder)
    (folder / "answers.toml").write_text("# by hand\n", encoding="utf-8")
    kept = KeptVersions(tmp_path / "kept")
    assert not replace_folder(folder, kept, read, NEW, "0123456789abcdef")
    assert held(folder) == {**OLD, "answers.toml": "# by hand\n"}
    # Even where it comes after the look and before the move.
    put_in_place(folder, OLD, {"answers.toml": "new", "rules.toml": None})
    assert held(folder)["answers.toml"] == "# by hand\n"
    assert "rules.toml" not in held(folder)


def test_a_file_that_could_not_be_read_is_replaced(tmp_path: Path) -> None:
    folder = lay(tmp_path / "playbook")
    (folder / "answers.toml").write_bytes(b"greeting = ['\xff']")
    put_in_place(folder, read_folder(folder).files, {"answers.toml": "new"})
    assert held(folder)["answers.toml"] == "new"


@pytest.mark.parametrize(
    "row",
    [
        '{"../outside.toml": {"was": null, "new": ".outside.toml.1.new"}}',
        '{"/etc/x": {"was": null, "new": ".x.1.new"}}',
        '{"answers.toml": {"was": null, "new": "../.answers.toml.1.new"}}',
        '{"answers.toml": {"was": null, "new": ".answers.toml.1/../../x"}}',
        '{"answers.toml": {"was": null, "new": 5}}',
        '{"answers.toml": {"was": null}}',
        '["answers.toml"]',
        "no journal",
    ],
)
def test_a_journal_of_somebody_else_moves_nothing(tmp_path: Path, row: str) -> None:
    folder = lay(tmp_path / "playbook")
    (tmp_path / ".outside.toml.1.new").write_text("x", encoding="utf-8")
    (folder / JOURNAL).write_text(row, encoding="utf-8")
    with pytest.raises(PlaybookError) as raised:
        read_folder(folder)
    (told,) = raised.value.problems
    assert JOURNAL in told.mend
    assert not (tmp_path / "outside.toml").exists()
    (folder / JOURNAL).unlink()
    assert read_folder(folder) == Folder(OLD)
