"""Letting people in: one-time links, and the password that somebody chooses with one.

It makes secrets and checks passwords; what may be done with an account is decided in
`memory.units.people.actors`, and who may ask for it in `gateway.access.roles`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from core.clock import to_micros
from gateway.access.callers import LINK_LIFE, Keeper, hash_secret
from gateway.access.passwords import Passwords, fault_of
from memory.pages.people import Invited, has_owner, invited
from memory.store import Store
from memory.units.people.actors import Acceptance, ActorProblem, Invite, accept, clean_login, invite
from memory.units.people.actors import set_password as keep_password

WELCOME = "/console/welcome"


class WrongPassword(Exception):
    """The present password that was given is not the one."""


class Reception:
    """Makes links and takes them back. Uses `keeper` for whatever opens a session."""

    def __init__(
        self,
        store: Store,
        keeper: Keeper,
        passwords: Passwords,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], int],
        new_secret: Callable[[], str],
    ) -> None:
        self._store = store
        self._keeper = keeper
        self._passwords = passwords
        self._now = now
        self._new_id = new_id
        self._new_secret = new_secret

    async def first_link(self) -> str | None:
        """The path of a link by which the first owner makes an account; none if there is one."""
        if await self._store.read(has_owner):
            return None
        return (await self.invite(None, "gateway"))[0]

    async def invite(self, person_id: int | None, actor: str) -> tuple[str, datetime]:
        """The path of a one-time link for a person, or for the first owner, and until when it
        works. Raises `ActorProblem`."""
        once, now = self._new_secret(), self._now()
        until = now + LINK_LIFE
        kept = Invite(hash_secret(once), to_micros(until), person_id)
        await self._store.run(invite, kept, actor, to_micros(now), self._new_id())
        return welcome_path(once), until

    async def look_at(self, once: str, remote: str) -> Invited | None:
        """Whom a link is for, without using it up; nothing, and counted, when it does not work."""
        if self._keeper.locked_for(remote):
            return None
        found = await self._store.read(invited, hash_secret(once), to_micros(self._now()))
        if found is None:
            self._keeper.failed(remote)
        return found

    async def come_in(
        self, once: str, password: str, remote: str, login: str = "", name: str = ""
    ) -> str | None:
        """Use a link up, set the password and sign in; the cookie's value, or nothing when the link
        does not work. Raises `ActorProblem` for a login or password that will not do, after which
        the link still works, and `Crowded`."""
        found = await self.look_at(once, remote)
        if found is None:
            return None
        if found.login is None:
            login = clean_login(login)
            if not name.strip():
                raise ActorProblem("a name is missing; it is what colleagues see")
        self._refuse_weak(password, found.login or login, found.name or name)
        hashed = await self._passwords.hash(password)
        one = Acceptance(hash_secret(once), hashed, self._new_id(), login, name.strip())
        now = to_micros(self._now())
        person_id = await self._store.run(accept, one, now, self._new_id())
        return await self._keeper.open(person_id, remote)

    async def change_password(
        self, login: str, name: str, present: str, wanted: str, actor: str
    ) -> None:
        """Another password for who knows the present one; every session ends.

        Raises `WrongPassword`, `ActorProblem` for a new one that will not do, and `Crowded`.
        """
        self._refuse_weak(wanted, login, name)
        person_id, _ = await self._keeper.proved(login, present)
        if person_id is None:
            raise WrongPassword
        hashed, now = await self._passwords.hash(wanted), to_micros(self._now())
        await self._store.run(keep_password, person_id, hashed, actor, now, self._new_id())

    def _refuse_weak(self, password: str, login: str, name: str) -> None:
        fault = fault_of(password, login, name)
        if fault is not None:
            raise ActorProblem(fault)


def welcome_path(once: str) -> str:
    """Where a one-time link leads."""
    return f"{WELCOME}?{urlencode({'once': once})}"
