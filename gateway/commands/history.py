"""The command `onethread import-history`: what customers wrote elsewhere before, brought in.

It reads options, shows what the import would do, asks, and runs its steps
(`gateway.history.importing`), each in a transaction of its own, so that a gateway beside goes on.
Nothing about customers is decided here.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from gateway.commands.identity_desk import (
    ConfigOption,
    DryOption,
    JsonOption,
    YesOption,
    ask,
    refuse,
    say,
    tell_json,
    who_types,
)
from gateway.commands.imports import columns_of, counter, list_batches, take_back_batch, tell_faults
from gateway.commands.rules_terminal import count

if TYPE_CHECKING:
    from gateway.commands.imports import Counter
    from gateway.customers.importing import Tools
    from gateway.history.importing import HistoryReport
    from gateway.history.reading import Form, HistoryFile, Preparing
    from memory.units.identity.bringing import Source

_SHOWN = 10
_BETWEEN_SECONDS = 0.02
_FORMS = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".mbox": "mbox"}


def import_history(
    file: Annotated[
        Path | None,
        typer.Argument(help="A CSV, JSON Lines or mbox file.", dir_okay=False),
    ] = None,
    source: Annotated[str, typer.Option(help="Which system it is from, such as zendesk.")] = "",
    reason: Annotated[str, typer.Option(help="Why it may be believed.")] = "",
    level: Annotated[
        int,
        typer.Option(
            min=0, max=2, help="How far: 0 is for people only, 1 and 2 are also recalled."
        ),
    ] = 1,
    form: Annotated[
        str, typer.Option(help="csv, jsonl or mbox.", show_default="by the file's name")
    ] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(help="What a column means: Zeit=when, or Notes=- for nothing."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The file's encoding.", show_default="UTF-8")
    ] = None,
    zone: Annotated[
        str, typer.Option(help="The time zone of times that name none, such as Europe/Berlin.")
    ] = "UTC",
    own: Annotated[
        list[str] | None,
        typer.Option(help="A mail address of your own, besides those of your mailboxes."),
    ] = None,
    skip_faults: Annotated[
        bool, typer.Option("--skip-faults", help="Leave out what has one.")
    ] = False,
    undo: Annotated[
        int | None, typer.Option("--undo", help="The id of an import to take back instead.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the imports there were.")] = False,
    dry_run: DryOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Bring in what customers wrote before, after showing what that will do; or take it back.

    Example: onethread import-history tickets.csv --source zendesk --reason "our own export"
    """
    if listed:
        list_batches(config, as_json=as_json)
    elif undo is not None:
        take_back_batch(undo, config, yes=yes)
    elif file is None or not source or not reason:
        refuse("say which FILE, and its --source and --reason; or --list, or --undo ID")
    else:
        from core.message import Assurance
        from gateway.history.reading import Form
        from memory.units.identity.bringing import Source

        how = Form(
            form or _FORMS.get(file.suffix.lower(), "csv"),
            columns_of(column or []),
            encoding,
            zone,
            tuple(own or ()),
        )
        told = Source(source, Assurance(level), reason, who_types())
        _import(file, how, told, config, dry_run, skip_faults, yes, as_json)


def _import(
    path: Path,
    form: Form,
    source: Source,
    config: Path | None,
    dry_run: bool,
    skip_faults: bool,
    yes: bool,
    as_json: bool,
) -> None:
    from gateway.history.importing import apply, preview

    with ExitStack() as stack:
        read = _read(stack, path, form, source.name, config)
        if dry_run or not yes:
            with counter(config, "Looking", read.total) as at:
                report: HistoryReport = at.run(preview(read, at.tools))
            tell_json(report) if as_json else _print(report)
        if dry_run:
            return
        if read.fault_count and not (skip_faults and read.total):
            first = read.faults[0]
            refuse(
                f"nothing was brought in: {count(read.fault_count, 'fault')}, the first in line "
                f"{first.line}: {first.wrong} {first.mend} "
                f"Mend them, or leave these out with --skip-faults."
            )
        ask(f"Bring in {count(read.total, 'message')}?", yes)
        with counter(config, "Bringing in", read.total) as at:
            done: HistoryReport = at.run(apply(read, source, _unhurried(at.tools)))
        if as_json:
            tell_json(done)
            return
        _print(done)
        say(f"To take it back: onethread import-history --undo {done.batch_id}", "dim")


def _unhurried(tools: Tools) -> Tools:
    """Between two chunks a gateway beside gets at the database, which SQLite hands to nobody."""
    import time
    from dataclasses import replace

    def progress(done: int) -> None:
        tools.progress(done)
        time.sleep(_BETWEEN_SECONDS)

    return replace(tools, progress=progress)


def _read(
    stack: ExitStack, path: Path, form: Form, source: str, config: Path | None
) -> HistoryFile:
    """The history of a file, which lasts as long as the stack."""
    from gateway.history.reading import BadOption, opened

    try:
        file = stack.enter_context(path.open("rb"))
        with counter(config, "Reading", path.stat().st_size) as at:
            preparing = _preparing(config, at)
            return stack.enter_context(opened(file, form, source, preparing, at.tools.progress))
    except OSError as error:
        refuse(f"{path} cannot be read: {error.strerror}")
    except BadOption as error:
        refuse(str(error))


def _preparing(config: Path | None, at: Counter) -> Preparing:
    """What this installation makes of messages, as its gateway does."""
    import secrets
    from datetime import UTC, datetime

    from core.playbook.fields import PlaybookError
    from gateway.history.desk import preparing_for
    from gateway.playbook.reader import load_playbook
    from gateway.settings.model import load_settings
    from memory.recall.tokens import token_counter
    from memory.units.installation import keep_secret

    settings = load_settings(config)
    try:
        playbook = load_playbook(settings.playbook.path)
    except PlaybookError as error:
        refuse(f"the playbook says what is no secret, and has faults: {error}")
    with at.connection.begin():
        key = keep_secret(at.connection, "digest-key", secrets.token_hex(32), at.tools.now())
    return preparing_for(
        settings,
        bytes.fromhex(key),
        lambda: playbook,
        count_tokens=token_counter(settings.pipeline.encoding, settings.data.folder / "tokens"),
        rules=at.tools.rules,
        now=lambda: datetime.now(UTC),
    )


def _print(report: HistoryReport) -> None:
    console = Console()
    would = "would be " if report.dry_run else ""
    console.print(
        f"{count(report.rows, 'message')}: {report.messages} {would}brought in, {report.repeated} "
        f"here already, {report.left_out} left out; "
        f"{report.new} handles {would}new, {report.known} known."
    )
    if report.oldest is not None and report.newest is not None:
        channels = ", ".join(f"{number} {name}" for name, number in report.channels.items())
        console.print(
            f"From {report.oldest:%Y-%m-%d} to {report.newest:%Y-%m-%d}: {channels}. "
            f"Secrets would be taken out of {report.secrets}."
        )
    for met in (one for one in report.handles if one.notes):
        console.print(Text(f"  {met.handle}: {'; '.join(met.notes)}", style="yellow"))
    for met in [one for one in report.handles if not one.notes][:_SHOWN]:
        whose = "a new customer" if met.customer_id is None else f"customer {met.customer_id}"
        console.print(Text(f"  {met.handle}: {count(met.messages, 'message')} of {whose}"))
    for one in report.left_out_lines[:_SHOWN]:
        text = f"  line {one.line}: {one.handle} is left out: {one.words}"
        console.print(Text(text, style="yellow"))
    tell_faults(console, report.faults, report.fault_count)
