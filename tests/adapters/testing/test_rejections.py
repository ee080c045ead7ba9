"""The kit rejects each broken adapter for its reason, and for that alone."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from adapters.testing import Proof, Result, prove
from adapters.testing.loopback import SPEC, LoopbackAdapter
from adapters.testing.loopback_harness import LoopbackHarness
from core.channel import AdapterContext, AdapterSpec
from tests.adapters.testing import broken

pytestmark = pytest.mark.usefixtures("few_requests")

BROKEN = {
    broken.TrustsEverybody: ("a request that nobody signed is refused", "was accepted"),
    broken.TrustsTheTime: ("a signature that is too old is refused", "was accepted"),
    broken.ComparesStrings: ("a signature that makes no sense is refused", "TypeError"),
    broken.ActsFirst: ("nothing is done for a request that is refused", "GET /inbox/0"),
    broken.ReadsAnything: ("any signed body is taken or refused", "JSONDecodeError"),
    broken.ReadsAnyField: ("any change in a signed message is taken", "KeyError"),
    broken.CountsDeliveries: ("a message delivered again has the same event id", "M1/2"),
    broken.NamesByText: ("two messages have two event ids", "person-1:yes-"),
    broken.NaiveTimes: ("times are aware and in UTC", "no time zone"),
    broken.FixedAccount: ("a message names its account and channel", "'Loopback'"),
    broken.RemembersWhere: ("a reply address is all that send needs", "part.address"),
    broken.EverythingFails: ("being asked to slow down is told", "retryable=False"),
    broken.ForgetsTheWait: ("the wait that a provider asks for", "retry_after is None"),
    broken.SureOfFailures: ("a provider that breaks is told", "ambiguous=False"),
    broken.RetriesRefusals: ("a refusal is told", "retryable=True"),
    broken.TriesAgain: ("a send is tried once", "2 calls"),
    broken.WaitsForever: ("a provider that never answers is told", "took longer"),
    broken.BelievesGarbage: ("an answer that is none is told", "'unnamed'"),
    broken.CutsTexts: ("a long text goes out whole", "never sent"),
    broken.OverTheLimit: ("a long text goes out whole", "text_limit is 500"),
    broken.LogsItsToken: ("no secret is seen", "a secret of the account"),
    broken.LogsTexts: ("what people write is not logged", "what a customer wrote"),
    broken.CallsHome: ("no other host is reached", "telemetry.example"),
    broken.SharesItsClient: ("two accounts share nothing", "provider"),
    broken.NeverCloses: ("closing leaves nothing behind", "a connection"),
    broken.ForgetsThreads: ("threads is declared and proved", "one conversation_key"),
    broken.OpensElsewhere: (
        "an answer to what we write first is in the conversation we began",
        "opening said",
    ),
    broken.OpensToAnybody: (
        "an answer to what we write first is in the conversation we began",
        "was taken for a person",
    ),
    broken.LosesFiles: ("attachments_in is declared and proved", "0 attachments"),
    broken.SendsNoFiles: ("attachments_out is declared and proved", "no call"),
    broken.AnswersInTheRoom: ("private_reply is declared and proved", "everybody"),
    broken.NewKeys: ("idempotent_send is declared and proved", "two identities"),
    broken.SaysAbsent: ("reconcile is declared and proved", "provider away"),
    broken.NewestFirst: ("catch_up is declared and proved", "oldest first"),
}
"""The rule that fails, by how it begins, and what its reason says."""


class Quick(LoopbackHarness):
    """The reference harness with another adapter or declaration in it, and less patience."""

    seconds = 1.0

    def __init__(self, adapter: Any = None, spec: AdapterSpec = SPEC) -> None:
        self.adapter = adapter
        self.spec = spec  # type: ignore[misc] # each of these is tried as a channel of its own

    def make(self, config: BaseModel, context: AdapterContext) -> Any:
        return (
            super().make(config, context) if self.adapter is None else self.adapter(config, context)
        )


def failures(harness: LoopbackHarness) -> list[Proof]:
    """The rules that do not hold."""
    return [one for one in prove(harness) if one.result is Result.FAILED]


@pytest.mark.parametrize("adapter", BROKEN, ids=[one.__name__ for one in BROKEN])
def test_a_broken_adapter_is_rejected_for_its_reason_alone(
    adapter: type[LoopbackAdapter],
) -> None:
    begins, says = BROKEN[adapter]
    found = failures(Quick(adapter))
    assert [one.name[: len(begins)] for one in found] == [begins], found
    assert says in found[0].why
