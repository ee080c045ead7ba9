"""The German wording of the talk about who is writing, and of what is written to an address.

Data only, beside `core.languages.german`. What is said of a code says the same whether anybody has
the address or not.
"""

from __future__ import annotations

from collections.abc import Mapping

IDENTITY_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "code_sent": (
        "Wenn diese Adresse erreichbar ist, habe ich einen Code dorthin geschickt. Geben Sie ihn "
        "hier ein.",
        "Ein Code ist dorthin unterwegs, falls die Adresse erreichbar ist. Bitte hier eingeben.",
        "Kommt dort etwas an, ist es ein Code von uns. Bitte schreiben Sie ihn hier.",
    ),
    "code_waiting": (
        "Dafür brauche ich noch den Code, den ich geschickt habe. Bitte geben Sie ihn hier ein.",
        "Zuerst bitte der Code: die Ziffern, die ich geschickt habe.",
        "Sobald Sie den Code eingeben, geht es weiter.",
    ),
    "code_limited": (
        "Ich habe Ihnen schon mehrere Codes geschickt. Bitte versuchen Sie es in einer Stunde.",
        "Das sind vorerst genug Codes. In einer Stunde darf ich wieder einen schicken.",
        "Zu Ihrer Sicherheit warte ich eine Stunde bis zum nächsten Code.",
    ),
    "code_cannot": (
        "Dorthin kann ich keinen Code schicken. Haben Sie noch eine andere Adresse?",
        "An diese Adresse kann kein Code gehen. Gibt es eine andere?",
        "Dorthin kann ich leider nicht schreiben. Welche Adresse nutzen Sie sonst?",
    ),
    "code_proved": (
        "Danke, das ist der richtige Code.",
        "Richtig, danke. Jetzt weiß ich, dass beides Sie sind.",
        "Der Code stimmt. Die Adresse gehört hier nun auch zu Ihnen.",
    ),
    "code_proved_later": (
        "Danke, das ist der richtige Code. Zur Sicherheit verwende ich Früheres von dort erst in "
        "{minutes} Minuten.",
        "Der Code stimmt. Ältere Nachrichten von dort bleiben noch {minutes} Minuten verschlossen.",
        "Richtig, danke. In {minutes} Minuten kann ich auch nutzen, was Sie von dort schrieben.",
    ),
    "code_wrong": (
        "Das ist nicht der Code. Verbleibende Versuche: {left}.",
        "Diese Ziffern passen nicht. Verbleibende Versuche: {left}.",
        "Das habe ich nicht geschickt, bitte vergleichen Sie. Verbleibende Versuche: {left}.",
    ),
    "code_spent": (
        "Das war ein Versuch zu viel, der Code gilt nicht mehr. Für einen neuen nennen Sie mir die "
        "Adresse noch einmal.",
        "Der Code ist verbraucht. Nennen Sie die Adresse noch einmal, und ich schicke einen neuen.",
        "Dieser Code zählt nicht mehr. Einen neuen gibt es, wenn Sie die Adresse erneut nennen.",
    ),
    "code_expired": (
        "Der Code ist abgelaufen. Nennen Sie mir die Adresse noch einmal, dann schicke ich einen "
        "neuen.",
        "Der Code galt nur kurz. Für einen neuen nennen Sie bitte die Adresse noch einmal.",
        "Für diesen Code ist es leider zu spät. Mit der Adresse schicke ich einen neuen.",
    ),
    "code_none": (
        "Ich warte auf keinen Code. Was kann ich für Sie tun?",
        "Hier ist kein Code offen. Worum geht es?",
        "Im Moment brauche ich keinen Code. Wobei kann ich helfen?",
    ),
    "code_refused": (
        "Der Code stimmt, dennoch darf ich die beiden nicht zusammenlegen. Ein Mensch kann es "
        "ansehen.",
        "Das ist der Code, aber zusammenlegen darf ich die beiden nicht. Auf Wunsch hilft ein "
        "Mensch.",
        "Die Ziffern stimmen. Trotzdem bleiben die beiden getrennt; ein Mensch kann es klären.",
    ),
    "code_dropped": (
        "Gut, dann ohne Code. Was kann ich sonst tun?",
        "In Ordnung, wir lassen den Code weg. Gibt es noch etwas?",
        "Dann ohne. Wie kann ich sonst helfen?",
    ),
    "step_up": (
        "Dafür muss ich sicher sein, wer Sie sind. Von welcher Adresse haben Sie uns schon "
        "geschrieben? Ich schicke einen Code dorthin.",
        "Das ist nur für Sie bestimmt. An welche andere Adresse von Ihnen darf ein Code gehen?",
        "Vorher muss ich wissen, dass Sie es sind. Nennen Sie mir eine E-Mail-Adresse oder Nummer "
        "von Ihnen für einen Code.",
    ),
    "step_up_offer": (
        "Dafür muss ich sicher sein, dass Sie es sind. Soll ich einen Code an {to} schicken?",
        "Das ist nur für Sie bestimmt. Darf ein Code an {to} gehen?",
        "Vorher muss ich wissen, dass Sie es sind. Ist ein Code an {to} in Ordnung?",
    ),
    "step_up_which": (
        "Dafür muss ich sicher sein, dass Sie es sind. Wohin soll der Code?",
        "Das ist nur für Sie bestimmt. Wohin darf ein Code gehen?",
        "Vorher muss ich wissen, dass Sie es sind. Wohin darf ich den Code schicken?",
    ),
    "step_up_failed": (
        "Danke. Dafür reicht es noch nicht, deshalb übernimmt ein Mensch.",
        "Danke, das muss sich ein Mensch ansehen.",
        "Das stimmt, und doch darf ich es nicht selbst tun. Jemand aus dem Team macht weiter.",
    ),
    "disowned": (
        "Danke, dass Sie es sagen. Ich fange hier neu an und verwende nichts von vorher.",
        "Verstanden. Was vorher war, wird hier nicht verwendet.",
        "Danke für den Hinweis. Wir beginnen hier von vorn.",
    ),
    "move_done": (
        "Ich habe Ihnen an {to} geschrieben. Machen wir dort weiter.",
        "An {to} liegt eine Nachricht von mir; dort geht es weiter.",
        "Erledigt, ich habe an {to} geschrieben. Antworten Sie gern dort.",
    ),
    "move_which": (
        "Wo soll ich weitermachen?",
        "Wohin darf ich schreiben?",
        "Was davon passt Ihnen?",
    ),
    "move_ask_phone": (
        "An welche Nummer darf ich schreiben? Zuerst geht ein Code dorthin, damit es sicher Ihre "
        "ist.",
        "Wie lautet die Nummer? Ich prüfe sie erst mit einem Code.",
        "Nennen Sie mir bitte die Nummer. Sie bekommt zuerst einen Code von mir.",
    ),
    "move_ask_email": (
        "An welche Adresse darf ich schreiben? Zuerst geht ein Code dorthin, damit es sicher Ihre "
        "ist.",
        "Wie lautet die Adresse? Ich prüfe sie erst mit einem Code.",
        "Nennen Sie mir bitte die Adresse. Sie bekommt zuerst einen Code von mir.",
    ),
    "move_opted_out": (
        "An {to} sollen wir nicht schreiben. Bleiben wir also hier.",
        "An {to} sind keine Nachrichten von uns gewünscht. Hier kann es weitergehen.",
        "Es liegt der Wunsch vor, {to} nicht anzuschreiben. Ich bin weiter hier.",
    ),
    "move_cannot": (
        "Dort kann ich Ihnen nicht schreiben. Machen wir hier weiter.",
        "Das geht leider nicht. Ich bin hier für Sie da.",
        "Von hier aus kann ich dort nicht schreiben. Bleiben wir hier.",
    ),
    "moved_here": (
        "Guten Tag! Sie wollten hier weitermachen. Was kann ich für Sie tun?",
        "Hier geht es weiter, wie gewünscht. Schreiben Sie einfach.",
        "Wie gewünscht schreibe ich Ihnen hier. Antworten Sie einfach.",
    ),
    "where_to_answer": (
        "Wohin dürfen wir antworten, wenn Sie diesen Chat verlassen? Eine E-Mail-Adresse oder "
        "Nummer genügt.",
        "Falls Sie gehen müssen: An welche E-Mail-Adresse oder Nummer geht die Antwort?",
        "Damit die Antwort Sie findet, können Sie eine E-Mail-Adresse oder Nummer nennen.",
    ),
    "answer_there": (
        "Wenn Sie diesen Chat verlassen, geht die Antwort auch an {to}.",
        "Sind Sie nicht mehr da, antworten wir an {to}.",
        "Sie können gehen: Die Antwort findet Sie unter {to}.",
    ),
    "answer_waits": (
        "In unserem Chat liegt eine Antwort für Sie. Bitte öffnen Sie ihn.",
        "Wir haben Ihnen im Chat geantwortet. Sie finden es dort.",
        "Im Chat wartet eine Antwort auf Sie.",
    ),
    "elsewhere": (
        "Auf diesem Weg schreibe ich das nicht. Fragen Sie mich bitte {where}, dort erfahren Sie "
        "es.",
        "Das gehört nicht hierher. Schreiben Sie mir {where}, dann sage ich es Ihnen.",
        "Zu Ihrer Sicherheit schreibe ich das nicht hier. Fragen Sie mich bitte {where}.",
        "Auf diesem Weg schreibe ich das nicht. Ein Mensch sagt Ihnen, wie Sie es erfahren.",
        "Das gehört nicht hierher. Auf Wunsch übernimmt ein Mensch.",
    ),
    "code_message": (
        "{business}: Jemand schreibt uns und gibt auch diese Adresse als die eigene an. Wenn "
        "Sie das sind, geben Sie diesen Code dort ein, wo Sie danach gefragt wurden: {code}. Er "
        "gilt {minutes} Minuten. Wenn nicht, ignorieren Sie dies oder antworten Sie {not_me}.",
    ),
    "code_link": ("Oder öffnen Sie diese Seite dort, wo Sie mit uns schreiben: {link}",),
    "joined_notice": (
        "{business}: Ein Code, den wir an {target} geschickt haben, wurde eben von {asker} "
        "genannt. Wir halten nun beide für dieselbe Person. Wenn Sie das nicht waren, antworten "
        "Sie {not_me}, dann trennen wir sie sofort.",
    ),
    "parted_notice": (
        "{business}: Jemand, der von {handle} schreibt, hat uns gesagt, dass das nicht Sie sind. "
        "Wir haben die beiden Adressen getrennt, und ein Mensch sieht es sich an.",
    ),
    "link_shown": (
        "Danke. Sie haben gezeigt, dass Sie {target} lesen, also kennen wir Sie auch dort.",
    ),
    "link_refused": (
        "Dieser Link gilt nicht mehr, oder er wurde woanders angefordert. Geben Sie stattdessen "
        "den Code ein, oder bitten Sie um einen neuen.",
    ),
    "not_me": ("NICHT ICH",),
    "memory_away": (
        "Ich kann unsere früheren Nachrichten gerade nicht sehen und möchte nicht raten. "
        "Ich habe Ihre Nachricht an jemanden aus dem Team weitergegeben, der sie sich ansieht.",
    ),
}
"""Answer key -> variants, the first being preferred."""
