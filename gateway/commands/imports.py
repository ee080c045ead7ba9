"""The commands `onethread identities import` and `export`: customers as files, in and out.

They read options, show what an import would do, ask, and run its steps
(`gateway.customers.importing`), each in a transaction of its own, so that a gateway beside goes on.
Nothing about customers is decided here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from gateway.commands.rules_terminal import count, progress_bar

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.customers.import_files import Fault, ReadFile
    from gateway.customers.importing import Report, Step, Tools
    from memory.units.identity.importing import BatchView

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Counter:
    """Where the steps run, with what, and in whose name."""

    connection: Connection
    tools: Tools
    actor: str

    def run(self, steps: Generator[Step, Any, Any]) -> Any:
        """All the steps, each in its own transaction."""
        from gateway.customers.importing import drive

        return drive(steps, self._one)

    def _one(self, step: Step) -> Any:
        with self.connection.begin():
            return step.run(self.connection)


def import_(
    file: Annotated[
        Path | None,
        typer.Argument(help="A CSV file; its first line names the columns.", dir_okay=False),
    ] = None,
    source: Annotated[str, typer.Option(help="Which system it is from, such as crm.")] = "",
    reason: Annotated[str, typer.Option(help="Why it may be believed.")] = "",
    level: Annotated[
        int,
        typer.Option(
            min=0, max=2, help="How far: 0 only suggests, 1 joins, 2 also shares the memory."
        ),
    ] = 1,
    column: Annotated[
        list[str] | None,
        typer.Option(help="What a column means: Kundennr=external_id, or Notes=- for nothing."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The file's encoding.", show_default="UTF-8")
    ] = None,
    skip_faults: Annotated[
        bool, typer.Option("--skip-faults", help="Leave out the rows that have one.")
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
    """Bring in customers from a CSV file, after showing what that will do; or take one back.

    Example: onethread identities import customers.csv --source crm --reason "our own list"
    """
    if listed:
        list_batches(config, as_json=as_json)
    elif undo is not None:
        take_back_batch(undo, config, yes=yes)
    elif file is None or not source or not reason:
        refuse("say which FILE, and its --source and --reason; or --list, or --undo ID")
    else:
        read = _read(file, column or [], encoding)
        _bring_in(read, (source, level, reason), config, dry_run, skip_faults, yes, as_json)


def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to.", show_default="the screen")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write all customers as CSV, with their handles, levels, evidence and attributes.

    Example: onethread identities export customers.csv
    """
    from gateway.customers.exporting import export as steps

    with counter(config, "Reading", None) as at:
        if file is None:
            at.run(steps(lambda piece: typer.echo(piece, nl=False)))
            return
        try:
            # With a byte order mark, by which spreadsheets know UTF-8.
            with file.open("w", encoding="utf-8-sig", newline="") as opened:
                count = at.run(steps(opened.write))
        except OSError as error:
            refuse(f"{file} cannot be written: {error.strerror}")
    say(f"{count} customers are in {file}.")


def _read(file: Path, columns: list[str], encoding: str | None) -> ReadFile:
    from gateway.customers.import_files import read_file

    meanings = columns_of(columns)
    try:
        return read_file(file.read_bytes(), meanings, encoding)
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror}")


def columns_of(columns: Sequence[str]) -> Mapping[str, str]:
    """What columns mean, as it was typed: NAME=MEANING."""
    meanings: dict[str, str] = {}
    for one in columns:
        name, equals, meaning = one.rpartition("=")
        if not equals:
            refuse(f"--column {one}: write it as NAME=MEANING, such as Kundennr=external_id")
        meanings[name] = meaning
    return meanings


def _bring_in(
    read: ReadFile,
    told: tuple[str, int, str],
    config: Path | None,
    dry_run: bool,
    skip_faults: bool,
    yes: bool,
    as_json: bool,
) -> None:
    from core.message import Assurance
    from gateway.customers.importing import apply, preview
    from memory.units.identity.bringing import Source

    name, level, reason = told
    source = Source(name, Assurance(level), reason, who_types())
    if dry_run or not yes:
        with counter(config, "Looking", len(read.entries)) as at:
            report: Report = at.run(preview(read, source, at.tools))
        tell_json(report) if as_json else _print(report)
    if dry_run:
        return
    if read.fault_count and not (skip_faults and read.entries):
        first = read.faults[0]
        refuse(
            f"nothing was brought in: {count(read.fault_count, 'fault')}, the first in line "
            f"{first.line}: "
            f"{first.wrong} {first.mend} Mend them, or leave these rows out with --skip-faults."
        )
    ask(f"Bring in {len(read.entries)} rows?", yes)
    with counter(config, "Bringing in", len(read.entries)) as at:
        done: Report = at.run(apply(read, source, at.tools))
    if as_json:
        tell_json(done)
        return
    _print(done)
    say(f"To take it back: onethread identities import --undo {done.batch_id}", "dim")


def take_back_batch(batch_id: int, config: Path | None, *, yes: bool) -> None:
    from gateway.customers.importing import take_back
    from memory.units.identity.import_undoing import batch_to_undo

    with counter(config, "Looking", None) as at:
        batch = batch_to_undo(at.connection, batch_id)
    say(f"{batch.source}, by {batch.actor} on {batch.created_at:%Y-%m-%d %H:%M} UTC:")
    say(f"{_what_came(batch)}. Why: {batch.reason}")
    ask("Take it back?", yes)
    with counter(config, "Taking back", batch.counts.get("joined")) as at:
        ended = at.run(take_back(batch_id, at.actor, at.tools))
    say(f"It is taken back: {ended} links ended.")


def list_batches(config: Path | None, *, as_json: bool) -> None:
    from memory.units.identity.importing import batches

    with counter(config, "Reading", None) as at:
        found = batches(at.connection)
    if as_json:
        tell_json(found)
        return
    for one in found:
        state = ", being brought in" if one.under_way else ", broken off: give the same file again"
        state = "" if one.complete else state
        state = f", taken back by {one.undone_by}" if one.undone_by else state
        say(
            f"{one.id}  {one.created_at:%Y-%m-%d %H:%M} UTC  {one.source}, level {one.level}, by "
            f"{one.actor}: {_what_came(one)}{state}"
        )


def _what_came(batch: BatchView) -> str:
    """What came of an import, in a few words."""
    rows = f"{batch.counts['rows']} rows"
    if "messages" in batch.counts:
        return f"{rows}, {count(batch.counts['messages'], 'message')} of before"
    return f"{rows}, {batch.counts['joined']} links"


def _print(report: Report) -> None:
    console = Console()
    would = "would be " if report.dry_run else ""
    console.print(
        f"{report.rows} rows: {report.new} handles {would}new, {report.known} known, "
        f"{report.joined} links {would}made, {report.attributes} attributes."
    )
    for pair in report.pairs[:_SHOWN]:
        text = f"  line {pair.line}: {pair.handle} joins {pair.other} at level {pair.level}"
        console.print(Text(text))
    if report.dry_run and report.joined > _SHOWN:
        console.print(Text(f"  and {report.joined - _SHOWN} more", style="dim"))
    for one in report.conflicts[:_SHOWN]:
        text = f"  line {one.line}: {one.handle} is not joined to {one.other}: {one.words}"
        console.print(Text(text, style="yellow"))
    if report.conflict_count > _SHOWN:
        console.print(Text(f"  and {report.conflict_count - _SHOWN} more", style="dim"))
    tell_faults(console, report.faults, report.fault_count)


def tell_faults(console: Console, faults: Sequence[Fault], all_of_them: int) -> None:
    """The first faults of a file, each with its place and its remedy."""
    for fault in faults[:_SHOWN]:
        place = f"line {fault.line}" + (f", {fault.column}" if fault.column else "")
        console.print(Text(f"  {place}: {fault.wrong}", style="red"))
        console.print(Text(f"    {fault.mend}", style="green"))
    if all_of_them > _SHOWN:
        console.print(Text(f"  and {all_of_them - _SHOWN} more faults", style="dim"))


@contextmanager
def counter(config: Path | None, doing: str, total: int | None) -> Iterator[Counter]:
    """The configured database for many short transactions, with a bar; what cannot be done is said,
    with exit code 1."""
    import time

    from core.identity.rule_reader import read_identity_rules
    from core.identity.rules import DEFAULT_RULES
    from gateway.commands.database import NoDatabase, command_ids, now_micros, writing
    from gateway.customers.importing import Tools
    from gateway.settings.model import load_settings
    from gateway.settings.obstacles import reaching_database
    from memory.units.identity.importing import ImportProblem
    from memory.units.identity.rule_versions import in_force

    settings = load_settings(config)
    try:
        with (
            reaching_database(settings.file),
            writing(settings.storage.url.get_secret_value()) as engine,
            engine.connect() as connection,
            progress_bar() as bar,
        ):
            with connection.begin():
                version = in_force(connection)
            rules = DEFAULT_RULES if version is None else read_identity_rules(version.text).rules
            task = bar.add_task(doing, total=total)

            def progress(done: int) -> None:
                bar.update(task, completed=done)

            tools = Tools(now_micros, command_ids(), time.perf_counter, lambda: rules, progress)
            yield Counter(connection, tools, who_types())
    except (ImportProblem, NoDatabase) as error:
        refuse(str(error))
