"""The English wording of the talk about who is writing; `core.answers.defaults` takes it in.

Data only. What is said of a code says the same whether anybody has the address or not, and nobody
who says "not me" is told whom we took them for.
"""

from __future__ import annotations

from collections.abc import Mapping

IDENTITY_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "code_sent": (
        "If that address can be reached, I have sent a code there. Type it here.",
        "A code is on its way there, if the address can be reached. Please type it here.",
        "I have sent a code to that address, if it can be reached. Send me the digits here.",
        "If something arrives there, it is a code from us. Please write it here.",
        "Look there for a code from us, if the address can be reached, and type it here.",
        "There is a code for you at that address, if it can be reached. What does it say?",
    ),
    "code_waiting": (
        "For that I still need the code I sent. Please type it here.",
        "First the code, please: the digits that I sent you.",
        "I can go on as soon as you type the code I sent.",
        "The code I sent is still open. Please write it here, and we go on.",
        "That has to wait for the code I sent you. What does it say?",
        "Please send me the digits of the code, then I can go on with that.",
    ),
    "code_limited": (
        "I have sent you several codes already. Please try again in an hour.",
        "That is enough codes for now. In an hour I may send another.",
        "I may not send you more codes at the moment. Please come back in an hour.",
        "For your own safety I wait an hour before I send another code.",
        "No more codes for now, sorry. An hour from now it works again.",
        "There were several codes already. Let us try again in an hour.",
    ),
    "code_cannot": (
        "I cannot send a code there. Is there another address of yours?",
        "A code cannot be sent to that address. Do you have another one?",
        "There is no way for me to write to that address. Is there another?",
        "That address I cannot write to, sorry. Would another one do?",
        "I have no way to send a code there. Which other address do you use?",
        "A code does not get there from here. Please name another address.",
    ),
    "code_proved": (
        "Thank you, that is the right code.",
        "That is right, thank you. Now I know that both are you.",
        "The code is right. That address belongs to you here as well now.",
        "Thank you, the code fits. I keep the two together.",
        "That fits. From now on I know you from there, too.",
        "Right, thank you. You are known to me now.",
    ),
    "code_proved_later": (
        "Thank you, that is the right code. To be safe, I use what was said there only in "
        "{minutes} minutes.",
        "That is right, thank you. What was said there before comes in {minutes} minutes: until "
        "then its owner can object.",
        "The code fits. For safety, older messages from there stay closed for {minutes} minutes.",
        "Right, thank you. In {minutes} minutes I can use what you wrote from there, too.",
        "That is the code. Older messages from there open up in {minutes} minutes.",
        "Thank you, it fits. What is older waits {minutes} minutes, for safety.",
    ),
    "code_wrong": (
        "That is not the code. Tries left: {left}.",
        "These digits do not fit. Tries left: {left}.",
        "This is not what I sent. Please look again. Tries left: {left}.",
        "The code says something else. Tries left: {left}.",
        "No, that is another number. Tries left: {left}.",
        "Not quite, please compare it once more. Tries left: {left}.",
    ),
    "code_spent": (
        "That was one wrong try too many, and the code is no longer good. Tell me the address "
        "again for a new one.",
        "The code is used up. Name the address once more, and I send another.",
        "That code does not count any more. For a new one, tell me the address again.",
        "No tries are left on that code. Shall I send another? Then name the address again.",
        "This code is spent. You get a new one when you tell me the address again.",
        "I had to drop that code. Please name the address again for another.",
    ),
    "code_expired": (
        "That code has run out. Tell me the address again, and I send a new one.",
        "The code was good for a short time only. Name the address again for another.",
        "Too late for that code, sorry. For a new one, tell me the address again.",
        "The time for that code is over. I send another when you name the address again.",
        "That code is too old by now. Please tell me the address once more.",
        "A code lasts only some minutes, and this one is over. Name the address again for another.",
    ),
    "code_none": (
        "I am not waiting for a code. What can I do for you?",
        "There is no code open here. What is it about?",
        "No code is needed right now. What can I help with?",
        "I have not asked for a code. Tell me what you need.",
        "At the moment I need no code from you. How can I help?",
        "That looks like a code, but I need none. What would you like to do?",
    ),
    "code_refused": (
        "The code is right, and still I may not take the two for one. A person can look into it.",
        "That is the code, but I may not put these two together. Ask for a person, if you like.",
        "Right, yet these two cannot be one here. Say so if you want a person to look at it.",
        "The digits fit. Even so, I have to keep the two apart; a person may know more.",
        "Thank you, the code is right. For a reason I cannot change, the two stay apart.",
        "The code fits, but joining the two is not for me to do. A person can help.",
    ),
    "code_dropped": (
        "Alright, no code then. What else can I do?",
        "Fine, I forget about the code. Is there anything else?",
        "Okay, we leave it without a code. What would you like to do?",
        "Then without it. How else can I help?",
        "Good, the code is off the table. What is next?",
        "All right, no proof then. Just write what you need.",
    ),
    "step_up": (
        "For that I have to be sure who you are. From which address did you write to us before? "
        "I send a code there.",
        "That is for you alone, so I ask for a proof. Which other address of yours may I send a "
        "code to?",
        "Before I can do that, I need to know that it is you. Tell me an address of yours, and I "
        "send a code there.",
        "I may do that once I know that it is you. To which of your addresses may a code go?",
        "To keep it yours, I check first. Name an e-mail address or number of yours for a code.",
        "That needs a proof that it is you. Which address may get a code from me?",
    ),
    "step_up_offer": (
        "For that I have to be sure that it is you. Shall I send a code to {to}?",
        "That is for you alone, so I ask for a proof. May I send a code to {to}?",
        "Before I can do that, I need to know that it is you. Is a code to {to} all right?",
        "I may do that only when I know that it is you. Would a code to {to} do?",
        "To keep it yours, I check first. Shall a code go to {to}?",
        "That needs a proof that it is you. May {to} get a code from me?",
    ),
    "step_up_which": (
        "For that I have to be sure that it is you. Where shall I send a code?",
        "That is for you alone, so I ask for a proof. Which of these may get a code?",
        "Before I can do that, I need to know that it is you. Where may a code go?",
        "I may do that only when I know that it is you. Which of these shall get the code?",
        "To keep it yours, I check first. Where would you like the code?",
        "That needs a proof that it is you. To which of these shall the code go?",
    ),
    "step_up_failed": (
        "Thank you. For this it is not enough yet, so a person takes over.",
        "Thanks. A person has to look at this one.",
        "That is right, and still I may not do this myself. A colleague takes it from here.",
        "Good, but this goes beyond what I may do. A person takes care of it.",
        "Thank you. This one is for a person to settle.",
        "Right. I hand this to a colleague all the same.",
    ),
    "disowned": (
        "Thank you for telling me. I start afresh here and use nothing from before.",
        "Thanks for saying so. From here on, nothing from before is used.",
        "I see, thank you. We begin anew, with nothing from earlier.",
        "Understood. Whatever was before is not used here.",
        "Good that you say it. I know nothing here from before, and we start anew.",
        "Sorry for the mix-up. We start from nothing here.",
    ),
    "move_done": (
        "I have written to you at {to}. Let us go on there.",
        "There is a message from me at {to}; we go on there.",
        "Done, I wrote to {to}. You can answer there.",
        "We go on at {to}, where I have just written to you.",
        "Please look at {to}: I have written there, and you can answer.",
        "My message is on its way to {to}. See you there.",
    ),
    "move_which": (
        "Where shall I go on?",
        "Which of these may I write to?",
        "To which of these shall I write?",
        "Where would you like to go on?",
        "Which one suits you?",
        "Which of these do you mean?",
    ),
    "move_ask_phone": (
        "Which number may I write to? I send a code there first, to be sure that it is yours.",
        "To which number? A code goes there first, so that nobody else reads along.",
        "Tell me the number, please. First I send a code there, to know that it is you.",
        "What is the number? I check it with a code before I go on there.",
        "Happily. Which number is it? It gets a code from me first.",
        "Sure. Name the number, and I send a code there before anything else.",
    ),
    "move_ask_email": (
        "Which address may I write to? I send a code there first, to be sure that it is yours.",
        "To which address? A code goes there first, so that nobody else reads along.",
        "Tell me the address, please. First I send a code there, to know that it is you.",
        "What is the address? I check it with a code before I go on there.",
        "Happily. Which address is it? It gets a code from me first.",
        "Sure. Name the address, and I send a code there before anything else.",
    ),
    "move_opted_out": (
        "We were asked not to write to {to}. Let us go on here.",
        "I may not write to {to}: it was signed off from our messages. We can go on here.",
        "{to} does not want messages from us. So let us stay here.",
        "There is a wish on file not to write to {to}. Here we can go on.",
        "To {to} I may send nothing, as was asked of us. I am still here.",
        "I keep to the wish not to write to {to}. We can talk on here.",
    ),
    "move_cannot": (
        "I cannot write to you there. Let us go on here.",
        "There I have no way to write to you, sorry. We can go on here.",
        "That way is not open to me. I am here for you.",
        "From here I cannot get there. Let us stay here.",
        "That does not work, sorry. Here I am at your service.",
        "I have to stay here for that, sorry. What can I do?",
    ),
    "moved_here": (
        "Hello! You asked to go on here. What can I do for you?",
        "Hello, here we go on, as you asked. Just write.",
        "Hi! As you wished, we go on here. Tell me what you need.",
        "Here I am, as you asked. Write to me here.",
        "You wanted to go on here: now you can. What is it about?",
        "As you asked, I write to you here. Just answer.",
    ),
    "where_to_answer": (
        "Where may we answer you if you leave this chat? Tell me an e-mail address or a number, if "
        "you like.",
        "If you have to leave, where can we answer you? An e-mail address or a number will do.",
        "Should you close this chat: which e-mail address or number may we answer to?",
        "So that the answer finds you, you can leave an e-mail address or a number.",
        "You need not wait here: tell me an e-mail address or a number for the answer.",
        "An e-mail address or a number helps us to answer when you are gone. Would you leave one?",
    ),
    "answer_there": (
        "If you leave this chat, the answer goes to {to}, too.",
        "Should you be gone, we answer at {to}.",
        "You may leave: the answer finds you at {to}.",
        "When you are not here, the answer goes to {to}.",
        "We answer at {to} if nobody is here any more.",
        "Once you are gone, {to} gets the answer.",
    ),
    "answer_waits": (
        "There is an answer for you in our chat. Please open the chat to read it.",
        "We have answered you in the chat. You find it there.",
        "An answer is waiting for you in our chat.",
        "Please look into our chat: there is an answer.",
        "The answer is in the chat, where you asked.",
        "You have an answer in our chat.",
    ),
    "elsewhere": (
        "I keep that out of this channel. Please ask me {where}, and you get it there.",
        "That is nothing for this place. Write to me {where}, and I tell you.",
        "Here I would rather not say that. You get it {where}: just ask there.",
        "For your own safety I do not write that here. Ask me {where}, please.",
        "That belongs where nobody reads over your shoulder. I tell you {where}.",
        "Not here, please: {where} I can tell you.",
        "I keep that out of this channel. A person tells you how to get it.",
        "That is nothing for this place. Say so if you want a person for it.",
    ),
}
"""Answer key -> variants, the first being preferred."""

BY: Mapping[str, str] = {
    "email": "by e-mail",
    "slack": "in Slack",
    "webchat": "in the chat, signed in",
    "sms": "by SMS",
}
"""Channel -> where to ask for what may not be told here, in words."""
