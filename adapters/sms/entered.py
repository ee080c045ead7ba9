"""Whether what is entered at Twilio for incoming messages is what has to stand there.

Pure comparison of addresses, told with what to enter. Nothing here asks anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.channel_abilities import Finding, Gravity

_DEMO = "demo.twilio.com"


@dataclass(frozen=True, slots=True)
class Entered:
    """What one number or service has. `page` is where in Twilio's console that is changed."""

    title: str
    page: str
    url: str
    method: str
    fallback: str
    application: str = ""


def entered_findings(there: Entered, wanted: str) -> Sequence[Finding]:
    """What is right and wrong of it, in the order in which Twilio looks at it."""
    enter = f"Enter {wanted} at {there.page}."
    if there.application:
        # Of a number, https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
        what = f"{there.title} is served by a TwiML app: Twilio passes over its own address."
        return [Finding(Gravity.FAULT, what, enter)]
    found = [_address(there, wanted, enter)]
    if there.method.upper() != "POST":
        what = f"{there.title} is asked with {there.method.upper()}; messages come with POST only."
        found.append(Finding(Gravity.FAULT, what, f"Choose HTTP POST at {there.page}."))
    if there.fallback:
        what = f"{there.title} has a fallback that answers in our place: {_shown(there.fallback)}"
        mend = f"Empty it at {there.page}; what we miss is asked for when we are back."
        found.append(Finding(Gravity.WARNING, what, mend))
    return found


def _address(there: Entered, wanted: str, enter: str) -> Finding:
    ours, theirs = wanted.partition("#")[0], there.url.partition("#")[0]
    if there.url == wanted:
        return Finding(Gravity.OK, f"{there.title} asks our address for incoming messages.")
    if not theirs:
        what = f"{there.title} has no address for incoming messages: they are lost."
    elif _DEMO in theirs:
        what = f"{there.title} still has Twilio's demo address, which answers customers by itself."
    elif theirs == ours:
        what = f"{there.title} asks our address, but tries only once more when we are away."
        return Finding(Gravity.WARNING, what, enter)
    elif theirs.partition("://")[2] == ours.partition("://")[2]:
        schemes = theirs.partition(":")[0], ours.partition(":")[0]
        what = f"{there.title} asks our address by {schemes[0]}; what is signed is {schemes[1]}."
    else:
        what = f"{there.title} asks another address: {_shown(theirs)}"
    return Finding(Gravity.FAULT, what, enter)


def _shown(url: str) -> str:
    """An address without what may be a password in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
