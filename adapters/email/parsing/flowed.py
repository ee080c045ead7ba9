"""Joins the lines of format=flowed text back into paragraphs (RFC 3676).

Quoted lines keep one `> ` for each level, so that quotes are still found. Text in, text out.
"""

from __future__ import annotations

_SIGNATURE = "-- "


def unflowed(text: str, *, delsp: bool) -> str:
    """The text with its soft breaks gone; with `delsp`, the space at each of them too."""
    joined: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")  # space-stuffing (section 4.4)
        is_rule = content == _SIGNATURE  # never flowed, though it ends in a space (section 4.3)
        if open_depth == depth and not is_rule:
            joined[-1] += content
        else:
            joined.append(f"{'>' * depth}{' ' if depth else ''}{content}")
        flows = content.endswith(" ") and not is_rule
        if flows and delsp:
            joined[-1] = joined[-1].removesuffix(" ")
        open_depth = depth if flows else None
    return "\n".join(joined)
