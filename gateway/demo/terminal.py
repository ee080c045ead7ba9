"""The demo in a terminal: which port, where the data is, what is printed, and the way in again.

It starts `gateway.demo.start` and waits for Ctrl-C; what the demo consists of is made there.
"""

from __future__ import annotations

import asyncio
import errno
import sys
import tempfile
import webbrowser
from pathlib import Path

from rich.console import Console

from gateway.demo.people import SHOP
from gateway.demo.start import Demo, free_port, model_cache, running_demo
from gateway.logs import configure_logs
from gateway.serving import stopped

DEFAULT_PORT = 8080
EXIT_PORT = 2


def run_demo(
    port: int | None = None, data: Path | None = None, *, open_browser: bool = False
) -> None:
    """Run until Ctrl-C. Without `data` everything is kept in a new folder, removed at the end.

    Exits with code 2, in words, when `port` cannot be had.
    """
    try:
        chosen = free_port(DEFAULT_PORT if port is None else port, firm=port is not None)
    except OSError as error:
        _say_port_taken(port or 0, error)
        sys.exit(EXIT_PORT)
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        asyncio.run(_run(data, chosen, open_browser, f"{data}, kept"))
        return
    with tempfile.TemporaryDirectory(prefix="onethread-demo-") as folder:
        words = f"{folder}, removed at the end"
        asyncio.run(_run(Path(folder), chosen, open_browser, words))


def _say_port_taken(port: int, error: OSError) -> None:
    screen = Console(stderr=True, highlight=False)
    wrong = (
        f"Port {port} is in use by another program."
        if error.errno == errno.EADDRINUSE
        else f"Port {port} cannot be opened: {error.strerror}."
    )
    screen.print(wrong, style="red")
    screen.print(
        "Choose another one with --port, or leave --port out to have a free one found.",
        style="green",
    )


async def _run(folder: Path, port: int, open_browser: bool, kept: str) -> None:
    screen = Console(highlight=False)
    status = screen.status("Getting the shop ready; the first time it learns its phrases …")
    status.start()
    try:
        async with running_demo(folder, port, model_cache()) as demo:
            configure_logs(demo.gateway.settings.logging)
            status.stop()
            end = asyncio.ensure_future(stopped())
            await asyncio.sleep(0)  # now a Ctrl-C is waited for, even while the welcome is printed
            _welcome(demo, kept, screen)
            offer_links(demo, screen)
            if open_browser:
                webbrowser.open(demo.console_link("demo"))
            await end
            screen.print("Closing the shop …", style="dim")
    finally:
        status.stop()


def _welcome(demo: Demo, kept: str, screen: Console) -> None:
    """Say where everything is. An address stays on one line, however narrow the terminal."""
    screen.print(f"\n[bold green]OneThread demo[/]: {SHOP.name} is open.\n")
    again = "; press Enter here for another" if sys.stdin.isatty() else ""
    for label, value, note in (
        ("Demo", f"{demo.url}/demo", "start here"),
        ("Console", demo.console_link(), f"this link works once, within an hour{again}"),
    ):
        screen.print(f"  [bold]{label:<9}[/][cyan]{value}[/]", soft_wrap=True)
        screen.print(f"{'':11}{note}", style="dim")
    screen.print(f"  [bold]{'Data':<9}[/]", end="")
    screen.print(kept, soft_wrap=True, markup=False)
    screen.print(
        "\n  Providers are simulated; nothing leaves this machine. Ctrl-C stops the demo.\n",
        style="dim",
    )


def offer_links(demo: Demo, screen: Console) -> None:
    """Print a new one-time link whenever Enter is pressed, if somebody sits at this terminal."""
    if not sys.stdin.isatty():
        return

    def on_line() -> None:
        if sys.stdin.readline():
            screen.print(demo.console_link(), style="cyan", soft_wrap=True)
        else:
            asyncio.get_running_loop().remove_reader(sys.stdin)

    asyncio.get_running_loop().add_reader(sys.stdin, on_line)
