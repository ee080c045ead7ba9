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
            "Jetzt wäre dies dran: {title}. Ist das richtig?",
            "Bitte sagen Sie ja oder nein: {title}. Darf ich?",
        ),
        "action_change": (
            "Was soll anders sein? Oder möchten Sie es lieber lassen?",
            "Gut, ich habe es nicht getan. Was soll ich ändern?",
            "Dann warte ich. Was stimmt nicht?",
            "Es ist noch nichts passiert. Was möchten Sie stattdessen?",
            "In Ordnung, so nicht. Wie soll es sein?",
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
            "Avant de le faire, regardez bien : {title} ({details}). Puis-je continuer ?",
            "Voici ce que je ferais maintenant : {title} ({details}). Est-ce juste ?",
            "Pour être sûr : {title}, avec {details}. Puis-je le faire ?",
            "J'ai compris ceci : {title} ({details}). Oui ou non ?",
            "Regardez encore une fois : {title}, avec {details}. Tout est-il juste ?",
            "Dois-je le faire : {title} ?",
            "Ce serait maintenant : {title}. Est-ce juste ?",
            "Dites-moi oui ou non : {title}. Je peux ?",
        ),
        "action_change": (
            "Qu'est-ce qui doit être différent ? Ou préférez-vous laisser ?",
            "D'accord, je ne l'ai pas fait. Que dois-je changer ?",
            "Alors j'attends. Qu'est-ce qui n'est pas juste ?",
            "Rien n'a encore été fait. Que voulez-vous à la place ?",
            "Bien, pas ainsi. Comment cela doit-il être ?",
            "Je laisse pour l'instant. Dites-moi ce qu'il faut changer, si vous voulez.",
        ),
        "action_refused": (
            "Désolé, ce n'est pas possible ainsi. Autre chose conviendrait-il ?",
            "J'ai essayé, cela ne se fait pas de cette façon. Que préférez-vous à la place ?",
            "Cela a été refusé, malheureusement. Essayons-nous autrement ?",
            "Cela ne marche pas avec ces indications. En avez-vous d'autres ?",
            "Cela ne peut pas se faire ainsi. Y a-t-il une autre voie qui vous convient ?",
        ),
        "action_failed": (
            "Désolé, je n'ai pas pu terminer cela.",
            "Quelque chose a empêché cela de se terminer, toutes mes excuses.",
            "Cela n'a pas marché chez nous à l'instant, désolé.",
            "Je n'ai pas pu aller au bout. La faute est chez nous.",
            "Cela n'a pas pu être fait pour l'instant, pardon.",
        ),
    },
    "es": {
        "action_summary": (
            "Antes de hacerlo, mírelo por favor: {title} ({details}). ¿Sigo adelante?",
            "Esto es lo que haría ahora: {title} ({details}). ¿Es correcto?",
            "Para estar seguro: {title}, con {details}. ¿Puedo hacerlo?",
            "Lo tengo así: {title} ({details}). ¿Sí o no?",
            "Mire otra vez, por favor: {title}, con {details}. ¿Está todo bien?",
            "¿Hago esto: {title}?",
            "Ahora sería esto: {title}. ¿Es correcto?",
            "Dígame sí o no, por favor: {title}. ¿Puedo?",
        ),
        "action_change": (
            "¿Qué debe ser distinto? ¿O prefiere dejarlo?",
            "De acuerdo, no lo he hecho. ¿Qué cambio?",
            "Entonces espero. ¿Qué parte no es correcta?",
            "Todavía no se ha hecho nada. ¿Qué desea en su lugar?",
            "Bien, así no. ¿Cómo debe ser?",
            "Lo dejo por ahora. Dígame qué cambiar, si quiere.",
        ),
        "action_refused": (
            "Lo siento, así no es posible. ¿Serviría otra cosa?",
            "Lo he intentado, y de esa forma no se puede. ¿Qué le conviene en su lugar?",
            "Por desgracia se rechazó. ¿Lo intentamos de otra manera?",
            "Con estos datos no funciona. ¿Tiene otros?",
            "Así no se puede hacer. ¿Hay otra forma que le convenga?",
        ),
        "action_failed": (
            "Lo siento, no he podido terminarlo ahora.",
            "Algo impidió terminarlo, le pido disculpas.",
            "Eso no funcionó por nuestra parte, lo siento.",
            "No pude llevarlo a cabo. El fallo es nuestro.",
            "Ahora no se pudo hacer, perdone.",
        ),
    },
}
"""Language by its code -> answer key -> variants."""
