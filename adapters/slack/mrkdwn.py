"""CommonMark as Slack's own marks, block by block. It sends nothing and knows no limits but cuts.

Every text is escaped, so that nothing an answer contains becomes a mention, a link or a call to a
channel. A block that is too long for one section is cut into pieces of plain text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from adapters.slack.text import escape
from core.rendering import plain_text
from core.splitting import split_text

_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]")
_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_WIDEST = len("&amp;")


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of text: what Slack formats, and the same as a person would type it."""

    marked: str
    plain: str


def pieces(text: str, markdown: MarkdownIt, limit: int, notes: list[str]) -> Sequence[Piece]:
    """The blocks of a text, each of at most `limit` characters when marked."""
    found: list[Piece] = []
    for node in SyntaxTreeNode(markdown.parse(text)).children:
        source = _source(node, text)
        plain = plain_text(source, markdown, [])
        marked = _block(node)
        if not marked.strip():
            continue
        if len(marked) <= limit:
            found.append(Piece(marked, plain))
            continue
        if "A long passage is shown without its marks." not in notes:
            notes.append("A long passage is shown without its marks.")
        found.extend(_cut(plain, limit))
    return found


def _source(node: SyntaxTreeNode, text: str) -> str:
    """The lines of the text that a top-level block stands for."""
    first, last = node.map or (0, 0)
    return "\n".join(text.split("\n")[first:last])


def _cut(plain: str, limit: int) -> Sequence[Piece]:
    """Pieces that fit even where characters are escaped."""
    whole = split_text(plain, limit)
    fitting = [
        small
        for one in whole
        for small in ([one] if len(escape(one)) <= limit else split_text(one, limit // _WIDEST))
    ]
    return [Piece(escape(one), one) for one in fitting]


def _block(node: SyntaxTreeNode, depth: int = 0) -> str:
    if node.type == "heading":
        inner = _inline(node).replace("*", "")
        return f"*{inner}*" if inner else ""
    if node.type == "paragraph":
        return _inline(node)
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node, depth)
    if node.type in ("code_block", "fence"):
        return "```\n" + escape(node.content.rstrip("\n")).replace("```", "'''") + "\n```"
    if node.type == "hr":
        return "———"
    inner = "\n".join(filter(None, (_block(child, depth) for child in node.children)))
    if node.type == "blockquote":
        return "\n".join(f">{line}" for line in inner.split("\n"))
    return inner


def _list(node: SyntaxTreeNode, depth: int) -> str:
    """Slack has no lists in marks: a bullet or the number, and indents by spaces."""
    ordered = node.type == "ordered_list"
    first = int(node.attrs.get("start", 1)) if ordered else 1
    lines = []
    for number, item in enumerate(node.children, start=first):
        mark = f"{number}. " if ordered else "• "
        body = "\n".join(filter(None, (_block(one, depth + 1) for one in item.children)))
        lines.append("    " * depth + mark + body.strip())
    return "\n".join(lines)


def _inline(node: SyntaxTreeNode) -> str:
    return "".join(_span(child) for child in node.children).strip()


def _span(node: SyntaxTreeNode) -> str:
    if node.type == "text":
        return _text(node.content)
    if node.type == "code_inline":
        return f"`{escape(node.content)}`"
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type == "link":
        return _link(node)
    if node.type == "image":
        return escape(node.content)
    inner = "".join(_span(child) for child in node.children)
    mark = {"strong": "*", "em": "_"}.get(node.type, "")
    return f"{mark}{inner}{mark}" if inner.strip() == inner and inner else inner


def _link(node: SyntaxTreeNode) -> str:
    """A link with its label; one of another scheme shows its label alone."""
    label = escape(_words(node)).replace("|", "¦").replace("\n", " ")
    target = str(node.attrs.get("href", ""))
    if not target.lower().startswith(_SCHEMES):
        return label
    return f"<{_target(target)}|{label}>" if label else f"<{_target(target)}>"


def _words(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline", "image"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(_words(child) for child in node.children)


def _text(content: str) -> str:
    """Words, in which addresses are links: Slack is told to make none by itself."""
    parts: list[str] = []
    place = 0
    for found in _ADDRESS.finditer(content):
        parts.append(escape(content[place : found.start()]))
        parts.append(f"<{_target(found[0])}>")
        place = found.end()
    parts.append(escape(content[place:]))
    return "".join(parts)


def _target(address: str) -> str:
    """An address that cannot end its token early."""
    safe = quote(address, safe="%/:?#[]@!$&'()*+,;=~-._")
    return escape(safe)
