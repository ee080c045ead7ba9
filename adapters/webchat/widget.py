"""The widget as one script: its modules joined in order, so that a page loads one file.

The sources in `static/` are plain modules that run as they are; joining drops their import and
export words, comments and spaces that mean nothing, and closes them in one scope; no name is
changed. That is done on plain text, so a source has strings in double quotes only and no template
within a template. The words of another language stand in `words/`, one file each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
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
_REMARK = re.compile(r" +// [^\n]*$", re.MULTILINE)
_QUOTED = re.compile(r'("(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)')
_SPACE = re.compile(r" ?([=+*/{}()\[\],:;<>?&|!-]+) ?")
_STRINGS = re.compile(r"const STRINGS=\{.*?\};", re.DOTALL)
_LINE_END = re.compile(r"(?<=[;{,(\[])\n+")
_SHEET = re.compile(r"(?<=CSS = `).*?(?=`;)", re.DOTALL)
# A space after one of these, or before a brace, means nothing in CSS (CSS Syntax 3, section 4).
_CSS_SPACE = re.compile(r"(?<=[{};,])\s+|(?<=[a-z-]:) (?=[^{}]*[;}])|\s+(?=[{}])|;\s*(?=})|^\s+")
# The zero before a point is none (CSS Values 4, section 5.2).
_CSS_ZERO = re.compile(r"\b0(?=\.\d)")
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)


def widget_script(language: str = "en") -> str:
    """The script that `<script src=".../widget.js">` loads, with the words of a language.

    A language that there are no words for is answered in English.
    """
    folder = files("adapters.webchat") / "static"
    parts = [_plain((folder / f"{name}.js").read_text(encoding="utf-8")) for name in _ORDER]
    if words := _words(language):
        said = [f"{key}:{json.dumps(one, ensure_ascii=False)}" for key, one in words.items()]
        parts[0] = _STRINGS.sub(lambda _: f"const STRINGS={{{','.join(said)}}};", parts[0])
    return "\n".join([_HEAD, "(() => {", '"use strict";', *parts, "})();", ""])


def languages() -> tuple[str, ...]:
    """The languages there are words for, besides English."""
    folder = files("adapters.webchat") / "words"
    return tuple(sorted(one.name[:-5] for one in folder.iterdir() if one.name.endswith(".json")))


def _words(language: str) -> Mapping[str, str]:
    """The language's words, without its country."""
    name = language.lower().partition("-")[0]
    if not _LANGUAGE.fullmatch(name) or name not in languages():
        return {}
    file = files("adapters.webchat") / "words" / f"{name}.json"
    words: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return words


def _plain(source: str) -> str:
    source = _SHEET.sub(lambda sheet: _CSS_ZERO.sub("", _CSS_SPACE.sub("", sheet[0])), source)
    for dropped in (_COMMENT, _IMPORT, _EXPORT, _INDENT, _REMARK):
        source = dropped.sub("", source)
    pieces = _QUOTED.split(source)
    pieces[::2] = [_LINE_END.sub("", _SPACE.sub(r"\1", code)) for code in pieces[::2]]
    return "".join(pieces).strip()
