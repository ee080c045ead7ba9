"""The demo's own copy of its shop's playbook, to be edited without touching the product.

A copy that nobody edited follows the shop of a newer release; one that was edited is left as it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from core.playbook.fields import PlaybookError
from gateway.playbook.reader import read_folder

_MARK = ".copied"


def own_copy(shop: Path, data: Path) -> Path:
    """The copy of the shop's playbook below the demo's data folder, made when there is none."""
    folder = data / "playbook"
    if _edited(folder):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(shop, folder)
    (folder / _MARK).write_text(read_folder(folder).digest, encoding="utf-8")
    return folder


def _edited(folder: Path) -> bool:
    """Whether the copy is there, and is not what was copied."""
    mark = folder / _MARK
    if not mark.is_file():
        return folder.exists()
    try:
        return read_folder(folder).digest != mark.read_text(encoding="utf-8")
    except PlaybookError:
        return True
