"""Who a mail is from and whom an answer goes to, as far as the mail's proof carries.

Identity is the single From. Reply-To is at most an address to answer to, and only where the From
itself takes no answers: a contact form, or a no-reply address. Then it stands for nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.email.parsing.authentication import Proof
from adapters.email.parsing.headers import Address
from adapters.email.parsing.mime import Mail
from adapters.email.receiving.loops import is_no_reply
from adapters.email.receiving.reading import Reading
from core.message import Assurance, Claim

_FORM = "A contact form of ours names this address; its visitor typed it."
_TYPED = "The mail is from an address that takes no answers, and asks for them here."
_NO_ANSWER_ADDRESS = "The contact form names no single address to answer to."


@dataclass(frozen=True, slots=True)
class Author:
    """Whom we answer, how well that is proved and why.

    `alone` is true when the mail is a conversation of its own. `obstacle` says in words why no
    machine may answer this author.
    """

    address: Address
    assurance: Assurance
    evidence: str
    alone: bool = False
    obstacle: str | None = None

    @property
    def proved(self) -> bool:
        """Whether the address itself is the sender, by the word of a server that we trust."""
        return self.assurance >= Assurance.AUTHENTICATED


def author_of(mail: Mail, proof: Proof, reading: Reading) -> Author:
    """The author of a mail that has at least one sender."""
    sender = mail.senders[0]
    obstacle = _obstacle(mail, proof)
    asked = _asked(mail, sender, reading)
    if mail.sender is not None and reading.is_form(sender.address):
        if asked is None:
            told = obstacle or _NO_ANSWER_ADDRESS
            return Author(sender, Assurance.NONE, _FORM, alone=True, obstacle=told)
        level = Assurance.NONE if proof.disowned else Assurance.ASSERTED
        return Author(asked, level, _FORM, alone=True, obstacle=obstacle)
    if asked is not None and is_no_reply(sender.address):
        level = min(proof.assurance, Assurance.ASSERTED)
        return Author(asked, level, _TYPED, alone=True, obstacle=obstacle)
    return Author(sender, proof.assurance, proof.evidence, obstacle=obstacle)


def claims_of(mail: Mail, author: Author) -> tuple[Claim, ...]:
    """What the mail says about who wrote it, as hints: none of it is proved."""
    found: list[Claim] = []
    if not author.proved:
        found.extend(Claim("email", one.address, "from") for one in mail.senders[:3])
    if len(mail.reply_to.addresses) == 1:
        asked = mail.reply_to.addresses[0].address
        if asked != mail.senders[0].address:
            found.append(Claim("email", asked, "reply-to"))
    if author.address.name:
        found.append(Claim("name", author.address.name, "from"))
    return tuple(found)


def _obstacle(mail: Mail, proof: Proof) -> str | None:
    if proof.disowned:
        return "It may be forged: it fails the check (DMARC) of the domain it claims to be from."
    return mail.sender_fault


def _asked(mail: Mail, sender: Address, reading: Reading) -> Address | None:
    """The one other address that answers are wanted at, if it is readable and not ours."""
    if not mail.reply_to.sound or len(mail.reply_to.addresses) != 1:
        return None
    asked = mail.reply_to.addresses[0]
    if asked.address == sender.address or reading.own_address(asked.address) is not None:
        return None
    return asked
