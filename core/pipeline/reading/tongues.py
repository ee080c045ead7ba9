"""What people say of who they are and where to go on, in German, French and Spanish.

One table of patterns for each language, beside the English ones of `identity_phrases` and
`phrases`. Whoever says something near it ("send me the invoice by mail") is not taken for it: what
is missed is asked again, what is misread sends a code or drops a request. It decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_GAP = r"[^.?!,;]{0,40}?"
_QUOTE = r"[\"'(<]?\s*\Z"


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one language says it.

    `claims` are what stands before an address that is claimed, each with what has to follow it;
    `denied` makes a claim none. `moves` have PLACE where the channel stands, whose names are in
    `places` by kind of handle. `begins` and `ends` may stand around a wish or a `dropped` matter.
    """

    claims: tuple[tuple[str, str], ...]
    denied: str
    moves: tuple[str, ...]
    places: Mapping[str, str]
    dropped: str
    begins: str
    ends: str


_GERMAN_ADDRESS = (
    r"(?: (?:mein\w*|der|dem|die))?(?: (?:ander|zweit|alt|neu|privat)\w*)?"
    r"(?: (?:e-?mail(?:-?adresse)?|mail(?:adresse)?|adresse|nummer|handynummer|handy))?"
)
_GERMAN_VERBS = r"(?:schreiben|schicken|senden|antworten|weiter\w+|fortfahren)"
GERMAN = Tongue(
    claims=(
        (
            rf"\bich (?:habe?|hatte)\b{_GAP}\b(?:von|mit|unter|über|aus){_GERMAN_ADDRESS}",
            r"(?:aus |schon |bereits |gestern |vorhin |an sie |ihnen )*"
            r"(?:geschrieben|gemailt|kontaktiert|gesimst|angeschrieben)\b",
        ),
        (rf"\bich (?:schrieb|mailte|simste)\b{_GAP}\b(?:von|mit|unter|über){_GERMAN_ADDRESS}", ""),
        (rf"\bich schreibe\b{_GAP}\bauch (?:von|mit|unter|über){_GERMAN_ADDRESS}", ""),
        (rf"\bich bin auch(?: unter| als)?{_GERMAN_ADDRESS}", ""),
        (r"\b(?:sie kennen|ihr kennt|du kennst) mich(?: schon| bereits)? (?:als|unter|von)", ""),
        (r"\bmeine (?:e-?mails?|mails?|nachrichten|sms) (?:kamen|kommen|waren|sind) von", ""),
        (
            r"\bmeine? (?:andere|zweite|alte|private)\w* "
            r"(?:e-?mail(?:-?adresse)?|mail(?:adresse)?|adresse|nummer|handynummer)",
            "",
        ),
        ("", r"(?:das )?(?:bin auch ich|bin ich auch|ist auch (?:meine?|von mir)|gehört auch mir)"),
    ),
    denied=(
        r"\b(?:nicht|nie|niemals|kein\w*|wenn|falls|ob)\b|"
        r"\b(?:kann|könnte|darf|soll|sollte|muss|möchte) ich\b"
    ),
    moves=(
        r"(?:schreib(?:en sie|t)?|antworte(?:n sie|t)?|schick(?:en sie|t)?|sende(?:n sie|t)?) "
        r"(?:(?:es|das) )?mir(?: (?:das|es|die antwort|den rest))?"
        r"(?: (?:doch|bitte|lieber))* PLACE",
        r"(?:können|könnten|würden) sie(?: mir)?(?: (?:das|es|die antwort))?"
        rf"(?: (?:bitte|lieber))* PLACE {_GERMAN_VERBS}",
        r"(?:können wir|könnten wir|lassen sie uns|lass uns|ich (?:möchte|würde|will))"
        r"(?: (?:bitte|lieber|gern|gerne))* PLACE weiter\w+",
        r"machen wir(?: (?:bitte|lieber))* PLACE weiter",
        r"(?:lieber|bitte|besser)(?: (?:bitte|lieber))* (?!eine )PLACE",
    ),
    places={
        "phone": r"(?:(?:per|als|via|über) (?:sms|handy)|eine sms|auf mein handy|aufs handy)",
        "email": r"(?:(?:per|als|via|über) (?:e-?mail|mail)|eine (?:e-?mail|mail))",
        "slack": r"(?:in|auf|über|per|via) slack",
    },
    dropped=(
        r"vergiss es|vergessen sie(?: es| das)|schon gut|lassen sie (?:es|das)(?: sein)?|"
        r"lass (?:es|das)(?: sein| gut sein)?|(?:das |es )?hat sich (?:schon )?erledigt|"
        r"(?:ist )?nicht mehr nötig|ich habe? es mir anders überlegt|doch nicht|"
        r"(?:das )?brauche ich nicht mehr"
    ),
    begins=r"hallo|hi|ok|okay|bitte|danke|nein|ja|ach|dann|entschuldigung|gut",
    ends=r"bitte|danke|stattdessen|lieber|weiter|trotzdem|jetzt|dann|"
    r"an|auf|unter|meine?|nummer|adresse|@",
)

_FRENCH_ADDRESS = (
    r"(?: (?:mon|ma|le|la))?(?: (?:autre|ancien(?:ne)?|nouveau|nouvelle|deuxième))?"
    r"(?: (?:adresse|num[ée]ro|mail|e-?mail|t[ée]l[ée]phone|portable))*"
)
_FRENCH_MAILS = r"(?:e-?mails?|mails?|messages?|sms|courriels?)"
_FRENCH_FROM = r"(?<!propos )\b(?:depuis|de|avec|via|à partir de)"
FRENCH = Tongue(
    claims=(
        (
            r"(?:\bje (?:vous |t['’]|te )?|\bj['’]|\bqui (?:vous )?)(?:ai|avais)(?: d[ée]j[àa])? "
            rf"(?:[ée]crit|contact[ée]s?|envoy[ée] (?:un |des |mes )?{_FRENCH_MAILS})\b{_GAP}"
            rf"{_FRENCH_FROM}{_FRENCH_ADDRESS}",
            "",
        ),
        (rf"(?:\bj['’]|\bje vous )[ée]cris aussi {_FRENCH_FROM}{_FRENCH_ADDRESS}", ""),
        (r"\bje suis (?:aussi|[ée]galement)", ""),
        (r"\b(?:vous me connaissez|tu me connais)(?: d[ée]j[àa])? (?:sous|comme|par|avec)", ""),
        (rf"\bmes {_FRENCH_MAILS} (?:viennent|venaient|sont venus) (?:de|depuis)", ""),
        (r"\b(?:mon|ma) (?:autre|ancien(?:ne)?) (?:adresse|num[ée]ro|e-?mail|mail)(?: mail)?", ""),
        ("", r"(?:c['’]est (?:aussi moi|moi aussi)|est aussi (?:à moi|le mien|la mienne))"),
    ),
    denied=(
        r"\b(?:pas|jamais|plus|si)\b|\b(?:puis|pourrais|dois|devrais)-je\b|"
        r"\best-ce que je (?:peux|pourrais|dois|devrais)\b"
    ),
    moves=(
        r"[ée]cri(?:vez|s)-moi(?: plut[ôo]t)? PLACE",
        r"r[ée]pond(?:ez|s)-moi(?: plut[ôo]t)? PLACE",
        r"envo(?:yez|ie)-moi(?: (?:plut[ôo]t|[çc]a|cela|la r[ée]ponse))* PLACE",
        r"(?:pouvez-vous|pourriez-vous|peux-tu) (?:plut[ôo]t )?"
        r"(?:m['’][ée]crire|me r[ée]pondre|m['’]envoyer (?:[çc]a|cela)) PLACE",
        r"(?:on peut|peut-on|pouvons-nous|pourrions-nous|je pr[ée]f[èe]re|je voudrais|"
        r"j['’]aimerais)(?: plut[ôo]t)? (?:continuer|poursuivre) PLACE",
        r"continuons(?: plut[ôo]t)? PLACE",
        r"plut[ôo]t (?!un )PLACE",
    ),
    places={
        "phone": r"(?:(?:par|en) (?:sms|texto)|un (?:sms|texto)|"
        r"sur mon (?:portable|t[ée]l[ée]phone))",
        "email": r"(?:par (?:e-?mail|mail|courriel)|un (?:e-?mail|mail|courriel))",
        "slack": r"(?:sur|par|dans|via) slack",
    },
    dropped=(
        r"laiss(?:ez|e) tomber|oubli(?:ez|e) (?:[çc]a|cela)|oubliez|tant pis|"
        r"(?:ce n['’]est |c['’]est )?(?:plus|pas) la peine|plus besoin|"
        r"j['’]ai chang[ée] d['’]avis|annulez (?:[çc]a|cela)|c['’]est r[ée](?:gl[ée]|solu)"
    ),
    begins=r"bonjour|salut|ok|d['’]accord|non|oui|merci|bon|alors|finalement|pardon",
    ends=r"merci|plut[ôo]t|svp|s['’]il (?:vous|te) pla[îi]t|maintenant|alors|finalement|"
    r"à|au|sur|mon|num[ée]ro|adresse|@",
)

_SPANISH_ADDRESS = (
    r"(?: (?:mi|el|la|una?))?(?: (?:otr[oa]|antigu[oa]|nuev[oa]|segund[oa]))?"
    r"(?: (?:direcci[óo]n|correo|n[úu]mero|m[óo]vil|tel[ée]fono|e-?mail))*"
)
_SPANISH_MAILS = r"(?:correos?|e-?mails?|mensajes?|sms)"
SPANISH = Tongue(
    claims=(
        (
            r"\b(?:escrib[íi]|he escrito|hab[íi]a escrito|contact[ée]|"
            rf"mand[ée] (?:un |unos )?{_SPANISH_MAILS}|envi[ée] (?:un |unos )?{_SPANISH_MAILS})\b"
            rf"{_GAP}\b(?:desde|con){_SPANISH_ADDRESS}",
            "",
        ),
        (
            r"\bsoy (?:yo )?(?:quien|el que|la que) (?:les |le |os |te )?escribi[óo]\b"
            rf"{_GAP}\b(?:desde|con){_SPANISH_ADDRESS}",
            "",
        ),
        (rf"\btambi[ée]n (?:les |le )?escribo (?:desde|con){_SPANISH_ADDRESS}", ""),
        (r"\btambi[ée]n soy", ""),
        (r"\bme (?:conocen?|conoces|tienen?)(?: ya)? (?:como|por|con)", ""),
        (rf"\bmis {_SPANISH_MAILS} (?:vienen|vinieron|son|eran|llegaron) (?:de|desde)", ""),
        (r"\bmi (?:otr[oa]|antigu[oa]) (?:direcci[óo]n|correo|n[úu]mero|m[óo]vil|tel[ée]fono)", ""),
        ("", r"(?:tambi[ée]n (?:soy yo|es m[íi][oa])|es m[íi][oa] tambi[ée]n)"),
    ),
    denied=r"\b(?:no|nunca|jam[áa]s|si)\b|\b(?:puedo|podr[íi]a|debo|deber[íi]a)\b",
    moves=(
        r"escr[íi]b[ae](?:n?me)(?: mejor)? PLACE",
        r"resp[óo]nd[ae](?:n?me)(?: mejor)? PLACE",
        r"(?:m[áa]nd[ae]|env[íi][ae])n?me(?: (?:mejor|eso|la respuesta))* PLACE",
        r"(?:puede|puedes|pueden|podr[íi]a|podr[íi]as) "
        r"(?:escribirme|responderme|(?:enviar|mandar)me (?:eso|esto)) PLACE",
        r"me (?:puede|puedes|pueden|podr[íi]a) (?:escribir|responder) PLACE",
        r"(?:podemos|podr[íi]amos|prefiero|quiero|quisiera)(?: mejor)? (?:seguir|continuar) PLACE",
        r"(?:sigamos|continuemos)(?: mejor)? PLACE",
        r"mejor (?!un )PLACE",
    ),
    places={
        "phone": r"(?:por (?:sms|m[óo]vil)|un (?:sms|mensaje de texto)|al m[óo]vil|a mi m[óo]vil)",
        "email": r"(?:por (?:correo(?: electr[óo]nico)?|e-?mail)|"
        r"un (?:correo(?: electr[óo]nico)?|e-?mail)|a mi correo)",
        "slack": r"(?:por|en) slack",
    },
    dropped=(
        r"olv[íi]d(?:elo|alo|enlo|ese|ate)|d[ée]j(?:elo|alo|enlo)(?: estar)?|"
        r"(?:ya )?no (?:hace falta|es necesario)|(?:he cambiado|cambi[ée]) de (?:opini[óo]n|idea)|"
        r"ya est[áa] (?:resuelto|solucionado|arreglado)"
    ),
    begins=r"hola|ok|vale|no|s[íi]|gracias|bueno|entonces|perd[óo]n|mejor|por favor",
    ends=r"gracias|mejor|por favor|ahora|entonces|a|al|en|mi|n[úu]mero|direcci[óo]n|@",
)

_ALL = (GERMAN, FRENCH, SPANISH)
_IS = r"\s*(?:(?:ist|lautet|est|es)(?: (?:die|le|el))?|:|=)?\s*"
_CLAIMS = tuple(
    (
        re.compile(before + _IS + _QUOTE, re.I) if before else None,
        re.compile(rf"\A[\"')>]?,?\s*{after}", re.I) if after else None,
        re.compile(one.denied, re.I),
    )
    for one in _ALL
    for before, after in one.claims
)
_MOVES = tuple(
    (
        kind,
        re.compile(
            rf"(?:\A|[.!?\n])[\W¿¡]*(?:(?:{one.begins})[\s,.!]+)*"
            rf"(?:{'|'.join(one.moves).replace('PLACE', place)})"
            rf"(?:[\s,]+(?:{one.ends}))*\W*\Z",
            re.I,
        ),
    )
    for one in _ALL
    for kind, place in one.places.items()
)
_DROPPED = tuple(
    re.compile(
        rf"\W*(?:(?:{one.begins})[\s,.!]+)*(?:{one.dropped})(?:[\s,.!]+(?:{one.ends}))*\W*", re.I
    )
    for one in _ALL
)


def claims(before: str, after: str) -> bool:
    """Whether what stands before and after an address claims it as the writer's, too."""
    for opening, closing, denied in _CLAIMS:
        found = None if opening is None else opening.search(before)
        if opening is not None and found is None:
            continue
        if closing is not None and closing.match(after) is None:
            continue
        said = before if found is None else before[max(0, found.start() - 12) : found.end()]
        if denied.search(said) is None:
            return True
    return False


def wished_place(text: str) -> str | None:
    """The kind of handle at which a text, its addresses written as @, wishes to go on."""
    return next((kind for kind, pattern in _MOVES if pattern.search(text)), None)


def is_dropped(text: str) -> bool:
    """Whether a text says no more than to let the matter be."""
    return any(pattern.fullmatch(text) for pattern in _DROPPED)
