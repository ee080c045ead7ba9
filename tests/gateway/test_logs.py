"""The log: whatever fails, no line of it repeats a secret, a person or what they wrote."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import aiohttp
import psycopg
import pytest
import structlog
from sqlalchemy.engine import make_url

from adapters.sms.simulator import DEMO_ACCOUNT, Fault, Line, TwilioSimulator
from adapters.webchat.client import ChatClient, ChatRefused
from gateway.logs import configure_logs, plain_exception
from gateway.settings.sections import Logging
from memory.store import Store
from tests.gateway.credentials import FULL_TOKEN, keep_token
from tests.gateway.test_kill import environment, serve
from tests.gateway.way import KEY, ORIGIN, OURS, login_token

SECRET = "hunter2-of-the-tests"
PHONE = "+15550001111"
MAIL = "ada.lovelace@example.com"
CARD = "4111 1111 1111 1111"
WORDS = "my cat ate the blue envelope"
TEXT = f"{WORDS}, write to {MAIL} or charge {CARD}"
TOKEN = "a-real-looking-token-of-the-log-test"
CHAT_SECRET = "a-real-looking-secret-of-the-log-test"
PASSWORD = "a-database-password"


@pytest.fixture
def as_configured() -> Iterator[None]:
    """Whatever a test sets up is undone."""
    handlers, hook = list(logging.getLogger().handlers), threading.excepthook
    before = structlog.get_config()
    yield
    logging.getLogger().handlers = handlers
    threading.excepthook = hook
    structlog.configure(**before)


def failure() -> Exception:
    """An exception with a cause, a group and locals, each of which holds the secret."""
    try:
        held = f"held {SECRET}"
        try:
            raise KeyError(held)
        except KeyError as error:
            group = ExceptionGroup(SECRET, [ValueError(SECRET), OSError(28, SECRET, SECRET)])
            raise group from error
    except ExceptionGroup as error:
        return error


def count_secret() -> None:
    """What a thread does that fails."""
    int(SECRET)


def test_an_exception_is_told_by_kind_and_place_and_by_nothing_it_says() -> None:
    said = plain_exception(failure())
    assert SECRET not in said
    for words in ("KeyError", "which led to", "ExceptionGroup", "ValueError", "in failure"):
        assert words in said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, SECRET, SECRET), "No such file or directory"),
        (socket.gaierror(-2, SECRET), "socket.gaierror"),
        (ImportError("cannot import name 'x' from 'y'"), "cannot import name 'x' from 'y'"),
        (KeyError(SECRET), "KeyError"),
        (psycopg.errors.UniqueViolation(SECRET), "psycopg.errors.UniqueViolation: 23505"),
    ],
)
def test_codes_of_the_system_and_names_in_the_program_are_told(error: Exception, said: str) -> None:
    assert plain_exception(error).endswith(said)


@pytest.mark.usefixtures("as_configured")
@pytest.mark.parametrize("form", ["json", "console"])
def test_logged_exceptions_and_what_libraries_say_keep_their_values_back(
    form: Literal["json", "console"], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(Logging(format=form))
    configure_logs(Logging(format=form))
    try:
        raise failure()
    except Exception:
        structlog.get_logger().exception("it_failed")
        logging.getLogger("aiohttp.server").exception("from %s, about %s", "192.0.2.7", SECRET)
        logging.getLogger("asyncio").error(f"Exception in callback f({SECRET!r})")  # noqa: G004
    thread = threading.Thread(target=count_secret)
    thread.start()
    thread.join()
    out, err = capsys.readouterr()
    assert SECRET not in out + err
    assert "192.0.2.7" not in out + err
    for words in ("it_failed", "from %s, about %s", "asyncio", "thread_failed", "in count_secret"):
        assert out.count(words) == 1, words
    assert out.count("which led to") == 2
    if form == "json":
        assert [json.loads(line)["level"] for line in out.splitlines()] == ["error"] * 4


@asynccontextmanager
async def served(
    folder: Path, database: str, form: str
) -> AsyncIterator[tuple[TwilioSimulator, str, Path]]:
    """A served gateway over PostgreSQL that logs all it can; its simulator, address and output."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    line = Line(DEMO_ACCOUNT, TOKEN, OURS)
    sim = TwilioSimulator(line, f"{url}/channels/sms", webhook_retries=0)
    await sim.start()
    keys = {"k1": {"key": KEY}}
    options = {
        "STORAGE__URL": make_url(database)
        .set(password=PASSWORD)
        .render_as_string(hide_password=False),
        "LOGGING__LEVEL": "DEBUG",
        "LOGGING__FORMAT": form,
        "TURNS__QUIET_SECONDS": '{"sms": 0, "webchat": 0}',
        "ADAPTERS__SMS__AUTH_TOKEN": TOKEN,
        "ADAPTERS__SMS__TIMEOUT_SECONDS": "1",
        "ADAPTERS__WEBCHAT__ALLOWED_ORIGINS": ORIGIN,
        "ADAPTERS__WEBCHAT__SECRET": CHAT_SECRET,
        "ADAPTERS__WEBCHAT__JWT_KEYS": json.dumps(keys),
    }
    env: Mapping[str, str] = {
        **environment(folder, port, sim.base_url),
        **{f"ONETHREAD__{name}": value for name, value in options.items()},
    }
    log = folder / "gateway.log"
    process = await serve(env, port, log)
    try:
        yield sim, url, log
    finally:
        process.terminate()
        code = await process.wait()
        await sim.stop()
    assert code == 0


async def logged(log: Path, *words: str) -> None:
    """Wait until the gateway has said each of these."""
    async with asyncio.timeout(20):
        while not all(one in log.read_text("utf-8") for one in words):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def raw(url: str, request: bytes) -> bytes:
    """What is answered to these bytes."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    await writer.drain()
    said = await reader.read(1000)
    writer.close()
    return said


def rename(database: str, *tables: str) -> None:
    """Take tables away from under the gateway."""
    url = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        for name in tables:
            connection.execute(f'alter table "{name}" rename to "{name}_away"'.encode())


async def token_beside(database: str) -> str:
    """A token that may do everything, made beside the gateway that runs."""
    store = Store(database, readers=1)
    await store.open()
    try:
        await keep_token(store, FULL_TOKEN)
    finally:
        await store.close()
    return FULL_TOKEN


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("form", ["json", "console"])
async def test_no_failure_brings_a_secret_or_a_person_into_the_output(
    tmp_path: Path, postgres_database_url: str, form: str
) -> None:
    login = login_token(MAIL, name="Ada Lovelace", email=MAIL)
    async with (
        served(tmp_path, postgres_database_url, form) as (sim, url, log),
        aiohttp.ClientSession() as web,
    ):
        found = re.search(r"\?once=(\S+)", log.read_text("utf-8"))
        assert found is not None, "the link that makes the first account is printed"
        once = found[1]
        bearer = {"Authorization": f"Bearer {await token_beside(postgres_database_url)}"}
        sim.faults += [Fault("garbage"), Fault("drop"), Fault("refuse", 21211)]
        await sim.text(PHONE, TEXT)
        chat = ChatClient(f"{url}/channels/webchat/socket", ORIGIN, jwt=login)
        await chat.connect()
        await chat.say(TEXT)
        session = str(chat.token)
        # What is wrong, told by the gateway and by the libraries under it.
        assert (await raw(url, f"GET /?token={TOKEN} {PHONE} {MAIL}\r\n\r\n".encode()))[9:12] == (
            b"400"
        )
        form_of = {"From": PHONE, "Body": TEXT}
        async with web.post(f"{url}/channels/sms/inbound", data=form_of) as answer:
            assert answer.status == 403
        wrong = {"Authorization": f"Bearer {PHONE}"}
        async with web.get(f"{url}/api/v1/customers?q={MAIL}", headers=wrong) as answer:
            assert answer.status == 401
        other = ChatClient(f"{url}/channels/webchat/socket", ORIGIN, jwt=login[:-2])
        with pytest.raises(ChatRefused):
            await other.connect()
        await other.close()
        await logged(log, "webhook_refused", "socket_refused", "library_said", "send_put_off")
        # What fails in the database, with everything of a message among its parameters.
        await asyncio.to_thread(rename, postgres_database_url, "turn")
        await sim.text(PHONE, TEXT)
        await logged(log, "turn_failed")
        await asyncio.to_thread(rename, postgres_database_url, "message", "handle")
        with pytest.raises(RuntimeError):
            await sim.text(PHONE, TEXT)
        with pytest.raises(ChatRefused):
            await chat.say(TEXT)
        async with web.get(f"{url}/api/v1/customers?q={MAIL}", headers=bearer) as answer:
            assert answer.status == 500
        await logged(log, "request_failed", "admission_failed")
        await chat.close()
    output = log.read_text("utf-8")
    assert output.count(once) == 1
    secrets = (
        FULL_TOKEN,
        TOKEN,
        CHAT_SECRET,
        KEY,
        PASSWORD,
        login,
        session,
        CARD,
        CARD.replace(" ", ""),
    )
    people = (PHONE, PHONE[1:], MAIL, "lovelace", "Lovelace", WORDS, "blue envelope")
    for one in (*secrets, *people):
        assert one not in output
    assert "Traceback (most recent call last)" not in output
