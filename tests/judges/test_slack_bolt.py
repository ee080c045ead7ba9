"""Slack's own framework for Node.js believes what the simulator sends, and its client our Web API.

An independent second judge: it checks signatures, parses events and presses, and posts. It is
installed into a temporary folder once a run.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.simulator import SlackSimulator

pytestmark = [pytest.mark.judges, pytest.mark.timeout(180)]

SECRET = "a-signing-secret-of-the-tests"
TOKEN = "xoxb-a-bot-token-of-the-tests"
USER, CHANNEL = "U0ADA", "C0HELP"

APP = """
const { App } = require('@slack/bolt');
const [secret, token, api] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));
const app = new App({
  signingSecret: secret,
  authorize: async () => ({ botToken: token, botId: 'B0ONETHREAD', botUserId: 'U0ONETHREAD' }),
  clientOptions: { slackApiUrl: api },
  endpoints: ['/slack/events', '/slack/interactivity'],
  processBeforeResponse: true,
});
const buttons = [{ type: 'actions', elements: [
  { type: 'button', action_id: 'b', value: 'yes', text: { type: 'plain_text', text: 'Yes' } } ] }];
app.message(async ({ message, say }) => {
  tell({ kind: 'message', text: message.text, user: message.user, subtype: message.subtype });
  if (message.channel_type === 'im') await say({ text: 'heard', blocks: buttons });
});
app.event('app_mention', async ({ event }) => tell({ kind: 'mention', text: event.text }));
app.action(/.*/, async ({ action, ack }) => {
  await ack();
  tell({ kind: 'press', value: action.value });
});
app.start(0).then((server) => tell({ kind: 'ready', port: server.address().port }));
"""


@pytest.fixture(scope="module")
def bolt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the framework and the app."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("bolt")
    (folder / "app.js").write_text(APP, encoding="utf-8")
    return folder


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[SlackSimulator, Process]]:
    """The app in a process of its own, called by the simulator."""
    if not (folder / "node_modules").exists():
        options = ("--no-audit", "--no-fund", "--silent")
        installing = await asyncio.create_subprocess_exec(
            "npm", "install", *options, "@slack/bolt@^4", cwd=folder
        )
        assert await installing.wait() == 0
    slack = SlackSimulator("T0TEST", SECRET, TOKEN)
    await slack.start()
    app = await asyncio.create_subprocess_exec(
        "node", "app.js", SECRET, TOKEN, slack.base_url, cwd=folder, stdout=PIPE
    )
    try:
        slack.webhook_base = f"http://127.0.0.1:{(await told(app))['port']}/slack"
        yield slack, app
    finally:
        app.terminate()
        await app.wait()
        await slack.stop()


async def told(app: Process) -> dict[str, Any]:
    """What the app says next."""
    assert app.stdout is not None
    async with asyncio.timeout(20):
        line = await app.stdout.readline()
    found: dict[str, Any] = json.loads(line)
    return found


async def test_slacks_own_framework_believes_and_understands_the_simulator(bolt: Path) -> None:
    async with running(bolt) as (slack, app):
        seen = slack.last_seq
        await slack.write(USER, "a <b> & c é")
        assert await told(app) == {"kind": "message", "text": "a &lt;b&gt; &amp; c é", "user": USER}
        reply = await slack.wait_for_reply(USER, seen)
        assert reply.text == "heard"
        await slack.click(USER, reply, "yes")
        assert await told(app) == {"kind": "press", "value": "yes"}
        await slack.write(USER, "@OneThread hi", channel=CHANNEL)
        assert [(await told(app))["kind"], (await told(app))["kind"]] == ["message", "mention"]


async def test_slacks_own_framework_refuses_what_is_signed_with_another_secret(bolt: Path) -> None:
    async with running(bolt) as (slack, _):
        slack.events.signing_secret = "another-secret-of-the-tests"
        with pytest.raises(RuntimeError, match="http_error"):
            await slack.write(USER, "hello")
