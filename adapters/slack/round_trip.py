"""Asks our own public address as Slack would: unsigned it has to refuse, signed it has to accept.

What is sent is the question with which Slack verifies an address, which leaves nothing behind.
"""

from __future__ import annotations

import aiohttp
import orjson

from adapters.slack.signature import sign
from core.channel_abilities import Finding, Gravity

_SECONDS = 10.0
_RESTART = "Restart the gateway, so that it reads the settings as they are now."


async def round_trip(base: str, secret: bytes, timestamp: str, nonce: str) -> Finding:
    """What came of both requests to the account's address; `nonce` is what has to come back."""
    question = {"type": "url_verification", "token": "none", "challenge": nonce}
    body = orjson.dumps(question)
    signed = {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(secret, timestamp, body),
    }
    limit = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(timeout=limit) as web:
        try:
            status, _ = await _asked(web, base, body, {})
            if status != 401:
                return _of_unsigned(status)
            return _of_signed(*await _asked(web, base, body, signed), nonce)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            what = f"The account's address could not be asked ({_named(error)})."
            return Finding(Gravity.FAULT, what, "Mend what is said of the public address first.")


async def _asked(
    web: aiohttp.ClientSession, base: str, body: bytes, headers: dict[str, str]
) -> tuple[int, str]:
    told = {"Content-Type": "application/json", **headers}
    url = f"{base}/events"
    async with web.post(url, data=body, headers=told, allow_redirects=False) as answer:
        return answer.status, (await answer.content.read(2_000)).decode("utf-8", "replace")


def _of_unsigned(status: int) -> Finding:
    if status < 300:
        what = "The account's address accepts what is not signed: it is not this gateway's."
        mend = "Let server.public_url lead to this gateway and to nothing else."
    elif status < 400:
        what = f"The account's address answers with a redirect ({status})."
        mend = "Set server.public_url to where the redirect leads, and enter that at Slack."
    elif status == 404:
        what, mend = "The gateway that answers does not know this account.", _RESTART
    else:
        what = f"The account's address answers {status} instead of refusing what is not signed."
        mend = "Look at the proxy or tunnel in front of the gateway, and whether the gateway runs."
    return Finding(Gravity.FAULT, what, mend)


def _of_signed(status: int, text: str, nonce: str) -> Finding:
    if status == 200 and nonce in text:
        what = "A signed request is accepted at the public address, an unsigned one refused."
        return Finding(Gravity.OK, what)
    if status == 401:
        what = "The gateway that answers refuses what is signed with signing_secret."
        mend = f"It runs with another signing_secret, or its clock is wrong. {_RESTART}"
    else:
        what = f"A signed request is answered with {status}."
        mend = "The gateway's log says why (webhook_refused, webhook_overloaded)."
    return Finding(Gravity.FAULT, what, mend)


def _named(error: BaseException) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
