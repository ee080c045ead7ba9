"""The German wording a playbook falls back to, in the polite form.

Data only, by the same keys and with the same words in braces as the English wording in
`core.answers.defaults`. Whoever adds a key there adds it here.
"""

from __future__ import annotations

from collections.abc import Mapping

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "greeting": (
        "Guten Tag! Was kann ich für Sie tun?",
        "Hallo, schön, dass Sie schreiben. Worum geht es?",
        "Willkommen! Wie kann ich helfen?",
        "Guten Tag, was führt Sie her?",
        "Hallo! Sagen Sie mir, was Sie brauchen.",
        "Hallo noch einmal! Was kann ich für Sie tun?",
    ),
    "thanks": (
        "Gern geschehen!",
        "Sehr gern.",
        "Das habe ich gern gemacht.",
        "Jederzeit wieder.",
        "Gern, melden Sie sich, wenn noch etwas ist.",
        "Bitte schön, und danke auch Ihnen.",
    ),
    "goodbye": (
        "Auf Wiedersehen, alles Gute!",
        "Tschüss, schreiben Sie, wann immer Sie uns brauchen.",
        "Bis bald!",
        "Alles Gute und auf Wiedersehen!",
        "Danke für Ihre Nachricht. Auf Wiedersehen!",
        "Einen schönen Tag noch!",
    ),
    "agree": (
        "Gut.",
        "In Ordnung, notiert.",
        "Alles klar, danke.",
        "Verstanden.",
        "Danke für die Bestätigung.",
        "Sehr gut.",
    ),
    "decline": (
        "In Ordnung. Schreiben Sie, wenn etwas ist.",
        "Kein Problem.",
        "Gut, ich bin da, wenn Sie etwas brauchen.",
        "Dann ist das erledigt.",
        "Alles klar. Einen schönen Tag noch!",
        "Gut, dann belasse ich es dabei.",
    ),
    "noted": (
        "Danke, das habe ich notiert.",
        "Ich habe es für Sie aufgeschrieben.",
        "Notiert. Gibt es noch etwas dazu, schreiben Sie es mir bitte.",
        "Danke, das ist festgehalten.",
        "Das nehme ich zu Ihrer Anfrage.",
        "Verstanden, es ist vermerkt.",
        "Danke für den Hinweis.",
    ),
    "acknowledge": (
        "Verstanden: {value}.",
        "Danke, also {value}.",
        "{value} ist notiert.",
        "Danke, ich habe {value} notiert.",
        "In Ordnung, {value}.",
        "Gut, {value}.",
    ),
    "acknowledge_name": (
        "Danke, {value}.",
        "Vielen Dank, {value}.",
        "Freut mich, {value}.",
        "Alles klar, {value}.",
        "Gut, {value}.",
        "Notiert, {value}.",
    ),
    "acknowledge_secret": (
        "Danke, das ist angekommen und wird nicht im Gespräch aufbewahrt.",
        "Danke, das ist sicher angekommen.",
        "Das ist angekommen und für niemanden sichtbar.",
        "Danke, erhalten und verborgen.",
        "Gut, das ist angekommen.",
        "Das ist aufgenommen, ohne dass es jemand sieht.",
    ),
    "purpose": (
        "Was kann ich für Sie tun?",
        "Worum geht es?",
        "Wie kann ich Ihnen helfen?",
        "Was möchten Sie erledigen?",
        "Was brauchen Sie?",
        "Womit darf ich weiterhelfen?",
    ),
    "help": (
        "Ich helfe gern. Worum geht es?",
        "Natürlich. Was brauchen Sie?",
        "Dafür bin ich da. Was ist passiert?",
        "Gern. Was kann ich tun?",
        "Selbstverständlich. Sagen Sie mir, worum es geht.",
        "Ich tue, was ich kann. Was gibt es?",
    ),
    "automated": (
        "Ich bin ein automatischer Assistent. Auf Ihren Wunsch übernimmt jederzeit ein Mensch.",
        "Hier schreibt ein Programm. Sagen Sie Bescheid, wenn Sie lieber mit einem Menschen "
        "sprechen.",
        "Ich bin kein Mensch, sondern eine Software. Auf Wunsch übernimmt ein Mensch.",
        "Hier antwortet ein Programm. Ein Wort von Ihnen genügt, und ein Mensch übernimmt.",
        "Ich antworte automatisch für das Team. Auf Ihren Wunsch übernimmt jemand.",
    ),
    "regret": (
        "Das tut mir leid.",
        "Das ist ärgerlich, entschuldigen Sie bitte.",
        "Es tut mir leid, dass es nicht gut läuft.",
        "Ich verstehe Ihren Ärger, und es tut mir leid.",
        "Entschuldigung, das sollte einfacher sein.",
        "Es tut mir leid, dass Sie nicht zufrieden sind.",
    ),
    "beside": (
        "Darauf habe ich hier keine Antwort.",
        "Das kann ich Ihnen leider nicht sagen.",
        "Das weiß ich leider nicht.",
        "Das kann ich noch nicht beantworten.",
        "Dazu liegt mir nichts vor.",
        "Dazu habe ich leider nichts.",
    ),
    "ask": (
        "Eine Angabe brauche ich noch: {label}. Wie lautet sie?",
        "Können Sie mir bitte noch dies nennen: {label}?",
        "Mir fehlt noch: {label}. Schreiben Sie es mir bitte?",
        "Damit es weitergeht, brauche ich: {label}.",
        "Bitte schicken Sie mir: {label}.",
        "Was darf ich hier eintragen: {label}?",
    ),
    "offer": (
        "Geht es um {value}?",
        "Soll ich wieder {value} nehmen?",
        "Ist es {value}, wie zuvor?",
        "Stimmt {value} noch?",
        "Gilt weiterhin {value}?",
        "Darf ich {value} verwenden?",
    ),
    "found": (
        "Danke, mehr brauche ich nicht.",
        "Gut, jetzt habe ich alles.",
        "Damit ist es vollständig, Ihre Anfrage ist notiert.",
        "Alles da, Ihre Anfrage ist aufgenommen.",
        "Ich habe jetzt alle Angaben dazu.",
        "Ihre Angaben sind vollständig.",
    ),
    "missing": (
        "Mit diesen Angaben finde ich nichts. Können Sie sie bitte prüfen?",
        "Zu diesen Angaben passt nichts. Ist vielleicht ein Tippfehler darin?",
        "Unter diesen Angaben finde ich nichts. Sehen Sie bitte noch einmal nach?",
        "Diese Angaben führen mich leider nicht weiter. Schicken Sie sie mir noch einmal?",
        "Leider passt nichts dazu. Könnte eine Angabe anders lauten?",
        "Dazu gibt es hier nichts. Schicken Sie mir die Angaben bitte so, wie sie in Ihrer "
        "Bestätigung stehen.",
    ),
    "cancelled": (
        "In Ordnung, dann lassen wir das. Schreiben Sie, wenn Sie etwas brauchen.",
        "Gut, ich höre hier auf. Melden Sie sich, wenn etwas ist.",
        "Kein Problem, das ist vom Tisch.",
        "Gut, dann nicht. Schreiben Sie, wenn Sie es doch wollen.",
        "In Ordnung, die Anfrage ist verworfen.",
        "In Ordnung, es passiert nichts weiter.",
    ),
    "clarify": (
        "Meinen Sie {first} oder {second}?",
        "Geht es um {first} oder eher um {second}?",
        "Nur zur Sicherheit: {first} oder {second}?",
        "Was von beidem meinen Sie, {first} oder {second}?",
        "Betrifft es {first} oder {second}?",
        "Damit ich Sie richtig verstehe: {first} oder {second}?",
    ),
    "unknown": (
        "Das habe ich leider nicht verstanden. Können Sie es anders sagen?",
        "Ich bin nicht sicher, was Sie meinen. Was möchten Sie tun?",
        "Darauf habe ich noch keine Antwort. Erzählen Sie mir etwas mehr?",
        "So komme ich nicht weiter. Sagen Sie es bitte mit anderen Worten?",
        "Das ist mir leider noch nicht klar. Worum geht es?",
        "Ich kann noch nicht folgen. Beschreiben Sie es bitte noch einmal?",
        "Darauf habe ich keine gute Antwort. Was ist Ihnen am wichtigsten?",
        "Dazu habe ich nichts gefunden. Können Sie es anders ausdrücken?",
    ),
    "more": (
        "Mehr dazu: {title} – {url}",
        "Zum Weiterlesen: {title} – {url}",
        "Quelle: {title} – {url}",
        "Einzelheiten: {title} – {url}",
        "Der ganze Artikel: {title} – {url}",
        "Nachzulesen hier: {title} – {url}",
    ),
    "again": (
        "Wie gesagt: {answer}",
        "Noch einmal: {answer}",
        "Um es zu wiederholen: {answer}",
        "Wie zuvor: {answer}",
        "Es gilt weiter: {answer}",
        "Zur Erinnerung: {answer}",
    ),
    "fall_through": (
        "Ich habe Ihre Nachricht gelesen und lege sie zu Ihrer Anfrage.",
        "Danke, Ihre Nachricht gehört jetzt zu Ihrer Anfrage.",
        "Ihre Nachricht ist bei Ihren bisherigen Angaben vermerkt.",
        "Das steht jetzt bei dem, was Sie vorher geschrieben haben.",
        "Auch das habe ich zu Ihrer Anfrage genommen.",
        "Das habe ich aufgenommen.",
        "Das ist ebenfalls festgehalten.",
    ),
    "private": (
        "Hier können andere mitlesen, deshalb spreche ich hier nichts Persönliches an. "
        "Bitte schreiben Sie mir direkt.",
        "Hier sind wir nicht unter uns. Schicken Sie mir eine Direktnachricht, dann helfe ich.",
        "Über Persönliches spreche ich nur unter uns. Schreiben Sie mir gern eine Direktnachricht.",
        "Persönliche Angaben sagen Sie am besten mir allein. Bitte schreiben Sie mir privat.",
        "Da hier mehrere mitlesen, machen wir bitte in einer Direktnachricht weiter.",
    ),
    "handoff_requested": (
        "Ich gebe das an einen Menschen aus unserem Team weiter.",
        "Natürlich, ab hier übernimmt ein Mensch.",
        "Jemand aus dem Team kümmert sich um Sie.",
        "Gern, ich hole jemanden für Sie.",
        "Ein Mensch meldet sich bei Ihnen.",
        "Ich habe jemanden gebeten zu übernehmen.",
    ),
    "handoff_stuck": (
        "Hier komme ich nicht weiter, deshalb übernimmt ein Mensch.",
        "Das kann ich nicht allein klären. Jemand aus dem Team sieht es sich an.",
        "Ich möchte mich nicht im Kreis drehen: Ein Mensch kümmert sich darum.",
        "Ein Mensch kann Ihnen hier besser helfen und übernimmt.",
        "Ich gebe das weiter, und alles, was Sie geschrieben haben, geht mit.",
        "Ab hier macht jemand aus dem Team weiter.",
    ),
    "handoff_sorry": (
        "Es tut mir leid, dass das so mühsam war. Jetzt übernimmt ein Mensch.",
        "Entschuldigen Sie die Umstände. Ich gebe es an jemanden weiter.",
        "Ich verstehe, dass das ärgerlich ist. Ein Mensch sieht es sich an.",
        "Ich bitte um Entschuldigung. Jemand aus dem Team kümmert sich darum.",
        "Das hätte besser laufen sollen. Ein Mensch macht weiter.",
        "Das hätte nicht passieren dürfen. Jemand übernimmt.",
    ),
    "handoff_legal": (
        "Das gehört in die Hände eines Menschen. Ich gebe es weiter.",
        "Eine verantwortliche Person sieht sich das an.",
        "Ich gebe es an die Stelle weiter, die darauf antworten darf.",
        "In dieser Sache übernimmt ein Mensch.",
        "Wer dafür zuständig ist, macht hier weiter.",
        "Das geht an das zuständige Team.",
    ),
    "safety_notice": (
        "Ich bin ein automatischer Assistent und kann hier nicht so helfen wie ein Mensch. "
        "Wenn Sie in Gefahr sind, rufen Sie bitte jetzt den Notruf. "
        "Ich sage sofort einem Menschen Bescheid.",
        "Bitte bleiben Sie damit nicht allein. Bei Gefahr rufen Sie den Notruf. "
        "Ich sage sofort jemandem aus dem Team Bescheid.",
        "Ihre Sicherheit geht vor. Bitte rufen Sie den Notruf, wenn Sie in Gefahr sind. "
        "Ich benachrichtige jetzt einen Menschen.",
        "Wenn Sie oder jemand anderes in Gefahr ist, rufen Sie bitte den Notruf. "
        "Ein Mensch übernimmt hier.",
    ),
    "handoff_flow": (
        "Ich habe alles und gebe Ihre Anfrage an einen Menschen weiter.",
        "Danke, Ihre Anfrage ist vollständig. Ab hier übernimmt ein Mensch.",
        "Alles ist da. Jemand aus dem Team bringt es zu Ende.",
        "Ihre Anfrage ist vollständig und geht nun an einen Menschen.",
        "Das war alles. Jemand aus dem Team erledigt es.",
        "Um den Rest kümmert sich jemand aus dem Team.",
    ),
    "handoff_error": (
        "Bei uns ist beim Lesen Ihrer Nachricht etwas schiefgegangen, Entschuldigung. "
        "Ein Mensch sieht sie sich an und antwortet Ihnen hier.",
        "Es gab einen Fehler bei uns, Entschuldigung. Ein Mensch sieht sich Ihre Nachricht an.",
        "Wegen eines Fehlers bei uns konnte ich das nicht lesen. Jemand übernimmt.",
        "Das ist bei uns fehlgeschlagen, Entschuldigung. Jemand antwortet Ihnen hier.",
    ),
    "withheld": (
        "Darauf möchte ich nur antworten, wenn ich sicher bin. Auf Wunsch übernimmt ein Mensch.",
        "Das kann ich nicht mit Gewissheit sagen. Auf Wunsch sieht es sich ein Mensch an.",
        "Hier habe ich keine verlässliche Antwort. Sagen Sie Bescheid, wenn ein Mensch nachsehen "
        "soll.",
        "Bevor ich etwas Falsches sage, sage ich dazu nichts. Auf Wunsch hilft ein Mensch.",
        "Raten möchte ich hier nicht. Wenn Sie wollen, übernimmt ein Mensch.",
    ),
    "guided": (
        "Zu Ihrer Frage: {answer}",
        "Das kann ich Ihnen dazu sagen: {answer}",
        "Dazu gilt bei uns: {answer}",
        "So ist es geregelt: {answer}",
        "Hier die Antwort: {answer}",
        "Bei uns ist es so: {answer}",
    ),
    "recall_elsewhere": (
        "Ich habe auch gelesen, was Sie uns {where} geschrieben haben.",
        "Ihre Nachricht {where} liegt mir ebenfalls vor.",
        "Was Sie {where} geschrieben haben, müssen Sie nicht wiederholen.",
    ),
    "mail_begin": (
        "Guten Tag {name},",
        "Guten Tag,",
        "Hallo,",
    ),
    "mail_begin_formal": (
        "Guten Tag {name},",
        "Guten Tag,",
        "Sehr geehrte Damen und Herren,",
    ),
    "mail_end": (
        "Freundliche Grüße, {business}",
        "Mit freundlichen Grüßen, {business}",
        "Beste Grüße, {business}",
        "Viele Grüße, {business}",
        "Mit besten Grüßen, {business}",
        "Herzliche Grüße, {business}",
    ),
    "when_open": (
        "Die Antwort kommt {where}, meist bald: Wir haben gerade geöffnet.",
        "Wir haben geöffnet, die Antwort sollte also bald kommen, {where}.",
        "Die Antwort kommt {where}, noch während wir heute geöffnet haben.",
        "Bitte achten Sie {where} auf die Antwort; das Team ist gerade da.",
        "Das Team arbeitet gerade und schreibt Ihnen {where}.",
        "Jemand ist gerade da und antwortet {where}.",
    ),
    "when_closed": (
        "Wir haben im Moment geschlossen und öffnen {opening} wieder. Die Antwort kommt {where}.",
        "Das Team ist {opening} zurück und antwortet {where}.",
        "Im Moment ist niemand da. {opening} geht es weiter, die Antwort kommt {where}.",
        "Sie erhalten die Antwort {where}, wenn wir {opening} öffnen.",
        "Wir öffnen {opening}; danach kommt die Antwort {where}.",
        "Die Antwort kommt {where}, allerdings erst, wenn wir {opening} öffnen.",
    ),
    "when_callback": (
        "Wir haben im Moment geschlossen. Jemand ruft Sie zurück, wenn wir {opening} öffnen.",
        "Das Team ist {opening} zurück und ruft Sie dann an.",
        "Im Moment ist niemand da; wir rufen an, nachdem wir {opening} geöffnet haben.",
        "Wir öffnen {opening} und rufen Sie zurück.",
    ),
    "when_message": (
        "Wir sind {opening} wieder da. Ihre Nachricht ist gut aufgehoben, die Antwort kommt "
        "{where}.",
        "Ihre Nachricht wartet auf das Team, das {opening} zurück ist und {where} antwortet.",
        "Im Moment ist niemand da. Ihre Nachricht wird {opening} gelesen und {where} beantwortet.",
        "Das Team liest Ihre Nachricht {opening}; die Antwort kommt {where}.",
    ),
    "when_unknown": (
        "Die Antwort kommt {where}.",
        "Sie erhalten die Antwort {where}.",
        "Bitte achten Sie {where} auf die Antwort.",
        "Jemand antwortet {where}.",
        "Die Antwort schreiben wir Ihnen {where}.",
        "Sie hören {where} von uns.",
    ),
    "confirm_action": (
        "Soll ich das ausführen: {title}? Ja oder nein?",
        "Bevor ich es tue, bestätigen Sie bitte: {title}. Ist das richtig?",
        "Darf ich es jetzt ausführen ({title})?",
        "Eine letzte Frage: Soll ich weitermachen mit {title}?",
        "Sagen Sie bitte ja, dann mache ich es: {title}. Oder nein, dann lasse ich es.",
        "Dafür brauche ich Ihr Ja: {title}. Darf ich?",
    ),
}
"""Answer key -> variants, the first being preferred."""

WHERE: Mapping[str, str] = {
    "sms": "hier per SMS",
    "email": "hier per E-Mail",
    "webchat": "in diesem Chat",
    "slack": "hier in Slack",
}

BY: Mapping[str, str] = {
    "email": "per E-Mail",
    "slack": "in Slack",
    "webchat": "im Chat, angemeldet",
    "sms": "per SMS",
}

WORDS: Mapping[str, str] = {
    "elsewhere": "hier",
    "chat": "im Chat",
    "or": "oder",
    "yes": "Ja",
    "no": "Nein",
    "hidden": "wie von Ihnen angegeben",
    "detail": "diese Angabe",
    "pair": "{label}: {value}",
    "today": "heute um {clock}",
    "tomorrow": "morgen um {clock}",
    "weekday": "am {day} um {clock}",
    "date": "am {day} um {clock}",
    "last_message": "Danke, das war Ihre Nachricht Nummer {count} dazu.",
    "last_lines": "Ist notiert, bisher mit {count} Zeilen.",
    "last_ask": "Ich habe {count} Ihrer Angaben und brauche noch {label} (Nachricht {turns}).",
    "last_private": "Bitte schreiben Sie mir direkt, hier lesen andere mit (Hinweis {count}).",
    "last_where": "Bitte achten Sie {where} auf Nachricht {count}.",
}

DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
