"""Slack's text becomes plain, and ours Slack's, so that neither means more than it says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.blocks import slack_renderer
from adapters.slack.mrkdwn import pieces
from adapters.slack.text import escape, plain
from core.message import OutboundMessage
from core.rendering import parser

OWN = "U0ONETHREAD"
TRICKS = st.sampled_from(
    ["<!channel>", "<!here>", "<!everyone>", "<@U0ADA>", "<#C0HELP|help>", "<https://a.b|c>", "|",
     "<!subteam^S1>", "@channel", "&lt;!channel&gt;", "&", "<", ">", "`", "*", "_", "[x](<!here>)",
     "[<!channel>](https://a.example)", "https://a.example/<!here>", "https://a.example/|<!here>",
     "![<!here>](https://a.example)", "```\n<!here>\n```", "\n", "- ", "> ", "# ", "hello"]
)  # fmt: skip
TEXTS = st.lists(TRICKS | st.text(max_size=8), max_size=12).map("".join)
TOKEN = re.compile(r"<([^>]*)>")


@given(st.text())
def test_plain_text_that_is_encoded_and_decoded_is_the_same(text: str) -> None:
    assert plain(escape(text)) == text


@given(TEXTS)
def test_escaped_text_contains_no_token_of_slacks(text: str) -> None:
    assert not set("<>") & set(escape(text))


@given(TEXTS)
def test_no_answer_ever_mentions_anybody_or_calls_a_channel(text: str) -> None:
    found = pieces(text, parser(), 3_000, [])
    for piece in found:
        for token in TOKEN.findall(piece.marked):
            assert token.startswith(("http://", "https://", "mailto:", "tel:")), piece.marked
        rest = TOKEN.sub("", piece.marked)
        assert "<" not in rest


@pytest.mark.parametrize(
    ("slack", "text"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        (f"<@{OWN}> where is it?", "where is it?"),
        (f"hey <@{OWN}>, where is it?", "hey where is it?"),
        (f"<@{OWN}|onethread>: hi", "hi"),
        ("ask <@U0ADA>", "ask @Ada"),
        ("ask <@U0NOBODY>", "ask @user"),
        ("ask <@U0ADA|ada.l>", "ask @ada.l"),
        ("in <#C0HELP|help> and <#C0OTHER>", "in #help and #channel"),
        ("<!here> <!channel> <!subteam^S1|@agents>", "@here @channel @agents"),
        ("<!date^1700000000^{date}|15 May>", "15 May"),
        ("<https://a.example>", "https://a.example"),
        ("<https://a.example|the shop>", "the shop (https://a.example)"),
        ("<https://a.example/|a.example>", "https://a.example/"),
        ("<mailto:ada@shop.example|ada@shop.example>", "ada@shop.example"),
        ("<tel:+15550100|call>", "call (+15550100)"),
        ("fine :+1: *really*", "fine :+1: *really*"),
        ("1 &lt; 2", "1 < 2"),
        ("<https://a.example/?a=1&amp;b=2>", "https://a.example/?a=1&b=2"),
    ],
)
def test_tokens_read_as_people_see_them(slack: str, text: str) -> None:
    assert plain(slack, OWN, {"U0ADA": "Ada"}.get) == text


@pytest.mark.parametrize(
    ("source", "marked"),
    [
        ("**bold** and *italic* and `co<de`", "*bold* and _italic_ and `co&lt;de`"),
        ("[the shop](https://a.example/?a=1&b=2)", "<https://a.example/?a=1&amp;b=2|the shop>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("see https://a.example.", "see <https://a.example>."),
        ("# A *title*", "*A _title_*"),
        ("- one\n- two\n  - three", "• one\n• two\n    • three"),
        ("3. one\n4. two", "3. one\n4. two"),
        ("> said\n> twice", ">said\n>twice"),
        ("```\na < b\n```", "```\na &lt; b\n```"),
        ("a  \nb", "a\nb"),
        ("![a lamp](https://a.example/l.png)", "a lamp"),
        ("~~no~~ ***", "~~no~~ ***"),
        ("[a|b](https://a.example)", "<https://a.example|a¦b>"),
        ("[a](<https://a.example/x|y>)", "<https://a.example/x%7Cy|a>"),
    ],
)
def test_commonmark_is_written_in_slacks_marks(source: str, marked: str) -> None:
    assert [one.marked for one in pieces(source, parser(), 3_000, [])] == [marked]


@given(st.lists(st.text(min_size=1, max_size=2_000), min_size=1, max_size=12), st.integers(1, 3))
def test_no_part_is_longer_than_slack_takes(texts: list[str], times: int) -> None:
    text = "x" + "\n\n".join(texts * times)
    for part in slack_renderer()(OutboundMessage(text)):
        blocks = part.payload["blocks"]
        assert isinstance(blocks, list)
        assert len(blocks) <= 50
        sizes = [len(one["text"]["text"]) for one in blocks]
        assert max(sizes) <= 3_000
        assert sum(sizes) <= 12_000
