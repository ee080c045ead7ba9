"""The kit sees what an adapter writes and whom it asks, and leaves nothing behind."""

from __future__ import annotations

import logging
import socket
import sys

import pytest
import structlog

from adapters.testing.watching import OutsideWorld, watching


def test_a_debug_line_of_any_logger_is_seen() -> None:
    log = logging.getLogger("tests.of.the.kit")
    log.propagate = False
    with watching() as watched:
        log.debug("a %s", "needle")
    assert any("a needle" in one for one in watched.written)


def test_an_event_with_its_error_is_seen() -> None:
    with watching() as watched:
        try:
            raise ValueError("the needle")
        except ValueError:
            structlog.get_logger("tests").exception("it_failed")
    assert any("the needle" in one for one in watched.written)


def test_what_is_printed_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    with watching() as watched:
        sys.stdout.write("a needle")
    assert any("a needle" in one for one in watched.written)
    assert capsys.readouterr().out == ""


def test_what_caused_an_error_is_seen() -> None:
    with watching() as watched:
        try:
            try:
                raise ValueError("the needle")
            except ValueError as error:
                raise RuntimeError("no needle here") from error
        except RuntimeError as error:
            watched.raised(error)
    assert any("the needle" in one for one in watched.written)


@pytest.mark.parametrize("address", ["192.0.2.1", "example.com"])
def test_another_host_is_not_reached(address: str) -> None:
    with watching() as watched, socket.socket() as one, pytest.raises(OutsideWorld):
        one.connect((address, 80))
    assert watched.reached == [address]


def test_another_hosts_name_is_not_looked_up() -> None:
    with watching() as watched, pytest.raises(OutsideWorld):
        socket.getaddrinfo("example.com", 443)
    assert watched.reached == ["example.com"]


def test_a_datagram_to_another_host_is_not_sent() -> None:
    with watching(), socket.socket(type=socket.SOCK_DGRAM) as one, pytest.raises(OutsideWorld):
        one.sendto(b"?", ("192.0.2.53", 53))


def test_afterwards_all_is_as_it_was() -> None:
    def state() -> object:
        root = logging.getLogger()
        plain = [vars(socket.socket).get(name) for name in ("connect", "connect_ex", "sendto")]
        processors = list(structlog.get_config()["processors"])
        return socket.getaddrinfo, plain, root.level, logging.getLogRecordFactory(), processors

    before = state()
    with watching():
        assert state() != before
    assert state() == before
