"""What a short message is in a conversation: a yes, a no, a question, small talk, a change of mind.

Word lists and one function per question asked of them. It knows no playbook, no slot and no case.
"""

from __future__ import annotations

import re
from functools import lru_cache

from core.pipeline.reading import phrases_abroad as abroad
from core.pipeline.reading.human_wish import asks_for_human
from core.pipeline.reading.tongues import is_dropped

_FILL = (
    r"(?:\s*[,.!]*\s*(?:please|thanks|thank you|sir|madam|that'?s (?:right|correct|fine)|it is|"
    r"i do|i am|i did|i have|sure|of course|correct))*"
)
_YES = re.compile(
    r"\W*(?:y|ye+s+|yeah?|yep|yup|ya|sure(?: thing)?|of course|correct|right|exactly|absolutely|"
    r"certainly|definitely|indeed|ok|okay|k|that'?s (?:right|correct|it|the one)|it is|i do|i did|"
    r"i have|i am|affirmative|true|please do|go ahead|sounds good|confirmed)"
    rf"{_FILL}\W*",
    re.I,
)
_NO = re.compile(
    r"\W*(?:n|no+|nope|nah|not really|not yet|never|negative|false|wrong|incorrect|"
    r"(?:no,? )?i (?:don'?t|do not|didn'?t|did not|haven'?t|have not|am not)|i'?m not|it isn'?t|"
    r"it'?s not|it is not|that'?s (?:wrong|not (?:it|right|correct)))"
    r"(?:\s*[,.!]*\s*(?:please|thanks|thank you|sir|i don'?t|it isn'?t|it is not|it'?s not|"
    r"another(?: one)?|a different one))*\W*",
    re.I,
)
_YES_START = re.compile(r"\W*(?:yes|yeah|yep|yup|sure|correct|of course|i do\b|i did\b)\b", re.I)
_NO_START = re.compile(
    r"\W*(?:no|nope|nah|not|i (?:don'?t|do not|haven'?t|have not|didn'?t))\b", re.I
)
_ASKS = re.compile(
    r"\W*(?:(?:and|but|so|ok(?:ay)?|hi|hello|hey|sorry|um+|well)[ ,]+)*"
    r"(?:what|what'?s|where|where'?s|when|who|whom|whose|why|which|how|can|could|would|will|do|does|did|is|are|"
    r"am i|should|shall|may i|have you|has)\b\s+(?!(?<=will )do\b)\w",
    re.I,
)
_CHAT = re.compile(
    r"\W*(?:hi+|hello+|hey+|hai|hiya|good (?:morning|afternoon|evening|day)|greetings|there|"
    r"thanks?(?: you)?(?: (?:so|very) much| a lot)?|thx|ty|cheers|bye|goodbye|good bye|see you|"
    r"welcome|you'?re welcome|great|perfect|cool|nice|awesome|wow|hmm+|oh|lol|wait|super|superb|"
    r"excellent|wonderful|fantastic|i see|i understand|no (?:problem|worries)|take your time|"
    r"sounds good|have a (?:nice|good|great|lovely|wonderful) (?:day|one|evening|night|weekend)|"
    r"one (?:moment|second|sec)|"
    r"just a (?:moment|second|sec)|hold on|hang on|let me (?:check|see|look)|sorry|please|\W)+\W*",
    re.I,
)
_WAITS = re.compile(
    r"\W*(?:(?:ok(?:ay)?|sure|thanks|thank you|wait|yes)[ ,.!]+)*"
    r"(?:i(?:'ll| will|'m| am)? (?:wait|waiting|hold|check|look|be (?:here|back|waiting))|"
    r"let me (?:check|see|look|find|think)|give me a (?:minute|moment|second))\b[^?]{0,40}",
    re.I,
)
_CLOSES = re.compile(
    r"\b(?:(?:good ?)?bye|have a (?:nice|good|great|lovely|wonderful) "
    r"(?:day|one|evening|night|weekend)|nothing else|nothing more|all set|"
    r"that(?:'?s| is| will be|'ll be| would be) (?:all|everything|it)(?: for (?:now|today))?|"
    r"(?:i(?:'m| am)|we(?:'re| are)) (?:done|finished))(?!\w)"
)
_BYE = re.compile(r"\b(?:(?:good ?)?bye|see you|have a (?:nice|good|great) )")
_THANKS = re.compile(
    r"\W*(?:(?:ok(?:ay)?|great|perfect|wow|cool|yes|no|nothing|alright|super|oh?|well|good|and)"
    r"[ ,.!]+)*(?:many )?(?:thank ?(?:you|u|s)|thanks|thx|cheers)\b",
    re.I,
)
_WANTS = (
    r"(?:can|could|would|will) (?:you|they)|i(?:'d| would) (?:\w+ )?(?:like|love|want)|"
    r"i (?:\w+ )?(?:want|need)|i'm looking|i am looking|let'?s|help me|how about|what about"
)
_REQUEST = re.compile(rf"\b(?:{_WANTS})\b")
_WISH = re.compile(rf"\b(?:{_WANTS}|(?:can|could|would|will) (?:i|we)|please)\b")
_LEAVE = re.compile(r"\b(?:can|could|may|might|should|shall|would|will) (?:i|we)\b")
_PLEASE = re.compile(r"\bplease\b")
_HELP = re.compile(
    r"\W*(?:(?:hi|hello|hey|please|i|we|need|want|would|like|your|some|can|could|you|me|a|bit|of)"
    r"\W+)*help(?:\W+(?:me|us|please|fast|now|out|quickly|urgently|with|something|this|that|it))*\W*",
    re.I,
)
_CANCEL = re.compile(
    r"\W*(?:(?:oh|no|ok|okay|actually|sorry|please|well)[ ,]+)*"
    r"(?:never ?mind|forget (?:it|about it|that)|cancel that|stop (?:it|that|this)|leave it|"
    r"drop it|scratch that|nothing,? (?:forget it|never mind)|i changed my mind|don'?t bother|"
    r"no need(?: any ?more)?|it'?s (?:solved|fixed|resolved))\b.{0,40}",
    re.I | re.S,
)
_ANSWERER = (
    r"(?:(?:just|only|really|actually|even) )?(?:an? )?(?:(?:real|live|actual) )?"
    r"(?:(?:chat ?)?bot|robot|machine|computer|program|ai|automated|human(?: being)?|person|"
    r"real|(?:someone|somebody) real)(?=\W*\Z|\s*[?.!,;\n]|\s+(?:or|right|there|then)\b)"
)
_WHO_ANSWERS = re.compile(
    rf"\b(?:(?:are|r) (?:you|u) {_ANSWERER}|is (?:this|that|it) {_ANSWERER}|"
    rf"am i (?:talking|speaking|chatting|writing|texting) (?:to|with) {_ANSWERER}|"
    rf"you(?:'re| are) {_ANSWERER}[^.!?]*\?|"
    r"who (?:am i|are we) (?:talking|speaking|chatting|writing|texting) (?:to|with)\b|"
    r"(?:who|what) are you(?=\W*\Z)|who is (?:this|that)(?=\W*\Z))"
    r"(?:,? (?:or [^?.!\n]*|right|there|then))?",
    re.I,
)
_NOT_KNOWN = re.compile(
    r"\W*(?:(?:oh|um+|well|unfortunately|but|that|"
    r"(?:i'?m |i am |i )?(?:so |very )?(?:sorry|afraid|apologi[sz]e))[ ,.]+)*"
    r"(?:i (?:don'?t|do not|cannot|can'?t|can not) "
    r"(?:know|have|remember|recall|find|see)|"
    r"no idea|not sure|i forgot|i(?:'ve| have) (?:lost|forgotten)|i'?m not sure|idk|dunno|"
    r"none|i haven'?t got|(?:no,? )?(?:not that i (?:can think of|know)|"
    r"nothing (?:special|i can)))\b",
    re.I,
)
_NEGATIVE = re.compile(
    r"\b(?:ridiculous|unacceptable|terrible|awful|horrible|disgusting|furious|angry|outrageous|"
    r"frustrat(?:ed|ing)|useless|worst|pathetic|incompetent|rubbish|garbage|scam|joke|fed up|"
    r"sick of|waste of (?:my )?time|had enough|stupid|idiots?|bullshit|wtf|damn|hate|"
    r"annoy(?:ed|ing|s)|upset|disappointed|not helpful|unhelpful|makes no sense)\b"
)
_THANKED = re.compile(r"\bthank|\bthx|\bdank|\bmerci\b|\bgracias\b")
_remembered = lru_cache(maxsize=256)
# Several stages ask the same of the same few messages.

_MORE = 80
_SHOUT = 20
_COURTESY = 160


def yes_or_no(text: str) -> bool | None:
    """Whether a whole message is a yes (True) or a no (False), and nothing else."""
    if len(text) > _MORE:
        return None
    if _NO.fullmatch(text) or abroad.NO.fullmatch(text):
        return False
    return True if _YES.fullmatch(text) or abroad.YES.fullmatch(text) else None


@_remembered
def leaning(text: str) -> bool | None:
    """Whether a message begins as a yes or as a no, whatever follows."""
    whole = yes_or_no(text)
    if whole is not None:
        return whole
    if _NO_START.match(text) or abroad.NO_START.match(text):
        return False
    return True if _YES_START.match(text) or abroad.YES_START.match(text) else None


@_remembered
def refuses(text: str) -> bool:
    """Whether a message is a no to what was just asked; who lacks something says no to nothing."""
    if yes_or_no(text) is not None:
        return yes_or_no(text) is False
    return leaning(text) is False and not does_not_know(text) and not is_question(text)


@_remembered
def is_question(text: str) -> bool:
    """Whether a message asks for something instead of telling it."""
    if text.rstrip().endswith("?") or _ASKS.match(text) is not None:
        return True
    return abroad.ASKS.match(text) is not None


@_remembered
def is_chat(text: str) -> bool:
    """Whether a message is only a greeting, thanks, goodbye or a "hold on"."""
    if len(text) > _MORE:
        return False
    return (_CHAT.fullmatch(text) or abroad.CHAT.fullmatch(text)) is not None


@_remembered
def is_waiting(text: str) -> bool:
    """Whether the customer only asks for time ("wait, I will check")."""
    if len(text) > _MORE:
        return False
    return (_WAITS.fullmatch(text) or abroad.WAITS.fullmatch(text)) is not None


@_remembered
def is_wish(text: str) -> bool:
    """Whether a message says what is wanted, be it as a question ("can you send towels?")."""
    plain = _plain(text)
    if _WISH.search(plain) or abroad.WANTS.search(plain) or abroad.MAY.search(plain):
        return True
    return abroad.PLEASE.search(plain) is not None


@_remembered
def is_request(text: str) -> bool:
    """Whether a message wants something done ("can you send towels?").

    Whether customers may do something themselves ("can I send a photo?") is only a question.
    """
    plain = _plain(text)
    if _REQUEST.search(plain) or abroad.WANTS.search(plain):
        return True
    if _LEAVE.search(plain) or abroad.MAY.search(plain):
        return False
    return (_PLEASE.search(plain) or abroad.PLEASE.search(plain)) is not None


@_remembered
def asks_for_help(text: str) -> bool:
    """Whether a message asks for help and does not say with what."""
    return (_HELP.fullmatch(text) or abroad.HELP.fullmatch(text)) is not None


@_remembered
def courtesy(text: str) -> str | None:
    """The small talk that ends a talk: "goodbye", "thanks" or "decline"; none if more is wanted."""
    if len(text) > _COURTESY or is_question(text):
        return None
    plain = _plain(text)
    if is_wish(text) or _LEAVE.search(plain):
        return None
    if _closes(plain):
        if _BYE.search(plain) or abroad.BYE.search(plain):
            return "goodbye"
        return "thanks" if _THANKED.search(plain) else "decline"
    return "thanks" if _THANKS.match(text) or abroad.THANKS.match(text) else None


@_remembered
def is_leaving(text: str) -> bool:
    """Whether a courtesy says that nothing more is wanted ("Thanks, that was all")."""
    kind = courtesy(text)
    return kind in ("goodbye", "decline") or (kind is not None and _closes(_plain(text)))


def _closes(plain: str) -> bool:
    return (_CLOSES.search(plain) or abroad.CLOSES.search(plain)) is not None


def _plain(text: str) -> str:
    """A text in small letters, with the apostrophe that is on every keyboard."""
    return text.lower().replace("’", "'")


@_remembered
def is_cancellation(text: str) -> bool:
    """Whether the customer gives up what was going on ("never mind")."""
    return len(text) <= _MORE and (_CANCEL.fullmatch(text) is not None or is_dropped(text))


@_remembered
def asks_who_answers(text: str) -> bool:
    """Whether the customer asks if a machine answers, and does not want a person for it."""
    asks = _WHO_ANSWERS.search(text) or abroad.WHO_ANSWERS.search(text)
    return asks is not None and not asks_for_human(text)


@_remembered
def asks_only_who_answers(text: str) -> bool:
    """Whether nothing else is asked or told along with it but a greeting."""
    if not asks_who_answers(text):
        return False
    rest = abroad.WHO_ANSWERS.sub(" ", _WHO_ANSWERS.sub(" ", text))
    return not any(map(str.isalnum, rest)) or is_chat(rest)


@_remembered
def does_not_know(text: str) -> bool:
    """Whether the customer says they cannot tell what was asked."""
    if len(text) > _MORE:
        return False
    return (_NOT_KNOWN.match(text) or abroad.NOT_KNOWN.match(text)) is not None


@_remembered
def is_negative(text: str) -> bool:
    """Whether a message sounds angry or fed up: its words, or shouting."""
    if _NEGATIVE.search(text.lower()) or abroad.NEGATIVE.search(text):
        return True
    return text.isupper() and sum(map(str.isalpha, text)) >= _SHOUT
