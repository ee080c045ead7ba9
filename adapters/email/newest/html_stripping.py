"""Finds the newest reply in the HTML of a mail, by the elements in which programs put quotations.

Each row of the tables is the habit of a program. Quotations become marked lines and are then dealt
with like those of a plain text, in `stripping`, so both follow the same rules. It must not throw an
element away by itself, but for signatures that a program has marked as such.
"""

from __future__ import annotations

from collections.abc import Sequence

from resiliparse.parse.html import ElementNode, HTMLTree

from adapters.email.newest.line_kinds import QUOTE_BELOW, cleaned
from adapters.email.newest.own_text import own_lines
from adapters.email.newest.quote_lines import attribution, is_forwarded, plain
from adapters.email.newest.signatures import has_words
from adapters.email.newest.stripping import Stripped, reply_of
from adapters.email.parsing.html_text import parsed, text_of_html, text_of_tree

_OPEN = "\ue000"
_CLOSE = "\ue001"
_INDENT = "\ue003"
"""Opens an element that may be quoted or merely indented."""
_ABOVE = "\ue004"
"""Closes an element whose last line introduces a quotation."""
_BEGIN = frozenset({_OPEN, _INDENT, QUOTE_BELOW})
_SIGNS = _BEGIN | {_CLOSE, _ABOVE}
_DEEPEST = 3
_NEAR = 12
"""How many lines above or below a sign the words that explain it may be."""

_QUOTES = (
    'blockquote[type="cite"]',
    # Gmail's line above a quotation; the div around both may hold answers as well.
    'div[class*="gmail_attr"]',
    # Yahoo
    'div[class*="yahoo_quoted"]',
    'div[id*="yahoo_quoted"]',
    # Outlook for Mac, and for mobile telephones
    '[id*="OLK_SRC_BODY_SECTION"]',
    '[id*="mail-editor-reference-message-container"]',
    '[class*="ms-outlook-mobile-reference-message"]',
    # GMX and Web.de
    'div[name="quote"]',
    # Proton, Tuta, Zoho
    '[class*="protonmail_quote"]',
    '[class*="tutanota_quote"]',
    'div[class*="zmail_extra"]',
    # QQ
    "includetail",
)
"""Elements whose whole content is quoted. Outlook puts `x_` in front of names, Hotmail `ecx`."""

_INDENTED = 'blockquote:not([class*="gmail_quote"])'
_GMAIL_INDENTED = 'blockquote[class*="gmail_quote"]'
_GMAIL_QUOTED = 'div[class*="gmail_quote"]'
"""What everybody quotes with; but an editor's button for indenting makes the same, in Gmail too,
where only the div tells that a mail is quoted."""

_INTRODUCTIONS = (
    _GMAIL_QUOTED,
    # Outlook on the web, and Hotmail before it
    '[id*="divRplyFwdMsg"]',
    '[id*="appendonsend"]',
    'hr[id*="stopSpelling"]',
    # Zimbra
    'hr[id*="zwchr"]',
    'hr[data-marker="__DIVIDER__"]',
)
"""Elements that begin what is quoted."""

_PREFIXES = '[class*="moz-cite-prefix"], [id*="reply-intro"]'
"""Thunderbird and Roundcube have an element for the introduction. People write into it as well."""

_HEADED = (
    '[style*="border-top:solid"], [style*="border-top: solid"], [style*="border-top-style: solid"]'
)
"""Outlook for Windows draws a line above its header lines; their labels are bold."""
_FEWEST_LABELS = 3
_MOST_HEADED = 50
_MOST_SIGNS = 1000
"""A sign costs time in proportion to its depth, and no mail has so many quotations."""

_SIGNATURES = '[class*="gmail_signature"], [class*="moz-signature"], div[id="Signature"]'


def newest_reply_html(html: str, *, ours: Sequence[str] = ()) -> Stripped:
    """The newest reply in an HTML body, as plain text. `ours` are the texts we sent in this thread.

    Never raises. The text is as `text_of_html` gives it.
    """
    html = cleaned(html)
    reply = reply_of(_lines(html, signatures=False), ours)
    if not reply.text:
        reply = reply_of(_lines(html, signatures=True), ours)
    return reply if reply.text or _is_quotation(html) else _all_but_own(html, ours)


def _is_quotation(html: str) -> bool:
    """Whether a program says that something is quoted, and not merely indented."""
    return bool(_all(parsed(html), ", ".join((*_QUOTES, *_INTRODUCTIONS))))


def _all_but_own(html: str, ours: Sequence[str]) -> Stripped:
    lines = text_of_html(html).split("\n")
    own = own_lines(lines, ours)
    left = [line for number, line in enumerate(lines) if number not in own]
    return Stripped("\n".join(left).strip("\n").rstrip(), bool(own))


def _lines(html: str, *, signatures: bool) -> list[str]:
    tree = parsed(html)
    if not signatures:
        for element in _all(tree, _SIGNATURES):
            element.remove()
    for element in _all(tree, ", ".join(_INTRODUCTIONS))[:_MOST_SIGNS]:
        _put(tree, element, before=QUOTE_BELOW)
    for element in _all(tree, _HEADED)[:_MOST_HEADED]:
        if _has_labels(element):
            _put(tree, element, before=QUOTE_BELOW)
    for element in _all(tree, _PREFIXES)[:_MOST_SIGNS]:
        _put(tree, element, last=_ABOVE)
    quotes = ", ".join(_QUOTES)
    indented = f"{_INDENTED}, {_GMAIL_INDENTED}" if _all(tree, _GMAIL_QUOTED) else _INDENTED
    for element in _all(tree, f"{quotes}, {indented}")[:_MOST_SIGNS]:
        _put(tree, element, first=_OPEN if element.matches(quotes) else _INDENT, last=_CLOSE)
    return _marked(text_of_tree(tree).split("\n"))


def _all(tree: HTMLTree, selector: str) -> list[ElementNode]:
    return [] if tree.document is None else tree.document.query_selector_all(selector).values()


def _has_labels(element: ElementNode) -> bool:
    labels = element.query_selector_all("b, strong").values()
    found = sum((label.text_content or "").strip().endswith((":", "：")) for label in labels)
    return found >= _FEWEST_LABELS


def _put(
    tree: HTMLTree, element: ElementNode, *, before: str = "", first: str = "", last: str = ""
) -> None:
    """Puts signs into the document, each on a line of its own."""
    if before:
        element.before(_sign(tree, before))
    if first:
        element.prepend(_sign(tree, first))
    if last:
        element.append(_sign(tree, last))


def _sign(tree: HTMLTree, sign: str) -> ElementNode:
    element = tree.create_element("div")
    assert isinstance(element, ElementNode)
    element.text_content = sign
    return element


def _marked(lines: Sequence[str]) -> list[str]:
    """The lines with quote marks in place of the signs. The first quotation begins what is quoted;
    the next ones are told from answers by what is between them."""
    marked: list[str] = []
    shown = _shown(lines)
    opened: list[bool] = []
    depth = 0
    introduced = False
    for number, line in enumerate(lines):
        sign = line.strip()
        if sign in (_OPEN, _INDENT):
            opened.append(number not in shown)
            depth += opened[-1]
            if depth == 1 and opened[-1] and not introduced:
                marked.append(QUOTE_BELOW)
                introduced = True
        elif sign == _CLOSE:
            depth -= opened.pop() if opened else False
        elif sign == _ABOVE:
            introduced = _introduce(marked) or introduced
        elif depth and sign != QUOTE_BELOW:
            marked.append(f"{'>' * min(depth, _DEEPEST)} {sign}".rstrip())
        elif not depth and number not in shown:
            marked.append(line)
    return marked


def _introduce(marked: list[str]) -> bool:
    """Makes the last words an introduction, in whichever language they are."""
    for at in range(len(marked) - 1, -1, -1):
        if has_words(marked[at]):
            is_one = marked[at].rstrip().endswith((":", "："))
            marked[at] = QUOTE_BELOW if is_one else marked[at]
            return is_one
    return False


def _shown(lines: Sequence[str]) -> frozenset[int]:
    """The signs that mean nothing: those above a forwarded mail, and those of the person's own
    indentation, which stands above the one that has an introduction."""
    signs = [number for number, line in enumerate(lines) if line.strip() in _BEGIN]
    forwarded = {number for number in signs if _is_forward(lines, number)}
    indents = [number for number in signs if lines[number].strip() == _INDENT]
    own: list[int] = []
    for number in indents:
        if _is_introduced(lines, number):
            return frozenset({*forwarded, *own})
        own.append(number)
    return frozenset(forwarded)


def _is_forward(lines: Sequence[str], number: int) -> bool:
    """Whether the first words below a sign are those above a forwarded mail."""
    for line in lines[number : number + _NEAR]:
        if has_words(line) and line.strip() not in _SIGNS:
            return is_forwarded(plain(line))
    return False


def _is_introduced(lines: Sequence[str], number: int) -> bool:
    """Whether the last words above a sign are an introduction."""
    above = [plain(line) for line in lines[max(0, number - _NEAR) : number]]
    while above and above[-1] in ("", _CLOSE):
        above.pop()
    if not above:
        return False
    return above[-1] == QUOTE_BELOW or attribution(above, len(above) - 1, True) is not None
