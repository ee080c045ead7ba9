"""What mail programs write around a quoted mail, one row a language.

Only words: how they are put together into lines is the concern of `quote_lines` and `signatures`.
No row may hold a whole sample line, and nothing here is matched by itself: each word counts only
beside a date, an address or other header lines. Alternatives are parted by `|`, in lower case.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one language. An empty string means that no program uses such a line there."""

    name: str
    starts: str
    """How the line above a quotation begins, in front of its date."""
    wrote: str
    """The verb in the line above a quotation."""
    original: str
    """The words in a dashed line above a quotation that tell it from any other dashed line."""
    message: str
    """What a mail is called in such a line."""
    forwarded: str
    """The words that make such a line a forwarded mail."""
    sender: str
    sent: str
    to: str
    copy: str
    subject: str
    device: str
    """How a mobile program's footer begins."""
    device_end: str = ""
    """How it ends, where the name of the device comes first."""
    regards: str = ""
    """Formal closings. Thanks are the person's own words and are not among them."""


LANGUAGES = (
    Phrases(
        "English",
        starts="on|at|in a message dated|in an email dated",
        wrote="wrote|writes|written by|quoting",
        original="original|reply|quoted|previous|replied",
        message="message|mail|email|e-mail|appointment",
        forwarded="forwarded|forward|fwd",
        sender="from|sender|on behalf of",
        sent="sent|date|sent at|sent on|date sent",
        to="to|recipients",
        copy="cc|bcc|reply-to|reply to|importance|attachments|priority|organization|organisation",
        subject="subject|re",
        device="sent from|sent with|sent by|sent via|get outlook for|composed on|written on my",
        regards="regards|kind regards|best regards|warm regards|warmest regards|kindest regards"
        "|with regards|with kind regards|with best regards|many regards|best wishes|cheers"
        "|thanks and regards|thanks & regards|thank you and regards",
    ),
    Phrases(
        "German",
        starts="am",
        wrote="schrieb|schrieben|geschrieben|zitat von",
        original="ursprüngliche|urspruengliche|original|antwort|originalnachricht"
        "|ursprungsnachricht|originalmail|originaltermin|originalmessage",
        message="nachricht|mail|e-mail|termin",
        forwarded="weitergeleitete|weitergeleiteten|weitergeleitet|weiterleitung",
        sender="von|absender|antwort an",
        sent="gesendet|datum|gesendet am",
        to="an|empfänger",
        copy="kopie|blindkopie|wichtigkeit|priorität|anlagen",
        subject="betreff|betr",
        device="von meinem|von meiner|gesendet von|gesendet mit|diese nachricht wurde von meinem"
        "|outlook für|holen sie sich outlook|hol dir outlook|von unterwegs",
        device_end="gesendet|geschickt",
        regards="mit freundlichen grüßen|mit freundlichen grüssen|freundliche grüße|beste grüße"
        "|freundliche grüsse|viele grüße|schöne grüße|liebe grüße|herzliche grüße|mfg|lg|gruß|vg",
    ),
    Phrases(
        "French",
        starts="le|en date du",
        wrote="a écrit|écrivait|ont écrit|écrit|citation de",
        original="original|origine|d'origine|originel|réponse|initial",
        message="message|courriel|mail|rendez-vous",
        forwarded="transféré|transmis|réexpédié|transférée",
        sender="de|expéditeur|répondre à",
        sent="envoyé|envoyé le|date|envoyée|date d'envoi",
        to="à|destinataire|pour",
        copy="cci|copie|copie à|importance|pièces jointes",
        subject="objet|sujet",
        device="envoyé de|envoyé depuis|envoyé à partir|envoyé par|télécharger outlook"
        "|obtenir outlook|obtenez outlook|provenance",
        regards="cordialement|bien cordialement|très cordialement|bien à vous|sincères salutations"
        "|salutations distinguées|meilleures salutations|cdlt",
    ),
    Phrases(
        "Spanish",
        starts="el|en",
        wrote="escribió|escribio|escribe|ha escrito|citando a",
        original="original|respuesta|originales",
        message="mensaje|correo|cita",
        forwarded="reenviado|reenviada|reenvío",
        sender="de|remitente|responder a",
        sent="enviado|enviado el|fecha|enviada el|enviado a las",
        to="para|a|destinatario",
        copy="cco|copia|importancia|datos adjuntos",
        subject="asunto",
        device="enviado desde|enviado con|enviado por|enviado de|obtener outlook|obtén outlook",
        regards="saludos|un saludo|saludos cordiales|atentamente|un cordial saludo"
        "|cordiales saludos|reciba un cordial saludo",
    ),
    Phrases(
        "Italian",
        starts="il|in data",
        wrote="ha scritto|scrive|scrisse|scriveva|hai scritto",
        original="originale|risposta",
        message="messaggio|mail|appuntamento",
        forwarded="inoltrato|inoltrata|rigirato",
        sender="da|mittente|rispondi a",
        sent="inviato|data|inviato il|inviata",
        to="a|destinatario",
        copy="ccn|copia|priorità|allegati",
        subject="oggetto",
        device="inviato da|inviato dal|inviato con|inviata da|scarica outlook|ottieni outlook",
        regards="cordiali saluti|distinti saluti|un cordiale saluto|cordialmente|saluti",
    ),
    Phrases(
        "Portuguese",
        starts="em|no dia|a|às",
        wrote="escreveu|escreveram|citando",
        original="original|resposta",
        message="mensagem|correio",
        forwarded="encaminhada|encaminhado|reencaminhada|reencaminhado",
        sender="de|remetente|responder a",
        sent="enviado|enviada|data|enviado em|enviada em|enviado a|enviada a",
        to="para",
        copy="cópia|com cópia|prioridade|anexos|bcc",
        subject="assunto",
        device="enviado do|enviado da|enviado de|enviado pelo|enviado a partir|obter o outlook"
        "|enviada do|baixe o outlook",
        regards="atenciosamente|cumprimentos|melhores cumprimentos|com os melhores cumprimentos"
        "|saudações|abraços|att",
    ),
    Phrases(
        "Dutch",
        starts="op",
        wrote="schreef|geschreven|schreven",
        original="oorspronkelijk|oorspronkelijke|origineel|originele|antwoord",
        message="bericht|mail|e-mail|afspraak",
        forwarded="doorgestuurd|doorgestuurde|doorgezonden",
        sender="van|afzender|antwoord aan",
        sent="verzonden|datum|verstuurd",
        to="aan",
        copy="kopie|urgentie|bijlagen",
        subject="onderwerp|betreft",
        device="verstuurd vanaf|verzonden vanaf|verzonden met|verstuurd met|verzonden via"
        "|verstuurd vanuit|outlook voor|download outlook",
        regards="met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|groeten|mvg"
        "|hartelijke groet|hartelijke groeten",
    ),
    Phrases(
        "Danish",
        starts="den|d",
        wrote="skrev|har skrevet|skrevet",
        original="oprindelig|oprindelige|original|originale|svar",
        message="meddelelse|besked|mail|aftale",
        forwarded="videresendt|videresendte",
        sender="fra|afsender",
        sent="sendt|dato|afsendt",
        to="til",
        copy="prioritet|vedhæftede filer|kopi",
        subject="emne",
        device="sendt fra|sendt med|hent outlook",
        regards="med venlig hilsen|venlig hilsen|mvh|de bedste hilsner|med venlige hilsner",
    ),
)
"""The first half; the rest is in `phrases_more`, for the length of the file only."""
