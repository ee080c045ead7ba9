"""Turns of phrase that bind the business, ask for secrets, or speak to machines, in four languages.

Lists alone, for `core.pipeline.rules.verdicts`. An answer may use them only in a sentence that the
business wrote: in its playbook's own words, or in an article the answer names as its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.limits import Broken

PROMISES = re.compile(
    r"\b(?:guarantee[sd]?|guaranteed|guaranty"
    r"|(?:we|i) (?:hereby )?(?:promise|assure|undertake|commit)"
    r"|legally binding|full refund|free of charge|for free|no charge"
    r"|(?:we|i)(?:'ll| will| shall| can| have| are going to|'ve)? (?:\w+ )?"
    r"(?:refund(?:ed)?|compensate[d]?|reimburse[d]?|waive[d]?|credit(?:ed)? you(?:r)?)"
    r"|(?:refund|discount|credit|compensation|claim|upgrade|voucher|replacement|exception) "
    r"(?:\w+ ){0,3}?(?:is|was|has been|will be|are|were|have been) (?:\w+ )?"
    r"(?:approved|granted|accepted|confirmed|issued|credited|paid))\b"
    r"|\b(?:garantier(?:e|en|t)|garantie (?:auf|für)|versprech(?:e|en)|versprochen|sichern? \w+ zu"
    r"|zugesichert|rechtsverbindlich|kostenlos|kostenfrei|gratis|umsonst"
    r"|(?:wir|ich) (?:erstatten?|entschädigen?)"
    r"|(?:erstattung|rabatt|gutschrift|entschädigung|gutschein) (?:\w+ ){0,3}?(?:ist|wurde|wird) "
    r"(?:\w+ )?(?:genehmigt|bewilligt|bestätigt|gewährt|gutgeschrieben))\b"
    r"|\b(?:garantissons|garantis|garantie à vie|promettons|promets|nous engageons"
    r"|gratuit(?:e|ement|s|es)?|sans frais|(?:nous|je) (?:vous )?rembours(?:ons|erons|e|erai)"
    r"|(?:remboursement|remise|avoir|indemnité|bon) (?:\w+ ){0,3}?(?:est|a été|sera) "
    r"(?:\w+ )?(?:approuvée?|accordée?|confirmée?|acceptée?|créditée?))\b"
    r"|\b(?:garantizamos|garantizo|garantizad[oa]|prometemos|prometo|nos comprometemos"
    r"|gratuit[oa]s?|sin coste|sin cargo"
    r"|(?:le|te|les) (?:reembols(?:amos|aremos|o|aré)|devolv(?:emos|eremos))"
    r"|(?:reembolso|descuento|abono|indemnización|vale) (?:\w+ ){0,3}?(?:está|es|ha sido|fue|será) "
    r"(?:\w+ )?(?:aprobad[oa]|concedid[oa]|confirmad[oa]|aceptad[oa]|abonad[oa]))\b"
)
"""What promises something. Searched in folded text."""

SECRETS = re.compile(
    r"\b(?:passwords?|passcode|pin(?: code| number)?|cvv|cvc|card number|card details|bank details"
    r"|one-time code|verification code|security code|social security|seed phrase|login details"
    r"|passwort|kennwort|kartennummer|kartendaten|prüfziffer|bankdaten|zugangsdaten"
    r"|mot de passe|numéro de (?:votre )?carte|code secret|code de vérification|identifiants"
    r"|contraseña|clave|número de (?:su |tu )?tarjeta|código de (?:verificación|seguridad))\b"
)
"""What nobody is asked for in words that the business did not write."""

MACHINES = re.compile(
    r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|override|bypass) (?:\w+ ){0,3}?"
    r"(?:instructions?|rules?|prompts?|polic(?:y|ies)|guidelines)\b"
    r"|\b(?:system|developer|hidden|initial|secret|original|internal) "
    r"(?:prompt|instructions?|message|rules?|configuration)\b"
    r"|(?:^|[\n.!?>\]}\"]\s*|<)\s*/?(?:system|assistant|developer|user|im_start)\s*[:>|]"
    r"|\b(?:developer|admin|debug|god|dan|jailbreak) mode\b|\bjailbr(?:eak|oken)\w*"
    r"|\bas an ai\b|\blanguage model\b|\bmy instructions\b|\bdo anything now\b"
    r"|\b(?:ignoriere?n?|vergiss|missachte) (?:\w+ ){0,3}?(?:anweisung(?:en)?|regeln?|vorgaben)\b"
    r"|\bsystem-?(?:anweisung|prompt|nachricht)\w*\b|\bmeine anweisungen\b"
    r"|\b(?:ignore[zrs]?|oublie[zrs]?) (?:\w+ ){0,3}?(?:instructions?|consignes?|règles?)\b"
    r"|\b(?:instructions?|consignes?|message|invite) (?:du )?système\b|\bmes instructions\b"
    r"|\b(?:ignora|ignore|olvida|olvide) (?:\w+ ){0,3}?(?:instrucciones|reglas|normas)\b"
    r"|\b(?:instrucciones|mensaje|indicaciones) del sistema\b|\bmis instrucciones\b"
)
"""What is said to machines, or by one about itself: no answer to a customer."""

GIVING = re.compile(
    r"\b(?:refund\w*|credit(?:ed|s)?|vouchers?|discounts?|compensat\w+|reimburs\w+|goodwill|payout"
    r"|erstatt\w+|gutschrift\w*|gutschein\w*|rabatt\w*|entschädig\w+"
    r"|rembours\w+|avoir|remise|indemni\w+|bon d'achat"
    r"|reembols\w+|abon[oa]\w*|descuento\w*|vale)\b"
)
"""What speaks of giving money; with it, a sum that no business text names has its limit."""

MONEY = re.compile(
    r"(?:[$€£]|\b(?:usd|eur|gbp|chf)\b)\s?(\d[\d.,]*)"
    r"|(\d[\d.,]*)\s?(?:[$€£]|(?:dollars?|euros?|pounds?|usd|eur|gbp|chf|franken|francs?)\b)",
    re.I,
)

_BEGINNINGS = frozenset(
    """
    guara promi assur under commi legal full free charg refun compe reimb waive credi disco claim
    upgra vouch repla excep
    garan versp siche zuges recht koste grati umson ersta entsc rabat gutsc
    prome engag gratu frais rembo remis avoir indem bon
    compr coste cargo reemb devol descu abono vale
    passw passc pin cvv cvc card bank time verif vérif secur socia seed login
    kennw karte prüfz banki bankd zugan passe numér secre ident contr clave númer códig tarje carte
    ignor disre forge overr bypas syste devel hidde initi origi inter assis user im
    mode jailb ai langu instr anyth vergi missa anwei oubli consi olvid messa indic
    """.split()
)
"""How a word begins without which none of the patterns above fits: most sentences have none."""
_WORD = re.compile(r"[^\W\d_]+")


def loads(text: str, promises: re.Pattern[str] | None = None) -> Iterator[Broken]:
    """The rules that the words of a folded text touch; `promises` are a business's further ones."""
    if promises is not None and promises.search(text):
        yield Broken.PROMISE
    beginnings = {one[:5] for one in _WORD.findall(text)}
    if beginnings.isdisjoint(_BEGINNINGS):
        return
    for rule, pattern in _PATTERNS:
        if pattern.search(text):
            yield rule


_PATTERNS = (
    (Broken.PROMISE, PROMISES),
    (Broken.SECRET, SECRETS),
    (Broken.MACHINE, MACHINES),
)
