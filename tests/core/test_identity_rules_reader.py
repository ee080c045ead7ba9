"""Reading the rules of who is who: what a good text becomes, and what is said of a bad one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.identity.rule_reader import digest_of, read_identity_rules
from core.identity.rule_text import write_identity_rules
from core.identity.rules import (
    DEFAULT_RULES,
    CodeRules,
    IdentityRules,
    JoinRule,
    KindRule,
    Levels,
    SuggestionRules,
    joining_rule,
)
from core.message import Assurance
from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.reader import read_playbook
from tests.core.playbook_faults import GOOD

levels = st.lists(st.integers(1, 4), min_size=3, max_size=3).map(
    lambda three: Levels(*map(Assurance, sorted(three)))
)
minutes = st.integers(1, 60).map(lambda count: timedelta(minutes=count))
days = st.integers(1, 900).map(lambda count: timedelta(days=count))
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1).filter(
    lambda text: text == " ".join(text.split())
)
patterns = st.lists(
    words.filter(lambda text: text.strip("*") != "").map(lambda text: f"email:{text}"),
    max_size=3,
    unique_by=str.casefold,
).map(tuple)
joins = st.builds(
    lambda name, most, level: JoinRule(name, most.evidence, min(most.level, level), most.joins),
    words.filter(lambda name: name not in {one.id for one in DEFAULT_RULES.joins}),
    st.sampled_from(DEFAULT_RULES.joins),
    st.sampled_from([Assurance.ASSERTED, Assurance.AUTHENTICATED, Assurance.PROVED]),
)
kinds = st.dictionaries(
    st.sampled_from(["email", "phone", "slack", "telegram"]),
    st.builds(KindRule, st.integers(0, 1000), st.integers(1, 50), days),
)
rulesets = st.builds(
    lambda levels, digits, life, cooling, kinds, blocked, shared, joins, threshold, decay: replace(
        DEFAULT_RULES,
        levels=levels,
        codes=CodeRules(digits=digits, life=life, proof=life),
        cooling_off=cooling,
        kinds={**DEFAULT_RULES.kinds, **kinds},
        blocked=blocked,
        shared=shared,
        joins=(*joins, *DEFAULT_RULES.joins),
        suggestions=SuggestionRules(threshold, DEFAULT_RULES.suggestions.weights),
        decay={"email": decay},
        disclosure={"sms": "general"},
    ),
    levels,
    st.integers(6, 10),
    minutes,
    minutes,
    kinds,
    patterns,
    patterns,
    st.lists(joins, max_size=2, unique_by=lambda one: one.id),
    st.integers(1, 100),
    days,
)


@settings(max_examples=60, deadline=None)
@given(rulesets)
def test_what_is_written_is_read_again(rules: IdentityRules) -> None:
    text = write_identity_rules(rules)
    read = read_identity_rules(text).rules
    assert replace(read, version="") == replace(rules, version="")
    assert read.version == digest_of(text)


def test_what_is_not_written_has_its_default_and_no_warning() -> None:
    for text in ("", write_identity_rules(DEFAULT_RULES)):
        read = read_identity_rules(text)
        assert replace(read.rules, version="default") == DEFAULT_RULES
        assert read.warnings == ()


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["levels", "codes", "decay", "kinds", "joins", "blocked", "suggestions"]),
        st.sampled_from(['"x"', "7", "[]", "[1]", "{}", "{ a = 1 }", "true", "[{ id = 1 }]"]),
    )
)
def test_no_text_is_more_than_read_or_refused(values: dict[str, str]) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in values.items())
    faults: tuple[PlaybookProblem, ...] = ()
    try:
        read_identity_rules(text)
    except PlaybookError as error:
        faults = error.problems
    assert all(one.wrong and one.mend for one in faults)


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        ("[levels]\nhistory = 9", "levels.history", "Write a whole number from 1 to 4"),
        ("[levels]\npersonal = 1", "levels.personal", "Write at least 2"),
        ("[kinds.emial]\nmost = 2", "kinds.emial", "Did you mean email?"),
        ("[kinds.login]\nmost = 2", "kinds.login.most", "never one customer"),
        ("kinds = { email = 3 }", "kinds.email", "on a line of its own"),
        ("component_limit = 51", "component_limit", "from 2 to 50"),
        ('blocked = ["noreply"]', "blocked", "kind:address"),
        ('blocked = ["email:*"]', "blocked", "Name fewer"),
        ("[codes]\ndigits = 4", "codes.digits", "from 6 to 10"),
        ("[decay]\nfone = 3", "decay.fone", "Did you mean phone?"),
        ("[suggestions.weights]\nnaem = 3", "suggestions.weights.naem", "Did you mean name?"),
        ('[disclosure]\nsms = "secret"', "disclosure.sms", "general"),
        ('[[joins]]\nid = "a"\nevidence = "hint"\njoins = true', "joins[a].joins", "Write false"),
        ('[[joins]]\nid = "a"\nevidence = "cod"', "joins[a].evidence", "Did you mean code?"),
        ('[[joins]]\nid = "a"\nevidence = "import"\nlevel = 3', "joins[a].level", "from 1 to 2"),
        ('[[joins]]\nevidence = "import"', "joins[1].id", "Add it"),
        ("cooling_of_minutes = 3", "cooling_of_minutes", "Did you mean cooling_off_minutes?"),
    ],
)
def test_a_fault_names_its_key_and_how_to_mend_it(text: str, key: str, told: str) -> None:
    with pytest.raises(PlaybookError) as raised:
        read_identity_rules(text)
    (fault,) = raised.value.problems
    assert (fault.file, fault.key) == ("identity.toml", key)
    assert told in fault.mend


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("[levels]\nhistory = 1", "levels.history is 1, below the default 2"),
        ("[codes]\ntries = 9", "codes.tries is 9, above the default 3"),
        ("[decay]\nphone = 0", "decay.phone is off, beyond the default 365 days"),
        ('blocked = ["email:x@y.org"]', "blocked leaves out what is built in: email:test@test.com"),
        ('[disclosure]\nsms = "confidential"', "disclosure.sms is confidential, above the default"),
        ("cooling_off_minutes = 0", "cooling_off_minutes is 0, below the default 15"),
    ],
)
def test_what_is_weaker_than_the_default_is_allowed_with_a_warning(text: str, warned: str) -> None:
    (warning,) = read_identity_rules(text).warnings
    assert warning.startswith(warned)


def test_a_rule_of_ones_own_stands_before_the_built_in_ones() -> None:
    text = '[[joins]]\nid = "mail"\nevidence = "import"\njoins = false\nkinds = ["email", "slack"]'
    rules = read_identity_rules(text).rules
    mail, phone = (joining_rule(rules, "import", ("email", kind)) for kind in ("slack", "phone"))
    assert mail is not None and phone is not None
    assert (mail.id, mail.joins, phone.id, phone.joins) == ("mail", False, "import", True)
    assert joining_rule(rules, "rumour", ("email",)) is None


def test_a_playbook_tells_the_faults_of_its_identity_rules_and_is_not_changed_by_them() -> None:
    good = {**GOOD, "identity.toml": "cooling_off_minutes = 5"}
    assert read_playbook(good).version == read_playbook(GOOD).version
    with pytest.raises(PlaybookError, match=r"identity\.toml:1: colour: there is no such key"):
        read_playbook({**GOOD, "identity.toml": "colour = 1"})


def test_a_text_that_is_nested_without_end_is_a_fault_and_no_crash() -> None:
    with pytest.raises(PlaybookError, match="nested too deeply"):
        read_identity_rules("blocked = " + "[" * 5000)
