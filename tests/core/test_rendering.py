"""Rendering: every channel shows what was said, within its limits, and nothing that can run."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channel import CannotRender, Capabilities, TextFormat, Transport
from core.message import Attachment, OutboundMessage, QuickReply, RenderedPart
from core.rendering import html, paragraphs, parser, plain_text, renderer

TAGS = {
    *"p br strong em a ul ol li code pre blockquote h3 hr".split(),
}
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<b onclick='x()'>bold</b>",
    "[x](javascript:alert(1))",
    "[x](JaVaScript&colon;alert(1))",
    "[x](data:text/html;base64,PHN2Zz4=)",
    "[x](vbscript:x)",
    '[x](<http://e.test/" onmouseover="x>)',
    "![x](https://e.test/x.png)",
    "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]",
    "&lt;script&gt;",
    "`<svg onload=x>`",
    "```\n</code></pre><script>x</script>\n```",
    "<!-- x --><?php x ?><![CDATA[x]]>",
    "\n\n",
    "- ",
    "> ",
    "*",
)
hostile = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12)), max_size=8).map(
    "".join
)
# Words that no mark is made of, so that each must be found again.
words = st.text("abcdefghijklm", min_size=1, max_size=8)
line = st.lists(words, min_size=1, max_size=6).map(" ".join)
span = st.one_of(
    line,
    line.map("**{}**".format),
    line.map("*{}*".format),
    line.map("`{}`".format),
    line.map("[{}](https://e.test/p)".format),
    line.map("![{}](https://e.test/p.png)".format),
)
paragraph = st.lists(span, min_size=1, max_size=4).map(" ".join)
items = st.lists(paragraph, min_size=1, max_size=4)
block = st.one_of(
    paragraph,
    line.map("## {}".format),
    line.map("{}\n===".format),
    items.map(lambda lines: "\n".join(f"- {one}" for one in lines)),
    items.map(lambda lines: "\n".join(f"{n}. {one}" for n, one in enumerate(lines, start=3))),
    paragraph.map("> {}".format),
    line.map("```\n{}\n```".format),
)
document = st.lists(block, min_size=1, max_size=5).map("\n\n".join)


class Page(HTMLParser):
    """What a browser would make of it: the elements with their attributes, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data


def capable(
    form: TextFormat = TextFormat.PLAIN, limit: int | None = None, choices: int = 0
) -> Capabilities:
    return Capabilities(
        Transport.WEBHOOK, text_limit=limit, text_format=form, quick_replies=choices
    )


def shown(message: str | OutboundMessage, channel: Capabilities) -> tuple[RenderedPart, ...]:
    given_message = OutboundMessage(message) if isinstance(message, str) else message
    return renderer(channel)(given_message)


def said(source: str) -> list[str]:
    """The words of a document made above, without addresses."""
    return re.findall(r"[a-m]+", re.sub(r"\(https://[^)]*\)", "", source))


def plain(source: str) -> str:
    return plain_text(source, parser(), [])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Just words, *and* **more**.", "Just words, and more."),
        ("# Title\n\ntext", "Title\n\ntext"),
        ("Title\n===\n\ntext", "Title\n\ntext"),
        ("Title\n---\n\ntext", "Title\n\ntext"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("[our shop](https://e.test)", "our shop: https://e.test"),
        ("<https://e.test>", "https://e.test"),
        ("[us](mailto:us@e.test)", "us: us@e.test"),
        ("[us]()", "us"),
        ("![a *red* shoe](https://e.test/s.png)", "a red shoe"),
        ("- a\n- b", "- a\n- b"),
        ("1986. It began.", "1986. It began."),
        ("1. a\n   - b\n2. c", "1. a\n  - b\n2. c"),
        ("> said", '"said"'),
        ("```\nx = 1 * 2\n```", "x = 1 * 2"),
        ("AT&T; 5 * 3; a_b_c; 2 < 3", "AT&T; 5 * 3; a_b_c; 2 < 3"),
        (r"\*not emphasis\*", "*not emphasis*"),
        ("<b>typed</b>", "<b>typed</b>"),
    ],
)
def test_plain_text_is_what_a_person_would_type(source: str, text: str) -> None:
    assert plain(source) == text


@given(document)
def test_plain_text_keeps_every_word_and_no_mark(source: str) -> None:
    text = plain(source)
    addresses = text.count("https://e.test/p")
    assert re.findall(r"[a-m]+", text.replace(": https://e.test/p", "")) == said(source)
    assert addresses == len(re.findall(r"(?<!!)\[[a-m ]+\]\(https", source))
    assert not set("*`#[]") & set(text)


@given(document)
def test_html_keeps_every_word(source: str) -> None:
    assert re.findall(r"[a-m]+", Page(html(source, parser())).text) == said(source)


@given(hostile)
def test_no_html_can_run(source: str) -> None:
    for part in shown_or_nothing(source, capable(TextFormat.HTML)):
        for tag, attributes in Page(str(part.payload["html"])).elements:
            assert tag in TAGS
            assert set(attributes) <= {"a": {"href", "rel", "title"}, "ol": {"start"}}.get(
                tag, set()
            )
            href = attributes.get("href") or ""
            assert re.match(r"(https?|mailto|tel):|[^:]*$", href), href


@given(hostile, st.integers(1, 60))
def test_html_of_a_split_text_can_not_run_either(source: str, limit: int) -> None:
    parts = shown_or_nothing(source, capable(TextFormat.HTML, limit))
    for part in parts:
        found = {tag for tag, _ in Page(str(part.payload["html"])).elements}
        assert found <= (TAGS if len(parts) == 1 else {"p", "br"})


def shown_or_nothing(source: str, channel: Capabilities) -> tuple[RenderedPart, ...]:
    """The parts; none when the text has nothing to show, which rendering must say itself."""
    try:
        return shown(source, channel)
    except CannotRender:
        assert not plain(source).strip()
        return ()


@given(st.text(max_size=200))
def test_plain_text_as_html_shows_the_same(text: str) -> None:
    # A parser of HTML reads these two as it must by the standard, not as they are.
    text = text.replace("\r", "").replace("\x00", "")
    page = Page(paragraphs(text))
    assert "".join(page.text.split()) == "".join(text.split())
    assert {tag for tag, _ in page.elements} <= {"p", "br"}


@given(document, st.integers(10, 200), st.sampled_from(list(TextFormat)))
def test_parts_hold_the_limit_and_lose_nothing(source: str, limit: int, form: TextFormat) -> None:
    whole = shown(source, capable(form))[0].payload["text"]
    parts = shown(source, capable(form, limit))
    assert all(0 < len(str(part.payload["text"])) <= limit for part in parts)
    texts = "".join(str(part.payload["text"]) for part in parts)
    assert "".join(texts.split()) == "".join(str(whole).split())
    if form is TextFormat.HTML and len(parts) > 1:
        pages = "".join(Page(str(part.payload["html"])).text for part in parts)
        assert "".join(pages.split()) == "".join(texts.split())


@given(st.lists(words, min_size=1, max_size=6), st.sampled_from(list(TextFormat)))
def test_choices_without_buttons_are_numbered_in_every_form(
    labels: list[str], form: TextFormat
) -> None:
    message = OutboundMessage("Which one?", tuple(QuickReply(one, one) for one in labels))
    [part] = shown(message, capable(form, choices=len(labels) - 1))
    lines = [f"{n}. {label}" for n, label in enumerate(labels, start=1)]
    assert str(part.payload["text"]).splitlines() == ["Which one?", *lines]
    assert "quick_replies" not in part.payload
    assert part.notes == ("Choices are written as a numbered list.",)
    if form is TextFormat.HTML:
        page = Page(str(part.payload["html"]))
        assert [tag for tag, _ in page.elements] == ["p", "ol", *["li"] * len(labels)]
        assert page.text.split() == ["Which", "one?", *labels]


def test_buttons_come_with_the_last_part() -> None:
    message = OutboundMessage("one two three", (QuickReply("<Yes>", "y"),))
    parts = shown(message, capable(TextFormat.HTML, limit=8, choices=1))
    assert [part.payload.get("quick_replies") for part in parts] == [
        None,
        [{"label": "<Yes>", "value": "y"}],
    ]
    assert [part.notes for part in parts] == [("The text is split into 2 parts.",), ()]


def test_what_is_lost_is_noted_where_it_is_lost() -> None:
    source = "*Look*: ![a shoe](https://e.test/s.png)"
    picture = "A picture is left out; its description stands in for it."
    [typed] = shown(source, capable())
    [formatted] = shown(source, capable(TextFormat.HTML))
    assert typed.notes == ("Emphasis is dropped.", picture)
    assert formatted.notes == (picture,)
    assert formatted.payload["html"] == "<p><em>Look</em>: a shoe</p>"


def test_a_list_goes_on_counting_where_it_began() -> None:
    page = Page(html("1986. It began.", parser()))
    assert page.elements[0] == ("ol", {"start": "1986"})


def test_what_cannot_be_shown_is_refused() -> None:
    nothing = capable()
    with pytest.raises(CannotRender, match="Nothing of this text"):
        shown("[link]: https://e.test", nothing)
    with pytest.raises(CannotRender, match="cannot carry a file"):
        shown(OutboundMessage("x", attachments=(Attachment("a", "b/c", "d"),)), nothing)
    with pytest.raises(CannotRender, match="longer than the 5 characters"):
        shown("123456", Capabilities(Transport.WEBHOOK, text_limit=5, overflow="refuse"))


def test_a_file_needs_no_words() -> None:
    carrying = Capabilities(Transport.WEBHOOK, attachments_out=True)
    file = OutboundMessage("", attachments=(Attachment("a", "b/c", "d"),))
    assert [part.payload["text"] for part in renderer(carrying)(file)] == [""]


def test_a_line_break_a_person_typed_is_shown() -> None:
    assert html("Dear Ada,\nyour lamp is *on its way*.", parser()) == (
        "<p>Dear Ada,<br>\nyour lamp is <em>on its way</em>.</p>"
    )
