"""The widget as one script: its modules joined in order, so that a page loads one file.

The sources in `static/` are plain modules that run as they are; joining drops their import and
export words, comment lines and indentation, and closes them in one scope. No name is changed.
"""

from __future__ import annotations

import re
from importlib.resources import files

_ORDER = (
    "strings",
    "dom",
    "markup",
    "storage",
    "thread",
    "line",
    "style",
    "bubbles",
    "panel",
    "launcher",
    "widget",
)
_HEAD = "/* OneThread web chat. Apache-2.0. */"
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_COMMENT = re.compile(r"^ *(?://[^\n]*|/\*\*.*?\*/)\n", re.MULTILINE | re.DOTALL)
_INDENT = re.compile(r"^ +", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|class|function|async)", re.MULTILINE)


def widget_script() -> str:
    """The script that `<script src=".../widget.js">` loads."""
    folder = files("adapters.webchat") / "static"
    parts = [_plain((folder / f"{name}.js").read_text(encoding="utf-8")) for name in _ORDER]
    return "\n".join([_HEAD, "(() => {", '"use strict";', *parts, "})();", ""])


def _plain(source: str) -> str:
    for dropped in (_COMMENT, _IMPORT, _EXPORT, _INDENT):
        source = dropped.sub("", source)
    return source.strip()
