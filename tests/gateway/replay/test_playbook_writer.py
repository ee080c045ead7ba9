"""What is written of a derived playbook reads back as the same playbook."""

from __future__ import annotations

from pathlib import Path

from core.playbook.reader import read_playbook
from gateway.replay.derive import derive_playbook
from gateway.replay.playbook_writer import playbook_files, with_plain_names, write_playbook
from tests.gateway.replay.test_derive import CROWD


def test_a_written_playbook_reads_back_the_same() -> None:
    playbook = with_plain_names(derive_playbook(CROWD))
    again = read_playbook(playbook_files(derive_playbook(CROWD)))
    assert "customer_name" in again.slots
    for part in ("intents", "slots", "flows", "answers", "language"):
        assert getattr(again, part) == getattr(playbook, part)
    assert playbook.settings.items() <= again.settings.items()


def test_the_folder_is_made(tmp_path: Path) -> None:
    write_playbook(derive_playbook(CROWD), tmp_path / "new" / "one")
    assert (tmp_path / "new" / "one" / "playbook.toml").is_file()
