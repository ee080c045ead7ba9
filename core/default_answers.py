"""The English wording a playbook falls back to: at least six ways to say what is said in a case.

Data only. Words in braces are filled by the response stage; a variant is used only when all of its
words are known. A playbook that has a key of its own replaces the key here.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.identity_answers import IDENTITY_ANSWERS
from core.notice_answers import NOTICE_ANSWERS

DEFAULT_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "greeting": (
        "Hello! How can I help you?",
        "Hi, good to hear from you. What can I do for you?",
        "Hello and welcome. What brings you here?",
        "Hi there! Tell me what you need.",
        "Good day! What can I help with?",
        "Hello again. I am listening.",
    ),
    "thanks": (
        "You are welcome!",
        "Glad to help.",
        "My pleasure.",
        "Any time.",
        "Happy to help. Just write if there is more.",
        "You are very welcome, thank you too.",
        "With pleasure. Have a good day!",
    ),
    "goodbye": (
        "Goodbye, and take care!",
        "Bye! Write whenever you need us.",
        "All the best, goodbye.",
        "Take care, and have a nice day.",
        "Thank you for writing. Goodbye!",
        "See you next time.",
    ),
    "agree": (
        "Good.",
        "Alright, noted.",
        "Fine, thank you.",
        "Understood.",
        "Thank you for confirming.",
        "Okay, got it.",
        "Very well.",
    ),
    "decline": (
        "Alright. Write whenever something comes up.",
        "No problem at all.",
        "Fine. I am here if you need anything.",
        "Okay, that is settled then.",
        "That is fine. Have a good day!",
        "All right, I leave it at that.",
    ),
    "noted": (
        "Thank you, I have noted that.",
        "I have written that down for you.",
        "Noted. Please tell me more if there is more to it.",
        "Thanks, that is on file now.",
        "I have added that to your request.",
        "Understood, it is noted.",
        "I keep that with your request.",
        "Thank you for telling me.",
    ),
    "acknowledge": (
        "Got it: {value}.",
        "Thanks, {value} it is.",
        "{value}, noted.",
        "Thank you, I have {value}.",
        "All right, {value}.",
        "Good, {value}.",
    ),
    "acknowledge_name": (
        "Thanks, {value}.",
        "Thank you, {value}.",
        "Nice to meet you, {value}.",
        "Got it, {value}.",
        "Good, {value}.",
        "Noted, {value}.",
    ),
    "acknowledge_secret": (
        "Thanks, I have what I need there, and it is not kept in the chat.",
        "Thank you, that came through safely.",
        "Got it, and it is hidden from view.",
        "Thanks, received and kept out of sight.",
        "Good, that is received.",
        "Noted without showing it to anyone.",
    ),
    "purpose": (
        "What can I do for you?",
        "What is it about?",
        "How can I help you?",
        "What would you like to get done?",
        "Tell me, what do you need?",
        "What brings you here?",
    ),
    "help": (
        "Happy to help. What is it about?",
        "Of course. What do you need?",
        "I am here to help. What happened?",
        "Gladly. What can I do for you?",
        "Sure. Tell me what it is about.",
        "I will do what I can. What is the matter?",
    ),
    "automated": (
        "I am an automated assistant. A person can take over any time, just say so.",
        "You are writing with a machine. Tell me if you would rather have a person.",
        "I am a program, not a person. Ask for one whenever you like.",
        "No human here: I answer automatically. A person is there for you if you ask.",
        "I am software that answers for the team. Say the word, and a person takes over.",
        "It is an automated assistant that writes this. For a person, just ask.",
    ),
    "regret": (
        "I am sorry about the trouble.",
        "That is annoying, and I am sorry.",
        "I am sorry that this is not going well.",
        "I see why you are annoyed, and I am sorry.",
        "Sorry, this should be easier for you.",
        "I am sorry to hear that you are not content.",
    ),
    "beside": (
        "I have no answer to that here.",
        "That I cannot tell you, sorry.",
        "I do not know that, I am afraid.",
        "This I cannot answer yet.",
        "On that I have no information.",
        "I have nothing on that, sorry.",
    ),
    "ask": (
        "What is your {label}?",
        "Could you tell me the {label}, please?",
        "May I have the {label}?",
        "Please send me the {label}.",
        "I still need the {label}. Can you send it?",
        "To go on, I need the {label}, please.",
        "Which {label} is it?",
    ),
    "offer": (
        "Is this about {value}?",
        "Shall I use {value} again?",
        "Is it {value}, as before?",
        "Do I still have it right with {value}?",
        "Is your {label} still {value}?",
        "May I use {value} as your {label}?",
    ),
    "found": (
        "Thank you, that is all I need for your request.",
        "Good, I have everything now.",
        "That completes it, your request is written down.",
        "All set, your request is on file.",
        "I have all the details for this now.",
        "Your details are complete.",
    ),
    "missing": (
        "I could not find that with the details you gave me. Could you check them, please?",
        "There is no match for these details. Is there perhaps a typing mistake?",
        "I do not find anything under these details. Would you look at them once more?",
        "These details lead me nowhere, sorry. Can you send them again?",
        "Sorry, nothing matches what I have. Could one of the details be different?",
        "That does not match anything here. Please send me the details as they stand in your "
        "confirmation.",
    ),
    "cancelled": (
        "Alright, I drop that. Write whenever you need something.",
        "Okay, I stop here. I am around if something else comes up.",
        "No problem, that is off the table.",
        "Fine, I leave that. Just write if you want to take it up again.",
        "Done, I forget about that request.",
        "All right, nothing more happens with it.",
    ),
    "clarify": (
        "Do you mean {first}, or {second}?",
        "Is it about {first}, or rather about {second}?",
        "Just to be sure: {first}, or {second}?",
        "Which of the two is it, {first} or {second}?",
        "Would that be {first} or {second}?",
        "To get it right: do you want {first}, or {second}?",
    ),
    "unknown": (
        "Sorry, I did not get that. Could you put it in other words?",
        "I am not sure I understand. What would you like to do?",
        "I do not have an answer to that yet. Can you tell me a little more?",
        "That is beyond me as it stands. Could you say it differently?",
        "I could not make sense of that, sorry. What is it about?",
        "Sorry, I am still not following. Would you describe it once more?",
        "I have no good answer to this. What do you need most?",
        "I did not find anything on that. Is there another way to put it?",
    ),
    "more": (
        "More: {title} – {url}",
        "Read on: {title} – {url}",
        "Source: {title} – {url}",
        "Details: {title} – {url}",
        "The whole article: {title} – {url}",
        "It stands in: {title} – {url}",
    ),
    "again": (
        "As I said: {answer}",
        "Once more: {answer}",
        "To say it again: {answer}",
        "As before: {answer}",
        "It still holds: {answer}",
        "The same as above: {answer}",
        "To repeat myself: {answer}",
    ),
    "fall_through": (
        "I have read your message and keep it with your request.",
        "Thank you, your message is with the rest of your request.",
        "I have added your message to what we have so far.",
        "Your words are noted next to what you told me before.",
        "This goes to your request as well.",
        "I have taken that in.",
        "That is kept too.",
        "It stands with your other messages now.",
    ),
    "private": (
        "Others can read along here, so I would rather not go into personal details. "
        "Please write to me directly.",
        "This place is not private. Send me a direct message and I will help you there.",
        "I keep personal matters out of shared places. A direct message to me works.",
        "Personal details are best told to me alone. Please write to me in private.",
        "Since this is a shared place, let us go on in a direct message.",
        "I can help with that in a direct message, where nobody else reads it.",
    ),
    "handoff_requested": (
        "I am passing you to a person.",
        "Of course, a person takes over from here.",
        "A colleague of mine will take care of you.",
        "Sure, I am getting somebody for you.",
        "You will hear from a person.",
        "I have asked a person to take over.",
    ),
    "handoff_stuck": (
        "I am not getting any further with this, so a person takes over.",
        "This is more than I can settle. A colleague will look at it.",
        "I do not want to go in circles: a person will take care of it.",
        "A person can help you better here and takes over.",
        "I hand this to a colleague, who sees all you wrote.",
        "Somebody of the team takes it from here.",
    ),
    "handoff_sorry": (
        "I am sorry that this has been so tiresome. A person takes over now.",
        "Sorry for the trouble. I hand this to a colleague.",
        "I understand that this is annoying, and I apologise. A person will look at it.",
        "My apologies. Somebody of the team takes care of it.",
        "I am sorry, this should have gone better. A person takes it from here.",
        "That should not have happened, sorry. A colleague takes over.",
    ),
    "handoff_legal": (
        "This belongs in the hands of a person. I am passing it on.",
        "A responsible colleague will look at this.",
        "I pass this on to the people who may answer it.",
        "For this matter a person takes over.",
        "A colleague who is in charge of such matters takes it from here.",
        "This goes to the team in charge.",
    ),
    "safety_notice": (
        "I am an automated assistant and cannot help with this the way a person can. "
        "If you are in danger, please call your local emergency number now. "
        "I am telling a person about this at once.",
        "Please do not stay alone with this. If there is any danger, call your local emergency "
        "number. A person here is being told right away.",
        "Your safety comes first. Please call your local emergency number if you are in danger. "
        "I am alerting a person now.",
        "If you or someone else is in danger, please call the emergency services. "
        "A person takes over here.",
        "Please reach out to the emergency services if there is danger. "
        "Somebody of the team is told this minute.",
        "This is serious, and a person must see it. The emergency services can help at any hour.",
    ),
    "handoff_flow": (
        "I have all I need and pass your request to a person.",
        "Thank you, your request is complete. A person takes it from here.",
        "Everything is there. A colleague will finish this for you.",
        "Your request is complete and goes to a person now.",
        "That is all. Somebody of the team carries it out.",
        "A colleague takes care of the rest.",
    ),
    "handoff_error": (
        "Sorry, something went wrong on our side while reading your message. "
        "A person will look at it and answer you here.",
        "There was a fault on our side, sorry. A person will look at your message.",
        "Sorry, I could not read that because of a fault here. A colleague takes over.",
        "A fault on our side kept me from reading this. A person takes care of it.",
        "Sorry, that failed on our side. Somebody will answer you here.",
        "Something broke while I was reading. A person looks into it.",
    ),
    "withheld": (
        "I would rather not answer that without being sure. Ask for a person, and one takes over.",
        "That is nothing I can say for certain. A person can look at it, just ask.",
        "I cannot give you a reliable answer there. Say so if a person should look.",
        "Before I say something wrong, I say nothing on that. A person is there if you ask.",
        "I do not want to guess here. If you ask for a person, they take it from there.",
        "There I have no answer that I can stand by. Would you like a person to look?",
    ),
    "when_open": (
        "You will get the answer {where}, usually soon: we are open now.",
        "We are open, so the answer should come soon, {where}.",
        "The answer comes {where}, while we are open today.",
        "Please look for the answer {where}; the team is at work now.",
        "The team is there right now and writes to you {where}.",
        "Somebody is at work now and answers {where}.",
    ),
    "when_closed": (
        "We are closed at the moment and open again {opening}. The answer comes {where}.",
        "The team is back {opening} and answers {where}.",
        "Nobody is at work right now. From {opening} on somebody answers {where}.",
        "You will get the answer {where} once we open {opening}.",
        "We open {opening}; expect the answer {where} after that.",
        "The answer will come {where}, but not before we open {opening}.",
    ),
    "when_callback": (
        "We are closed at the moment. Somebody calls you back once we open {opening}.",
        "The team is back {opening} and calls you then.",
        "Nobody is at work right now; expect our call after we open {opening}.",
        "We open {opening} and call you back after that.",
    ),
    "when_message": (
        "We are closed until {opening}. Your message is kept, and the answer comes {where}.",
        "Your message waits for the team, which is back {opening} and answers {where}.",
        "Nobody is at work right now. Your message is read {opening}, and answered {where}.",
        "The team reads your message {opening}; look for the answer {where}.",
    ),
    "confirm_action": (
        "Shall I go ahead with this: {title}? Yes or no?",
        "Before I do it, please confirm: {title}. Is that right?",
        "May I carry it out now ({title})?",
        "One last question: do you want me to go on with {title}?",
        "Please say yes and I do it: {title}. Or no, and I leave it.",
        "I need your yes for {title}. May I?",
    ),
    "when_unknown": (
        "You will get the answer {where}.",
        "The answer comes {where}.",
        "Please look for the answer {where}.",
        "Somebody answers {where}.",
        "Expect the answer {where}.",
        "You hear from us {where}.",
    ),
    **IDENTITY_ANSWERS,
    **NOTICE_ANSWERS,
}
"""Answer key -> variants, the first being preferred."""

WHERE: Mapping[str, str] = {
    "sms": "here by SMS",
    "email": "here by e-mail",
    "webchat": "in this chat",
    "slack": "here in Slack",
}
"""Channel -> where an answer will arrive, in words."""

ELSEWHERE = "here"
"""Where an answer arrives on any other channel."""
