"""Reads what a playbook says of actions, and checks it against its flows, slots and tables.

Pure, as `core.playbook.reader`, whose helper it is. Secrets are no part of a playbook, and whether
anybody answers at an address it cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from core.message import Assurance
from core.playbook.fields import Report, Section, check_braces, sections
from core.playbook.model import Action, Flow, Playbook

ACTIONS = "actions.toml"
RESERVED = frozenset({"outcome", "why", "tries"})
"""Names that results of an effect have anyhow."""

SECONDS, ATTEMPTS = 5.0, 3
"""What holds for an action that does not say otherwise."""

LONGEST_SECONDS = 20.0
"""For one try: a customer waits meanwhile, and so does whatever else they write."""

MOST_ATTEMPTS = 5

_NAME = re.compile(r"[a-z][a-z0-9_]*")
REASON = re.compile(r"[a-z][a-z0-9_]{0,40}")
"""How a reason of a refusal is named."""


def read_actions(
    raw: Mapping[str, object],
    report: Report,
    needs: Callable[[Section], Assurance | None],
) -> dict[str, Action]:
    """The actions that `actions.toml` describes. `needs` reads a level."""
    found = {}
    for name, one in sections(raw, ACTIONS, report):
        found[name] = Action(
            name=name,
            title=one.text("title", default=name.replace("_", " ")),
            url=one.text("url"),
            run=one.text("run"),
            send=one.texts("send"),
            results=one.texts("results"),
            sometimes=one.texts("sometimes"),
            needs=needs(one) or Assurance.NONE,
            confirm=one.flag("confirm", default=True),
            summary=one.texts("summary"),
            timeout_seconds=_seconds(one),
            attempts=_attempts(one),
            queue=one.text("queue"),
        )
        _check_action(found[name], one)
        one.close()
    return found


def check_actions(playbook: Playbook, report: Report) -> None:
    """Report what does not fit together between actions and the flows that end with them."""
    actions = playbook.actions
    done: set[str] = set()
    asked: set[str | None] = set()
    for flow in playbook.flows.values():
        if flow.action is not None:
            done.add(flow.action)
            report.check_known("flows.toml", f"{flow.name}.action", flow.action, actions, "action")
        if flow.look_up in actions:
            asked.add(flow.look_up)
        of_flow = [actions[one] for one in (flow.look_up, flow.action) if one and one in actions]
        for action in of_flow:
            _check_flow(flow, action, playbook, report)
        _check_reasons(flow, playbook, report)
        if not of_flow and flow.action is None:
            _check_idle(flow, report)
    _check_uses(playbook, done, asked, report)


def _check_uses(playbook: Playbook, done: set[str], asked: set[str | None], report: Report) -> None:
    """Report actions of no use, and those of two: what is looked up is asked for without a yes."""
    actions = playbook.actions
    for name in actions:
        if name in asked and name in playbook.tables:
            mend = "Call one of them otherwise"
            report.add(ACTIONS, name, "is also the name of a table", mend)
        if name in done & asked:
            mend = "Make two of them: one that only looks, and one that does it"
            report.add(ACTIONS, name, "is both looked up and done", mend)
        if name not in done | asked and not report.broken:
            mend = f'Write action = "{name}" into a flow, or remove it'
            report.add(ACTIONS, name, "ends no flow", mend)
        if name in asked - done and actions[name].summary:
            report.add(ACTIONS, f"{name}.summary", "is never said", "Remove it: it only looks")


def said_of(flow: Flow, playbook: Playbook) -> frozenset[str]:
    """What the words at the end of a flow may name beside its slots and its row."""
    found = (playbook.actions.get(one or "") for one in (flow.look_up, flow.action))
    return frozenset(name for one in found if one is not None for name in one.told)


def _check_idle(flow: Flow, report: Report) -> None:
    """Report what is said of an action in a flow that has none."""
    for key in ("failed", "refused", "to_people"):
        if getattr(flow, key):
            mend = "Add action, or remove it"
            report.add("flows.toml", f"{flow.name}.{key}", "is never said", mend)


def _check_reasons(flow: Flow, playbook: Playbook, report: Report) -> None:
    """Report reasons of a refusal that have no words, or words that nothing fills."""
    known = {*flow.slots, *_shown(flow, playbook), *said_of(flow, playbook)}
    for reason, texts in flow.refused.items():
        key = f"{flow.name}.refused.{reason}"
        if not REASON.fullmatch(reason):
            report.add("flows.toml", key, "is no good name", "Use small letters, digits and _")
        for text in texts:
            check_braces("flows.toml", key, text, known, report)
    for reason in flow.to_people:
        if reason not in flow.refused:
            mend = f"Add {flow.name}.refused.{reason}, with what the customer reads"
            report.add("flows.toml", f"{flow.name}.to_people", f"{reason!r} has no words", mend)


def _shown(flow: Flow, playbook: Playbook) -> frozenset[str]:
    table = playbook.tables.get(flow.look_up or "")
    return frozenset(table.show) if table is not None else frozenset()


def _seconds(one: Section) -> float:
    seconds = one.number("timeout_seconds", SECONDS)
    if not 0.1 <= seconds <= LONGEST_SECONDS:
        mend = f"Write a number of seconds from 0.1 to {LONGEST_SECONDS:g}"
        one.fault("timeout_seconds", "is out of range", mend)
    return seconds


def _attempts(one: Section) -> int:
    attempts = one.whole("attempts", default=ATTEMPTS)
    if not 1 <= attempts <= MOST_ATTEMPTS:
        one.fault("attempts", "is out of range", f"Write a number from 1 to {MOST_ATTEMPTS}")
    return attempts


def _check_action(action: Action, one: Section) -> None:
    if bool(action.url) == bool(action.run):
        mend = "Write url for a web address, or run for what is installed under onethread.actions"
        one.fault("url" if action.url else "", "is done nowhere, or in two places", mend)
    if action.url and (wrong := _wrong_url(action.url)):
        one.fault("url", *wrong)
    for name in action.told:
        if name in RESERVED or not _NAME.fullmatch(name):
            mend = f"Use small letters, digits and _, and none of {', '.join(sorted(RESERVED))}"
            key = "results" if name in action.results else "sometimes"
            one.fault(key, f"{name!r} cannot be the name of a result", mend)
    if action.summary and not action.confirm:
        one.fault("summary", "is never said", "Remove confirm = false, or remove it")


def _wrong_url(url: str) -> tuple[str, str] | None:
    """What is wrong with an address to call, and what mends it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is not a web address", "Write it whole, such as https://erp.shop.example/bookings"
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", url):
        return "is not a web address", "Write it whole, such as https://erp.shop.example/bookings"
    if parts.username is not None or parts.password is not None:
        return "names a password", "Remove it: requests are signed, with a secret of the settings"
    if parts.fragment:
        return "has a part behind #, which is never sent", "Remove it"
    if parts.scheme == "http" and not is_this_machine(host):
        return "can be read on its way", "Write https://; http:// is for this machine alone"
    return None


def is_this_machine(host: str) -> bool:
    """Whether a name or address of a URL means this machine; of names, only localhost does."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_flow(flow: Flow, action: Action, playbook: Playbook, report: Report) -> None:
    known = {*flow.slots, *_shown(flow, playbook)}
    if action.name != flow.look_up and (first := playbook.actions.get(flow.look_up or "")):
        known.update(first.told)
    for name in action.send:
        if name not in known:
            wrong = f"{name!r} is neither a slot of the flow {flow.name} nor what it looks up"
            report.add(ACTIONS, f"{action.name}.send", wrong, "Add it to the flow, or remove it")
    for name in action.send or flow.slots:
        slot = playbook.slots.get(name)
        if slot is not None and slot.secret:
            wrong = f"{name!r} is a secret, whose value is never kept"
            mend = "Ask for it where it is checked, and not here"
            report.add(ACTIONS, f"{action.name}.send", wrong, mend)
    for name in sorted(known.intersection(action.told)):
        wrong = f"{name!r} is also a slot or a column of the flow {flow.name}"
        report.add(ACTIONS, f"{action.name}.results", wrong, "Call one of them otherwise")
    for text in action.summary:
        words = known | {"title", "details"}
        check_braces(ACTIONS, f"{action.name}.summary", text, words, report)
    for text in flow.failed:
        check_braces("flows.toml", f"{flow.name}.failed", text, known, report)
