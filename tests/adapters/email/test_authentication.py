"""What proves a From and what does not. providers.md, E-mail: Authentication-Results."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.parsing.auth_results import read_results
from adapters.email.parsing.authentication import Proof, aligned, prove
from core.message import Assurance
from tests.adapters.email.letters import ANN, SERVER, proved, raw_mail, read

GMAIL = (
    "mx.google.com;\r\n       dkim=pass header.i=@customer.example header.s=20230601"
    ' header.b="Ab/c+d=";\r\n       spf=pass (google.com: domain of ann@customer.example'
    " designates 192.0.2.1 as permitted sender) smtp.mailfrom=ann@customer.example;\r\n"
    "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=customer.example"
)


def proof(*fields: str, trusted: str = SERVER, sender: str = ANN) -> Proof:
    """What a mail with these fields, topmost first, proves."""
    headers = [("Authentication-Results", one) for one in fields]
    return prove(read(raw_mail("hi", *headers, sender=sender)), frozenset({trusted}))


def level(*fields: str, trusted: str = SERVER, sender: str = ANN) -> Assurance:
    return proof(*fields, trusted=trusted, sender=sender).assurance


@pytest.mark.parametrize(
    "field",
    [
        f"{SERVER}; dmarc=pass header.from=customer.example",
        f"{SERVER}; dmarc=pass (p=NONE (sp=x)) header.from=Customer.Example;",
        f"{SERVER.upper()}; DMARC=PASS header.from=customer.example",
        f"{SERVER} 1; dmarc=pass header.from=customer.example",
        f'"{SERVER}"; dmarc=pass header.from="customer.example"',
        f"(by) {SERVER} (x);\r\n dmarc = pass header.from = customer.example (y)",
        f"{SERVER}; dmarc/1=pass header.from=customer.example",
        f"{SERVER}; spf=fail smtp.mailfrom=list.example; dmarc=pass header.from=customer.example",
    ],
)
def test_dmarc_of_the_from_domain_proves_the_sender(field: str) -> None:
    assert level(field) is Assurance.AUTHENTICATED


def test_the_verdict_of_gmail_is_understood() -> None:
    told = proof(GMAIL, trusted="mx.google.com")
    assert told.assurance is Assurance.AUTHENTICATED
    assert told.evidence == "mx.google.com says dmarc=pass for customer.example."


@pytest.mark.parametrize(
    "field",
    [
        f"{SERVER}; dkim=pass header.d=customer.example",
        f"{SERVER}; dkim=pass header.d=customer.example; dmarc=none header.from=customer.example",
        f"{SERVER}; dkim=pass header.d=mail.customer.example",
        f"{SERVER}; dkim=fail header.d=evil.example; dkim=pass header.i=@customer.example",
    ],
)
def test_without_a_dmarc_policy_an_aligned_signature_proves_the_sender(field: str) -> None:
    assert level(field) is Assurance.AUTHENTICATED


@pytest.mark.parametrize(
    "field",
    [
        f"{SERVER}; none",
        f"{SERVER};",
        f"{SERVER}; spf=pass smtp.mailfrom={ANN}",
        f"{SERVER}; dkim=pass header.d=evil.example",
        f"{SERVER}; dkim=pass",
        f"{SERVER}; dkim=fail header.d=customer.example",
        f"{SERVER}; dkim=pass header.d=customer.example; dmarc=temperror",
        f"{SERVER}; dkim=pass header.d=customer.example; dmarc=bestguesspass",
        f"{SERVER}; dmarc=pass header.from=evil.example",
        f"{SERVER}; dmarc=pass",
        f"{SERVER}; arc=pass header.oldest-pass=0",
        f"{SERVER}; dmarc=none header.from=customer.example",
        f"{SERVER}; auth=pass smtp.auth={ANN}",
    ],
)
def test_what_is_not_aligned_with_the_from_proves_nothing(field: str) -> None:
    """`dkim=pass` alone proves nothing about From."""
    told = proof(field)
    assert (told.assurance, told.disowned) == (Assurance.NONE, False)


def test_a_failed_dmarc_disowns_the_mail() -> None:
    told = proof(f"{SERVER}; dkim=pass header.d=customer.example; dmarc=fail (p=reject)")
    assert (told.assurance, told.disowned) == (Assurance.NONE, True)


def test_another_servers_verdict_is_not_believed() -> None:
    assert level(proved(server="mx.evil.example")[1]) is Assurance.NONE


@pytest.mark.parametrize("forged", [f"x{SERVER}", f"{SERVER}.evil.example", "*", ""])
def test_a_server_is_known_by_its_whole_name(forged: str) -> None:
    assert level(f"{forged}; dmarc=pass header.from=customer.example") is Assurance.NONE


def test_without_a_configured_server_nothing_is_believed() -> None:
    """Configure the id explicitly; otherwise ignore all."""
    assert prove(read(raw_mail("hi", proved())), frozenset()).assurance is Assurance.NONE


def test_only_the_topmost_verdict_of_a_trusted_server_counts() -> None:
    below = proved()[1]
    assert level(f"{SERVER}; dmarc=none", below) is Assurance.NONE
    assert level(f"{SERVER}; dmarc=", below) is Assurance.NONE
    assert level(f"{SERVER}; (unclosed", below) is Assurance.NONE


def test_a_strangers_verdict_on_top_hides_nothing() -> None:
    assert level("mx.evil.example; dmarc=fail", "(broken", proved()[1]) is Assurance.AUTHENTICATED


def test_arc_is_not_believed() -> None:
    """ARC only from known sealers: none is known here."""
    mail = read(raw_mail("hi", ("ARC-Authentication-Results", f"i=1; {proved()[1]}")))
    assert prove(mail, frozenset({SERVER})).assurance is Assurance.NONE


@pytest.mark.parametrize("sender", [f"{ANN}, bob@customer.example", f"<{ANN}> <bob@x.example>"])
def test_several_senders_prove_nothing_whatever_the_verdict(sender: str) -> None:
    assert level(proved()[1], sender=sender) is Assurance.NONE


def test_a_second_from_field_undoes_the_proof() -> None:
    """More than one `From:` header -> level 0 and flag."""
    mail = read(raw_mail("hi", proved(), ("From", "bob@customer.example")))
    told = prove(mail, frozenset({SERVER}))
    assert told.assurance is Assurance.NONE and "several From fields" in told.evidence


def test_a_domain_beyond_ascii_is_compared_as_the_network_knows_it() -> None:
    verdict = f"{SERVER}; dmarc=pass header.from=xn--bcher-kva.example"
    assert level(verdict, sender="ann@bücher.example") is Assurance.AUTHENTICATED


@pytest.mark.parametrize(
    ("signer", "domain", "same"),
    [
        ("customer.example", "customer.example", True),
        ("mail.customer.example", "customer.example", True),
        ("customer.example", "a.b.customer.example", True),
        ("a.co.uk", "b.co.uk", False),
        ("x.a.co.uk", "a.co.uk", True),
        ("co.uk", "a.co.uk", False),
        ("co.uk", "co.uk", False),
        ("ann.github.io", "bob.github.io", False),
        ("evilcustomer.example", "customer.example", False),
        ("example", "customer.example", False),
    ],
)
def test_alignment_is_by_the_organisations_domain(signer: str, domain: str, same: bool) -> None:
    assert aligned(signer, domain) is same


@pytest.mark.parametrize(
    "field",
    [
        "",
        ";",
        "dmarc=pass header.from=customer.example",
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.example; dmarc=pass action=none",
        f"{SERVER} 2; dmarc=pass header.from=a",
        f"{SERVER}; dmarc=pass header.from=a header.from=b",
        f"{SERVER}; dmarc=pass header.from",
        '""; dmarc=pass',
        f"{SERVER}; dmarc pass",
        f"{SERVER}; =pass",
        f"{SERVER}; dmarc=pass (unclosed",
        f'{SERVER}; dmarc=pass header.from="unclosed',
        f"{SERVER}; dmarc=pass ) header.from=a",
        f"{SERVER}, other; dmarc=pass",
        f"{SERVER};" + "spf=pass;" * 51,
        f"{SERVER};" + " " * 16_000,
    ],
)
def test_a_verdict_that_breaks_the_grammar_says_nothing(field: str) -> None:
    assert read_results(field) is None


def test_words_in_comments_and_quotes_are_no_results() -> None:
    field = f'{SERVER}; spf=pass (x; dmarc=pass) reason="a; dmarc=pass header.from=b"'
    read_field = read_results(field)
    assert read_field is not None
    assert [one.method for one in read_field.results] == ["spf"]


@given(st.text(alphabet=st.sampled_from('ab=;()"\\ ./1\n'), max_size=60))
def test_any_field_is_read_without_an_error(field: str) -> None:
    told = read_results(field)
    assert told is None or told.server
