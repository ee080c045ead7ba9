"""The conformance kit: what a channel has to keep, as tests that its harness inherits.

It belongs to test suites and to `onethread adapters check`; the gateway in service never imports
it. It needs the package `hypothesis`, and `pytest` where its test class is used.
"""

from __future__ import annotations

from adapters.testing.call import Call
from adapters.testing.contract import AdapterContract
from adapters.testing.harness import (
    OUTCOMES,
    RETRY_AFTER,
    AdapterHarness,
    Harness,
    Outcome,
    PullHarness,
    SocketHarness,
)
from adapters.testing.proof import Proof, Result, prove
from adapters.testing.provider import Answer, Behaviour, Known, Provider, ScriptedProvider
from adapters.testing.site import Said, SaidFile, Site, with_headers

__all__ = [
    "OUTCOMES",
    "RETRY_AFTER",
    "AdapterContract",
    "AdapterHarness",
    "Answer",
    "Behaviour",
    "Call",
    "Harness",
    "Known",
    "Outcome",
    "Proof",
    "Provider",
    "PullHarness",
    "Result",
    "Said",
    "SaidFile",
    "ScriptedProvider",
    "Site",
    "SocketHarness",
    "prove",
    "with_headers",
]
