"""The English words beside the answers of `core.answers.defaults`: days, places, last resorts.

Data only, by the same keys as in the other languages.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "elsewhere": "here",
    "chat": "in the chat",
    "or": "or",
    "yes": "Yes",
    "no": "No",
    "hidden": "the one you gave me",
    "detail": "detail",
    "pair": "{label}: {value}",
    "today": "today at {clock}",
    "tomorrow": "tomorrow at {clock}",
    "weekday": "on {day} at {clock}",
    "date": "on {day} at {clock}",
    "last_message": "Thank you, that was your message number {count} on this.",
    "last_lines": "Noted, with {count} lines so far.",
    "last_ask": "I have {count} of your details and still need the {label} (message {turns}).",
    "last_private": "Please write to me directly, this is place {count} where others read.",
    "last_where": "Please look {where} for message {count}.",
}
"""Name -> words: `elsewhere` where an answer arrives on a channel without a name, `chat` where a
visitor wrote, `hidden` in the place of a value that is not told, `detail` for a slot without a
label, `pair` for what a detail is called and the detail, the four ways to say when the business
opens, and sentences for when every variant was said (`last_`)."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
