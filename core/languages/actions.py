"""The German, French and Spanish wording of what is said about actions.

Data only, as `core.answers.actions`, whose keys and words in braces they have.
"""

from __future__ import annotations

from collections.abc import Mapping

ACTION_ANSWERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "de": {
        "action_summary": (
            "Bevor ich es tue, sehen Sie bitte nach: {title} ({details}). Soll ich es ausführen?",
            "Das würde ich jetzt tun: {title} ({details}). Ist das richtig?",
            "Zur Sicherheit: {title}, mit {details}. Darf ich?",
            "Ich habe es so verstanden: {title} ({details}). Ja oder nein?",
            "Bitte sehen Sie noch einmal hin: {title}, mit {details}. Stimmt alles?",
            "Soll ich das tun: {title}?",
            "Als Nächstes käme: {title}. Ist das richtig?",
            "Bitte sagen Sie ja oder nein: {title}. Darf ich?",
        ),
        "action_change": (
            "Was soll anders sein? Oder möchten Sie es lieber lassen?",
            "Gut, ich habe es nicht getan. Was soll ich ändern?",
            "Dann warte ich. Was stimmt nicht?",
            "Es ist noch nichts passiert. Was möchten Sie stattdessen?",
            "In Ordnung, so nicht. Wie möchten Sie es haben?",
            "Ich lasse es vorerst. Sagen Sie mir, was anders sein soll, wenn Sie mögen.",
        ),
        "action_refused": (
            "So geht es leider nicht. Wäre etwas anderes möglich?",
            "Ich habe es versucht, auf diese Weise geht es nicht. Was passt Ihnen stattdessen?",
            "Das wurde leider abgelehnt. Versuchen wir es anders?",
            "Mit diesen Angaben geht es leider nicht. Haben Sie andere?",
            "So lässt es sich nicht machen. Gibt es einen anderen Weg, der Ihnen passt?",
        ),
        "action_failed": (
            "Das konnte ich gerade leider nicht abschließen.",
            "Da ist etwas dazwischengekommen, es ist nicht fertig geworden. Entschuldigung.",
            "Das hat auf unserer Seite eben nicht geklappt, es tut mir leid.",
            "Ich konnte es nicht zu Ende bringen. Der Fehler liegt bei uns.",
            "Es ließ sich gerade nicht ausführen, Entschuldigung.",
        ),
    },
    "fr": {
        "action_summary": (
            "Avant de continuer, vérifiez s'il vous plaît : {title} ({details}). Puis-je le "
            "faire ?",
            "Voici ce que je ferais maintenant : {title} ({details}). Est-ce correct ?",
            "Pour confirmation : {title}, avec {details}. Puis-je le faire ?",
            "J'ai compris ceci : {title} ({details}). Oui ou non ?",
            "Vérifiez encore une fois, s'il vous plaît : {title}, avec {details}. Tout est "
            "correct ?",
            "Dois-je le faire : {title} ?",
            "L'étape suivante serait : {title}. Est-ce correct ?",
            "Dites-moi oui ou non, s'il vous plaît : {title}. Puis-je le faire ?",
        ),
        "action_change": (
            "Que faut-il changer ? Ou préférez-vous y renoncer ?",
            "D'accord, je ne l'ai pas fait. Que dois-je changer ?",
            "Alors j'attends. Qu'est-ce qui n'est pas correct ?",
            "Rien n'a encore été fait. Que voulez-vous à la place ?",
            "D'accord, pas comme cela. Que souhaitez-vous ?",
            "Je mets cela de côté. Dites-moi ce qu'il faut changer, si vous le souhaitez.",
        ),
        "action_refused": (
            "Désolé, ce n'est pas possible ainsi. Y a-t-il une autre possibilité pour vous ?",
            "J'ai essayé, mais ce n'est pas possible de cette façon. Que préférez-vous à la "
            "place ?",
            "Cela a été refusé, malheureusement. Voulez-vous essayer autrement ?",
            "Cela ne fonctionne pas avec ces informations. En avez-vous d'autres ?",
            "Cela ne peut pas se faire ainsi. Y a-t-il une autre solution qui vous convient ?",
        ),
        "action_failed": (
            "Désolé, je n'ai pas pu terminer cela.",
            "Un imprévu m'a empêché de terminer, toutes mes excuses.",
            "Cela n'a pas fonctionné de notre côté, désolé.",
            "Je n'ai pas pu aller au bout. L'erreur vient de chez nous.",
            "Cela n'a pas pu être fait pour l'instant, pardon.",
        ),
    },
    "es": {
        "action_summary": (
            "Antes de hacerlo, revíselo, por favor: {title} ({details}). ¿Sigo adelante?",
            "Esto es lo que haría ahora: {title} ({details}). ¿Es correcto?",
            "Para confirmar: {title}, con {details}. ¿Puedo hacerlo?",
            "Lo tengo así: {title} ({details}). ¿Sí o no?",
            "Revíselo otra vez, por favor: {title}, con {details}. ¿Está todo bien?",
            "¿Hago esto: {title}?",
            "El siguiente paso sería: {title}. ¿Es correcto?",
            "Dígame sí o no, por favor: {title}. ¿Lo hago?",
        ),
        "action_change": (
            "¿Qué quiere cambiar? ¿O prefiere dejarlo?",
            "De acuerdo, no lo he hecho. ¿Qué cambio?",
            "Entonces espero. ¿Qué parte no es correcta?",
            "Todavía no se ha hecho nada. ¿Qué desea en su lugar?",
            "De acuerdo, así no. ¿Cómo lo quiere?",
            "Lo dejo por ahora. Dígame qué cambiar, si quiere.",
        ),
        "action_refused": (
            "Lo siento, así no es posible. ¿Le serviría otra opción?",
            "Lo he intentado, y de esa forma no se puede. ¿Qué le conviene en su lugar?",
            "Por desgracia, no se ha aceptado. ¿Lo intentamos de otra manera?",
            "Con estos datos no funciona. ¿Tiene otros?",
            "Así no se puede hacer. ¿Hay otra forma que le convenga?",
        ),
        "action_failed": (
            "Lo siento, no he podido terminarlo ahora.",
            "Algo impidió terminarlo, le pido disculpas.",
            "Ha habido un fallo por nuestra parte, lo siento.",
            "No pude llevarlo a cabo. El fallo es nuestro.",
            "Ahora no se ha podido hacer, disculpe.",
        ),
    },
}
"""Language by its code -> answer key -> variants."""
