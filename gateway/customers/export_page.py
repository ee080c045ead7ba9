"""The page of an export that a person reads: handles, what is known, and what was said.

Plain HTML without a script, everything escaped; it opens from a disk. It words what
`memory.exports.shapes` gives and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from memory.exports.shapes import Own

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Everything that is held of one customer</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto;
        padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
          border-bottom: 1px solid #ddd }}
article {{ border-left: 3px solid #ccc; margin: .75rem 0; padding-left: .75rem }}
article.customer {{ border-color: #36c }}
small {{ color: #555 }}
p {{ white-space: pre-wrap; margin: .25rem 0; overflow-wrap: anywhere }}
</style>
<h1>Everything that is held of one customer</h1>
<p><small>Exported on {at}. The same for programs, and all the rest, is in tables/.</small></p>
<h2>Addresses</h2>
<ul>{handles}</ul>
<h2>What is remembered</h2>
<table><tr><th>What</th><th>Value</th><th>Since</th><th>Until</th></tr>
"""

_WHO = {"customer": "Customer", "bot": "Automatic answer", "agent": "A person of the business"}


class PageOfCustomer:
    """Makes the page in the order of its parts: `head`, `facts`, `know`, `messages`, `foot`."""

    def __init__(self, own: Own, now: datetime) -> None:
        self._own = own
        self._now = now
        self._channels: dict[str, str] = {}
        self._facts_open = True
        self._conversation: str | None = None

    def head(self) -> str:
        """The beginning, with their addresses."""
        handles = "".join(f"<li>{escape(key)}</li>" for key in self._own.handles.values())
        return _HEAD.format(at=escape(f"{self._now:%Y-%m-%d %H:%M} UTC"), handles=handles)

    def facts(self, rows: Iterable[Mapping[str, Any]]) -> str:
        """A page of what is remembered."""
        return "".join(
            f"<tr><td>{escape(row['key'])}</td><td>{escape(str(row['value']))}</td>"
            f"<td>{_day(row['valid_from'] or row['recorded_at'])}</td>"
            f"<td>{_day(row['valid_to'] or row['retired_at'])}</td></tr>\n"
            for row in rows
        )

    def know(self, conversations: Iterable[Mapping[str, Any]]) -> None:
        """On which channel each conversation is."""
        self._channels |= {row["id"]: row["channel"] for row in conversations}

    def messages(self, rows: Iterable[Mapping[str, Any]]) -> str:
        """A page of what was said."""
        return self._end_facts() + "".join(self._message(row) for row in rows)

    def foot(self) -> str:
        """The end."""
        return self._end_facts() + "</html>\n"

    def _end_facts(self) -> str:
        ended, self._facts_open = self._facts_open, False
        return "</table>\n<h2>What was said</h2>\n" if ended else ""

    def _message(self, row: Mapping[str, Any]) -> str:
        heading = ""
        if row["conversation_id"] != self._conversation:
            self._conversation = row["conversation_id"]
            heading = f"<h3>{escape(self._channels.get(self._conversation, ''))}</h3>\n"
        who = row["author_name"] or _WHO.get(row["author"], row["author"])
        extra = row["extra"] or {}
        files = "".join(
            f"<br><small>File: {escape(str(one['name']))}</small>"
            for one in extra.get("attachments", ())
        )
        earlier = "".join(
            f"<br><small>At first: {escape(str(one['text']))}</small>"
            for one in extra.get("versions", ())
        )
        return (
            f'{heading}<article class="{escape(row["author"])}">'
            f"<small>{_time(row['created_at'])}, {escape(str(who))}</small>"
            f"<p>{escape(row['text'])}{files}{earlier}</p></article>\n"
        )


def _day(at: str | None) -> str:
    return escape(at[:10]) if at else ""


def _time(at: str) -> str:
    return escape(f"{at[:10]} {at[11:16]}")
