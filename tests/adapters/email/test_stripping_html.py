"""The newest reply in HTML bodies, for the programs that mark their quotations."""

from __future__ import annotations

import pytest

from adapters.email.newest.html_stripping import newest_reply_html
from adapters.email.newest.stripping import Stripped
from adapters.email.parsing.html_text import text_of_html

REPLY = "<div>Friday is fine.</div>"
ATTRIBUTION = "On Mon, Jan 4, 2027 at 9:12 AM Lampe &lt;help@lamp.example&gt; wrote:"
MAIL = "<p>Your lamp left on Monday.</p><p>Is Friday fine?</p>"
HEADERS = (
    "<b>From:</b> Lampe &lt;help@lamp.example&gt;<br><b>Sent:</b> Monday, 4 January 2027 09:12<br>"
    "<b>To:</b> Anna<br><b>Subject:</b> Your lamp<br>"
)

PROGRAMS = {
    "Gmail": f'<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">{ATTRIBUTION}'
    f'<br></div><blockquote class="gmail_quote">{MAIL}</blockquote></div>',
    "Gmail, unknown language": '<div class="gmail_quote"><div class="gmail_attr">Keegi märkis:'
    f'</div><blockquote class="gmail_quote">{MAIL}</blockquote></div>',
    "Gmail, once through Outlook": f'<div class="x_gmail_quote">{ATTRIBUTION}<br>'
    f'<blockquote class="x_gmail_quote">{MAIL}</blockquote></div>',
    "Yahoo": f'<div id="ydp12yahoo_quoted_7" class="yahoo_quoted"><p>{ATTRIBUTION}</p>{MAIL}</div>',
    "Apple Mail": f'<br><blockquote type="cite"><div>{ATTRIBUTION}</div>{MAIL}</blockquote>',
    "Thunderbird": f'<div class="moz-cite-prefix">Keegi märkis:<br></div>'
    f'<blockquote type="cite" cite="mid:1@x">{MAIL}</blockquote>',
    "Outlook on the web": '<div id="appendonsend"></div><hr tabindex="-1">'
    f'<div id="divRplyFwdMsg">{HEADERS}</div><div>{MAIL}</div>',
    "Outlook for Windows": '<div style="border:none;border-top:solid #B5C4DF 1.0pt">'
    f"<p class=MsoNormal>{HEADERS}</p></div>{MAIL}",
    "Outlook for Windows, unknown language": '<div style="border:none;border-top:solid #E1E1E1">'
    f"<p><b>Saatja:</b> L<br><b>Saadetud:</b> 4<br><b>Teema:</b> Lamp</p></div>{MAIL}",
    "Outlook for Mac": f'<span id="OLK_SRC_BODY_SECTION"><div>{HEADERS}</div>{MAIL}</span>',
    "Outlook for mobile": '<div id="mail-editor-reference-message-container">'
    f"<div>{HEADERS}</div>{MAIL}</div>",
    "Hotmail": f'<hr id="stopSpelling">Date: Mon, 4 Jan 2027<br>From: help@lamp.example<br>{MAIL}',
    "Zimbra": f'<hr id="zwchr"><b>Saatja: </b>help@lamp.example<br>{MAIL}',
    "Zimbra, newer": f'<hr data-marker="__DIVIDER__"><div>Saatja: help@lamp.example</div>{MAIL}',
    "Exchange": f"<hr>{HEADERS}<br>{MAIL}",
    "GMX": f'<div name="quote"><p>Gesendet: Montag</p><div name="quoted-content">{MAIL}</div>'
    "</div>",
    "Proton": f'<div class="protonmail_quote">{ATTRIBUTION}<blockquote>{MAIL}</blockquote></div>',
    "Tuta": f'4. jaan help@lamp.example:<blockquote class="tutanota_quote">{MAIL}</blockquote>',
    "Zoho": f'<div class="zmail_extra"><div>---- {ATTRIBUTION}</div>{MAIL}</div>',
    "Roundcube": f'<p id="reply-intro">Keegi märkis:</p><blockquote>{MAIL}</blockquote>',
    "Mail.ru": "<blockquote>Понедельник, 4 января 2027, 9:12 +03:00 от Lampe "
    f"&lt;help@lamp.example&gt;:<br>{MAIL}</blockquote>",
    "QQ": f"<div>------------------&nbsp;原始邮件&nbsp;------------------</div>{MAIL}",
    "QQ, in an element": f"<includetail><div>Keegi</div>{MAIL}</includetail>",
    "Lotus Notes": "<font>-----Lampe &lt;help@lamp.example&gt; wrote: -----</font><br>" + MAIL,
    "Somebody": f"<p>{ATTRIBUTION}</p><blockquote>{MAIL}</blockquote>",
}


@pytest.mark.parametrize("quotation", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_a_program_quotes_is_no_part_of_a_reply(quotation: str) -> None:
    found = newest_reply_html(f"<html><body>{REPLY}{quotation}</body></html>")

    assert found.quoted
    # Tuta writes its line above a quotation in a form of its own, which is kept when in doubt.
    assert found.text.removesuffix("4. jaan help@lamp.example:").strip() == "Friday is fine."


@pytest.mark.parametrize("name", ["Gmail", "Apple Mail", "Thunderbird", "Roundcube", "Somebody"])
def test_a_reply_may_stand_below_a_quotation(name: str) -> None:
    assert newest_reply_html(PROGRAMS[name] + REPLY).text == "Friday is fine."


def test_a_reply_may_stand_within_what_introduces_a_quotation() -> None:
    html = PROGRAMS["Thunderbird"].replace("Keegi", "Friday is fine.<br><br>Keegi")

    assert newest_reply_html(html).text == "Friday is fine."


def test_answers_between_quotations_are_kept() -> None:
    html = (
        f'<div class="gmail_quote"><div class="gmail_attr">{ATTRIBUTION}</div>'
        '<blockquote class="gmail_quote">Which colour?</blockquote><div>Red.</div>'
        '<blockquote class="gmail_quote">Which size?</blockquote><div>Large.</div></div>'
    )
    text = newest_reply_html(html).text

    assert [one for one in text.split("\n") if one][-4:] == [
        "> Which colour?",
        "Red.",
        "> Which size?",
        "Large.",
    ]


def test_a_forwarded_mail_is_kept_whole() -> None:
    html = (
        '<div>What is this?</div><div class="gmail_quote"><div class="gmail_attr">'
        f"---------- Forwarded message ---------<br>{HEADERS}</div>{MAIL}</div>"
    )
    found = newest_reply_html(html)

    assert found.text.startswith("What is this?")
    assert found.text.endswith("Is Friday fine?")


@pytest.mark.parametrize(
    "html",
    [
        '<p>My poem:</p><blockquote class="gmail_quote">The lamp is lit.</blockquote>',
        "<p>My poem:</p><blockquote>The lamp is lit.</blockquote>"
        f"<p>{ATTRIBUTION}</p><blockquote>{MAIL}</blockquote>",
    ],
)
def test_what_the_person_indented_is_kept(html: str) -> None:
    assert newest_reply_html(html).text == "My poem:\n\nThe lamp is lit."


def test_a_mail_of_nothing_but_an_indented_text_is_kept() -> None:
    assert newest_reply_html("<blockquote>Red, please.</blockquote>").text == "Red, please."


def test_a_mail_of_nothing_but_a_quotation_has_no_reply() -> None:
    assert newest_reply_html(PROGRAMS["Apple Mail"]) == Stripped("", quoted=True)


def test_a_signature_that_a_program_marks_is_no_part_of_a_reply() -> None:
    assert newest_reply_html(f'{REPLY}<div class="gmail_signature">Anna</div>').text == (
        "Friday is fine."
    )
    assert newest_reply_html('<div class="gmail_signature">Anna</div>').text == "Anna"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>Three</p><div>Four</div>", "One\n\nTwo\nThree\n\nFour"),
        ("<ul><li>lamp</li><li>loom</li></ul>", "  • lamp\n  • loom"),
        ('<a href="https://lamp.example/7">This one</a>', "This one: https://lamp.example/7"),
        ('<a href="https://lamp.example/">lamp.example</a>', "lamp.example"),
        ('<a href="mailto:a@lamp.example">a@lamp.example</a>', "a@lamp.example"),
        ("<style>p{}</style><script>x()</script><p>One</p><!-- two -->", "One"),
        ('<span style="display:none">preview</span><p hidden>no</p>One', "One"),
        ("One<o:p></o:p><![if !mso]>Two<![endif]>", "OneTwo"),
        ("", ""),
        ("\ud800<p>One", "?\n\nOne"),
    ],
)
def test_html_becomes_readable_text(html: str, text: str) -> None:
    assert text_of_html(html) == text
