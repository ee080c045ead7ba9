"""Things with a checkable form in what a customer writes: orders, parcels, addresses, sums, days.

Found by shape alone, each written in one way, so that the same thing is the same text; check digits
are checked where a form has them. Card and account numbers are never among them. Pure tables; what
is kept of it, and as whose, is `core.facts.learning`'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import phonenumbers

from core.languages.features import words
from core.pipeline.reading.shapes import CODE_WORDS, ORDER_CUE

MOST = 8
"""Things that one message may tell, the surest kinds first."""

TEXT_LIMIT = 2_000
"""Characters of a message that are looked at."""

ADDRESS = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
PHONE = r"\+?\d[\d\s().-]{7,}\d"
"""How a mail address and a phone number look at a glance, for whoever only compares texts."""


class Found(NamedTuple):
    """One thing that was found: its kind, and its value written in one way."""

    kind: str
    value: str


Span = tuple[int, int]
_FEWEST_DIGITS = 9
"""Digits that a parcel or a phone number has at least."""
_Hit = tuple[Found, Span]

_DIGIT = re.compile(r"[\d@]")
_ORDER_WORDS = frozenset(CODE_WORDS)
_BESTELLUNG = frozenset(
    "bestellung bestellnummer bestellnr auftrag auftragsnummer auftragsnr rechnungsnummer commande "
    "pedido".split()
)
_FOREIGN_CUE = re.compile(
    rf"\b(?:{'|'.join(sorted(_BESTELLUNG, key=len, reverse=True))})\.?"
    r"(?:\s+(?:nummer|nr|numéro|número|no|n°|nº|n)\.?)?\s*(?:ist|lautet|est|es)?\s*[:=#]?\s*#?"
    r"(?P<value>(?=[\w-]*\d)[A-Z0-9][\w-]*\w)(?![\w@])",
    re.I,
)
_MAIL = re.compile(ADDRESS)
_MAY_PHONE = re.compile(r"(?<![\w+])(?:\+|00)\d[\d\s().-]{7,}\d(?!\w)")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<!\w)\d(?:[ -]?\d){12,18}(?!\w)")

_UPS = re.compile(r"\b1Z\s?[0-9A-Z]{3}\s?[0-9A-Z]{3}\s?[0-9A-Z]{2}\s?\d{4}\s?\d{4}\b", re.I)
_POST = re.compile(r"\b[A-Z]{2}\s?\d{3}\s?\d{3}\s?\d{3}\s?[A-Z]{2}\b", re.I)
_USPS = re.compile(r"(?<!\w)9[1-5](?:\s?\d){18,20}(?!\w)")
_DHL_PIECE = re.compile(r"(?<!\w)(?:JJD\d{9,24}|00340\d{15})(?!\w)", re.I)
_CARRIER = re.compile(
    r"\b(?P<carrier>fedex|dhl|tracking|sendungs?nummer|sendungsverfolgung|suivi|seguimiento|envío)\b"
    r"[^\d\n]{0,40}?(?P<value>\d{4}\s?\d{4}\s?\d{4}(?:\s?\d{3})?|\d{10})(?!\w)",
    re.I,
)

_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP"}
_NAMES = {
    "usd": "USD", "dollar": "USD", "dollars": "USD", "dólares": "USD",
    "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "chf": "CHF", "franken": "CHF",
}  # fmt: skip
_SUM = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d\d)?|\d+(?:[.,]\d\d)?"
_AMOUNT = re.compile(
    rf"(?P<symbol>[$€£])\s?(?P<first>{_SUM})(?![\d.,]*\d)|"
    rf"(?<![\w.,])(?P<second>{_SUM})\s?(?P<name>[$€£]|(?:{'|'.join(_NAMES)})\b)",
    re.I,
)

_MONTHS: tuple[tuple[str, ...], ...] = (
    ("january", "januar", "janvier", "enero", "jan"),
    ("february", "februar", "février", "febrero", "feb"),
    ("march", "märz", "mars", "marzo", "mar"),
    ("april", "avril", "abril", "apr"),
    ("may", "mai", "mayo"),
    ("june", "juni", "juin", "junio", "jun"),
    ("july", "juli", "juillet", "julio", "jul"),
    ("august", "août", "agosto", "aug"),
    ("september", "septembre", "septiembre", "sept", "sep"),
    ("october", "oktober", "octobre", "octubre", "oct", "okt"),
    ("november", "novembre", "noviembre", "nov"),
    ("december", "dezember", "décembre", "diciembre", "dec", "dez"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH_NAMES = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_DAY = re.compile(
    r"(?<![\w./-])(?:(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)|"
    r"(?P<d2>\d\d?)[./](?P<m2>\d\d?)[./](?P<y2>20\d\d)|"
    rf"(?P<d3>\d\d?)(?:st|nd|rd|th|er|\.)?(?: of| de)? (?P<m3>{_MONTH_NAMES})\.?,?(?: del?)? "
    r"(?P<y3>20\d\d)|"
    rf"(?P<m4>{_MONTH_NAMES})\.? (?P<d4>\d\d?)(?:st|nd|rd|th)?,? (?P<y4>20\d\d))(?![\w-])",
    re.I,
)

_MY_ADDRESS = re.compile(
    r"\b(?:my (?:new |current |home |postal |shipping |delivery |billing )*address (?:is|:|will be)"
    r"(?: now)?|meine (?:neue |aktuelle )*(?:liefer|post|rechnungs|wohn)?(?:adresse|anschrift)"
    r" (?:ist|lautet)(?: jetzt| nun)?|mon (?:nouvelle )?adresse(?: de livraison)? est"
    r"(?: maintenant)?|ma nouvelle adresse(?: de livraison)? est|mi (?:nueva )?dirección"
    r"(?: de (?:entrega|envío))?(?: ahora)? es)(?: now)?:?\s+"
    r"(?P<value>\S(?:[^.;!?\n]|\.(?=\S)|(?<=\b(?:st|dr|rd|no|nr))\.|(?<=str|apt|ave)\."
    r"|(?<=,)\n){5,119})",
    re.I,
)


def find_identifiers(text: str, orders: Sequence[re.Pattern[str]] = ()) -> tuple[Found, ...]:
    """What a text tells by its shape, each thing once, `MOST` at most. `orders` are the business's
    own shapes of an order number, whose group 1 or whole match is the number."""
    text = text[:TEXT_LIMIT]
    if _DIGIT.search(text) is None:
        return ()
    long = sum(map(str.isdigit, text)) >= _FEWEST_DIGITS
    taken: list[Span] = list(_accounts(text)) if long else []
    found: dict[Found, None] = {}
    looks = (*_LONG_ONES, *_LOOKS) if long else _LOOKS
    for look in (*[_by_pattern(one) for one in orders], *looks):
        for hit, (start, end) in look(text):
            if all(end <= one or other <= start for one, other in taken):
                taken.append((start, end))
                found.setdefault(hit)
    return tuple(found)[:MOST]


def _by_pattern(pattern: re.Pattern[str]) -> Callable[[str], Iterator[_Hit]]:
    def look(text: str) -> Iterator[_Hit]:
        for one in pattern.finditer(text):
            group = 1 if one.re.groups and one[1] else 0
            code = _plain(one[group])
            # Four digits alone are as well a year, or the end of something else.
            if len(code) >= 5 or not code.isdecimal() or text[: one.start(group)].endswith("#"):
                yield Found("order", code), one.span(group)

    return look


def _accounts(text: str) -> Iterator[Span]:
    """What may be the number of an account, or of a card: it passes the check of one, and no
    parcel's form has it."""
    yield from (one.span() for one in _ACCOUNT.finditer(text))
    for one in _CARD.finditer(text):
        digits = _digits(one[0])
        if _luhn(digits) and not _USPS.fullmatch(one[0]):
            yield one.span()


def _parcels(text: str) -> Iterator[_Hit]:
    for pattern, is_right in _PARCELS:
        for one in pattern.finditer(text):
            plain = _plain(one[0])
            if is_right(plain):
                yield Found("tracking", plain), one.span()
    for one in _CARRIER.finditer(text):
        digits = _digits(one["value"])
        if _fedex(digits) or _dhl_express(digits):
            yield Found("tracking", digits), one.span("value")


def _cued_orders(text: str) -> Iterator[_Hit]:
    for cues, pattern in ((_ORDER_WORDS, ORDER_CUE), (_BESTELLUNG, _FOREIGN_CUE)):
        if not cues.isdisjoint(words(text)):
            for one in pattern.finditer(text):
                yield Found("order", _plain(one["value"])), one.span("value")


def _mails(text: str) -> Iterator[_Hit]:
    if "@" in text:
        for one in _MAIL.finditer(text):
            yield Found("email", one[0].rstrip(".").lower()), one.span()


def _phones(text: str) -> Iterator[_Hit]:
    for one in _MAY_PHONE.finditer(text):
        written = one[0] if one[0][0] == "+" else f"+{one[0][2:]}"
        try:
            number = phonenumbers.parse(written, None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            yield Found("phone", written), one.span()


def _places(text: str) -> Iterator[_Hit]:
    if "dress" in text or "irección" in text or "nschrift" in text:
        for one in _MY_ADDRESS.finditer(text):
            value = " ".join(one["value"].split()).strip(" ,.")
            if any(map(str.isdigit, value)):
                yield Found("address", value), one.span("value")


def _sums(text: str) -> Iterator[_Hit]:
    if _SYMBOLS.keys().isdisjoint(text) and _NAMES.keys().isdisjoint(words(text)):
        return
    for one in _AMOUNT.finditer(text):
        name = (one["symbol"] or one["name"]).lower()
        currency = _SYMBOLS.get(name) or _NAMES[name]
        yield Found("amount", f"{currency} {_sum(one['first'] or one['second'])}"), one.span()


def _days(text: str) -> Iterator[_Hit]:
    if "20" not in text:
        return
    for one in _DAY.finditer(text):
        year = one["y"] or one["y2"] or one["y3"] or one["y4"]
        day = int(one["d"] or one["d2"] or one["d3"] or one["d4"])
        month_name = one["m3"] or one["m4"]
        month = _MONTH_OF[month_name.lower()] if month_name else int(one["m"] or one["m2"])
        # 03/04 is the third of April to some and March the fourth to others.
        slashed = one["d2"] and "/" in one[0]
        if slashed and day <= 12 and day != month:
            continue
        if slashed and month > 12:
            day, month = month, day
        try:
            yield Found("date", date(int(year), month, day).isoformat()), one.span()
        except ValueError:
            continue


def _sum(written: str) -> str:
    """A sum with a point before its last two digits, whatever stood there."""
    digits = _digits(written)
    has_cents = re.search(r"[.,]\d\d$", written) is not None
    return f"{int(digits[:-2])}.{digits[-2:]}" if has_cents else f"{int(digits)}.00"


def _plain(code: str) -> str:
    return re.sub(r"[\s#]+", "", code).upper()


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _luhn(digits: str) -> bool:
    doubled = (int(one) * (2 if at % 2 else 1) for at, one in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _ups(code: str) -> bool:
    """Letters count (A is 2, and so on); every second one double, as UPS publishes it."""
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in code[2:17]]
    total = sum(one * 2 if at % 2 else one for at, one in enumerate(values))
    return (10 - total % 10) % 10 == int(code[17])


def _s10(code: str) -> bool:
    """The check digit of the Universal Postal Union's standard S10."""
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    rest = 11 - sum(int(c) * w for c, w in zip(code[2:10], weights, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest) == int(code[10])


def _mod_10(code: str) -> bool:
    """Every second digit from the right three times, as with GS1 numbers and those of USPS."""
    body = reversed(code[:-1])
    total = sum(int(c) * (1 if at % 2 else 3) for at, c in enumerate(body))
    return (10 - total % 10) % 10 == int(code[-1])


def _fedex(digits: str) -> bool:
    """Twelve digits, the last of which checks the others with the weights 3, 1, 7."""
    if len(digits) != 12:
        return False
    weights = (3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
    total = sum(int(c) * w for c, w in zip(digits[:11], weights, strict=True))
    return total % 11 % 10 == int(digits[11])


def _dhl_express(digits: str) -> bool:
    """Ten digits, the last of which is the rest of the others by seven."""
    return len(digits) == 10 and int(digits[:9]) % 7 == int(digits[9])


def _dhl_piece(code: str) -> bool:
    return code.startswith("JJD") or _mod_10(code)


_PARCELS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (_UPS, _ups),
    (_POST, _s10),
    (_USPS, _mod_10),
    (_DHL_PIECE, _dhl_piece),
)
_LONG_ONES = (_parcels, _phones)
_LOOKS = (_cued_orders, _mails, _places, _days, _sums)
"""In this order a piece of text is taken; each piece is one thing."""
