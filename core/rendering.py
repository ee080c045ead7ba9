"""Rendering: a neutral CommonMark message into the parts a channel can show, by its capabilities.

Pure. Every degradation is noted, and what cannot be expressed raises. An adapter with needs of its
own renders by itself and may use the functions here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from core.channel import CannotRender, Capabilities, TextFormat
from core.gsm import split_text
from core.message import OutboundMessage, RenderedPart

# Nothing of this in a text means that its source is already its plain form.
_MARKUP = re.compile(r"[*_`#\[\]<>&|\\~]|^\s*(?:[-+]|\d+[.)])\s|^\s{4,}|!\[", re.MULTILINE)
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "code", "pre", "blockquote", "h3", "hr"}
_SCHEMES = {"http", "https", "mailto", "tel"}


def renderer(capabilities: Capabilities) -> Callable[[OutboundMessage], tuple[RenderedPart, ...]]:
    """The default rendering for a channel with these capabilities."""
    markdown = MarkdownIt("commonmark", {"html": False})

    def render(message: OutboundMessage) -> tuple[RenderedPart, ...]:
        notes: list[str] = []
        if message.attachments and not capabilities.attachments_out:
            raise CannotRender("This channel cannot carry a file.")
        text = message.text
        if capabilities.text_format is not TextFormat.MARKDOWN:
            text = plain_text(text, markdown, notes)
        choices = [(one.label, one.value) for one in message.quick_replies]
        native = choices if len(choices) <= capabilities.quick_replies else []
        if choices and not native:
            text = f"{text}\n{numbered([label for label, _ in choices])}"
            notes.append("Choices are written as a numbered list.")
        pieces = _pieces(text, capabilities, notes)
        parts = []
        for number, piece in enumerate(pieces):
            payload: dict[str, object] = {"text": piece}
            if capabilities.text_format is TextFormat.HTML:
                source = message.text if len(pieces) == 1 else piece
                payload["html"] = html(source, markdown)
            if native and number == len(pieces) - 1:
                payload["quick_replies"] = [
                    {"label": label, "value": value} for label, value in native
                ]
            parts.append(RenderedPart(payload, tuple(notes) if number == 0 else ()))
        return tuple(parts)

    return render


def _pieces(text: str, capabilities: Capabilities, notes: list[str]) -> Sequence[str]:
    limit = capabilities.text_limit
    if limit is None or len(text) <= limit:
        return (text,)
    if capabilities.overflow != "split":
        raise CannotRender(f"The text is longer than the {limit} characters this channel takes.")
    pieces = split_text(text, limit)
    notes.append(f"The text is split into {len(pieces)} parts.")
    return pieces


def numbered(labels: Sequence[str]) -> str:
    """Choices for a channel without buttons: one a line, each with its number."""
    return "\n".join(f"{number}. {label}" for number, label in enumerate(labels, start=1))


def html(text: str, markdown: MarkdownIt) -> str:
    """CommonMark as HTML of a small safe subset."""
    if not _MARKUP.search(text) and "\n" not in text:
        return f"<p>{text}</p>"
    rendered: str = markdown.render(text)
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    ).strip()


def plain_text(text: str, markdown: MarkdownIt, notes: list[str]) -> str:
    """CommonMark as a person would type it: no marks, links with their address."""
    if not _MARKUP.search(text):
        return text
    tree = SyntaxTreeNode(markdown.parse(text))
    blocks = [_block(node, notes) for node in tree.children]
    return "\n\n".join(block for block in blocks if block)


def _block(node: SyntaxTreeNode, notes: list[str], depth: int = 0) -> str:
    if node.type in ("paragraph", "heading"):
        return _inline(node, notes)
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node, notes, depth)
    if node.type in ("code_block", "fence"):
        return node.content.rstrip("\n")
    if node.type == "hr":
        return ""
    if node.type == "html_block":
        _note(notes, "HTML is left out.")
        return ""
    inner = [_block(child, notes, depth) for child in node.children]
    if node.type == "blockquote":
        return "\n".join(f'"{one}"' for one in inner if one)
    return "\n".join(one for one in inner if one)


def _list(node: SyntaxTreeNode, notes: list[str], depth: int) -> str:
    ordered = node.type == "ordered_list"
    first = int(node.attrs.get("start", 1)) if ordered else 1
    lines = []
    for number, item in enumerate(node.children, start=first):
        mark = f"{number}. " if ordered else "- "
        body = "\n".join(filter(None, (_block(one, notes, depth + 1) for one in item.children)))
        lines.append("  " * depth + mark + body.strip())
    return "\n".join(lines)


def _inline(node: SyntaxTreeNode, notes: list[str]) -> str:
    return "".join(_span(child, notes) for child in node.children).strip()


def _span(node: SyntaxTreeNode, notes: list[str]) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    inner = "".join(_span(child, notes) for child in node.children)
    if node.type == "link":
        return _link(inner, str(node.attrs.get("href", "")))
    if node.type == "image":
        _note(notes, "A picture is left out; its description stands in for it.")
        return node.content
    if node.type in ("strong", "em"):
        _note(notes, "Emphasis is dropped.")
    return inner


def _link(label: str, address: str) -> str:
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    return bare if label in (address, bare) or not label else f"{label}: {bare}"


def _note(notes: list[str], note: str) -> None:
    if note not in notes:
        notes.append(note)
