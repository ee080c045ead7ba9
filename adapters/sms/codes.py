"""Twilio's error codes in our terms: in words for whoever answers the customer, and what follows.

One table, from https://www.twilio.com/docs/api/errors. What is not in it means what its HTTP status
means. Nothing here knows where a code came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a code means. `retryable`: the same message may go through later, after `wait` seconds
    at the least. `dead` and `opted_out` say something lasting about the customer's number."""

    words: str
    retryable: bool = False
    wait: float | None = None
    dead: bool = False
    opted_out: bool = False


_OPERATOR = "Whoever runs the gateway has to mend that at Twilio"

TROUBLES: Mapping[str, Trouble] = {
    # The customer's number, or their wish.
    "21211": Trouble("The number is not valid.", dead=True),
    "21265": Trouble("The number is a short code, which takes no messages from us.", dead=True),
    "21266": Trouble("The number is our own.", dead=True),
    "21610": Trouble("The customer has opted out of messages from this number.", opted_out=True),
    "21614": Trouble("The number is not a mobile number.", dead=True),
    "21635": Trouble("The number is a landline.", dead=True),
    "30003": Trouble("The phone is off or out of reach."),
    "30004": Trouble("The customer's phone blocks our messages."),
    "30005": Trouble("The number is unknown or no longer in use.", dead=True),
    "30006": Trouble("The number is a landline or cannot take messages.", dead=True),
    "30007": Trouble("The carrier filtered the message as spam."),
    "30008": Trouble("The carrier could not deliver it and did not say why."),
    "30009": Trouble("A piece of the message was lost on its way."),
    "30011": Trouble("The customer's phone or carrier takes no pictures: write without them."),
    "30017": Trouble("The carrier's network is congested: try again later."),
    "30019": Trouble("The pictures are larger than the carrier takes."),
    # The message.
    "21602": Trouble("The message has no text."),
    "21617": Trouble("The message is too long for SMS."),
    "21619": Trouble("The message has neither text nor pictures."),
    "21620": Trouble(f"Twilio could not load a picture from us. {_OPERATOR} (server.public_url)."),
    "21623": Trouble("The message has more pictures than one can carry."),
    "12300": Trouble("A picture is of a kind that Twilio does not take."),
    # Too much at once: Twilio or the carrier takes it later.
    "14107": Trouble("Too many messages to this number within half a minute.", True, 30.0),
    "20429": Trouble("The provider asked us to slow down.", True),
    "21611": Trouble("Our number has more messages waiting than Twilio keeps.", True, 60.0),
    "30001": Trouble(
        "Twilio had more messages waiting than it keeps: try again later.", True, 60.0
    ),
    "30022": Trouble(
        "The carrier's rate for our campaign was passed: try again later.", True, 60.0
    ),
    "30036": Trouble("It waited at Twilio for longer than it was valid: try again.", True),
    "63017": Trouble("The account sends faster than Twilio allows: try again later.", True, 60.0),
    "63018": Trouble("The channel's rate was passed: try again later.", True, 60.0),
    # Our account, number or service: none of it is the customer's fault.
    "20003": Trouble(f"Twilio does not take our credentials. {_OPERATOR} (auth_token)."),
    "20404": Trouble(f"Twilio does not know our account or service. {_OPERATOR}."),
    "21212": Trouble(f"Our sender is not a valid number. {_OPERATOR} (from_number)."),
    "21408": Trouble(f"Messages to this country are not enabled. {_OPERATOR} (Geo permissions)."),
    "21601": Trouble(f"Our number cannot send messages. {_OPERATOR}."),
    "21603": Trouble(f"No sender was named. {_OPERATOR} (from_number)."),
    "21606": Trouble(f"Our number cannot send to this one. {_OPERATOR} (from_number)."),
    "21608": Trouble(f"A trial account writes to verified numbers only. {_OPERATOR}."),
    "21609": Trouble(f"Twilio does not take our status address. {_OPERATOR} (server.public_url)."),
    "21612": Trouble("This number cannot be reached from ours."),
    "21659": Trouble(f"Our sender is no number of Twilio's. {_OPERATOR} (from_number)."),
    "21660": Trouble(f"Our number belongs to another account. {_OPERATOR} (from_number)."),
    "21661": Trouble(f"Our number cannot send SMS. {_OPERATOR}."),
    "21703": Trouble(f"The messaging service has no number to send from. {_OPERATOR}."),
    "21705": Trouble(f"The messaging service is not valid. {_OPERATOR} (messaging_service_sid)."),
    "30002": Trouble(f"The Twilio account is suspended. {_OPERATOR}."),
    "30010": Trouble(f"The message costs more than is allowed for one. {_OPERATOR}."),
    "30018": Trouble(f"The country wants our sender's name registered first. {_OPERATOR}."),
    "30023": Trouble(f"The campaign's messages for today are used up. {_OPERATOR}."),
    "30024": Trouble(f"The carrier does not know our number yet. {_OPERATOR}."),
    "30027": Trouble(f"The carrier's daily limit for our brand is used up. {_OPERATOR}."),
    "30032": Trouble(f"Our toll-free number is not verified. {_OPERATOR}."),
    "30034": Trouble(f"Our number is in no registered campaign (A2P 10DLC). {_OPERATOR}."),
    "63038": Trouble(f"The account's messages for today are used up. {_OPERATOR}."),
    # Other channels behind the same API.
    "63003": Trouble("The customer is not on this channel.", dead=True),
    "63005": Trouble("The channel does not take this content."),
    "63007": Trouble(f"Our sender is not set up on this channel. {_OPERATOR}."),
    "63013": Trouble("The channel refused the message as against its rules."),
    "63016": Trouble("The channel's time to answer is over: the customer has to write first."),
    "63019": Trouble("Twilio could not load a picture from us."),
    "63024": Trouble("The customer is not on this channel.", dead=True),
}
"""What the codes mean that a send or a status callback may end in."""


def trouble_of(code: str) -> Trouble:
    """What an error code means; of an unknown one nothing but its number is told."""
    found = TROUBLES.get(code)
    return found or Trouble(f"The provider reported error {code[:10]}.")
