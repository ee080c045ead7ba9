"""Writes what we find to be the newest reply in each of a file of mails, for a scorer to judge.

Run `python -m benchmarks.email_replies CASES --out PREDICTIONS`. Cases are JSON lines with `id`,
`format` (`text`, `html` or `eml`) and `raw`; predictions are JSON lines with `id` and `reply`. It
reads and writes the files it is given and no others, and scores nothing itself.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from email import message_from_string, policy
from pathlib import Path

from adapters.email.newest.html_stripping import newest_reply_html
from adapters.email.newest.stripping import Stripped, newest_reply


def reply_in_mail(raw: str) -> Stripped:
    """The reply in the text/plain part of a whole MIME message."""
    part = message_from_string(raw, policy=policy.default).get_body(("plain",))
    return newest_reply("" if part is None else str(part.get_content()))


READERS: Mapping[str, Callable[[str], Stripped]] = {
    "text": newest_reply,
    "html": newest_reply_html,
    "eml": reply_in_mail,
}


def predict(line: str) -> str:
    """One prediction for one case, both as a line."""
    case = json.loads(line)
    reply = READERS[case["format"]](case["raw"]).text
    return json.dumps({"id": case["id"], "reply": reply}, ensure_ascii=False)


def main() -> None:
    """Read the cases, write the predictions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    lines = arguments.cases.read_text(encoding="utf-8").split("\n")
    predictions = [predict(line) for line in lines if line.strip()]
    arguments.out.write_text("\n".join([*predictions, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
