"""Makes a mail's HTML safe to look at: an allow-list, and nothing that loads, runs or moves.

It is shown in a sandboxed frame besides. Pictures come only from the mail itself, as `cid:ID`
(RFC 2392). No stage reads it, and it must not be taken for what the mail says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import nh3

_TAGS = frozenset(
    "a abbr b blockquote br caption center cite code col colgroup dd del div dl dt em h1 h2 h3"
    " h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table tbody"
    " td tfoot th thead tr tt u ul var".split()
)
_WITH_CONTENT = frozenset(
    "script style title noscript iframe object embed template svg math noembed noframes".split()
)
"""Gone with everything in them; of any other tag that is not allowed, what is in it stays."""
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"dir", "lang", "title", "align", "valign", "style"}),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
    "ol": frozenset({"start", "type"}),
}
_STYLES = frozenset({"font-style", "font-weight", "text-align", "text-decoration", "white-space"})
"""Nothing that positions, hides, colours, sizes or loads."""
_SCHEMES: Mapping[str, frozenset[str]] = {
    "href": frozenset({"http", "https", "mailto", "tel"}),
    "src": frozenset({"cid"}),
}
_PICTURE = re.compile(r"<img\b[^>]*")
_NOTE = "<p><em>Pictures that are not in the mail itself are not shown.</em></p>"


def safe_html(html: str) -> str:
    """The HTML without anything dangerous. A line at its end tells of pictures left out."""
    safe = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_allowed,
        filter_style_properties=set(_STYLES),
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
        url_schemes=set().union(*_SCHEMES.values()),
        url_relative="deny",
    )
    hidden = any(' src="' not in picture for picture in _PICTURE.findall(safe))
    return safe + _NOTE if hidden else safe


def _allowed(_tag: str, attribute: str, value: str) -> str | None:
    schemes = _SCHEMES.get(attribute)
    return value if schemes is None or value.partition(":")[0].lower() in schemes else None
