"""The commands `onethread identities rules`: see, check, try, publish and take back the rules.

They read a file and have told what it would do (`memory.previews.dry_run`,
`gateway.commands.rules_terminal`), and have it done (`memory.units.identity.rule_steps`). A gateway
that runs beside follows by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.clock import from_micros
from gateway.commands.identity_desk import (
    ConfigOption,
    JsonOption,
    YesOption,
    ask,
    refuse,
    tell_json,
    who_types,
)
from gateway.commands.rules_terminal import count, line_of, progress_bar, tell

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.clock import Micros
    from core.identity.rule_reader import ReadRules
    from core.identity.rule_world import Change, Effect
    from core.identity.rules import IdentityRules
    from memory.units.identity.rule_steps import Publication
    from memory.units.identity.rule_versions import Version

    Publish = Callable[[Connection, Micros, tuple[int, int]], Version]

app = typer.Typer(
    no_args_is_help=True,
    help="See, check, try, publish and take back the rules of who is who.\n\n"
    "Example: onethread identities rules show",
)

FileArgument = Annotated[
    Path, typer.Argument(help="The draft: a whole identity.toml.", dir_okay=False)
]
PairsOption = Annotated[int, typer.Option(min=1, help="How many pairs to list; all are counted.")]

_SHOWN = 20
_VERSIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a publication."""

    made: int
    ended: int
    refused: int


@app.command("show")
def show(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Print the rules in force, and beside them who published them when.

    Example: onethread identities rules show
    """
    from gateway.api.rule_views import version_view
    from memory.units.identity.rule_versions import in_force

    with _looking(config) as connection:
        version = in_force(connection)
    if version is None:
        refuse("no rules were published yet: start the gateway once")
    if as_json:
        tell_json(version_view(version))
        return
    Console(stderr=True).print(line_of(version), style="dim", markup=False)
    typer.echo(version.text, nl=False)


@app.command("check")
def check(file: FileArgument, as_json: JsonOption = False) -> None:
    """Tell every fault of a draft, each with its remedy; exit code 2 if there is one.

    Example: onethread identities rules check draft.toml
    """
    read = _draft(file)
    if as_json:
        tell_json({"warnings": read.warnings})
        return
    Console().print(f"{file} is in order.", style="green", markup=False)


@app.command("try")
def try_out(
    file: FileArgument,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    pairs: PairsOption = _SHOWN,
) -> None:
    """Show which customers would join or part if a draft were in force, and change nothing.

    Example: onethread identities rules try draft.toml
    """
    from gateway.api.rule_views import foreseen

    read = _draft(file)
    with _looking(config) as connection:
        effect = _foreseen(connection, read.rules)
    tell_json(foreseen(effect, read.warnings)) if as_json else tell(effect, pairs)


@app.command("publish")
def publish(
    file: FileArgument,
    note: Annotated[str, typer.Option(help="Why; it stands with the version.")],
    config: ConfigOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
    pairs: PairsOption = _SHOWN,
) -> None:
    """Put a draft in force, after showing what that does, and carry it out.

    Example: onethread identities rules publish draft.toml --note "no imports by phone"
    """
    from memory.units.identity import rule_versions

    text = _text(file)
    read = _read(text, str(file))
    with _looking(config) as connection:
        before = rule_versions.in_force(connection)
        if not (yes and as_json):
            tell(_foreseen(connection, read.rules), pairs)
    ask("Put it in force?", yes)
    based_on = None if before is None else before.id
    _put_in_force(
        config,
        read.rules,
        lambda connection, now, ids: rule_versions.publish(
            connection, text, note, who_types(), now, ids, based_on
        ),
        as_json,
    )


@app.command("versions")
def list_versions(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List what was published, the latest first.

    Example: onethread identities rules versions
    """
    from gateway.api.rule_views import version_view
    from memory.units.identity.rule_versions import versions

    with _looking(config) as connection:
        found = versions(connection, _VERSIONS_SHOWN)
    if as_json:
        tell_json([version_view(one) for one in found])
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("version", "published", "by", "state", "note"):
        table.add_column(column)
    for number, one in enumerate(found):
        state = "replaced" if number else "in force"
        state += "" if one.applied else ", being carried out"
        when = f"{from_micros(one.published_at):%Y-%m-%d %H:%M}"
        table.add_row(str(one.id), when, Text(one.actor), state, Text(one.note))
    Console().print(table)


@app.command("roll-back")
def roll_back(
    version: Annotated[int, typer.Argument(help="The id of an older version.")],
    config: ConfigOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
    pairs: PairsOption = _SHOWN,
) -> None:
    """Put an older version in force again, after showing what that does, and carry it out.

    Example: onethread identities rules roll-back 1843200000000001024
    """
    from memory.units.identity import rule_versions

    with _looking(config) as connection:
        found = rule_versions.version(connection, version)
        if found is None:
            refuse(f"there is no version {version}")
        rules = _read(found.text, f"version {version}").rules
        if not (yes and as_json):
            tell(_foreseen(connection, rules), pairs)
    ask("Put it in force?", yes)
    _put_in_force(
        config,
        rules,
        lambda connection, now, ids: rule_versions.roll_back(
            connection, version, who_types(), now, ids
        ),
        as_json,
    )


def _put_in_force(
    config: Path | None, rules: IdentityRules, publish: Publish, as_json: bool
) -> None:
    """Publish, then make each change in a transaction of its own, so that nobody waits for it."""
    from gateway.commands.database import command_ids, now_micros, transaction
    from gateway.identity.rule_application import in_order
    from memory.units.identity.rule_steps import Publication
    from memory.units.identity.rule_versions import RulesProblem, mark_applied

    url, new_id = _url(config), command_ids()
    try:
        with transaction(url) as connection:
            version = publish(connection, now_micros(), (new_id(), new_id()))
    except RulesProblem as problem:
        refuse(str(problem))
    with _looking(config) as connection:
        changes = in_order(_foreseen(connection, rules))
    done = _carried_out(url, Publication(version, rules), changes, new_id)
    with transaction(url) as connection:
        now, audit_id = now_micros(), new_id()
        mark_applied(
            connection, version.id, version.actor, now, audit_id, made=done.made, ended=done.ended
        )
    if as_json:
        tell_json({"version_id": version.id, "links": done})
        return
    Console().print(
        f"Version {version.id} is in force: {count(done.made, 'link')} made or changed, "
        f"{done.ended} ended, {done.refused} refused by a limit.",
        style="green",
    )


def _carried_out(
    url: str, one: Publication, changes: Sequence[Change], new_id: Callable[[], int]
) -> Done:
    from gateway.commands.database import now_micros, writing
    from memory.units.identity.linking import IdentityProblem
    from memory.units.identity.rule_steps import carry_out

    made = ended = refused = 0
    with writing(url) as engine, progress_bar() as progress:
        task = progress.add_task("Carrying it out", total=len(changes))
        for change in changes:
            try:
                with engine.begin() as connection:
                    changed = carry_out(connection, one, change, now_micros(), new_id)
            except IdentityProblem:
                refused += 1
            else:
                ended += changed and change.action == "part"
                made += changed and change.action != "part"
            progress.advance(task)
    return Done(made, ended, refused)


def _foreseen(connection: Connection, rules: IdentityRules) -> Effect:
    """The dry run, with a bar that shows how far it is."""
    from gateway.commands.database import now_micros
    from memory.previews.dry_run import dry_run

    with progress_bar() as progress:
        task = progress.add_task("Reading who is who", total=None)

        def step(done: int, of: int) -> None:
            progress.update(task, description="Weighing", completed=done, total=of)

        return dry_run(connection, rules, now_micros(), step)


def _draft(file: Path) -> ReadRules:
    """A file's rules, with the warnings printed. Raises `PlaybookError`."""
    return _read(_text(file), str(file))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        refuse(f"{file} cannot be read: {error.reason}; save it as UTF-8")
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror}")


def _read(text: str, name: str) -> ReadRules:
    from core.identity.rule_reader import read_identity_rules

    read = read_identity_rules(text, name)
    for warning in read.warnings:
        Console(stderr=True).print(Text(f"Careful: {warning}.", style="yellow"))
    return read


@contextmanager
def _looking(config: Path | None) -> Iterator[Connection]:
    """A look into the configured database; what cannot be done is said, with exit code 1."""
    from gateway.commands.database import NoDatabase, reading

    try:
        with reading(_url(config)) as connection:
            yield connection
    except NoDatabase as error:
        refuse(str(error))


def _url(config: Path | None) -> str:
    from gateway.settings.model import load_settings

    return load_settings(config).storage.url.get_secret_value()
