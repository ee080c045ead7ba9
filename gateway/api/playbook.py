"""The endpoints of the playbook: seeing it; drafts that are checked, tried, compared, published.

A draft comes with each request and nothing of it is kept. The work is `gateway.playbook.desk`'s;
here it is only asked for and told.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from core.clock import to_micros
from core.message import Assurance, OutboundMessage
from core.playbook.changes import changes
from core.playbook.fields import PlaybookError
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint
from gateway.api.models import Empty, Page
from gateway.api.playbook_bodies import (
    BackBody,
    CompareBody,
    DraftBody,
    FileQuery,
    PublishBody,
    SetBody,
    TryBody,
)
from gateway.api.playbook_views import (
    ComparedView,
    DraftView,
    FileText,
    FileView,
    PlaybookView,
    StatusView,
    TriedView,
    VersionView,
    fault_view,
    pair_view,
    status_view,
    tried_view,
    version_view,
)
from gateway.api.render import Preview, preview_of
from gateway.playbook.desk import Conflict, Faulty, PlaybookDesk
from gateway.playbook.draft import CannotDraft, drafted, is_editable
from gateway.playbook.draft import check as check_files
from gateway.playbook.forms import CannotSet, set_value
from gateway.playbook.parts import parts_of
from gateway.playbook.trial import Who
from memory.pages.playbook_uses import Uses, uses
from memory.units.playbook_log import put_in_force

T = TypeVar("T")

DRAFT_LIMIT = 4 * 1024 * 1024
"""Bytes of a draft."""

_LATELY = timedelta(days=30)
_PAIRS = 100
_TABLES = "tables/"
_NOBODY = "login:somebody"


async def show(call: Call) -> PlaybookView:
    desk, store = _desk(call), call.services.store
    folder = await _or_problem(desk.folder())
    newest = await store.read(put_in_force, 1)
    used = await _used(call)
    there = await asyncio.to_thread(check_files, folder.files)
    playbook, status = desk.current().playbook, desk.reloading.status
    return PlaybookView(
        business=playbook.business,
        name=playbook.name,
        base=folder.digest,
        status=status_view(replace(status, faults=status.faults or there.faults)),
        changed_by=newest[0].actor if newest else None,
        note=newest[0].note if newest else "",
        writable=os.access(desk.reloading.folder, os.W_OK),
        turns=used.turns,
        channels=tuple(sorted(_channels(call))),
        files=tuple(
            FileView(name, text.count("\n") + 1, is_editable(name) and _may_read(call, name))
            for name, text in sorted(folder.files.items())
        ),
        parts=() if there.playbook is None else parts_of(there.playbook, folder.files, used),
    )


async def show_file(call: Call) -> FileText:
    name = call.query_as(FileQuery).name
    folder = await _or_problem(_desk(call).folder())
    if name not in folder.files or not _may_read(call, name):
        raise Problem(404, "There is no such file.", where="query: name")
    return FileText(name, folder.files[name], folder.digest)


async def set_one(call: Call) -> FileText:
    body = call.body_as(SetBody)
    folder = await _or_problem(_desk(call).folder())
    files = await _or_problem(asyncio.to_thread(drafted, folder.files, body.changes))
    if not is_editable(body.file):
        raise Problem(422, "This file is not edited here.", where="body: file")
    text, value = files.get(body.file, ""), body.value
    try:
        made = await asyncio.to_thread(set_value, body.file, text, body.path, value)
    except CannotSet as error:
        raise Problem(422, str(error), where="body: path") from None
    return FileText(body.file, made, folder.digest)


async def check(call: Call) -> DraftView:
    body, desk = call.body_as(DraftBody), _desk(call)
    checked = await _or_problem(desk.checked(body.base, body.changes))
    if checked.playbook is None:
        return DraftView(tuple(map(fault_view, checked.faults)), (), (), ())
    return DraftView(
        (),
        checked.hints,
        changes(desk.current().playbook, checked.playbook),
        parts_of(checked.playbook, checked.files, await _used(call)),
    )


async def try_out(call: Call) -> list[TriedView]:
    body, desk = call.body_as(TryBody), _desk(call)
    known = _channels(call)
    if body.channel not in known:
        fix = f"One of: {', '.join(sorted(known)) or 'none'}."
        raise Problem(422, "There is no such channel.", where="body: channel", fix=fix)
    who = Who(body.channel, body.handle or _NOBODY, Assurance(body.level))
    tried = await _or_problem(desk.tried(body.base, body.changes, who, body.say))
    return [tried_view(one, await _previews(call, one.reply)) for one in tried]


async def compare(call: Call) -> ComparedView:
    body, desk = call.body_as(CompareBody), _desk(call)
    if Right.SEE not in call.caller.rights:
        raise Problem(403, "Comparing shows what customers wrote.", fix="Ask for the right: see.")
    since = call.services.now() - timedelta(days=body.days)
    found = await _or_problem(desk.compared(body.base, body.changes, since, _PAIRS))
    total = found.total
    return ComparedView(
        total.same,
        total.differing,
        total.changes,
        total.skipped,
        tuple(map(pair_view, found.pairs)),
        found.all_of_them,
    )


async def publish(call: Call) -> StatusView:
    body, desk = call.body_as(PublishBody), _desk(call)
    done = desk.publish(body.base, body.changes, call.actor, body.reason)
    return status_view(await _or_problem(done))


async def roll_back(call: Call) -> StatusView:
    body, desk = call.body_as(BackBody), _desk(call)
    done = desk.roll_back(body.base, body.version, call.actor, body.reason)
    return status_view(await _or_problem(done))


async def reload(call: Call) -> StatusView:
    return status_view(await _desk(call).reloading.reload())


async def list_versions(call: Call) -> list[VersionView]:
    desk = _desk(call)
    rows = await call.services.store.read(put_in_force, call.query_as(Page).limit)
    kept = await asyncio.to_thread(desk.reloading.kept.versions)
    current = desk.current().playbook.version
    # What was in force before, and is again, is so by the newer of its rows.
    newest = next((one for one in rows if one.version == current), None)
    return [version_view(one, kept, in_force=one is newest) for one in rows]


def _desk(call: Call) -> PlaybookDesk:
    found = call.services.playbook
    if found is None:
        fix = "Set playbook.path, and start the gateway with it."
        raise Problem(409, "This gateway has no folder with a playbook.", fix=fix)
    return found


def _may_read(call: Call, name: str) -> bool:
    """Tables are data of customers, not words of the business."""
    return not name.startswith(_TABLES) or Right.PLAYBOOK in call.caller.rights


def _channels(call: Call) -> frozenset[str]:
    return frozenset(spec.name for spec in call.services.specs.values())


async def _used(call: Call) -> Uses:
    since = to_micros(call.services.now() - _LATELY)
    return await call.services.store.read(uses, since)


async def _previews(call: Call, reply: OutboundMessage | None) -> tuple[Preview, ...]:
    if reply is None:
        return ()
    services = call.services
    accounts = sorted(services.renderers)
    return tuple(
        [await asyncio.to_thread(preview_of, services, account, reply) for account in accounts]
    )


async def _or_problem(work: Awaitable[T]) -> T:
    """What the work gives; what keeps it from being done becomes a problem, in words."""
    try:
        return await work
    except Conflict as error:
        raise Problem(409, str(error), where="body: base", fix="Load the page anew.") from None
    except CannotDraft as error:
        raise Problem(422, str(error), where="body: changes") from None
    except Faulty as error:
        words = " ".join(f"{one}." for one in error.checked.faults[:5])
        raise Problem(422, words, where="body: changes", fix="Mend it, then try again.") from None
    except PlaybookError as error:
        raise Problem(409, str(error.problems[0]), fix="Mend the folder.") from None
    except LookupError:
        raise Problem(404, "This version is not kept.", where="body: version") from None
    except OSError as error:
        words = f"The playbook's folder cannot be written: {(error.strerror or '').lower()}."
        fix = "Let the gateway's user write there; nothing was changed."
        raise Problem(409, words, where="playbook.path", fix=fix) from None


_DRAFT_ERRORS = {
    409: "The playbook was changed meanwhile, or there is no folder.",
    422: "The draft has faults.",
}

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/playbook",
        "The playbook in force: every part of it, and how often it was used lately.",
        PlaybookView,
        show,
        Right.SEE,
        errors={409: "This gateway has no folder with a playbook."},
    ),
    Endpoint(
        "GET",
        "/playbook/file",
        "The text of one file of the playbook's folder.",
        FileText,
        show_file,
        Right.SEE,
        query=FileQuery,
        errors={404: "There is no such file."},
    ),
    Endpoint(
        "GET",
        "/playbook/versions",
        "The playbooks that were in force, the latest first: who, when, what changed.",
        list[VersionView],
        list_versions,
        Right.SEE,
        query=Page,
    ),
    Endpoint(
        "POST",
        "/playbook/set",
        "Set one value in a draft; the rest of the file stays as it is, comments too.",
        FileText,
        set_one,
        Right.PLAYBOOK,
        body=SetBody,
        errors=_DRAFT_ERRORS,
        body_limit=DRAFT_LIMIT,
    ),
    Endpoint(
        "POST",
        "/playbook/check",
        "Check a draft: every fault with its line, or what it changes and what could be better.",
        DraftView,
        check,
        Right.PLAYBOOK,
        body=DraftBody,
        errors=_DRAFT_ERRORS,
        body_limit=DRAFT_LIMIT,
    ),
    Endpoint(
        "POST",
        "/playbook/try",
        "Talk with a draft as a customer would; nothing is stored, sent or done.",
        list[TriedView],
        try_out,
        Right.PLAYBOOK,
        body=TryBody,
        errors=_DRAFT_ERRORS,
        body_limit=DRAFT_LIMIT,
    ),
    Endpoint(
        "POST",
        "/playbook/compare",
        "What a draft would have answered otherwise of late; nothing is stored.",
        ComparedView,
        compare,
        Right.PLAYBOOK,
        body=CompareBody,
        errors=_DRAFT_ERRORS,
        body_limit=DRAFT_LIMIT,
    ),
    Endpoint(
        "POST",
        "/playbook/publish",
        "Write a draft into the playbook's folder, and put it in force.",
        StatusView,
        publish,
        Right.PLAYBOOK,
        body=PublishBody,
        errors=_DRAFT_ERRORS,
        body_limit=DRAFT_LIMIT,
    ),
    Endpoint(
        "POST",
        "/playbook/roll-back",
        "Put the files of an older version back, and in force.",
        StatusView,
        roll_back,
        Right.PLAYBOOK,
        body=BackBody,
        errors={**_DRAFT_ERRORS, 404: "This version is not kept."},
    ),
    Endpoint(
        "POST",
        "/playbook/reload",
        "Look at the playbook's folder now, and take over what it holds.",
        StatusView,
        reload,
        Right.PLAYBOOK,
        body=Empty,
    ),
)
