"""What Slack's error codes mean for a send, as tables. It calls nobody.

Codes are those of https://docs.slack.dev/reference/methods/chat.postMessage and of the methods for
files and conversations.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.channel import SendError

REASONS: Mapping[str, str] = {
    "account_inactive": "The app was removed from this workspace or its account is off.",
    "access_denied": "The app may not reach this place.",
    "cannot_dm_bot": "A bot cannot be written to directly.",
    "channel_not_found": "The channel does not exist, or the app is not in it.",
    "ekm_access_denied": "The organisation's administrators have suspended posting.",
    "file_not_found": "The file is no longer there.",
    "invalid_auth": "The bot token is not valid.",
    "invalid_blocks": "Slack does not take the form of this message.",
    "is_archived": "The channel is archived.",
    "messages_tab_disabled": "The app's Messages tab is off: people cannot be written to directly.",
    "missing_scope": "The app lacks a permission: `onethread doctor` names it.",
    "msg_blocks_too_long": "The message is too long for Slack.",
    "msg_too_long": "The message is too long for Slack.",
    "not_allowed_token_type": "The token is of the wrong kind: it has to be the bot token.",
    "not_authed": "The request carried no token.",
    "not_in_channel": "The app is not in this channel: invite it there.",
    "restricted_action": "The workspace's settings keep the app from posting here.",
    "team_access_not_granted": "The app is not granted this workspace of the organisation.",
    "team_not_found": "The workspace is unknown.",
    "thread_not_found": "The thread was deleted.",
    "token_expired": "The bot token has expired.",
    "token_revoked": "The bot token was revoked: install the app again.",
    "user_disabled": "The person's account is off.",
    "user_not_found": "The person is not in this workspace.",
    "user_not_visible": "The person cannot be seen by the app.",
}
"""In words for a person."""

RETRYABLE = frozenset({"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org"})
"""Refused for the moment, and not acted on."""

AMBIGUOUS = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""Slack may have acted before it failed: its pages warn that part of the work can have been done.
"""

DEAD = frozenset({"user_disabled", "user_not_found", "cannot_dm_bot"})
"""The person cannot be reached there any more."""


def error_of(code: str, retry_after: float | None = None) -> SendError:
    """The send error a code of Slack's means; an unknown one is a refusal that names it."""
    known = code if code.replace("_", "").isalnum() and len(code) <= 60 else "unknown"
    if code in RETRYABLE:
        reason = "Slack asked us to slow down."
    else:
        reason = REASONS.get(code, f"Slack refused with {known}.")
    if code in AMBIGUOUS:
        reason = "Slack failed to take the message."
    return SendError(
        reason,
        retryable=code in RETRYABLE or code in AMBIGUOUS,
        ambiguous=code in AMBIGUOUS,
        retry_after=retry_after,
        provider_code=known,
        dead=code in DEAD,
    )
