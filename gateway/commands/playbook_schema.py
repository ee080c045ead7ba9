"""The command `onethread playbook schema`: the schema of each file of a playbook, for editors.

It writes files and prints where; what stands in them is `core.playbook.schema`'s.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from core.playbook.schema import schemas

FOLDER = "schema"
"""The folder in a playbook that holds them; whoever reads a playbook leaves it alone."""


def file_of(name: str) -> str:
    """What the schema of a playbook's file is called: "rules.toml" has "rules.schema.json"."""
    return f"{Path(name).stem}.schema.json"


def write_schemas(playbook: Path) -> Sequence[Path]:
    """Write the schemas into a playbook's folder; which files that were. Raises `OSError`."""
    folder = playbook / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        file = folder / file_of(name)
        file.write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(file)
    return written


def schema(
    path: Annotated[Path, typer.Argument(help="The playbook's folder.")] = Path("playbook"),
) -> None:
    """Write the schema of each file into schema/, for completion and checks in an editor.

    Example: onethread playbook schema playbook
    """
    for file in write_schemas(path):
        typer.echo(file)
