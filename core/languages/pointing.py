"""The German, French and Spanish wording of naming an article that may answer what was asked.

Data only, as `core.answers.pointing`, whose keys and words in braces they have.
"""

from __future__ import annotations

from collections.abc import Mapping

POINTING_ANSWERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "de": {
        "pointed": (
            "Ich bin nicht sicher, ob das passt, am nächsten kommt {title}: {url}\n"
            "Hilft Ihnen das?",
            "Vielleicht suchen Sie das hier, {title}: {url}\nIst es das?",
            "Eine sichere Antwort habe ich nicht, aber etwas Ähnliches, {title}: {url}\n"
            "Steht dort, was Sie brauchen?",
            "Möglicherweise steht es hier, {title}: {url}\nIst das die richtige Stelle?",
            "Ich würde zuerst hier nachsehen, {title}: {url}\nBeantwortet das Ihre Frage?",
            "Was ich dazu am ehesten habe, ist {title}: {url}\nMeinten Sie das?",
        ),
        "pointed_first": (
            "Vielleicht steht es hier:\n{title} – {url}",
            "Dazu gibt es etwas zu lesen:\n{title} – {url}",
            "Das könnte Ihnen dazu nützen:\n{title} – {url}",
            "Möglicherweise finden Sie es hier:\n{title} – {url}",
            "Etwas darüber steht hier:\n{title} – {url}",
            "Am nächsten kommt dem das hier:\n{title} – {url}",
        ),
    },
    "fr": {
        "pointed": (
            "Sans certitude que cela réponde, le plus proche est {title} : {url}\n"
            "Cela vous aide-t-il ?",
            "C'est peut-être ce que vous cherchez, {title} : {url}\nEst-ce cela ?",
            "Je n'ai pas de réponse sûre, mais ceci s'en approche, {title} : {url}\n"
            "Y trouvez-vous ce qu'il vous faut ?",
            "Cela se trouve peut-être ici, {title} : {url}\nEst-ce le bon endroit ?",
            "Je regarderais d'abord ici, {title} : {url}\nCela répond-il à votre question ?",
            "Ce que j'ai de plus proche, c'est {title} : {url}\nEst-ce ce que vous vouliez dire ?",
        ),
        "pointed_first": (
            "Vous le trouverez peut-être ici :\n{title} – {url}",
            "Il y a quelque chose à lire là-dessus :\n{title} – {url}",
            "Ceci peut vous être utile :\n{title} – {url}",
            "La réponse est peut-être ici :\n{title} – {url}",
            "À ce sujet, il y a ceci :\n{title} – {url}",
            "Voici ce que j'ai de plus proche :\n{title} – {url}",
        ),
    },
    "es": {
        "pointed": (
            "No sé con seguridad si responde a eso, pero lo más cercano es {title}: {url}\n"
            "¿Le sirve?",
            "Quizá sea lo que busca, {title}: {url}\n¿Es esto?",
            "No tengo una respuesta segura, pero esto se acerca, {title}: {url}\n"
            "¿Encuentra ahí lo que necesita?",
            "Puede que esté aquí, {title}: {url}\n¿Es el lugar correcto?",
            "Yo miraría primero aquí, {title}: {url}\n¿Responde a su pregunta?",
            "Lo más parecido que tengo es {title}: {url}\n¿Se refería a eso?",
        ),
        "pointed_first": (
            "Quizá lo encuentre aquí:\n{title} – {url}",
            "Sobre eso puede leer algo aquí:\n{title} – {url}",
            "Esto le puede servir:\n{title} – {url}",
            "Es posible que esté aquí:\n{title} – {url}",
            "Acerca de eso tengo esto:\n{title} – {url}",
            "Lo más cercano que tengo es esto:\n{title} – {url}",
        ),
    },
}
"""Language by its code -> variants by key."""
