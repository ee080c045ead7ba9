"""What a short message is in a conversation, in German, French and Spanish: beside the English
patterns of `core.pipeline.reading.phrases`, which asks both.

Where a word means another thing in English, it is left out.
"""

from __future__ import annotations

import re

_ON = r"(?:\W+|\Z)"

YES = re.compile(
    r"\W*(?:ja+|jawohl|jo|genau|richtig|stimmt|gerne?|natürlich|klar|na klar|in ordnung|passt|"
    r"einverstanden|(?:das )?(?:stimmt|passt)(?: so)?|(?:bitte )?(?:machen|tun) sie (?:das|es)|"
    r"so (?:ist es|machen wir (?:es|das))|"
    r"oui|ouais|d['’]accord|bien sûr|tout à fait|exact(?:ement)?|volontiers|allez-y|je confirme|"
    r"c['’]est (?:bon|ça|juste|exact|cela)|"
    r"sí|si|claro(?: que sí)?|vale|de acuerdo|correcto|exacto|por supuesto|así es|eso es|adelante|"
    r"(?:lo )?confirmo|hágalo|está bien)"
    r"(?:\s*[,.!]*\s*(?:bitte|gerne?|danke|genau|das (?:stimmt|passt)|(?:machen|tun) sie (?:das|"
    r"es)|"
    r"s['’]il vous pla[îi]t|svp|merci|allez-y|c['’]est (?:bon|ça|exact)|"
    r"por favor|gracias|claro|adelante|hágalo|está bien|es correcto))*\W*",
    re.I,
)
"""A whole message that is a yes."""

NO = re.compile(
    r"\W*(?:nein|nee?|nö|lieber nicht|doch nicht|noch nicht|stimmt nicht|falsch|"
    r"(?:das )?(?:stimmt|passt) (?:so )?nicht|auf keinen fall|"
    r"non|pas encore|pas du tout|surtout pas|c['’]est (?:faux|inexact)|ce n['’]est pas (?:ça|cela)|"
    r"todavía no|aún no|no,? gracias|incorrecto|para nada|mejor no|no es (?:eso|correcto|así))"
    r"(?:\s*[,.!]*\s*(?:bitte|danke|das (?:ist|stimmt|passt) (?:es )?nicht|lieber nicht|"
    r"merci|pas du tout|ce n['’]est pas (?:ça|cela)|gracias|por favor|mejor no))*\W*",
    re.I,
)
"""A whole message that is a no."""

YES_START = re.compile(
    r"\W*(?:ja|jawohl|genau|oui|sí|d['’]accord|bien sûr|vale|claro|por supuesto)\b", re.I
)
NO_START = re.compile(r"\W*(?:nein|nee|nö|non)\b", re.I)

ASKS = re.compile(
    r"\W*(?:(?:und|aber|hallo|guten tag|ach|bonjour|et|mais|hola|buenas|y|pero)[ ,]+)*"
    r"(?:wo|wohin|woher|wann|wer|wem|warum|wieso|weshalb|wie(?:viele?)?|welche[rsmn]?|"
    r"was (?:ist|sind|war|kostet|kosten|macht|muss|kann|soll|passiert|bedeutet|heißt|wird|für)|"
    r"(?:kann|könnte|darf|muss|soll) (?:ich|man)|"
    r"können sie|könnten sie|könnt ihr|gibt es|haben sie|hat|ist es|sind|"
    r"où|quand|comment|combien|pourquoi|quel(?:le)?s?|est-ce|qu['’]est-ce|puis-je|pouvez-vous|"
    r"pourriez-vous|avez-vous|y a-t-il|peut-on|"
    r"qué|cuándo|cómo|dónde|adónde|cuánt[oa]s?|cuál(?:es)?|quién|por qué|puedo|puede|pueden|"
    r"podrían?|tienen|hay)\b\s+\w",
    re.I,
)
"""How a question begins."""

CHAT = re.compile(
    r"\W*(?:(?:bitte|s['’]il vous pla[îi]t|svp|por favor|"
    r"hallo|moin|servus|gr(?:ü|ue)(?:ß|ss) gott|guten (?:tag|morgen|abend)|(?:vielen |"
    r"herzlichen )?"
    r"dank|danke(?: (?:schön|sehr|vielmals|ihnen))*|tsch(?:ü|ue)(?:ß|ss)|auf wiedersehen|bis bald|"
    r"super|prima|toll|"
    r"perfekt|sehr (?:gut|nett)|(?:einen? )?(?:moment|augenblick)(?: bitte)?|alles klar|"
    r"bonjour|bonsoir|salut|merci(?: (?:beaucoup|bien|à vous))*|au revoir|à bientôt|parfait|"
    r"bonne (?:journée|soirée)|un (?:instant|moment)|une (?:seconde|minute)|très bien|"
    r"hola|buen(?:os|as)(?: (?:días|tardes|noches))?|(?:muchas |mil )?gracias|adiós|"
    r"hasta (?:luego|pronto)|perfecto|genial|un (?:momento|segundo)|muy bien|muy amable)"
    + _ON
    + r")+",
    re.I,
)
"""A whole message that is a greeting, thanks, goodbye or a "hold on"."""

WAITS = re.compile(
    r"\W*(?:(?:ok(?:ay)?|ja|gut|oui|bien|sí|vale)[ ,.!]+)*"
    r"(?:ich (?:schaue|sehe|suche|gucke|prüfe)\b(?: (?:es|das|mal|kurz|gleich|eben))*(?: nach)?|"
    r"(?:bitte )?warten sie|je (?:regarde|vérifie|cherche|vais (?:regarder|vérifier|chercher))|"
    r"attendez|(?:espere|espera)|d[ée]j[ae]me (?:ver|mirar|buscar)|(?:lo |voy a )(?:miro|mirar|"
    r"busco|buscar))"
    r"\b[^?]{0,40}",
    re.I,
)
"""A whole message that asks for time alone."""

CLOSES = re.compile(
    r"\b(?:das (?:war|ist|wäre|war's|wär's)(?: auch| dann| schon| erst mal)* alles|das war's|"
    r"(?:sonst )?nichts (?:weiter|mehr)|mehr brauche ich nicht|auf wiedersehen|tsch(?:ü|ue)(?:ß|"
    r"ss)|"
    r"(?:einen )?schönen (?:tag|abend)(?: noch)?|"
    r"c'est tout|ce sera tout|rien d'autre|au revoir|bonne (?:journée|soirée)|"
    r"(?:eso |esto )?(?:es|era|sería) todo|nada más|adiós|hasta luego|"
    r"que tenga (?:un )?buen día)(?!\w)"
)
"""What ends a talk, in small letters."""

BYE = re.compile(
    r"\b(?:auf wiedersehen|tsch(?:ü|ue)(?:ß|ss)|schönen (?:tag|abend)|au revoir|"
    r"bonne (?:journée|soirée)|adiós|hasta luego|buen día)(?!\w)"
)

THANKS = re.compile(
    r"\W*(?:(?:ok(?:ay)?|gut|super|prima|perfekt|alles klar|ja|nein|sehr gut|ah|oh|"
    r"bien|très bien|parfait|d['’]accord|oui|non|vale|perfecto|genial|muy bien|sí|no)[ ,.!]+)*"
    r"(?:(?:vielen |herzlichen |besten |tausend )?dank(?:e|eschön)?|(?:un grand |mille )?mercis?|"
    r"(?:muchas |muchísimas |mil )?gracias)\b",
    re.I,
)

WANTS = re.compile(
    r"\b(?:(?:können|könnten|würden) sie|(?:kannst|könntest) du|"
    r"ich (?:möchte|will|wollte|brauche|benötige|suche|würde gern\w*|hätte gern\w*)|helfen sie mir|"
    r"(?:pouvez|pourriez)-vous|vous (?:pouvez|pourriez)|"
    r"je (?:voudrais|veux|souhaite(?:rais)?|cherche)|j'(?:aimerais|ai besoin)|"
    r"il me faut(?:drait)?|aidez-moi|"
    r"(?:me |nos )?(?:puede|puedes|podría|podrías)|"
    r"quiero|quisiera|querría|necesito|me gustaría|busco|ay[úu]d[ae]n?me)\b"
)
"""What is wanted to be done, in small letters."""

MAY = re.compile(
    r"\b(?:(?:kann|könnte|darf|soll) (?:ich|man)|(?:puis|pourrais)-je|est-ce que je peux|peut-on|"
    r"puedo|se puede)\b"
)
"""A question for leave, in small letters."""

PLEASE = re.compile(r"\bbitte\b|\bs'il (?:vous|te) pla[îi]t\b|\bsvp\b|\bpor favor\b")

HELP = re.compile(
    r"\W*(?:(?:hallo|guten tag|bonjour|hola|buenas|bitte)[ ,.!]+)*(?:"
    r"(?:ich (?:brauche|benötige) )?(?:bitte )?(?:ihre )?hilfe|(?:können|"
    r"könnten) sie mir (?:bitte )?(?:dabei |damit )?helfen|"
    r"helfen sie mir|(?:j['’]ai besoin )?(?:d['’]|de l['’])?aide|(?:pouvez|"
    r"pourriez)-vous m['’]aider|"
    r"aidez-moi|(?:necesito )?ayuda|(?:me puede|puede) ayudar(?:me)?|ay[úu]d[ae]n?me)"
    r"(?:[ ,]+(?:bitte|s['’]il vous pla[îi]t|svp|por favor|avec (?:ça|cela)|con (?:eso|esto)))*\W*",
    re.I,
)
"""A whole message that asks for help and does not say with what."""

NOT_KNOWN = re.compile(
    r"\W*(?:(?:oh|ach|hm+|leider|(?:es )?tut mir leid|entschuldigung|désolée?|pardon|"
    r"malheureusement|"
    r"lo siento|perdón?|perdone|por desgracia|pues|aber|mais|pero)[ ,.]+)*"
    r"(?:(?:das|die|den|es) (?:weiß|habe|finde) ich (?:leider |gerade |im moment )*nicht|"
    r"(?:weiß|habe|finde) ich (?:leider |gerade )*nicht|"
    r"ich (?:weiß|habe|finde|kenne)(?: \w+){0,3}? nicht|ich (?:habe|finde) keine\w*|keine ahnung|"
    r"(?:hab|habe)? ?(?:ich )?vergessen|ich (?:habe|hab) (?:sie|es|ihn|das|die \w+) (?:vergessen|"
    r"verloren)|"
    r"je (?:ne )?(?:le |la |les |l['’])?(?:sais|trouve|retrouve|connais|ai) (?:pas|plus)|"
    r"je n(?:e l)?['’]ai (?:pas|plus)|j['’]ai (?:oublié|perdu)|aucune idée|"
    r"je l['’]ai (?:oubliée?|perdue?)|je ne m['’]en souviens (?:pas|plus)|"
    r"no (?:(?:lo|la) )?(?:sé|se|tengo|recuerdo|encuentro|conozco)|no me acuerdo|ni idea|"
    r"(?:lo|la) (?:he )?(?:olvidado|perdido|olvidé|perdí))(?!\w)",
    re.I,
)
"""How somebody begins who cannot tell what was asked."""

_MACHINE = (
    r"(?:(?:echte[nr]?|richtige[nr]?|vraie?|verdader[oa]) )?(?:(?:chat-?)?bot|roboter|computer|"
    r"maschine|"
    r"programm|mensch(?:en)?|person|robot|machine|programme|humaine?|personne|máquina|programa|"
    r"humano|persona)(?: (?:real|humaine?|réelle))?\b"
)
WHO_ANSWERS = re.compile(
    rf"\b(?:(?:sind sie|bist du|ist das)(?: hier)? (?:ein|eine) {_MACHINE}|"
    rf"(?:spreche|schreibe|rede|chatte) ich (?:hier )?(?:mit|an) (?:einem|einer) {_MACHINE}|"
    rf"(?:êtes-vous|es-tu|est-ce|vous êtes) une? {_MACHINE}|"
    rf"je (?:parle|discute) (?:à|avec) une? {_MACHINE}[^.!?]*\?|"
    rf"(?:es|eres)(?: usted)? (?:un|una) {_MACHINE}[^.!?]*\?|"
    rf"(?:hablo|estoy hablando|chateo) con (?:un|una) {_MACHINE}[^.!?]*\?)"
    r"(?:,? (?:oder|ou|o) [^?.!\n]*)?",
    re.I,
)
"""The question what answers here."""

_NAMED = re.compile(
    ""
    "mensch|mitarbeiter|berater|ansprechpartner|kolleg|person|verbinden|jemand|humain|conseill|agent"
    "|responsable|hablar|humano|operador"
)
"""What must be there at all: a cheap look, since most messages have none of it."""

_HUMAN = re.compile(
    r"\bmit (?:(?:einem|einer|dem|der|ihrem|ihrer) )?(?:\w+ )?"
    r"(?:menschen|person|mitarbeiter(?:in)?|berater(?:in)?|kolleg(?:en|in))\b[^.?!]{0,20}"
    r"\b(?:sprechen|reden|schreiben|verbinden|chatten)\b|"
    r"\b(?:möchte|will|brauche|bitte|gern|geben sie mir) "
    r"(?:einen? )?(?:echten? |richtigen? )?(?:menschen|mitarbeiter(?:in)?|ansprechpartner)\b|"
    r"\bverbinden sie mich\b|\bkann mich (?:bitte )?jemand anrufen\b|"
    r"\b(?:parler|discuter|[ée]changer) (?:à|avec) (?:une?|votre) (?:vraie? )?"
    r"(?:personne|humain|conseill\w+|agent|responsable)\b|"
    r"\b(?:je (?:veux|voudrais)|donnez-moi|passez-moi) (?:une?|votre) (?:vraie? )?"
    r"(?:personne|humain|conseill\w+|agent|responsable)\b|"
    r"\bhablar con (?:una?|algún|alguna|el|su) (?:\w+ )?"
    r"(?:persona|agente|humano|encargad[oa]|responsable|operador[a]?|emplead[oa])\b|"
    r"\bhablar con alguien\b|\b(?:quiero|necesito|páseme con|póngame con) una? "
    r"(?:persona|agente|humano|operador[a]?)\b",
    re.I,
)
_REFUSED = re.compile(r"\b(?:nicht|kein\w*|ohne|pas|jamais|sans|no|nunca|sin)\b", re.I)
_CLAUSE = re.compile(r"[.?!;,\n]")


def asks_for_person(text: str) -> bool:
    """Whether the customer wants a person; who says that they do not is not taken for it."""
    lowered = text.lower()
    if _NAMED.search(lowered) is None:
        return False
    for clause in _CLAUSE.split(lowered):
        found = _HUMAN.search(clause)
        if found is not None and _REFUSED.search(clause[: found.end()]) is None:
            return True
    return False


NEGATIVE = re.compile(
    r"\b(?:unverschämt\w*|frechheit|lächerlich|wütend|stinksauer|schrecklich|katastroph\w*|"
    r"unmöglich von|saftladen|betrug|verarsch\w*|reicht mir|inacceptable|scandaleu\w*|furieu\w*|"
    r"ridicule|arnaque|honteux|n['’]importe quoi|en ai marre|ras le bol|inaceptable|indignad\w*|"
    r"furios\w*|vergonzos\w*|vergüenza|ridículo|estafa|harto de|harta de|una basura)\b",
    re.I,
)
"""Anger."""
