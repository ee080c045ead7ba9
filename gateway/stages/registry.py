"""Finding a stage of one's own by the name that a playbook calls it, and putting it into its place.

A stage comes from another distribution, under the entry points `onethread.stages`. It is imported
only when a playbook names it. Nothing here decides for a customer.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import entry_points
from typing import Any

from core.pipeline.contracts import STAGE_KINDS, Stages, StageSpec
from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.model import Playbook

GROUP = "onethread.stages"
"""The entry-point group under which a distribution offers its stages."""


def names() -> list[str]:
    """Every stage that a playbook can name."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def find_stage(name: str) -> StageSpec:
    """The declaration of that name. Raises `LookupError` naming what there is, or `ImportError`."""
    for point in entry_points(group=GROUP):
        if point.name == name:
            return _checked(name, point.load())
    known = ", ".join(names()) or "none installed"
    raise LookupError(f"there is no stage named {name}; there are {known}")


def check_stages(playbook: Playbook) -> None:
    """Raises `PlaybookError` with every stage that a playbook names and that cannot be had."""
    problems = []
    for kind, name in playbook.stages.items():
        wrong, mend = _fault(kind, name)
        if wrong:
            problems.append(PlaybookProblem("playbook.toml", f"stages.{kind}", wrong, mend))
    if problems:
        raise PlaybookError(problems)


def with_own(usual: Stages, playbook: Playbook) -> Stages:
    """The usual stages, and in their places those of one's own that the playbook names.

    Raises `PlaybookError` for a stage that cannot be had or made.
    """
    check_stages(playbook)
    own: Any = {}
    versions = list(usual.versions)
    for kind, name in playbook.stages.items():
        spec = find_stage(name)
        try:
            own[kind] = spec.build(playbook, getattr(usual, kind))
        except Exception as fault:
            wrong = f"the stage {name} cannot be made: {type(fault).__name__}: {fault}"
            mend = "Correct it, or take the line away: then the usual stage decides"
            problem = PlaybookProblem("playbook.toml", f"stages.{kind}", wrong, mend)
            raise PlaybookError([problem]) from fault
        versions[STAGE_KINDS.index(kind)] = version_of(spec)
    if not own:
        return usual
    first, second, third, fourth = versions
    return replace(usual, **own, versions=(first, second, third, fourth), usual=usual)


def version_of(spec: StageSpec) -> str:
    """What is recorded with each turn that the stage took part in."""
    return f"{spec.name}-{spec.version}"


def _fault(kind: str, name: str) -> tuple[str, str]:
    """What is wrong with naming this stage here, and what mends it; nothing if it is right."""
    try:
        spec = find_stage(name)
    except LookupError as error:
        return str(error), "Install the distribution that offers it, or correct the name"
    except Exception as error:  # noqa: BLE001 - another's code may raise anything when imported
        wrong = f"the stage {name} cannot be loaded: {type(error).__name__}: {error}"
        return wrong, f"Correct the distribution that offers it under {GROUP}"
    if spec.kind != kind:
        return f"{name} is a stage of the kind {spec.kind}", f"Write it as {spec.kind} = ..."
    return "", ""


def _checked(name: str, spec: object) -> StageSpec:
    if not isinstance(spec, StageSpec):
        raise ImportError(f"the stage {name} does not declare a StageSpec")
    if spec.kind not in STAGE_KINDS:
        kinds = ", ".join(STAGE_KINDS)
        raise ImportError(f"the stage {name} is of the kind {spec.kind}; there are {kinds}")
    if not spec.version:
        raise ImportError(f"the stage {name} has no version")
    return spec
