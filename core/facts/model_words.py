"""The words by which `core.facts.model_checks` judges what a language model wrote, in four
languages.

Lists alone: numbers that are written as words, words that a sentence of a summary begins with, and
turns of phrase that give orders to whoever reads them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_COUNTED = (
    "two|zwei|deux|dos",
    "three|drei|trois|tres",
    "four|vier|quatre|cuatro",
    "five|fünf|cinq|cinco",
    "six|sechs|six|seis",
    "seven|sieben|sept|siete",
    "eight|acht|huit|ocho",
    "nine|neun|neuf|nueve",
    "ten|zehn|dix|diez",
    "eleven|elf|onze",
    "twelve|zwölf|douze|doce",
)
_ROUND = {
    "15": "fifteen|fünfzehn|quinze|quince",
    "20": "twenty|zwanzig|vingt|veinte",
    "30": "thirty|dreißig|trente|treinta",
    "40": "forty|vierzig|quarante|cuarenta",
    "50": "fifty|fünfzig|cinquante|cincuenta",
    "60": "sixty|sechzig|soixante|sesenta",
    "70": "seventy|siebzig|setenta",
    "80": "eighty|achtzig|ochenta",
    "90": "ninety|neunzig|noventa",
    "100": "hundred|hundert|cent|cien|ciento",
    "1000": "thousand|tausend|mille|mil",
    "12": "dozen|dutzend|douzaine|docena",
    "0.5": "half|hälfte|moitié|mitad",
    "x2": "twice|double|zweimal|doppelt|doble",
}
_SPELLED = (*((str(at), words) for at, words in enumerate(_COUNTED, 2)), *_ROUND.items())

NUMBERS: Mapping[str, str] = {
    word: number for number, words in _SPELLED for word in words.split("|")
}
"""A number word -> the number, as it would be written in digits.

"One" and its like are left out: in most languages they are an article. "Once" is a number in
Spanish alone, and English has it more often.
"""

OPENERS = frozenset(
    """
    absolutely certainly glad gladly good great happy hello kindly naturally pity unfortunately
    welcome gerne leider natürlich schade selbstverständlich bonjour dommage malheureusement
    volontiers gustosamente hola lamentablemente
    a after agent agents all although an and another as asked at because before both bot but case
    customer customers delivery during finally first for from he her his however if in it its later
    meanwhile no nobody not nothing on once one order our package parcel people payment people
    refund replacement request said she so somebody someone support that the their then there these
    they this those though to until up was we were when whether while who with
    aber als am an auch auf bei bestellung da damit danach das dann der die diese dieser ein eine
    er es für im in kunde kundin mit nach nun sie später und unser von vor während wegen wir zuerst
    zum zur
    à alors après au avant avec ce cela cette client cliente commande comme dans de elle en ensuite
    et il la le les lors mais nous on par pour puis quand son sur un une
    a al antes cliente como con cuando de desde después el ella en entonces es la las los luego
    más nosotros para pedido pero por que se según sin su tras un una y
    """.split()
)
"""What a sentence may begin with though its sources do not have the word."""

ORDERS = re.compile(
    r"\b(?:ignor(?:e|ez|iere|ieren|a|ar)|disregard|forget (?:all|every|the|your)|override)\b"
    r"|\b(?:you are|you're|act as|pretend|du bist|vous êtes|eres) (?:now|a|an|the|jetzt|ahora)\b"
    r"|\b(?:you|we) (?:must|shall|have to)\b|\bmake sure\b"
    r"|\b(?:system|assistant|developer|user|human|instructions?)\s*:"
    r"|\b(?:from now on|henceforth|ab jetzt|von nun an|désormais|à partir de maintenant)\b"
    r"|\b(?:a partir de ahora|de ahora en adelante)\b"
    r"|\b(?:always|never|immer|niemals|toujours|jamais|siempre|nunca) "
    r"(?:answer|reply|say|tell|give|grant|refund|approve|treat|offer|confirm|trust|antworte|sage?"
    r"|gib|erstatte|réponds|dis|donne|rembourse|responde|di|da|reembolsa)\b"
    r"|\b(?:do not|don't|never) (?:tell|reveal|mention|ask|check|verify)\b"
    r"|\b(?:system |previous |prior |above |your |new |diese |vorherige )"
    r"(?:prompt|instructions?|rules?|anweisung(?:en)?|regeln?)\b"
    r"|\bas an ai\b|\blanguage model\b|\bplease (?:answer|reply|refund|approve|confirm)\b"
)
"""What speaks to its reader. Folded text is searched; a message may say such things, and a summary
of it has to do without them."""
