"""The French wording a playbook falls back to, in the polite form.

Data only, by the same keys and with the same words in braces as the English wording in
`core.answers.defaults`. Whoever adds a key there adds it here.
"""

from __future__ import annotations

from collections.abc import Mapping

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "greeting": (
        "Bonjour ! Que puis-je faire pour vous ?",
        "Bonjour, merci de nous écrire. De quoi s'agit-il ?",
        "Bienvenue ! Comment puis-je vous aider ?",
        "Bonjour, qu'est-ce qui vous amène ?",
        "Bonjour ! Dites-moi ce qu'il vous faut.",
        "Rebonjour. Je vous écoute.",
    ),
    "thanks": (
        "Je vous en prie !",
        "Avec plaisir.",
        "C'était un plaisir.",
        "À votre service.",
        "Avec plaisir, écrivez-moi s'il y a autre chose.",
        "Je vous en prie, merci à vous aussi.",
    ),
    "goodbye": (
        "Au revoir, prenez soin de vous !",
        "Au revoir, écrivez-nous quand vous voulez.",
        "À bientôt !",
        "Bonne continuation, au revoir.",
        "Merci de nous avoir écrit. Au revoir !",
        "Bonne journée à vous !",
    ),
    "agree": (
        "Bien.",
        "D'accord, c'est noté.",
        "Très bien, merci.",
        "Compris.",
        "Merci de confirmer.",
        "Parfait.",
    ),
    "decline": (
        "D'accord. Écrivez-moi s'il y a quelque chose.",
        "Aucun problème.",
        "Bien, je reste là si besoin.",
        "Alors c'est réglé.",
        "Très bien. Bonne journée !",
        "D'accord, j'en reste là.",
    ),
    "noted": (
        "Merci, je l'ai noté.",
        "Je l'ai noté pour vous.",
        "C'est noté. S'il y a autre chose à ce sujet, dites-le-moi.",
        "Merci, c'est enregistré.",
        "Je l'ajoute à votre demande.",
        "Compris, c'est noté.",
        "Merci de me le dire.",
    ),
    "acknowledge": (
        "Compris : {value}.",
        "Merci, c'est donc {value}.",
        "{value}, c'est noté.",
        "Merci, j'ai bien noté {value}.",
        "D'accord, {value}.",
        "Bien, {value}.",
    ),
    "acknowledge_name": (
        "Merci, {value}.",
        "Merci bien, {value}.",
        "Parfait, {value}.",
        "Très bien, {value}.",
        "Bien, {value}.",
        "C'est noté, {value}.",
    ),
    "acknowledge_secret": (
        "Merci, c'est bien arrivé et ce n'est pas gardé dans la conversation.",
        "Merci, c'est bien reçu, en toute sécurité.",
        "C'est reçu, et personne ne peut le voir.",
        "Merci, c'est reçu et cela reste masqué.",
        "Bien, c'est reçu.",
        "C'est noté, sans que personne le voie.",
    ),
    "purpose": (
        "Que puis-je faire pour vous ?",
        "De quoi s'agit-il ?",
        "Comment puis-je vous aider ?",
        "Que souhaitez-vous faire ?",
        "De quoi avez-vous besoin ?",
        "Qu'est-ce qui vous amène ?",
    ),
    "help": (
        "Je vous aide volontiers. De quoi s'agit-il ?",
        "Bien sûr. Que vous faut-il ?",
        "Je suis là pour cela. Que s'est-il passé ?",
        "Volontiers. Que puis-je faire ?",
        "Bien sûr. Dites-moi de quoi il s'agit.",
        "Je ferai ce que je peux. Quel est le souci ?",
    ),
    "automated": (
        "Je suis un assistant automatique. Une personne peut prendre le relais à tout moment, "
        "dites-le-moi.",
        "C'est un programme qui vous écrit. Dites-le-moi si vous préférez parler à une personne.",
        "Je suis un logiciel. Si vous préférez parler à une personne, dites-le-moi.",
        "C'est un programme qui répond ici. Un mot de votre part suffit pour joindre une personne.",
        "Je réponds automatiquement pour l'équipe. Quelqu'un prend le relais si vous le souhaitez.",
    ),
    "regret": (
        "Toutes mes excuses pour cela.",
        "C'est fâcheux, je vous prie de m'excuser.",
        "Je suis désolé que cela ne se passe pas bien.",
        "Je comprends votre agacement, et j'en suis désolé.",
        "Pardon, cela devrait être plus simple.",
        "Je regrette que cela ne vous convienne pas.",
    ),
    "beside": (
        "Je n'ai pas de réponse à cette question.",
        "Désolé, je ne peux pas vous le dire.",
        "Je ne le sais pas, malheureusement.",
        "Je ne peux pas encore y répondre.",
        "Je n'ai pas d'information là-dessus.",
        "Je n'ai rien à ce sujet, désolé.",
    ),
    "ask": (
        "Il me manque une chose : {label}. Pouvez-vous me l'indiquer ?",
        "Pourriez-vous m'indiquer ceci : {label} ?",
        "Il me manque encore : {label}. Pouvez-vous me l'envoyer ?",
        "Pour continuer, il me faut : {label}.",
        "Envoyez-moi, s'il vous plaît : {label}.",
        "Que dois-je noter pour : {label} ?",
    ),
    "offer": (
        "S'agit-il de {value} ?",
        "Dois-je reprendre {value} ?",
        "Est-ce {value}, comme la dernière fois ?",
        "Est-ce que {value} est toujours valable ?",
        "Est-ce toujours {value} ?",
        "Puis-je utiliser {value} ?",
    ),
    "found": (
        "Merci, il ne me faut rien de plus.",
        "Bien, j'ai tout maintenant.",
        "C'est complet, votre demande est notée.",
        "Tout est là, votre demande est enregistrée.",
        "J'ai tous les détails à ce sujet.",
        "Vos informations sont complètes.",
    ),
    "missing": (
        "Je ne trouve rien avec ces informations. Pouvez-vous les vérifier, s'il vous plaît ?",
        "Rien ne correspond à ces informations. Y a-t-il une faute de frappe ?",
        "Je n'ai rien trouvé à partir de ces informations. Pouvez-vous vérifier encore une fois ?",
        "Ces informations ne donnent aucun résultat, désolé. Pouvez-vous les renvoyer ?",
        "Désolé, rien ne correspond. L'une des informations est-elle peut-être différente ?",
        "Cela ne correspond à rien ici. Envoyez-moi les informations telles qu'elles figurent dans "
        "votre confirmation, s'il vous plaît.",
    ),
    "cancelled": (
        "D'accord, je n'y donne pas suite. Écrivez-moi si vous avez besoin de quelque chose.",
        "Bien, je m'arrête ici. Je reste là s'il y a autre chose.",
        "Aucun problème, on n'en parle plus.",
        "Bien, c'est abandonné. Écrivez-moi si vous voulez reprendre.",
        "C'est fait, j'oublie cette demande.",
        "D'accord, rien de plus ne sera fait.",
    ),
    "clarify": (
        "Voulez-vous dire {first}, ou {second} ?",
        "De quoi s'agit-il : {first}, ou plutôt {second} ?",
        "Pour confirmation : {first}, ou {second} ?",
        "Lequel des deux, {first} ou {second} ?",
        "Dites-moi lequel des deux : {first}, ou {second} ?",
        "Pour bien comprendre : {first}, ou {second} ?",
    ),
    "unknown": (
        "Désolé, je n'ai pas compris. Pouvez-vous le dire autrement ?",
        "Je crains de ne pas avoir compris. Que souhaitez-vous faire ?",
        "Je n'ai pas encore de réponse à cela. Pouvez-vous m'en dire un peu plus ?",
        "Je ne comprends pas bien. Pourriez-vous le formuler autrement ?",
        "Ce n'est pas encore clair pour moi, désolé. De quoi s'agit-il ?",
        "Désolé, je ne vous suis pas encore. Pouvez-vous le décrire encore une fois ?",
        "Je n'ai pas de bonne réponse à cela. De quoi avez-vous surtout besoin ?",
        "Je n'ai rien trouvé à ce sujet. Pouvez-vous le dire d'une autre manière ?",
    ),
    "more": (
        "En savoir plus : {title} – {url}",
        "À lire : {title} – {url}",
        "Source : {title} – {url}",
        "Détails : {title} – {url}",
        "L'article complet : {title} – {url}",
        "À retrouver ici : {title} – {url}",
    ),
    "again": (
        "Comme je l'ai dit : {answer}",
        "Encore une fois : {answer}",
        "Pour rappel : {answer}",
        "Comme avant : {answer}",
        "Cela vaut toujours : {answer}",
        "Comme indiqué plus haut : {answer}",
    ),
    "fall_through": (
        "J'ai lu votre message et je le joins à votre demande.",
        "Merci, votre message fait maintenant partie de votre demande.",
        "J'ai ajouté votre message à ce que nous avons.",
        "C'est noté avec ce que vous avez déjà dit.",
        "Cela s'ajoute aussi à votre demande.",
        "J'en ai pris note.",
        "C'est enregistré également.",
    ),
    "private": (
        "D'autres peuvent lire ici, je préfère donc ne rien aborder de personnel. "
        "Écrivez-moi directement, s'il vous plaît.",
        "Cet espace n'est pas privé. Envoyez-moi un message direct, et je vous aiderai.",
        "Je n'aborde rien de personnel dans un espace partagé. Écrivez-moi en message direct.",
        "Mieux vaut garder les détails personnels entre nous. Écrivez-moi en privé, s'il vous "
        "plaît.",
        "Comme d'autres lisent ici, continuons par message direct.",
    ),
    "handoff_requested": (
        "Je vous mets en relation avec une personne.",
        "Bien sûr, une personne prend le relais.",
        "Quelqu'un de l'équipe s'occupe de vous.",
        "Volontiers, je préviens quelqu'un de l'équipe.",
        "Une personne va vous répondre.",
        "J'ai demandé à quelqu'un de prendre le relais.",
    ),
    "handoff_stuck": (
        "Je ne peux pas aller plus loin, une personne prend donc le relais.",
        "Je ne peux pas régler cela moi-même. Quelqu'un de l'équipe va s'en occuper.",
        "Je ne veux pas tourner en rond : une personne s'en occupe.",
        "Une personne peut mieux vous aider ici et prend le relais.",
        "Je transmets cela avec tout ce que vous avez écrit.",
        "Quelqu'un de l'équipe prend la suite.",
    ),
    "handoff_sorry": (
        "Je suis désolé que ce soit si compliqué. Une personne prend le relais maintenant.",
        "Désolé pour le dérangement. Je transmets cela à quelqu'un.",
        "Je comprends que ce soit agaçant. Une personne va s'en occuper.",
        "Toutes mes excuses. Quelqu'un de l'équipe s'en occupe.",
        "Cela aurait dû mieux se passer. Une personne prend la suite.",
        "Cela n'aurait pas dû arriver, désolé. Quelqu'un prend le relais.",
    ),
    "handoff_legal": (
        "Cela doit être traité par une personne. Je transmets.",
        "La personne responsable va examiner cela.",
        "Je transmets à ceux qui peuvent y répondre.",
        "Pour cette affaire, une personne prend le relais.",
        "La personne chargée de ces questions prend la suite.",
        "Cela va à l'équipe concernée.",
    ),
    "safety_notice": (
        "Je suis un assistant automatique et je ne peux pas aider ici comme une personne. "
        "Si vous êtes en danger, appelez maintenant les secours. "
        "Je préviens une personne tout de suite.",
        "Ne gardez pas cela pour vous. S'il y a un danger, appelez les secours. "
        "Une personne est prévenue tout de suite.",
        "Votre sécurité passe avant tout. Appelez les secours si vous êtes en danger. "
        "J'alerte une personne maintenant.",
        "Si vous ou quelqu'un d'autre êtes en danger, appelez les secours. "
        "Une personne prend le relais ici.",
    ),
    "handoff_flow": (
        "J'ai tout ce qu'il faut et je transmets votre demande à une personne.",
        "Merci, votre demande est complète. Une personne prend le relais.",
        "Tout est là. Quelqu'un de l'équipe va terminer.",
        "Votre demande est complète et une personne la reçoit maintenant.",
        "C'est tout. Quelqu'un de l'équipe s'en charge.",
        "Quelqu'un de l'équipe s'occupe du reste.",
    ),
    "handoff_error": (
        "Désolé, quelque chose n'a pas fonctionné chez nous à la lecture de votre message. "
        "Une personne va le lire et vous répondre ici.",
        "Il y a eu une erreur chez nous, désolé. Une personne va lire votre message.",
        "Je n'ai pas pu lire cela à cause d'une erreur chez nous. Quelqu'un prend le relais.",
        "Un problème est survenu de notre côté, désolé. Quelqu'un vous répondra ici.",
    ),
    "withheld": (
        "Je préfère n'y répondre qu'avec certitude. Si vous le demandez, une personne prend le "
        "relais.",
        "Je ne peux pas le dire avec certitude. Une personne peut vérifier, il suffit de demander.",
        "Je n'ai pas de réponse fiable ici. Dites-le-moi si une personne doit vérifier.",
        "Plutôt que de me tromper, je ne dis rien là-dessus. Une personne peut vous aider.",
        "Je ne veux pas deviner. Si vous le souhaitez, une personne prend le relais.",
    ),
    "guided": (
        "Voici ce que je peux vous dire : {answer}",
        "Pour répondre à votre question : {answer}",
        "Chez nous, voici la règle : {answer}",
        "Voici comment cela se passe : {answer}",
        "Voici la réponse : {answer}",
        "Chez nous, c'est ainsi : {answer}",
    ),
    "recall_elsewhere": (
        "J'ai lu aussi ce que vous nous avez écrit {where}.",
        "J'ai également sous les yeux votre message envoyé {where}.",
        "Inutile de répéter ce que vous avez écrit {where}.",
    ),
    "mail_begin": (
        "Bonjour {name},",
        "Bonjour,",
        "Bonjour à vous,",
    ),
    "mail_begin_formal": (
        "Bonjour {name},",
        "Bonjour,",
        "Madame, Monsieur,",
    ),
    "mail_end": (
        "Cordialement, {business}",
        "Bien cordialement, {business}",
        "Meilleures salutations, {business}",
        "Avec nos meilleures salutations, {business}",
        "Sincères salutations, {business}",
        "Bien à vous, {business}",
    ),
    "when_open": (
        "La réponse arrivera {where}, en général bientôt : nous sommes ouverts.",
        "Nous sommes ouverts, la réponse devrait donc arriver bientôt, {where}.",
        "La réponse arrivera {where}, tant que nous sommes ouverts aujourd'hui.",
        "Vous aurez la réponse {where} ; l'équipe est là en ce moment.",
        "L'équipe est là et vous écrit {where}.",
        "Quelqu'un est là et vous répondra {where}.",
    ),
    "when_closed": (
        "Nous sommes fermés et rouvrons {opening}. La réponse arrivera {where}.",
        "L'équipe revient {opening} et vous répondra {where}.",
        "Personne n'est là pour l'instant. {opening}, quelqu'un vous répondra {where}.",
        "Vous aurez la réponse {where} quand nous ouvrirons {opening}.",
        "Nous ouvrons {opening} ; la réponse arrivera ensuite {where}.",
        "La réponse viendra {where}, mais pas avant l'ouverture, {opening}.",
    ),
    "when_callback": (
        "Nous sommes fermés. Quelqu'un vous rappelle quand nous ouvrons {opening}.",
        "L'équipe revient {opening} et vous appellera alors.",
        "Personne n'est là pour l'instant ; nous appelons après l'ouverture, {opening}.",
        "Nous ouvrons {opening} et vous rappelons.",
    ),
    "when_message": (
        "Nous rouvrons {opening}. Votre message est conservé, la réponse arrivera {where}.",
        "Votre message attend l'équipe, qui revient {opening} et vous répondra {where}.",
        "Personne n'est là pour l'instant. Votre message sera lu {opening}, la réponse arrivera "
        "{where}.",
        "L'équipe lira votre message {opening} ; la réponse arrivera {where}.",
    ),
    "when_unknown": (
        "Vous aurez la réponse {where}.",
        "La réponse arrivera {where}.",
        "Surveillez la réponse {where}, s'il vous plaît.",
        "Quelqu'un vous répondra {where}.",
        "Nous vous répondrons {where}.",
        "Nous vous écrirons {where}.",
    ),
    "confirm_action": (
        "Dois-je le faire : {title} ? Oui ou non ?",
        "Avant de le faire, confirmez, s'il vous plaît : {title}. Est-ce correct ?",
        "Puis-je le faire maintenant ({title}) ?",
        "Une dernière question : dois-je continuer avec {title} ?",
        "Dites oui et je le fais : {title}. Ou non, et j'y renonce.",
        "Il me faut votre accord : {title}. Puis-je le faire ?",
    ),
}
"""Answer key -> variants, the first being preferred."""

WHERE: Mapping[str, str] = {
    "sms": "ici par SMS",
    "email": "ici par e-mail",
    "webchat": "dans ce chat",
    "slack": "ici dans Slack",
}

BY: Mapping[str, str] = {
    "email": "par e-mail",
    "slack": "dans Slack",
    "webchat": "dans le chat, avec votre compte",
    "sms": "par SMS",
}

WORDS: Mapping[str, str] = {
    "elsewhere": "ici",
    "chat": "dans le chat",
    "or": "ou",
    "yes": "Oui",
    "no": "Non",
    "hidden": "comme vous me l'avez indiqué",
    "detail": "ce détail",
    "pair": "{label} : {value}",
    "today": "aujourd'hui à {clock}",
    "tomorrow": "demain à {clock}",
    "weekday": "{day} à {clock}",
    "date": "le {day} à {clock}",
    "last_message": "Merci, c'était votre message numéro {count} à ce sujet.",
    "last_lines": "C'est noté, avec {count} lignes jusqu'ici.",
    "last_ask": "J'ai {count} de vos informations et il me faut encore {label} (message {turns}).",
    "last_private": "Écrivez-moi directement, d'autres lisent ici (rappel {count}).",
    "last_where": "Surveillez {where} la réponse au message {count}.",
}

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
