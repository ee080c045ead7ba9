"""The French wording of the talk about who is writing, and of what is written to an address.

Data only, beside `core.languages.french`. What is said of a code says the same whether anybody has
the address or not.
"""

from __future__ import annotations

from collections.abc import Mapping

IDENTITY_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "code_sent": (
        "Si cette adresse peut être jointe, j'y ai envoyé un code. Saisissez-le ici.",
        "Un code est en route vers cette adresse, si elle peut être jointe. Saisissez-le ici.",
        "Si quelque chose y arrive, c'est un code de notre part. Écrivez-le ici.",
    ),
    "code_waiting": (
        "Pour cela, il me faut encore le code que j'ai envoyé. Saisissez-le ici, s'il vous plaît.",
        "D'abord le code, s'il vous plaît : les chiffres que j'ai envoyés.",
        "Dès que vous saisissez le code, je continue.",
    ),
    "code_limited": (
        "Je vous ai déjà envoyé plusieurs codes. Réessayez dans une heure, s'il vous plaît.",
        "Cela fait assez de codes pour l'instant. Dans une heure, je peux en renvoyer un.",
        "Pour votre sécurité, j'attends une heure avant un autre code.",
    ),
    "code_cannot": (
        "Je ne peux pas y envoyer de code. Avez-vous une autre adresse ?",
        "Aucun code ne peut partir vers cette adresse. Y en a-t-il une autre ?",
        "Je ne peux pas écrire à cette adresse, désolé. En utilisez-vous une autre ?",
    ),
    "code_proved": (
        "Merci, c'est le bon code.",
        "C'est juste, merci. Je sais maintenant que les deux, c'est vous.",
        "Le code est bon. Cette adresse est désormais reconnue comme la vôtre.",
    ),
    "code_proved_later": (
        "Merci, c'est le bon code. Par prudence, je n'utilise ce qui y a été dit que dans "
        "{minutes} minutes.",
        "Le code est bon. Les anciens messages de cette adresse restent fermés pendant {minutes} "
        "minutes.",
        "C'est juste, merci. Dans {minutes} minutes, je pourrai aussi utiliser ces messages.",
    ),
    "code_wrong": (
        "Ce n'est pas le code. Essais restants : {left}.",
        "Ces chiffres ne correspondent pas. Essais restants : {left}.",
        "Ce n'est pas ce que j'ai envoyé, regardez encore. Essais restants : {left}.",
    ),
    "code_spent": (
        "C'était un essai de trop, le code n'est plus bon. Redites-moi l'adresse pour un nouveau.",
        "Le code est épuisé. Redonnez l'adresse, et j'en envoie un autre.",
        "Ce code n'est plus valable. Pour un nouveau, redites-moi l'adresse.",
    ),
    "code_expired": (
        "Ce code a expiré. Redites-moi l'adresse, et j'en envoie un nouveau.",
        "Le code n'était valable que peu de temps. Redonnez l'adresse pour un autre.",
        "Trop tard pour ce code, désolé. Pour un nouveau, redites-moi l'adresse.",
    ),
    "code_none": (
        "Je n'attends aucun code. Que puis-je faire pour vous ?",
        "Aucun code n'est en cours ici. De quoi s'agit-il ?",
        "Il ne faut aucun code pour l'instant. Comment puis-je vous aider ?",
    ),
    "code_refused": (
        "Le code est bon, mais je ne peux pas réunir les deux. Une personne peut vérifier.",
        "C'est le code, pourtant je ne dois pas réunir les deux. Demandez une personne si besoin.",
        "Les chiffres sont justes. Les deux restent pourtant séparés ; une personne peut aider.",
    ),
    "code_dropped": (
        "D'accord, sans code alors. Que puis-je faire d'autre ?",
        "Bien, j'oublie le code. Y a-t-il autre chose ?",
        "Alors sans. Comment puis-je aider autrement ?",
    ),
    "step_up": (
        "Pour cela, je dois savoir qui vous êtes. De quelle adresse nous avez-vous déjà écrit ? "
        "J'y envoie un code.",
        "Cela ne concerne que vous. À quelle autre de vos adresses puis-je envoyer un code ?",
        "Je dois d'abord savoir que c'est vous. Donnez-moi une adresse e-mail ou un numéro à vous "
        "pour un code.",
    ),
    "step_up_offer": (
        "Pour cela, je dois être sûr que c'est vous. Dois-je envoyer un code à {to} ?",
        "Cela ne concerne que vous. Puis-je envoyer un code à {to} ?",
        "Je dois d'abord savoir que c'est vous. Un code à {to} convient-il ?",
    ),
    "step_up_which": (
        "Pour cela, je dois être sûr que c'est vous. Où dois-je envoyer un code ?",
        "Cela ne concerne que vous. Où puis-je envoyer un code ?",
        "Je dois d'abord savoir que c'est vous. Où peut-on vous envoyer le code ?",
    ),
    "step_up_failed": (
        "Merci. Pour cela, ce n'est pas encore assez, une personne prend donc le relais.",
        "Merci, une personne doit examiner cela.",
        "C'est juste, mais je ne dois pas le faire moi-même. Quelqu'un de l'équipe prend la suite.",
    ),
    "disowned": (
        "Merci de me le dire. Je recommence à zéro ici et n'utilise rien d'avant.",
        "Compris. Rien de ce qui précède n'est utilisé ici.",
        "Vous faites bien de le dire. Nous repartons de zéro ici.",
    ),
    "move_done": (
        "Je vous ai écrit à {to}. Continuons là-bas.",
        "Il y a un message de moi à {to} ; nous y continuons.",
        "C'est fait, j'ai écrit à {to}. Vous pouvez y répondre.",
    ),
    "move_which": (
        "Où dois-je continuer ?",
        "Où puis-je vous écrire ?",
        "Lequel vous convient ?",
    ),
    "move_ask_phone": (
        "À quel numéro puis-je écrire ? J'y envoie d'abord un code, pour être sûr qu'il est à "
        "vous.",
        "Quel est le numéro ? Je le vérifie d'abord par un code.",
        "Donnez-moi le numéro, s'il vous plaît. Il reçoit d'abord un code.",
    ),
    "move_ask_email": (
        "À quelle adresse puis-je écrire ? J'y envoie d'abord un code, pour être sûr qu'elle est à "
        "vous.",
        "Quelle est l'adresse ? Je la vérifie d'abord par un code.",
        "Donnez-moi l'adresse, s'il vous plaît. Elle reçoit d'abord un code.",
    ),
    "move_opted_out": (
        "On nous a demandé de ne pas écrire à {to}. Continuons donc ici.",
        "{to} ne souhaite pas recevoir nos messages. Restons ici.",
        "Un souhait est noté : ne pas écrire à {to}. Je reste ici.",
    ),
    "move_cannot": (
        "Je ne peux pas vous écrire là-bas. Continuons ici.",
        "Ce n'est pas possible, désolé. Je reste ici pour vous.",
        "Je ne peux pas y écrire d'ici. Restons ici.",
    ),
    "moved_here": (
        "Bonjour ! Vous vouliez continuer ici. Que puis-je faire pour vous ?",
        "Nous continuons ici, comme vous le vouliez. Écrivez simplement.",
        "Comme demandé, je vous écris ici. Répondez simplement.",
    ),
    "where_to_answer": (
        "Où pouvons-nous vous répondre si vous quittez ce chat ? Une adresse e-mail ou un numéro "
        "suffit.",
        "Si vous devez partir : à quelle adresse e-mail ou à quel numéro répondre ?",
        "Pour que la réponse vous trouve, vous pouvez laisser une adresse e-mail ou un numéro.",
    ),
    "answer_there": (
        "Si vous quittez ce chat, la réponse vous sera aussi envoyée à {to}.",
        "Si vous n'êtes plus là, nous répondons à {to}.",
        "Vous pouvez partir : la réponse vous trouve à {to}.",
    ),
    "answer_waits": (
        "Une réponse vous attend dans notre chat. Ouvrez-le pour la lire.",
        "Nous vous avons répondu dans le chat. Vous y trouverez la réponse.",
        "Dans le chat, il y a une réponse pour vous.",
    ),
    "elsewhere": (
        "Je n'écris pas cela par cette voie. Demandez-le-moi {where}, et vous aurez la réponse.",
        "Ce n'est pas l'endroit pour cela. Écrivez-moi {where}, et je vous le dis.",
        "Pour votre sécurité, je ne l'écris pas ici. Demandez-le-moi {where}.",
        "Je n'écris pas cela par cette voie. Une personne vous dira comment l'obtenir.",
        "Ce n'est pas l'endroit pour cela. Dites-le si vous voulez une personne.",
    ),
    "code_message": (
        "{business} : quelqu'un qui nous écrit dit que cette adresse est aussi la sienne. Si c'est "
        "vous, saisissez ce code là où il vous a été demandé : {code}. Il est valable {minutes} "
        "minutes. "
        "Sinon, ignorez ceci ou répondez {not_me}.",
    ),
    "code_link": ("Ou ouvrez cette page là où vous nous écrivez : {link}",),
    "joined_notice": (
        "{business} : un code envoyé à {target} vient d'être donné par {asker}. Nous considérons "
        "maintenant que les deux sont la même personne. Si ce n'était pas vous, répondez "
        "{not_me}, et "
        "nous les séparons aussitôt.",
    ),
    "parted_notice": (
        "{business} : quelqu'un qui écrit de {handle} nous a dit que ce n'est pas vous. Nous avons "
        "séparé cette adresse de celle-ci, et une personne examine cela.",
    ),
    "link_shown": (
        "Merci. Vous avez montré que vous lisez {target}, nous vous y connaissons donc aussi.",
    ),
    "link_refused": (
        "Ce lien n'est plus valable, ou il a été demandé ailleurs. Saisissez plutôt le code, ou "
        "demandez "
        "un autre code.",
    ),
    "not_me": ("PAS MOI",),
    "memory_away": (
        "Je ne vois pas nos messages précédents pour l'instant, et je préfère ne pas deviner. "
        "J'ai transmis votre message à quelqu'un de l'équipe, qui va le regarder.",
    ),
}
"""Answer key -> variants, the first being preferred."""
