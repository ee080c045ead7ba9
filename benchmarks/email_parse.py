"""Measures reading mail: CPU time from raw bytes to the message, over mails as people write them.

Run `python -m benchmarks.email_parse [--rounds N]`. The mails are made here, about 20 kB each but
for the plain one. It prints the median CPU time of one mail in milliseconds, for each kind and over
all, and ends with 1 when that is over the bar. Process time is measured, so a busy machine matters
little.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from base64 import encodebytes
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage

from adapters.email.receiving.inbound import translate
from adapters.email.receiving.reading import Reading
from adapters.email.tokens import Tokens

BAR_MS = 3.0
"""CPU milliseconds for a mail of 20 kB, at the median."""

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
US = "support@shop.example"
VERDICT = (
    b"Authentication-Results: mx.shop.example; dkim=pass header.d=customer.example;\r\n"
    b"\tspf=pass smtp.mailfrom=ann@customer.example;\r\n"
    b"\tdmarc=pass (p=reject) header.from=customer.example\r\n"
)
QUESTION = "Hello,\n\nwhere is my order 1042? It was to come on Tuesday. Grüße\nAnn\n"
SENTENCE = "The lamp flickers whenever the heating is on, and the switch hums a little. "


def _mail(text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ann Bee <ann@customer.example>"
    mail["To"] = US
    mail["Subject"] = "My order, and a lamp for Jürgen"
    mail["Message-ID"] = "<f3b1c2@customer.example>"
    mail["Date"] = "Fri, 15 Jan 2027 07:30:00 +0000"
    mail.set_content(text, cte="quoted-printable")
    return mail


def plain() -> EmailMessage:
    """A short mail of text alone."""
    return _mail(QUESTION)


def both() -> EmailMessage:
    """Text and HTML of the same, long."""
    body = [SENTENCE * 3 for _ in range(30)]
    mail = _mail(QUESTION + "\n\n".join(body))
    rows = "".join(f'<p style="margin:0"><b>Note</b> {one}</p>\n' for one in body)
    mail.add_alternative(f"<html><body>{QUESTION}{rows}</body></html>", subtype="html")
    return mail


def reply() -> EmailMessage:
    """An answer above a long quotation, as most mail programs write it."""
    quoted = "\n".join(f"> {SENTENCE}" for _ in range(90))
    head = "On Fri, 15 Jan 2027 at 07:00, Shop <support@shop.example> wrote:\n"
    mail = _mail(f"{QUESTION}\n{head}{quoted}\n")
    rows = "<br>\n".join(SENTENCE for _ in range(90))
    mail.add_alternative(
        f"<p>{QUESTION}</p><div class=gmail_quote>{head}<blockquote>{rows}</blockquote></div>",
        subtype="html",
    )
    mail["References"] = " ".join(f"<{n}@shop.example>" for n in range(8))
    return mail


def page() -> EmailMessage:
    """HTML alone, with tables."""
    mail = _mail(QUESTION)
    cells = "".join(f"<tr><td>{n}</td><td>{SENTENCE}</td></tr>" for n in range(150))
    mail.set_content(f"<p>{QUESTION}</p><table>{cells}</table>", subtype="html")
    return mail


def picture() -> EmailMessage:
    """A short text and a picture."""
    mail = _mail(QUESTION)
    mail.add_attachment(
        encodebytes(bytes(range(256)) * 40), maintype="image", subtype="jpeg", filename="lämp.jpg"
    )
    return mail


KINDS: Mapping[str, Callable[[], EmailMessage]] = {
    "text": plain,
    "text and HTML": both,
    "answer with a quotation": reply,
    "HTML alone": page,
    "picture": picture,
}


def measured(raw: bytes, rounds: int) -> list[float]:
    """CPU milliseconds of each round."""
    reading = Reading("mail", US, frozenset({US}), frozenset({"mx.shop.example"}))
    tokens = Tokens("mail", "a-secret-of-32-letters-for-this!")
    taken = []
    for _ in range(rounds):
        start = time.process_time_ns()
        told = translate(raw, reading=reading, tokens=tokens, now=NOW)
        taken.append((time.process_time_ns() - start) / 1e6)
        assert len(told.messages) == 1
    return taken


def main() -> int:
    """The exit status: 1 when the median over all is over the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="rounds for each kind of mail")
    rounds = parser.parse_args().rounds
    everything: list[float] = []
    for name, make in KINDS.items():
        raw = VERDICT + make().as_bytes().replace(b"\n", b"\r\n")
        measured(raw, 3)
        taken = measured(raw, rounds)
        everything.extend(taken)
        print(f"{name:24} {len(raw) / 1000:6.1f} kB  p50 {statistics.median(taken):.2f} ms")
    median = statistics.median(everything)
    print(f"{'all':24} {'':9}  p50 {median:.2f} ms (bar {BAR_MS} ms)")
    return int(median > BAR_MS)


if __name__ == "__main__":
    sys.exit(main())
