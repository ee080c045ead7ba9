"""Tells HTML whose elements are nested deeper than any person's mail.

Sanitising and looking for quotes take time in proportion to the depth of each element, so that
half a megabyte of opened quotations would hold a mailbox for minutes. It asks a parser, since a
pattern would believe tags in attributes; and changes nothing.
"""

from __future__ import annotations

from resiliparse.parse.html import DOMNode, HTMLTree

MAX_DEPTH = 500
"""Elements within each other. A year of quoted answers in tables has about 200."""

_CHEAP = 3000
"""Tags that cost little however they are nested, and less than looking."""


def is_too_deep(html: str) -> bool:
    """Whether elements are nested deeper than `MAX_DEPTH`, of a page that is large enough."""
    if html.count("<") <= _CHEAP:
        return False
    node: DOMNode | None = HTMLTree.parse(html.encode("utf-8", "replace").decode()).document
    depth = 0
    while node is not None:
        if node.first_child is not None:
            node, depth = node.first_child, depth + 1
            if depth > MAX_DEPTH:
                return True
            continue
        while node is not None and node.next is None:
            node, depth = node.parent, depth - 1
        node = None if node is None else node.next
    return False
