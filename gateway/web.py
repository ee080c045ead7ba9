"""What is mounted where: channels, API, console and health on one web application.

Only mounting. Who may enter which path is `gateway.access.gate`'s table; what an endpoint does is
its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from core.channel_abilities import Fetches
from core.socket_channel import CarriesFiles
from gateway.access.gate import make_gate
from gateway.access.hosts import hosts_of
from gateway.api.calls import ApiServices
from gateway.api.dispatch import NEEDS, register_api
from gateway.api.socket import NEEDS as SOCKET_NEEDS
from gateway.api.socket import register_console_socket
from gateway.channels.webhooks import webhook
from gateway.console.pages import register_console
from gateway.health import health
from gateway.sockets.files import Uploads, download
from gateway.sockets.widget import widget

if TYPE_CHECKING:
    from gateway.channels.loading import Channel
    from gateway.running import Gateway


def mount(gateway: Gateway) -> web.Application:
    """The web application of a gateway."""
    server = gateway.settings.server
    gate = make_gate(
        gateway.keeper,
        {**NEEDS, **SOCKET_NEEDS},
        hosts=hosts_of(server, gateway.public_url),
        trusted=server.trusted_proxies,
    )
    app = web.Application(client_max_size=server.max_body_bytes, middlewares=[gate])
    uploads = Uploads(gateway.hub)
    for channel in gateway.channels.values():
        if channel.socket:
            _mount_socket(app, gateway, channel, uploads)
        else:
            _mount_channel(app, gateway, channel)
    register_api(app, _services(gateway))
    secure = server.tls or gateway.public_url.startswith("https:")
    register_console(app, gateway.keeper, gateway.reception, secure=secure)
    register_console_socket(app, gateway.bus, gateway.lines)

    async def home(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/console")

    async def leave(_app: web.Application) -> None:
        await gateway.hub.close()

    app.on_shutdown.append(leave)
    app.router.add_get("/health", health(gateway.store, gateway.composing))
    app.router.add_get("/", home)
    return app


def _mount_socket(
    app: web.Application, gateway: Gateway, channel: Channel, uploads: Uploads
) -> None:
    base = f"/channels/{channel.account}"
    app.router.add_get(f"{base}/socket", gateway.hub.handler(channel.account, channel.socketed))
    if channel.spec.widget is not None:
        app.router.add_get(f"{base}/widget.js", widget(channel.spec))
    if isinstance(channel.adapter, CarriesFiles):
        for method in ("POST", "OPTIONS"):
            app.router.add_route(method, f"{base}/upload", uploads.handler(channel.adapter))
        app.router.add_get(f"{base}/file/{{name}}", download(channel.adapter, gateway.files.read))


def _mount_channel(app: web.Application, gateway: Gateway, channel: Channel) -> None:
    base = f"/channels/{channel.account}"
    for route in channel.spec.routes:
        url = f"{gateway.public_url}{base}{route.path}"
        handler = webhook(
            channel.account,
            channel.called,
            route,
            url,
            gateway.admissions,
            gateway.settings.server.queue_limit,
        )
        for method in route.methods:
            app.router.add_route(method, base + route.path, handler)


def _services(gateway: Gateway) -> ApiServices:
    return ApiServices(
        store=gateway.store,
        bus=gateway.bus,
        keeper=gateway.keeper,
        reception=gateway.reception,
        now=gateway.now,
        new_id=gateway.new_id,
        count_tokens=gateway.count_tokens,
        renderers={name: one.render() for name, one in gateway.channels.items()},
        wake=gateway.wake,
        files=gateway.files,
        show_presence=gateway.hub.show_presence,
        specs={name: one.spec for name, one in gateway.channels.items()},
        fetchers={
            name: one.adapter.fetch
            for name, one in gateway.channels.items()
            if isinstance(one.adapter, Fetches)
        },
        rules=lambda: gateway.rules.current,
        trial=gateway.trial,
        playbook=gateway.playbook_desk,
        preparing=gateway.imports.preparing,
        forget=gateway.forget,
    )
