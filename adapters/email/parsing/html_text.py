"""Turns the HTML of a mail into readable text: paragraphs, list items, links with their address.

The conversion is Resiliparse's, whose parser reads HTML as browsers do and to any depth. This
module prepares what it would leave out or show too much of, and must not judge what is a quotation.
"""

from __future__ import annotations

import re

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

_HIDDEN = (
    '[hidden], [style*="display:none"], [style*="display: none"], [style*="mso-hide:all"], template'
)
"""What the person who wrote or read the mail did not see, such as the text for a preview."""
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_BARE = re.compile(r"^(?:https?://)?(?:www\.)?|/$", re.IGNORECASE)
_SPACES = ("\u00a0", "\u202f", "\u2007")
_MANY_BREAKS = re.compile(r"\n{3,}")


def text_of_html(html: str) -> str:
    """The text of an HTML document or a piece of one. Never raises."""
    return text_of_tree(parsed(html))


def parsed(html: str) -> HTMLTree:
    """The document, without what nobody saw. Half surrogates, which no text has, are replaced."""
    tree = HTMLTree.parse(html.encode("utf-8", "replace").decode("utf-8"))
    if tree.document is not None:
        for element in tree.document.query_selector_all(_HIDDEN).values():
            element.remove()
    return tree


def text_of_tree(tree: HTMLTree) -> str:
    """The text of a document, which is changed by it: links get their address."""
    _show_addresses(tree)
    text = extract_plain_text(tree, preserve_formatting=True, list_bullets=True, alt_texts=True)
    for space in _SPACES:
        text = text.replace(space, " ")
    lines = [line.rstrip() for line in text.split("\n")]
    return _MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip("\n")


def _show_addresses(tree: HTMLTree) -> None:
    if tree.document is None:
        return
    for link in tree.document.query_selector_all("a[href]").values():
        address = (link.get_attribute("href") or "").strip()
        label = " ".join((link.text_content or "").split())
        shown = _BARE.sub("", label) == _BARE.sub("", address)
        if not label or shown or not _ADDRESS.fullmatch(address):
            continue
        text = tree.create_text_node(f": {address}")
        if text is not None:
            link.append(text)
