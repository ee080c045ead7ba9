"""The example page and a served gateway, each on its own origin, for tests of the widget."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.adapters.webchat.chat_server import free_port
from tests.adapters.webchat.page import EXAMPLE, shop_page
from tests.layouts import laid_out

PATIENCE_SECONDS = 30


class Shop:
    """`url` is the page. The gateway can be stopped, and started on its port with what it knew."""

    def __init__(self, folder: Path, page_port: int) -> None:
        self.url = f"http://127.0.0.1:{page_port}"
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def script_url(self) -> str:
        """Where the gateway serves the widget."""
        return f"http://127.0.0.1:{self.port}/channels/webchat/widget.js"

    def start(self) -> None:
        """Serve; returns once the gateway answers."""
        options = {
            "STORAGE__URL": laid_out(self._folder / "onethread.db"),
            "DATA__FOLDER": str(self._folder),
            "SERVER__PORT": str(self.port),
            "PIPELINE__STAGES": "trivial",
            "PLAYBOOK__PATH": "gateway/demo/shop/playbook",
            "TURNS__QUIET_SECONDS": '{"webchat": 0}',
            "ADAPTERS__WEBCHAT__ALLOWED_ORIGINS": self.url,
            "ADAPTERS__WEBCHAT__SECRET": "only-for-the-tests-of-the-widget-in-a-browser",
            "ADAPTERS__WEBCHAT__COLOUR": "#7a3b2e",
        }
        env = {**os.environ, **{f"ONETHREAD__{key}": value for key, value in options.items()}}
        log = self._folder / "gateway.log"
        with log.open("ab") as words:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve"], env=env, stdout=words, stderr=words
            )
        for _ in range(PATIENCE_SECONDS * 20):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError):
                assert self._process.poll() is None, log.read_text()
                time.sleep(0.05)
        raise AssertionError(f"the gateway did not start: {log.read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the gateway, asked or killed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE_SECONDS)
            self._process = None


class _Page(SimpleHTTPRequestHandler):
    """The example's files, with the gateway's address in them."""

    shop: Shop

    def do_GET(self) -> None:
        if self.path == "/":
            self.answer(shop_page(self.shop.port).encode(), "text/html; charset=utf-8")
        elif self.path == "/page.css":
            self.answer((EXAMPLE / "page.css").read_bytes(), "text/css")
        else:
            self.answer(b"", "text/plain")

    def answer(self, body: bytes, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Nobody reads it."""


@contextmanager
def open_shop(folder: Path) -> Iterator[Shop]:
    """A page and a running gateway."""

    class Handler(_Page):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler))
    shop = Handler.shop = Shop(folder, server.server_address[1])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        shop.start()
        yield shop
    finally:
        shop.stop()
        server.shutdown()
        thread.join()
        server.server_close()
