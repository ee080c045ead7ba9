"""Asks our own public address as Twilio would: unsigned it has to refuse, signed it has to accept.

What is sent is a status report with a status of no use to us, about a message that does not exist:
it is verified like any other and then leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp

from adapters.sms.config import SmsConfig
from adapters.sms.signature import sign
from core.channel_abilities import Finding, Gravity

_SECONDS = 10.0
_UNUSED_STATUS = "receiving"
"""A status of Twilio's for messages to us, which no report about one of ours has."""

_RESTART = "Restart the gateway, so that it reads the settings as they are now."


async def round_trip(config: SmsConfig, base: str, sid: str) -> Sequence[Finding]:
    """What came of both requests to the account's address. `sid` is the id of no message."""
    limit = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(timeout=limit) as web:
        try:
            unsigned = await _status(web, f"{base}/inbound", {}, "")
            if (wrong := _of_unsigned(unsigned)) is not None:
                return [wrong]
            form = {
                "AccountSid": config.account_sid,
                "MessageSid": sid,
                "MessageStatus": _UNUSED_STATUS,
            }
            token = config.auth_token.get_secret_value().encode()
            signature = sign(token, f"{base}/status", list(form.items()))
            return [_of_signed(await _status(web, f"{base}/status", form, signature))]
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            what = f"The account's address could not be asked ({_named(error)})."
            return [Finding(Gravity.FAULT, what, "Mend what is said of the public address first.")]


async def _status(
    web: aiohttp.ClientSession, url: str, form: dict[str, str], signature: str
) -> int:
    headers = {"X-Twilio-Signature": signature} if signature else {}
    # Twilio follows no redirect of a POST with its form.
    async with web.post(url, data=form, headers=headers, allow_redirects=False) as answer:
        return answer.status


def _of_unsigned(status: int) -> Finding | None:
    if status == 403:
        return None
    if status < 300:
        what = "The account's address accepts what is not signed: it is not this gateway's."
        mend = "Let server.public_url lead to this gateway and to nothing else."
    elif status < 400:
        what = f"The account's address answers with a redirect ({status})."
        mend = "Set server.public_url to where the redirect leads, and enter that at Twilio."
    elif status == 404:
        what = "The gateway that answers does not know this account."
        mend = _RESTART
    else:
        what = f"The account's address answers {status} instead of refusing what is not signed."
        mend = "Look at the proxy or tunnel in front of the gateway, and whether the gateway runs."
    return Finding(Gravity.FAULT, what, mend)


def _of_signed(status: int) -> Finding:
    if status < 300:
        what = "A signed request is accepted at the public address, an unsigned one refused."
        return Finding(Gravity.OK, what)
    if status == 403:
        what = "The gateway that answers refuses what is signed with auth_token."
        mend = f"It runs with another auth_token or server.public_url. {_RESTART}"
    else:
        what = f"A signed request is answered with {status}."
        mend = "The gateway's log says why (webhook_refused, webhook_overloaded)."
    return Finding(Gravity.FAULT, what, mend)


def _named(error: BaseException) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
