"""Files are kept by what they hold, durably, and nothing else can be read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gateway.files import FileStore


async def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    reference = await FileStore(tmp_path / "data" / "files").keep(b"a photograph")
    assert await FileStore(tmp_path / "data" / "files").read(reference) == b"a photograph"


async def test_a_reference_is_the_digest_of_the_bytes(tmp_path: Path) -> None:
    reference = await FileStore(tmp_path).keep(b"a photograph")
    assert reference == f"file:{hashlib.sha256(b'a photograph').hexdigest()}"


async def test_equal_bytes_are_one_file(tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    assert await files.keep(b"same") == await files.keep(b"same")
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 1


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "file:",
        "file:" + "0" * 64,
        "file:../../secret",
        "file:" + "0" * 62 + "/x",
        "file:" + "A" * 64,
        "file:" + "\u0660" * 64,
        "https://example.com/x",
        "/etc/passwd",
    ],
)
async def test_nothing_else_can_be_read(tmp_path: Path, reference: str) -> None:
    (tmp_path / "secret").write_text("not for you")
    files = FileStore(tmp_path / "files")
    await files.keep(b"something")
    with pytest.raises(LookupError):
        await files.read(reference)


async def test_a_damaged_file_is_not_given_out(tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    reference = await files.keep(b"whole")
    (path,) = (one for one in tmp_path.rglob("*") if one.is_file())
    path.write_bytes(b"half")
    with pytest.raises(LookupError, match="damaged"):
        await files.read(reference)


async def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("gateway.files.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        await FileStore(tmp_path).keep(b"something")
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
