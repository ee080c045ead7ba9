"""Words of several languages that recall knows: which tell nothing, and which tell a time.

Lists, and how accents are left out: what is done with them stands in `memory.recall.terms`. They
are used together, whatever language a customer writes, so none has a word that often means
something in another language.
"""

from __future__ import annotations

import re
import unicodedata

_ACCENT = re.compile("[\u0300-\u036f]")

_STOP_ENGLISH = """
    a about after against all also am an and any anyone are as at be because been before being
    between both but by bye can could d did do does doing don done during every for from get gets
    getting go got had has have having he hello her here hers hey hi him his how i if in into is
    isn it its just know let like ll m many may me might more most much my myself no not now of off
    ok okay on one only or other our out over please re really s said say she should so some still
    such sure t tell than thank thanks that the their them then there these they thing this those
    through to too under up us ve very was way we well were what when where which while who whom
    why will with would wow yeah yes yet you your yours
"""

# Not "die", "hat", "man", "war" and "will": English words that tell something.
_STOP_GERMAN = """
    aber als auch auf aus bei beim bin bis bitte da danke dann das dass dein deine dem den denn der
    des dich dir doch du durch ein eine einem einen einer eines er es etwas euch für gern gerne gibt
    hab habe haben hallo hatte hatten ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im ins ist ja
    kann kein keine keinen können mal mehr mein meine meinem meinen meiner mich mir mit muss müssen
    nach nein nicht noch nochmal nun nur ob oder schon sehr sein seine sich sie sind soll sollte
    sollten um und uns unser unsere unserem unseren vielen vom von vor wann warum wegen welche
    welchem welchen welcher welches wenn wer werden wie wieder wir wird wo wofür wohin worum wurde
    würde zu zum zur über
"""
# Not "car", "or", "pour", "sans", "son" and "ton", for the same reason.
_STOP_FRENCH = """
    ai au aussi aux avait avec avez avons bien bonjour c ce cela ces cet cette chez combien comme
    comment d dans de des dois du déjà elle elles en est et eu il ils j je l la le les leur lui ma
    mais me merci mes moi mon n ne nos notre nous ont où par pas peut peux pourquoi qu quand que
    quel quelle quelles quels qui quoi sa se ses si sont sur svp ta te tes toi tu un une vos votre
    vous y à ça était été être
"""
# Not "con", "era", "hay", "he" and "son".
_STOP_SPANISH = """
    al algo como cómo cuando cuándo cual cuál cuánto cuántos de del desde donde dónde el ella ellos
    en es esa ese eso esta estaba este esto está están fue gracias ha había han hola la las le
    les lo los me mi mis muy más nos para pero por porque que quien quién qué se ser si sin sobre su
    sus sí también te tengo tiene tu un una uno usted ustedes y ya yo
"""


def unaccented(word: str) -> str:
    """A word of Latin letters without accents, as it is typed in a hurry."""
    if word.isascii():
        return word
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", word)))


# German words keep their dots: "für" would be the English "fur".
STOP_WORDS = frozenset(
    f"{_STOP_ENGLISH} {_STOP_GERMAN} {_STOP_FRENCH} {_STOP_SPANISH} "
    f"{unaccented(_STOP_FRENCH)} {unaccented(_STOP_SPANISH)}".split()
)
"""Words that do not tell one message from another."""

_IRREGULAR = """
    be: been being was were; become: became; begin: began begun; break: broke broken;
    bring: brought; build: built; buy: bought; catch: caught; child: children; choose: chose chosen;
    come: came; cost: costs; cut: cuts; dad: father daddy papa; deal: dealt; do: did done does;
    draw: drew drawn; drink: drank drunk; drive: drove driven; eat: ate eaten; fall: fell fallen;
    feel: felt; fight: fought; find: found; fly: flew flown; foot: feet; forget: forgot forgotten;
    get: got gotten; give: gave given; go: went gone goes; grow: grew grown; hang: hung;
    hear: heard; hide: hid hidden; hold: held; keep: kept; kid: kids; know: knew known; lead: led;
    learn: learnt; leave: left; lend: lent; lose: lost; make: made; man: men; mean: meant;
    meet: met;
    mom: mother mum mama mommy; mouse: mice; pay: paid; person: people; phone: telephone cellphone;
    photo: photograph picture pic; ride: rode ridden; ring: rang rung; rise: rose risen; run: ran;
    see: saw seen; sell: sold; send: sent; shake: shook; shine: shone; shoot: shot; show: shown;
    sing: sang sung; sit: sat; sleep: slept; speak: spoke spoken; spend: spent; stand: stood;
    steal: stole stolen; stick: stuck; swim: swam swum; take: took taken; teach: taught;
    tear: tore torn; tell: told; think: thought; throw: threw thrown; tooth: teeth;
    try: tried tries; tv: television telly; understand: understood; wake: woke woken;
    wear: wore worn; wife: wives; win: won; woman: women; write: wrote written
"""
IRREGULAR: dict[str, str] = {
    form: word.strip()
    for entry in _IRREGULAR.split(";")
    for word, _, forms in [entry.partition(":")]
    for form in forms.split()
}
"""Forms that no stemmer brings together -> the word they belong to."""

MONTHS: dict[str, int] = {
    written: number
    for year in (
        "january february march april may june july august september october november december",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for number, name in enumerate(year.split(), 1)
    for written in (name, unaccented(name))
}
"""The name of a month -> its number."""

NOT_ALWAYS_MONTHS = ("march", "mars", "may", "mayo")
"""Months that are something else too, and are only believed where a month can stand."""

WEEKDAYS: dict[str, int] = {
    name: number
    for week in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lunes martes miércoles jueves viernes sábado domingo",
    )
    for number, name in enumerate(week.split())
}
"""The name of a weekday -> its number, Monday 0."""

YESTERDAY = frozenset(("yesterday", "gestern", "ayer"))
"""Not the French "hier", which is the German for "here"."""
LAST_WEEK = ("last week", "letzte woche", "letzter woche", "semaine dernière", "semana pasada")
LAST_MONTH = ("last month", "letzten monat", "mois dernier", "mes pasado")
PERIODS = YESTERDAY.union(
    WEEKDAYS, (one for two in (*LAST_WEEK, *LAST_MONTH) for one in two.split())
)
"""Every word that a period seen from now is named by, but for the names of months."""

CHANNELS = {
    word: channel
    for channel, spoken in (
        ("email", "email emails emailed mail mails mailed courriel courriels correo"),
        ("sms", "sms text texts texted texto textos"),
        ("chat", "chat chats chatted"),
        ("slack", "slack"),
    )
    for word in spoken.split()
}
"""What people call a channel -> its name."""

ASKING = frozenset(
    """
    who what when where why how which whose do does did is are was were can could would will have
    has should
    wer wann wo wohin warum wie welche welchem welchen welcher welches kann können muss
    qui quand où comment pourquoi quel quelle quels quelles combien
    quién qué cuándo dónde cómo cuál cuánto
    """.split()
)
"""What begins with one of these asks something, whether it has a question mark or not."""

ASKING_TIME = frozenset(("when", "wann", "quand", "cuándo"))
ASKING_HOW = frozenset(("how", "wie", "combien", "cuánto"))

TELLING_TIME = frozenset(
    """
    yesterday today tonight tomorrow last next ago week weekend month year morning
    gestern heute morgen letzte letzten nächste nächsten woche monat jahr
    aujourd demain semaine mois hoy mañana ayer semana
    """.split()
).union(MONTHS, WEEKDAYS)
"""What has one of these, or a digit, says when something is."""
