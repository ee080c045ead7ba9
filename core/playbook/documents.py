"""Reads the parts of a playbook that are documents: opening hours, tables of rows, articles.

Pure, as `core.playbook.reader`, whose helper it is: it takes texts, reports faults, opens nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo

from core.pipeline.contracts import STAGE_KINDS
from core.playbook.fields import Report, Section, parse_toml, sections, suggest
from core.playbook.model import Article, Hours, Table

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

OWNER_KINDS = ("phone", "email", "login", "slack")
"""Kinds of address that can prove whose a row is."""

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)")
FRONT = re.compile(r"\A\+\+\+[ \t]*\n(?P<front>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.S | re.M)


def read_stages(main: Section) -> dict[str, str]:
    """The stages of one's own that `playbook.toml` names, by their kind."""
    section = Section(main.table("stages"), main.file, "stages", main.report)
    named = {kind: section.text(kind) for kind in STAGE_KINDS}
    section.close()
    return {kind: name for kind, name in named.items() if name}


def read_hours(main: Section) -> Hours:
    """The opening hours that `playbook.toml` states."""
    timezone = main.text("timezone", default="UTC")
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        main.fault(
            "timezone", f"there is no time zone {timezone!r}", "Write one like Europe/London"
        )
    days = Section(main.table("hours"), main.file, "hours", main.report)
    week = {number: spans for number, day in enumerate(DAYS) if (spans := spans_of(days, day))}
    days.close()
    return Hours(timezone, week, main.dates("holidays"))


def spans_of(days: Section, day: str) -> tuple[tuple[time, time], ...]:
    """The spans of time that one key names, in order; one may run over midnight."""
    spans: list[tuple[time, time]] = []
    for text in days.texts(day):
        found = _SPAN.fullmatch(text.strip())
        if found is None:
            days.fault(day, f"{text!r} is no span of time", 'Write it like "09:00-17:30"')
            continue
        first, last = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        if last == first:
            days.fault(day, f"{text!r} has no length", "Write when it ends, such as 09:00-17:30")
        elif spans and first < spans[-1][1]:
            days.fault(
                day, f"{text!r} begins before the span before it ends", "Write them in order"
            )
        spans.append((first, last))
    return tuple(spans)


def read_tables(
    raw: Mapping[str, object], files: Mapping[str, str], report: Report
) -> dict[str, Table]:
    """The tables that `tables.toml` describes, with the rows of their files."""
    found = {}
    for name, one in sections(raw, "tables.toml", report):
        file = f"tables/{name}.csv"
        owner = Section(one.table("owner"), one.file, f"{name}.owner", report)
        table = Table(
            name=name,
            key=one.texts("key", needed=True),
            show=one.texts("show", needed=True),
            owner={column: owner.text(column, among=OWNER_KINDS) for column in one.table("owner")},
            verify=one.texts("verify"),
            rows=_rows(files[file], file, report) if file in files else (),
        )
        one.close()
        if file not in files and file not in report.broken:
            report.add(file, "", "is missing", f"Add it, or remove [{name}] from tables.toml")
        elif table.rows:
            _check_columns(table, one)
        found[name] = table
    for file in files:
        name = file.removeprefix("tables/").removesuffix(".csv")
        if file.startswith("tables/") and name not in found and not report.broken:
            mend = f"Add [{name}] to tables.toml with key, show and owner"
            report.add(file, "", "is not described", mend)
    return found


def _rows(text: str, file: str, report: Report) -> tuple[Mapping[str, str], ...]:
    lines = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    header = [one.strip() for one in lines[0]] if lines else []
    if not header or "" in header or len(set(header)) < len(header):
        mend = "Name every column once in the first line, separated by commas"
        report.add(file, "line 1", "the column names are no good", mend)
        return ()
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(one.strip() for one in cells):
            continue
        if len(cells) != len(header):
            wrong = f"has {len(cells)} cells, not {len(header)}"
            report.add(file, f"line {number}", wrong, "Put a text with a comma in quotes")
            continue
        rows.append({name: one.strip() for name, one in zip(header, cells, strict=True)})
    if not rows:
        report.add(file, "", "has no rows", "Add a line below the column names")
    return tuple(rows)


def _check_columns(table: Table, section: Section) -> None:
    columns = list(table.rows[0])
    if not table.owner and not table.verify:
        section.fault("owner", "is missing, so nobody may see a row", "Add owner or verify")
    for column, kind in table.owner.items():
        if kind and kind not in OWNER_KINDS:
            mend = suggest(kind, OWNER_KINDS, "kinds")
            section.fault(f"owner.{column}", f"there is no kind of address {kind!r}", mend)
    for key, names in (
        ("key", table.key),
        ("show", table.show),
        ("owner", tuple(table.owner)),
        ("verify", table.verify),
    ):
        for name in names:
            if name not in columns:
                mend = suggest(name, columns, "columns")
                section.fault(key, f"there is no column {name!r}", mend)


def read_articles(files: Mapping[str, str], report: Report) -> tuple[Article, ...]:
    """The articles, by name; each begins with a head of TOML between two lines of +++."""
    names = sorted(name for name in files if re.fullmatch(r"articles/[^/]+\.md", name))
    return tuple(_article(name, files[name], report) for name in names)


def _article(file: str, text: str, report: Report) -> Article:
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    found = FRONT.match(text)
    if found is None:
        mend = "Begin with title and url between two lines of +++"
        report.add(file, "", "has no head", mend)
    # The line above the head counts, too.
    front = parse_toml(f"\n{found['front']}", file, report) if found else {}
    head = Section(front, file, "", report)
    readable = found is not None and file not in report.broken
    body = text[found.end() :].strip() if found else text
    if not body:
        report.add(file, "", "has no text", "Write the article below the second +++")
    article = Article(
        name=file.removeprefix("articles/").removesuffix(".md"),
        title=head.text("title", needed=readable),
        url=head.text("url", needed=readable),
        body=body,
        keywords=head.texts("keywords"),
        intents=head.texts("intents"),
        language=head.text("language"),
    )
    head.close()
    if article.language and not re.fullmatch(r"[a-z]{2}", article.language):
        mend = 'Write two small letters of ISO 639-1, such as "de"'
        head.fault("language", f"{article.language!r} is no language", mend)
    if article.url and not re.match(r"https?://[^\s/]+\.[^\s]+", article.url):
        head.fault("url", "is no public link", "Write one like https://shop.example/help/returns")
    return article
