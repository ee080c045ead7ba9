"""The command `onethread replay`: plays a file of dialogues, or shows one that was played.

It reads options, shows progress and says in words what is wrong; what a replay does is
`gateway.replay.run`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text
from typer.core import TyperGroup

from core.playbook.model import Playbook
from gateway.replay.derive import derive_playbook
from gateway.replay.dialogues import BadDialogues, Dialogue, read_dialogues
from gateway.replay.transcript import NoTranscript, transcript

EXIT_INPUT = 2


class _PlayByDefault(TyperGroup):
    """`replay FILE` is `replay play FILE`: only `show` has to be named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["play", *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer(
    cls=_PlayByDefault, no_args_is_help=True, help="Play recorded dialogues, or show one."
)


@app.command()
def play(
    file: Annotated[Path, typer.Argument(help="Dialogues, one JSON object a line.")],
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    channels: Annotated[
        str | None,
        typer.Option(
            help="The channels before and after the switch, such as sms,chat.",
            show_default="each dialogue's own",
        ),
    ] = None,
    instead: Annotated[
        str, typer.Option("--map", help="Channels to play instead of others: chat=slack.")
    ] = "",
    link: Annotated[
        bool, typer.Option(help="Join each customer's handles beforehand, as an admin would.")
    ] = True,
    filler: Annotated[
        int, typer.Option(min=0, help="Unrelated messages to put before the switch.")
    ] = 0,
    playbook: Annotated[
        list[str] | None,
        typer.Option(
            help="The playbook to play with; DOMAIN=DIR or SOURCE/DOMAIN=DIR for such dialogues."
        ),
    ] = None,
    derive: Annotated[
        bool,
        typer.Option(
            "--derive-playbook",
            help="Play all that no playbook is named for with ones derived from the others.",
        ),
    ] = False,
    write_playbook: Annotated[
        Path | None, typer.Option(help="Write what is derived from all of the file, and stop.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides addresses and fillers.")] = 1,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Dialogues at once.")] = 32,
    only: Annotated[str | None, typer.Option(help="Ids to play, with commas between.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Play the first N dialogues.")] = None,
) -> None:
    """Play dialogues through a gateway of their own, over simulated channels.

    Example: onethread replay talks.jsonl --playbook playbook --out played
    """
    from gateway.replay.run import Options, cast, replay
    from gateway.replay.sides import check_channels, check_pair, read_map

    errors = Console(stderr=True)
    try:
        everyone = read_dialogues(file)
        chosen = _choose(everyone, only, limit)
        pair = None if channels is None else check_pair(_listed(channels))
        if write_playbook is not None:
            _refuse_unwritable(write_playbook, "--write-playbook")
            _write(derive_playbook(everyone), write_playbook)
            return
        written = _read(playbook or ())
        _check_names(everyone, chosen, written, derive)
        options = Options(out, pair, link, filler, seed, concurrency, written, read_map(instead))
        check_channels([name for one in chosen for name in options.channels_of(one)])
    except (BadDialogues, ValueError) as error:
        errors.print(Text(str(error), style="red"))
        raise typer.Exit(EXIT_INPUT) from error
    _refuse_unwritable(out, "--out")
    from gateway.logs import configure_logs
    from gateway.settings.sections import Logging

    # What a gateway has to say while it is played with would only tear the progress bar.
    configure_logs(Logging(level="ERROR"))

    casts = cast(everyone, chosen, options)
    with _progress(errors) as bar:
        task = bar.add_task("Playing", total=sum(len(one.steps) for one in casts))
        done = asyncio.run(replay(everyone, casts, options, lambda: bar.advance(task)))
    for name, reason in sorted(done.failures.items()):
        errors.print(Text(f"{name}: {reason}", style="red"))
    Console().print(
        f"{done.dialogues - len(done.failures)} of {done.dialogues} dialogues, {done.messages} "
        f"messages in {done.seconds:.0f} s; written to {out}.",
        markup=False,
    )
    for line in done.handovers.lines():
        Console().print(line, markup=False, highlight=False)
    if done.failures:
        raise typer.Exit(1)


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(help="What a replay wrote.")],
    dialogue: Annotated[str, typer.Argument(help="The dialogue's id.")],
) -> None:
    """Print one played dialogue with every reply.

    Example: onethread replay show played talk-1
    """
    try:
        lines = transcript(folder, dialogue)
    except NoTranscript as error:
        Console(stderr=True).print(Text(str(error), style="red"))
        raise typer.Exit(EXIT_INPUT) from error
    console = Console()
    for line in lines:
        style = "bold" if line.who == "customer" else "cyan"
        console.print(Text(f"{line.channel:>5} {line.who:>8}  ", "dim").append(line.text, style))
        for remark in line.remarks:
            console.print(Text(f"{'':16}{remark}", "dim"))


def _listed(words: str) -> list[str]:
    return [one.strip() for one in words.split(",") if one.strip()]


def _choose(
    everyone: Sequence[Dialogue], only: str | None, limit: int | None
) -> Sequence[Dialogue]:
    if only is not None:
        wanted = _listed(only)
        known = {dialogue.id: dialogue for dialogue in everyone}
        missing = [one for one in wanted if one not in known]
        if missing:
            raise ValueError(f"the file has no dialogue {', '.join(missing)}")
        everyone = [known[one] for one in wanted]
    return everyone[:limit]


def _progress(console: Console) -> Progress:
    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("messages"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console)


def _read(options: Sequence[str]) -> dict[str, Playbook]:
    """The written playbooks by their names. Raises `ValueError` where no folder is meant."""
    from gateway.playbook.reader import load_playbook

    found: dict[str, Playbook] = {}
    for option in options:
        name, mark, folder = option.rpartition("=")
        if not Path(folder).is_dir():
            raise ValueError(f"--playbook {option}: there is no folder {folder!r}")
        if name in found or (mark and not name):
            raise ValueError(f"--playbook {option}: name each domain once")
        found[name] = load_playbook(Path(folder))
    return found


def _check_names(
    everyone: Sequence[Dialogue],
    chosen: Sequence[Dialogue],
    written: dict[str, Playbook],
    derive: bool,
) -> None:
    """Raises `ValueError` for a dialogue without a playbook, and a playbook without a dialogue."""
    from gateway.replay.groups import EVERYTHING, name_of

    names = [name_of(one, written) for one in chosen]
    if derive and EVERYTHING in written:
        raise ValueError("say either --playbook DIR or --derive-playbook")
    if None in names and not derive:
        one = chosen[names.index(None)]
        raise ValueError(
            f"no playbook is for {one.id} ({one.source}/{one.domain}): name one by --playbook, or "
            "add --derive-playbook"
        )
    if idle := sorted(set(written) - {name_of(one, written) for one in everyone}):
        raise ValueError(f"the file has no dialogue for --playbook {idle[0]}=...")


def _refuse_unwritable(folder: Path, option: str) -> None:
    """Raises `ConfigError` when nothing can be written there."""
    from gateway.settings.model import ConfigError
    from gateway.settings.obstacles import COMMAND_LINE, folder_problem

    if problem := folder_problem(folder, (COMMAND_LINE, option)):
        raise ConfigError([problem])


def _write(playbook: Playbook, folder: Path) -> None:
    from gateway.replay.playbook_writer import write_playbook

    write_playbook(playbook, folder)
