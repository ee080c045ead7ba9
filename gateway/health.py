"""`GET /health`: whether this gateway lives, and, asked with a nonce, that it is this very one.

The proof is a MAC under a key that only this installation's database has, so that the doctor knows
its own gateway behind proxies, caches and tunnels. It tells nothing about anybody.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from memory.units.installation import kept_secret

if TYPE_CHECKING:
    from gateway.model.composing import Composing
    from memory.store import Store

DIGEST_KEY = "digest-key"
"""The installation's secret that the key of the proofs is derived from."""

_NONCE = re.compile(r"[\w-]{16,64}", re.ASCII)


def proof_of(secret: str, nonce: str) -> str:
    """What the gateway of that installation answers to this nonce."""
    key = hmac.digest(bytes.fromhex(secret), b"the health of this installation", "sha256")
    return hmac.new(key, nonce.encode(), hashlib.sha256).hexdigest()


def health(store: Store, composing: Composing | None = None) -> Handler:
    """The handler. The secret is read once, so that asking often costs the database nothing."""
    secret: str | None = None

    async def answer(request: web.Request) -> web.Response:
        nonlocal secret
        told: dict[str, object] = {"ok": True, "waiting": store.waiting}
        if composing is not None:
            told["model"] = "resting" if composing.asking.breaker.resting_until else "asked"
        nonce = request.query.get("nonce", "")
        if _NONCE.fullmatch(nonce):
            secret = secret or await store.read(kept_secret, DIGEST_KEY)
            if secret is not None:
                told["proof"] = proof_of(secret, nonce)
        return web.json_response(told, headers={"Cache-Control": "no-store"})

    return answer
