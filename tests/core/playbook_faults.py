"""A small playbook in good order, and what each change of it makes wrong."""

from __future__ import annotations

from collections.abc import Iterator

Files = dict[str, str]
Row = tuple[str, str, str, str]

GOOD: Files = {
    "playbook.toml": """
name = "bakery"
business = "The Bakery"
timezone = "Europe/Paris"
hours = { mon = ["07:00-12:00", "14:00-18:00"], sat = ["20:00-02:00"] }
holidays = [2026-12-25]
protected_patterns = ['BK\\d{8}']
[settings]
fallback_limit = 4
""",
    "intents.toml": """
[order_status]
flow = "order_status"
examples = ["where is my cake", "is it ready", "order 12 please"]
[hello]
title = "a greeting"
small_talk = true
answer = "greeting"
examples = ["hello", "hi", "good morning"]
""",
    "slots.toml": """
[number]
kind = "order"
label = "order number"
patterns = ['\\b\\d{2}\\b']
remember = true
ask = "Which number, please?"
offer = ["Is it {value}?"]
[street]
kind = "text"
guest_only = true
ask = ["Which street?"]
""",
    "flows.toml": """
[order_status]
slots = ["number", "street"]
look_up = "cakes"
found = ["Cake {number} is {state}."]
missing = ["There is no cake {number}."]
""",
    "answers.toml": 'greeting = ["Bonjour!"]\nbig = ["A person decides."]\n',
    "rules.toml": """
[[rule]]
id = "big"
priority = 5
when = { any = [ { amount_gt = 100 }, { intent = "order_status", "slot.number" = "13" } ] }
then = { escalate = true, say = "big", urgency = "high" }
""",
    "tables.toml": """
[cakes]
key = ["number"]
show = ["state"]
owner = { phone = "phone" }
verify = ["street"]
""",
    "tables/cakes.csv": 'number,phone,street,state\n12,+33,"Rue A, 1",in the oven\n\n13,,,done\n',
    "articles/bread.md": '+++\ntitle = "Bread"\nurl = "https://bakery.example/bread"\n'
    'keywords = ["flour"]\nintents = ["order_status"]\n+++\n\nWe bake at 5:00.\n',
}

_FAULTS = r"""
playbook.toml | name = "bakery" -> name = bakery
line 2, column 8: is not valid TOML: what stands here is no text, number or list
Put texts into straight quotes, "like this"; curly ones do not count

playbook.toml | business = -> busines =
busines: there is no such key
Did you mean business?

playbook.toml | Europe/Paris -> Europe/Pariss
timezone: there is no time zone 'Europe/Pariss'
Write one like Europe/London

playbook.toml | 07:00-12:00 -> 7-12
hours.mon: '7-12' is no span of time
Write it like "09:00-17:30"

playbook.toml | 14:00-18:00 -> 11:00-18:00
hours.mon: '11:00-18:00' begins before the span before it ends
Write them in order

playbook.toml | sat = -> saturday =
hours.saturday: there is no such key
Did you mean sat?

playbook.toml | [2026-12-25] -> ["Christmas"]
holidays: is not a list of days
Write days like [2026-12-25], unquoted

playbook.toml | fallback_limit = 4 -> fallback_limit = 400
settings.fallback_limit: is out of range
Write a number from 0 to 20

playbook.toml | fallback_limit = 4 -> article_threshold = 0.4<newline>point_threshold = 0.6
settings.point_threshold: is above article_threshold
Write a number up to 0.4

playbook.toml | BK\d{8} -> (\d+)+
protected_patterns: '(\\d+)+' has a repeat inside of a repeat
Write it without a repeat inside of a repeat, as [a-z ]+

playbook.toml | BK\d{8} -> BK(
protected_patterns: 'BK(' is no regular expression: missing ), unterminated subpattern
Mend it; in single quotes a backslash needs no doubling

playbook.toml | [settings] -> [limits]<newline>domains = ["https://bakery.example"]<newline>[settings]
limits.domains: 'https://bakery.example' is no domain
Write the bare name, such as shop.example; what is below it is allowed too

playbook.toml | [settings] -> [limits]<newline>hand_over = ["promis"]<newline>[settings]
limits.hand_over: there is no rule 'promis'
Did you mean promise?

playbook.toml | [settings] -> [limits]<newline>length = { sms = 20 }<newline>[settings]
limits.length.sms: is too short
Write at least 70 characters: one sentence needs them

playbook.toml | [settings] -> [limits]<newline>quiet = { sms = ["nine"] }<newline>[settings]
limits.quiet.sms: 'nine' is no span of time
Write it like "09:00-17:30"

playbook.toml | [settings] -> [limits]<newline>amount = -1<newline>[settings]
limits.amount: is below 0
Write a sum of money, or 0 for none

playbook.toml | [settings] -> [[modes]]<newline>mode = "lose"<newline>[settings]
modes[1].mode: there is no mode 'lose'
The modes are free, guided, strict

playbook.toml | [settings] -> [[modes]]<newline>mode = "free"<newline>intents = "order_statu"<newline>[settings]
modes[1].intents: there is no intent 'order_statu'
Did you mean order_status?

playbook.toml | [settings] -> [[modes]]<newline>mode = "free"<newline>level = 7<newline>[settings]
modes[1].level: is no level
Write a number from 0 (none) to 4 (logged in)

intents.toml | flow = "order_status" -> flow = "order_statu"
order_status.flow: there is no flow 'order_statu'
Did you mean order_status?

intents.toml | "hello", "hi",  -> <nothing>
hello.examples: has 1 of the 3 examples it needs
Write more ways to say it; 10 or more make a good start

intents.toml | "is it ready" -> "Hello!"
hello.examples: 'hello' is an example of order_status too
Keep it in one of the two

intents.toml | "hi" -> "HELLO"
hello.examples: has 'HELLO' twice
Keep one of them

intents.toml | title = "a greeting" -> title = "help"
hello.title: offers 'help' as an answer, which is a command to phone companies
Offer another word: one that answers it by SMS would be cut off or get an automatic reply

playbook.toml | [settings] -> region = "UK" # [settings]
region: there are no phone numbers of 'UK'
Write two capital letters of ISO 3166-1, such as "GB"

slots.toml | guest_only = true -> needs = 5
street.needs: is no level
Write a number from 0 (none) to 4 (logged in)

slots.toml | kind = "order" -> kind = "ordr"
number.kind: there is no kind 'ordr'
Did you mean order?

slots.toml | patterns = -> in_wish = true<newline>patterns =
number.in_wish: is for a text alone
Leave it out, or write kind = "text"

slots.toml | ask = ["Which street?"] -> <nothing>
street.ask: is missing
Add it

slots.toml | Is it {value}? -> Is it that?
number.offer: 'Is it that?' names no value
Write {value} where the remembered value belongs

slots.toml | '\b\d{2}\b' -> '\d*'
number.patterns: '\\d*' matches nothing at all
Write what must be there, such as '\b\d{4}\b'

slots.toml | guest_only = true -> guest_only = "yes"
street.guest_only: is neither true nor false
Write true or false, without quotes

slots.toml | kind = "text" -> kind = "choice"<newline>choices = ["stop", "go"]
street.choices: offers 'stop' as an answer, which is a command to phone companies
Offer another word: one that answers it by SMS would be cut off or get an automatic reply

slots.toml | kind = "text" -> kind = "secret"
street: is a secret only by half
Write kind = "secret" and secret = "pin" (or card, password, ...) together

flows.toml | "number", "street" -> "number", "stret"
order_status.slots: there is no slot 'stret'
Did you mean street?

flows.toml | slots = ["number", "street"] -> slots = ["number", "street"]<newline>also = ["number"]
order_status.also: has number, which is asked for
Remove it

flows.toml | {state} -> {stat}
order_status.found: nothing fills {stat}
Did you mean state?

flows.toml | Cake {number} is {state}. -> Do you want to change or cancel?
order_status.found: offers 'cancel' as an answer, which is a command to phone companies
Offer another word: one that answers it by SMS would be cut off or get an automatic reply

answers.toml | greeting -> greetng
greetng: is never said
Did you mean greeting?

answers.toml | Bonjour! -> Bonjour {name}!
greeting: nothing fills {name}
Nothing can be filled in here; write it out

rules.toml | amount_gt -> amont_gt
rule[big]: the fact `amont` is not known
Did you mean amount?

rules.toml | amount_gt = 100 -> text_regex = '(a+)+b'
rule[big]: `text_regex` has a repeat inside of a repeat
Write it without a repeat inside of a repeat, as [a-z ]+

rules.toml | amount_gt = 100 -> stage = "hourly"
rule[big]: there is no stage 'hourly'
Write stage = "before_reply"; the stages are inbound, before_reply, timer

rules.toml | amount_gt = 100 -> text_gt = 100
rule[big]: `_gt` does not go with `text`, which is a text or a list of texts
Numbers go with _gte, _lte, _gt, _lt, texts with the others

rules.toml | amount_gt = 100 -> action = "refnd"
rule[big]: there is no flow 'refnd'
The flows are order_status

rules.toml | escalate = true -> escalate = true, needs = ["numbr"]
rule[big]: there is no slot 'numbr'
Did you mean number?

rules.toml | escalate = true -> escalate = true, freeze_bot = false
rule[big]: lets us talk into a handover
Leave it out: once a case is handed over, we are silent until it is handed back

rules.toml | escalate = true -> escalate = true, set = { "counters.turns" = 1 }
rule[big]: `set` may not move 'counters.turns'
Did you mean counters.negative?

rules.toml | escalate = true -> escalate = true, tag = "vip"
rule[big]: `tag` has the wrong type
Write texts in brackets: ["one", "two"]

rules.toml | [[rule]] -> [defaults]<newline>on_no_agent = "mail"<newline>[[rule]]
defaults.on_no_agent: there is no 'mail'
The promises are callback, message, ticket

rules.toml | [[rule]] -> [counters.sad]<newline>add_when = { sentment_lt = 0 }<newline>[[rule]]
counters.sad: the fact `sentment` is not known
Did you mean sentiment?

rules.toml | [[rule]] -> [counters.sad]<newline>add_when = { amount_gt = 1 }<newline>window_messages = 500<newline>[[rule]]
counters.sad.window_messages: is out of range
Write a number from 1 to 50, or leave it out

rules.toml | amount_gt = 100 -> "counters.fallback_gte" = 2
rule[big]: the fact `counters.fallback` is not known
Did you mean counters.fallbacks?

rules.toml | amount_gt = 100 -> amount_gt = "much"
rule[big]: `amount_gt` needs a number
Write a number, without quotes

rules.toml | "slot.number" -> "slot.numbr"
rule[big]: there is no slot 'numbr'
Did you mean number?

rules.toml | say = "big" -> say = "handoff_stuk"
rule[big]: there is no answer 'handoff_stuk'
Did you mean handoff_stuck?

rules.toml | escalate = true -> escalade = true
rule[big]: `then` has no 'escalade'
Did you mean escalate?

tables.toml | ["state"] -> ["states"]
cakes.show: there is no column 'states'
Did you mean state?

tables.toml | phone = "phone" -> phone = "telephone"
cakes.owner.phone: there is no kind of address 'telephone'
Did you mean phone?

tables/cakes.csv | "Rue A, 1" -> Rue A, 1
line 2: has 5 cells, not 4
Put a text with a comma in quotes

answers.toml | big = -> not_me = ["PIET"]<newline>big =
not_me: 'PIET' is not understood as an objection
Write one that is, such as "NOT ME", "NICHT ICH", "PAS MOI" or "NO SOY YO"

answers.toml | big = -> code_message = ["{code}, {minutes} min"]<newline>big =
code_message: '{code}, {minutes} min' lacks {not_me}
Write {not_me} where it belongs

answers.toml | big = -> code_message = ["{minutes} min, or {not_me}"]<newline>big =
code_message: '{minutes} min, or {not_me}' lacks {code}
Write {code} where it belongs

answers.toml | big = -> joined_notice = ["{asker} and {target}"]<newline>big =
joined_notice: '{asker} and {target}' lacks {not_me}
Write {not_me} where it belongs

answers.toml | big = -> parted_notice = ["Parted from {target}: {handle}"]<newline>big =
parted_notice: nothing fills {target}
The words in braces here are business, handle

articles/bread.md | +++<newline><newline>We -> <newline><newline>We
: has no head
Begin with title and url between two lines of +++

articles/bread.md | https://bakery.example/bread -> /srv/bread.md
url: is no public link
Write one like https://shop.example/help/returns

articles/bread.md | "order_status" -> "order"
intents: there is no intent 'order'
Did you mean order_status?
"""  # noqa: E501 - a remedy is one line
"""Blocks of three lines: file, a change of it; the key and what is wrong; the remedy."""


def faults() -> Iterator[tuple[str, str, str, Row]]:
    """Every fault as file, text, what it becomes, and the row it has to make."""
    for block in _FAULTS.strip().split("\n\n"):
        change, fault, mend = block.splitlines()
        file, _, words = change.partition(" | ")
        old, _, new = words.partition(" -> ")
        key, _, wrong = fault.partition(": ")
        yield file, _plain(old), _plain(new), (file, key, wrong, mend)


def _plain(text: str) -> str:
    return text.replace("<newline>", "\n").replace("<nothing>", "")
