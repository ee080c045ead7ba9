"""The endpoints of the identity rules: what is in force, trying a draft, publishing, going back.

A draft is read and weighed and nothing is kept of it. What a publication changes is done in the
background (`gateway.identity.rule_application`); whether it is through is told with each version.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.clock import to_micros
from core.identity.rule_reader import ReadRules, read_identity_rules
from core.playbook.fields import PlaybookError
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint
from gateway.api.models import Body, Line, Page, RowId
from gateway.api.rule_views import Foreseen, VersionView, faulty, foreseen, version_view
from gateway.identity.rule_application import foresee
from memory.units.identity import rule_versions
from memory.units.identity.rule_versions import RulesProblem


class TryBody(Body):
    """A draft: the whole text of the rules."""

    text: Annotated[str, Field(max_length=60_000)]


class PublishBody(TryBody):
    """A draft to be put in force, with a word on why. `based_on_id` is the version it was made
    from: another one published meanwhile is not overwritten."""

    note: Line
    based_on_id: RowId | None = None


class BackBody(Body):
    """An older version whose text is to be in force again."""

    version_id: RowId


async def show(call: Call) -> VersionView:
    found = await call.services.store.read(rule_versions.in_force)
    if found is None:
        raise Problem(404, "No rules were published yet.", where="storage", fix="Start once.")
    return version_view(found)


async def list_versions(call: Call) -> list[VersionView]:
    limit = call.query_as(Page).limit
    return [
        version_view(one) for one in await call.services.store.read(rule_versions.versions, limit)
    ]


async def try_out(call: Call) -> Foreseen:
    try:
        read = read_identity_rules(call.body_as(TryBody).text)
    except PlaybookError as error:
        return faulty(error)
    services = call.services
    effect = await foresee(services.store, read.rules, to_micros(services.now()))
    return foreseen(effect, read.warnings)


async def publish(call: Call) -> VersionView:
    body, services = call.body_as(PublishBody), call.services
    _read(body.text)
    ids, now = (services.new_id(), services.new_id()), to_micros(services.now())
    based_on = None if body.based_on_id is None else int(body.based_on_id)
    try:
        made = await services.store.run(
            rule_versions.publish, body.text, body.note, call.actor, now, ids, based_on
        )
    except RulesProblem as problem:
        raise _refused(problem) from None
    return version_view(made)


async def roll_back(call: Call) -> VersionView:
    version_id, services = int(call.body_as(BackBody).version_id), call.services
    ids, now = (services.new_id(), services.new_id()), to_micros(services.now())
    try:
        made = await services.store.run(rule_versions.roll_back, version_id, call.actor, now, ids)
    except RulesProblem as problem:
        raise _refused(problem) from None
    return version_view(made)


def _read(text: str) -> ReadRules:
    try:
        return read_identity_rules(text)
    except PlaybookError as error:
        faults = " ".join(f"{one.key}: {one.wrong}. {one.mend}." for one in error.problems)
        raise Problem(422, faults, where="body: text", fix="Mend them, then try again.") from None


def _refused(problem: Exception) -> Problem:
    words = str(problem)
    return Problem(409, f"{words[:1].upper()}{words[1:]}.", where="body")


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/identity-rules",
        "The rules of who is who that are in force.",
        VersionView,
        show,
        Right.RULES,
        errors={404: "There are none yet."},
    ),
    Endpoint(
        "GET",
        "/identity-rules/versions",
        "What was published, the latest first.",
        list[VersionView],
        list_versions,
        Right.RULES,
        query=Page,
    ),
    Endpoint(
        "POST",
        "/identity-rules/try",
        "What publishing a draft would do: its faults, or who would join and part.",
        Foreseen,
        try_out,
        Right.RULES,
        body=TryBody,
    ),
    Endpoint(
        "POST",
        "/identity-rules/publish",
        "Put a draft in force.",
        VersionView,
        publish,
        Right.RULES,
        body=PublishBody,
        errors={409: "Another was published meanwhile, or it is in force already."},
    ),
    Endpoint(
        "POST",
        "/identity-rules/roll-back",
        "Put the text of an older version in force again.",
        VersionView,
        roll_back,
        Right.RULES,
        body=BackBody,
        errors={409: "There is no such version, or its text is in force."},
    ),
)
