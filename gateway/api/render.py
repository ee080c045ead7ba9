"""The endpoint that shows how a message would leave, on one channel account or on all of them.

It renders by the very functions that answers are rendered by, and by nothing else: what is shown
here is what would be sent. It sends, stores and looks up nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from core.channel import CannotRender
from core.message import (
    Attachment,
    Audience,
    Author,
    OutboundMessage,
    QuickReply,
    Sensitivity,
)
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import ApiServices, Call, Endpoint
from gateway.api.files import clean_type
from gateway.api.models import RenderBody
from gateway.channels.enclosures import clean_name
from gateway.channels.outgoing import Render
from gateway.files import PREFIX


@dataclass(frozen=True, slots=True)
class RenderedView:
    """One part as the channel would get it; `notes` say in words what had to be given up."""

    payload: dict[str, object]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The message on one account: its parts in sending order, or in words why it cannot go."""

    account: str
    channel: str
    title: str
    parts: tuple[RenderedView, ...]
    refused: str | None


_PICTURE = Attachment("picture.png", "image/png", f"{PREFIX}{'0' * 64}", 1)


def carries_files(renderer: Render) -> bool:
    """Whether a picture can go this way. Only rendering knows: an SMS number may carry none."""
    return _parts(renderer, OutboundMessage("A picture.", attachments=(_PICTURE,)))[1] is None


async def render(call: Call) -> list[Preview]:
    body, renderers = call.body_as(RenderBody), call.services.renderers
    if body.account is not None and body.account not in renderers:
        known = ", ".join(sorted(renderers)) or "none"
        raise Problem(
            404, "There is no such account.", where="body: account", fix=f"One of: {known}."
        )
    accounts = sorted(renderers) if body.account is None else [body.account]
    message = _message(body)
    # Rendering is pure, and a long text full of marks takes too long for whoever else waits.
    services = call.services
    return [await asyncio.to_thread(preview_of, services, one, message) for one in accounts]


def _message(body: RenderBody) -> OutboundMessage:
    return OutboundMessage(
        body.text,
        quick_replies=tuple(QuickReply(one, one) for one in body.quick_replies),
        attachments=tuple(
            Attachment(clean_name(one.name), clean_type(one.media_type), one.reference, one.size)
            for one in body.files
        ),
        sensitivity=Sensitivity(body.sensitivity),
        audience=Audience(body.audience),
        author=Author(body.author),
        author_name=body.name,
    )


def preview_of(services: ApiServices, account: str, message: OutboundMessage) -> Preview:
    """The message as this account would send it."""
    spec = services.specs[account]
    parts, refused = _parts(services.renderers[account], message)
    return Preview(account, spec.name, spec.title, parts, refused)


def _parts(
    renderer: Render, message: OutboundMessage
) -> tuple[tuple[RenderedView, ...], str | None]:
    try:
        parts = renderer(message)
    except CannotRender as error:
        return (), str(error)
    return tuple(RenderedView(dict(one.payload), one.notes) for one in parts), None


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/render",
        "A message as one channel account would send it, or as each of them would.",
        list[Preview],
        render,
        Right.CHANNELS,
        body=RenderBody,
    ),
)
