"""How far a mailbox has been read: a small value that lasts over restarts.

A UID means something only together with the mailbox's UIDVALIDITY (RFC 3501, section 2.3.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.channel import Keep


@dataclass(frozen=True, slots=True)
class Cursor:
    """Mails up to `uid` were handed over. Those up to `floor` were there before us: not ours."""

    uid_validity: int
    uid: int
    floor: int

    def at(self, uid: int) -> Cursor:
        """The cursor moved on; it never moves back."""
        return replace(self, uid=max(self.uid, uid))


async def read_cursor(keep: Keep, mailbox: str) -> Cursor | None:
    """The cursor as it was kept; nothing when this mailbox was never read."""
    value = await keep.get(_name(mailbox))
    if value is None:
        return None
    validity, uid, floor = (int(one) for one in value.split(":"))
    return Cursor(validity, uid, floor)


async def write_cursor(keep: Keep, mailbox: str, cursor: Cursor) -> None:
    """Keep the cursor."""
    value = f"{cursor.uid_validity}:{cursor.uid}:{cursor.floor}"
    await keep.put(_name(mailbox), value)


def _name(mailbox: str) -> str:
    return f"imap-cursor:{mailbox}"
