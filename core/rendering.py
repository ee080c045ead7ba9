"""Rendering: a neutral CommonMark message into the parts a channel can show, by its capabilities.

Pure. Every degradation is noted, and what cannot be expressed raises. An adapter with needs of its
own renders by itself and may use the functions here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.tree import SyntaxTreeNode

from core.channel import CannotRender, Capabilities, TextFormat
from core.message import OutboundMessage, RenderedPart
from core.splitting import split_text

# Nothing of this in a text means that its source is already its plain form.
_MARKUP = re.compile(
    r"[*_`#\[\]<>&|\\~]|^\s*(?:[-+]|\d+[.)])(?:\s|$)|^\s{4,}|^ {0,3}(?:=+|--+)\s*$", re.MULTILINE
)
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "code", "pre", "blockquote", "h3", "hr"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_NO_PICTURE = "A picture is left out; its description stands in for it."


def renderer(capabilities: Capabilities) -> Callable[[OutboundMessage], tuple[RenderedPart, ...]]:
    """The default rendering for a channel with these capabilities."""
    markdown = parser()

    def render(message: OutboundMessage) -> tuple[RenderedPart, ...]:
        notes: list[str] = []
        if message.attachments and not capabilities.attachments_out:
            raise CannotRender("This channel cannot carry a file.")
        text = _text(message.text, capabilities, markdown, notes)
        native = len(message.quick_replies) <= capabilities.quick_replies
        labels = [] if native else [one.label for one in message.quick_replies]
        if labels:
            text = f"{text}\n{numbered(labels)}"
            notes.append("Choices are written as a numbered list.")
        if not (text.strip() or message.quick_replies or message.attachments):
            raise CannotRender("Nothing of this text can be shown on this channel.")
        pieces = _pieces(text, capabilities, notes)
        payloads: list[dict[str, object]] = [{"text": piece} for piece in pieces]
        if capabilities.text_format is TextFormat.HTML:
            _add_html(payloads, message.text, labels, markdown)
        if native and message.quick_replies:
            payloads[-1]["quick_replies"] = [
                {"label": one.label, "value": one.value} for one in message.quick_replies
            ]
        noted = [tuple(notes), *((),) * (len(pieces) - 1)]
        return tuple(RenderedPart(*one) for one in zip(payloads, noted, strict=True))

    return render


def parser() -> MarkdownIt:
    """A CommonMark parser that takes no HTML and shows a picture's description in its place."""
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
    markdown.add_render_rule("image", _description)
    return markdown


def _description(
    renderer: RendererHTML, tokens: Sequence[Any], place: int, options: Any, env: Any
) -> str:
    return escape(renderer.renderInlineAsText(tokens[place].children, options, env))


def _text(source: str, capabilities: Capabilities, markdown: MarkdownIt, notes: list[str]) -> str:
    """What the channel shows as text; of a channel with HTML it is only the reserve."""
    if capabilities.text_format is TextFormat.MARKDOWN:
        return source
    lost: list[str] = []
    text = plain_text(source, markdown, lost)
    html = capabilities.text_format is TextFormat.HTML
    notes.extend(one for one in lost if not html or one == _NO_PICTURE)
    return text


def _add_html(
    payloads: Sequence[dict[str, object]],
    source: str,
    labels: Sequence[str],
    markdown: MarkdownIt,
) -> None:
    """The formatted form of each part. A text that had to be split has lost its marks."""
    if len(payloads) > 1:
        for payload in payloads:
            payload["html"] = paragraphs(str(payload["text"]))
        return
    items = "".join(f"<li>{escape(label)}</li>" for label in labels)
    payloads[0]["html"] = html(source, markdown) + (f"<ol>{items}</ol>" if items else "")


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


def paragraphs(text: str) -> str:
    """Plain text as HTML that shows the same."""
    blocks = (
        escape(one.strip(), quote=False).replace("\n", "<br>") for one in re.split(r"\n{2,}", text)
    )
    return "".join(f"<p>{one}</p>" for one in blocks if one)


def html(text: str, markdown: MarkdownIt) -> str:
    """CommonMark as HTML of a small safe subset."""
    if not _MARKUP.search(text) and "\n" not in text:
        return paragraphs(text)
    rendered: str = markdown.render(text)
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
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
        _note(notes, _NO_PICTURE)
    if node.type in ("strong", "em"):
        _note(notes, "Emphasis is dropped.")
    return inner


def _link(label: str, address: str) -> str:
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    if not bare:
        return label
    return bare if label in (address, bare) or not label else f"{label}: {bare}"


def _note(notes: list[str], note: str) -> None:
    if note not in notes:
        notes.append(note)
