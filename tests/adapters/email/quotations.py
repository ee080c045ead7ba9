"""Quotations as mail programs write them, for tests: rows of program or language, and lines.

Every sentence here is our own. `{quote}` is where the lines of the quoted mail come.
"""

from __future__ import annotations

from collections.abc import Mapping

QUOTED = "Your lamp left our house on Monday.\nIt should be with you by Friday."

ATTRIBUTIONS: Mapping[str, str] = {
    "English, Gmail": "On Mon, Jan 4, 2027 at 9:12 AM Lamp & Loom <help@lamp.example> wrote:",
    "English, Apple Mail": "On 4 Jan 2027, at 09:12, Lamp & Loom <help@lamp.example> wrote:",
    "English, Thunderbird": "On 1/4/27 9:12 AM, Lamp & Loom wrote:",
    "English, wrapped": "On Mon, Jan 4, 2027 at 9:12 AM Lamp & Loom Customer Service <\n"
    "help@lamp.example> wrote:",
    "English, over three lines": "On Mon, Jan 4, 2027 at 9:12 AM\nLamp & Loom Customer Service\n"
    "<help@lamp.example> wrote:",
    "English, AOL": "In a message dated 1/4/2027 9:12:00 AM Eastern Standard Time,\n"
    "help@lamp.example writes:",
    "English, name first": "Lamp & Loom <help@lamp.example> wrote on 4 January 2027 at 09:12:",
    "English, Zoho": "---- On Mon, 04 Jan 2027 09:12:40 +0100 Lampe <help@lamp.example> wrote ----",
    "English, Android": "-------- Lamp & Loom wrote --------",
    "English, Lotus Notes": "-----Lamp & Loom <help@lamp.example> wrote: -----",
    "German, Gmail": "Am Mo., 4. Jan. 2027 um 09:12 Uhr schrieb Lampe <help@lamp.example>:",
    "German, Apple Mail": "Am 04.01.2027 um 09:12 schrieb Lampe <help@lamp.example>:",
    "German, webmail": "Lampe <help@lamp.example> hat am 04.01.2027 um\n09:12 Uhr geschrieben:",
    "French, Gmail": "Le lun. 4 janv. 2027 à 09:12, Lampe <help@lamp.example> a écrit :",
    "French, Thunderbird": "Le 04/01/2027 à 09:12, Lampe a écrit\xa0:",
    "Spanish, Gmail": "El lun, 4 ene 2027 a las 9:12, Lampe (<help@lamp.example>) escribió:",
    "Italian, Gmail": "Il giorno lun 4 gen 2027 alle ore 09:12 Lampe\n"
    "<help@lamp.example> ha scritto:",
    "Portuguese, Gmail": "Em seg., 4 de jan. de 2027 às 09:12, Lampe <help@lamp.example> escreveu:",
    "Dutch, Gmail": "Op ma 4 jan 2027 om 09:12 schreef Lampe <help@lamp.example>:",
    "Dutch, Apple Mail": "Op 4 jan. 2027 om 09:12 heeft Lampe <help@lamp.example>\n"
    "het volgende geschreven:",
    "Danish, Gmail": "Den man. 4. jan. 2027 kl. 09.12 skrev Lampe <help@lamp.example>:",
    "Norwegian, Gmail": "man. 4. jan. 2027 kl. 09:12 skrev Lampe <help@lamp.example>:",
    "Swedish, Gmail": "Den mån 4 jan. 2027 kl 09:12 skrev Lampe <help@lamp.example>:",
    "Finnish, Gmail": "ma 4. tammik. 2027 klo 9.12 Lampe (help@lamp.example) kirjoitti:",
    "Polish, Gmail": "pon., 4 sty 2027 o 09:12 Lampe <help@lamp.example> napisał(a):",
    "Polish, Thunderbird": "W dniu 4.01.2027 o 09:12, Lampe pisze:",
    "Russian, Gmail": "пн, 4 янв. 2027 г. в 09:12, Lampe <help@lamp.example>:",
    "Russian, Thunderbird": "04.01.2027 09:12, Lampe пишет:",
    "Russian, Mail.ru": "Понедельник, 4 января 2027, 9:12 +03:00 от Lampe <help@lamp.example>:",
    "Russian, Yandex": '04.01.2027, 09:12, "Lampe" <help@lamp.example>:',
    "Ukrainian, Gmail": "пн, 4 січ. 2027 р. о 09:12 Lampe <help@lamp.example> пише:",
    "Czech, Gmail": "po 4. 1. 2027 v 9:12 odesílatel Lampe <help@lamp.example> napsal:",
    "Hungarian, Gmail": "Lampe <help@lamp.example> ezt írta (időpont: 2027. jan. 4., H, 9:12):",
    "Romanian, Gmail": "În lun., 4 ian. 2027 la 09:12, Lampe <help@lamp.example> a scris:",
    "Turkish, Gmail": "Lampe <help@lamp.example>, 4 Oca 2027 Pzt, 09:12 tarihinde şunu yazdı:",
    "Greek, Gmail": "Στις Δευ 4 Ιαν 2027 στις 9:12 π.μ., ο χρήστης Lampe\n"
    "<help@lamp.example> έγραψε:",
    "Vietnamese, Gmail": "Vào Th 2, 4 thg 1, 2027 vào lúc 09:12 Lampe <help@lamp.example> đã viết:",
    "Japanese, Gmail": "2027年1月4日(月) 9:12 Lampe <help@lamp.example>:",
    "Japanese, Apple Mail": "2027/01/04 9:12、Lampe <help@lamp.example>のメール:",
    "Chinese, Gmail": "Lampe <help@lamp.example> 于2027年1月4日周一 09:12写道：",
    "Chinese, Taiwan": "Lampe <help@lamp.example> 於 2027年1月4日 週一 上午9:12寫道：",
    "Korean, Gmail": "2027년 1월 4일 (월) 오전 9:12, Lampe <help@lamp.example>님이 작성:",
}
"""Lines that programs write above a quotation with marks or without."""

HEADERS: Mapping[str, tuple[str, str, str, str]] = {
    "English": ("From", "Sent", "To", "Subject"),
    "German": ("Von", "Gesendet", "An", "Betreff"),
    "French": ("De", "Envoyé", "À", "Objet"),
    "Spanish": ("De", "Enviado el", "Para", "Asunto"),
    "Italian": ("Da", "Inviato", "A", "Oggetto"),
    "Portuguese": ("De", "Enviada em", "Para", "Assunto"),
    "Dutch": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "Danish": ("Fra", "Sendt", "Til", "Emne"),
    "Norwegian": ("Fra", "Dato", "Til", "Emne"),
    "Swedish": ("Från", "Skickat", "Till", "Ämne"),
    "Finnish": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "Polish": ("Od", "Wysłano", "Do", "Temat"),
    "Russian": ("От", "Отправлено", "Кому", "Тема"),
    "Ukrainian": ("Від", "Надіслано", "Кому", "Тема"),
    "Czech": ("Od", "Odesláno", "Komu", "Předmět"),
    "Hungarian": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "Romanian": ("De la", "Trimis", "Către", "Subiect"),
    "Turkish": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "Greek": ("Από", "Στάλθηκε", "Προς", "Θέμα"),
    "Vietnamese": ("Từ", "Đã gửi", "Đến", "Chủ đề"),
    "Japanese": ("差出人", "送信日時", "宛先", "件名"),
    "Chinese": ("发件人", "发送时间", "收件人", "主题"),
    "Chinese, Taiwan": ("寄件者", "寄件日期", "收件者", "主旨"),
    "Korean": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
}

ORIGINALS: Mapping[str, str] = {
    "English": "-----Original Message-----",
    "English, appointment": "-----Original Appointment-----",
    "German": "-----Ursprüngliche Nachricht-----",
    "German, GMX": "---------- Originalnachricht ----------",
    "French": "-----Message d'origine-----",
    "Spanish": "-----Mensaje original-----",
    "Italian": "-----Messaggio originale-----",
    "Portuguese": "-----Mensagem original-----",
    "Dutch": "-----Oorspronkelijk bericht-----",
    "Danish": "-----Original meddelelse-----",
    "Norwegian": "-----Opprinnelig melding-----",
    "Swedish": "-----Ursprungligt meddelande-----",
    "Finnish": "-----Alkuperäinen viesti-----",
    "Polish": "-----Wiadomość oryginalna-----",
    "Russian": "-----Исходное сообщение-----",
    "Czech": "-----Původní zpráva-----",
    "Hungarian": "-----Eredeti üzenet-----",
    "Turkish": "-----Özgün İleti-----",
    "Japanese": "-----元のメッセージ-----",
    "Chinese, QQ": "------------------ 原始邮件 ------------------",
    "Underscores": "________ Original Message ________",
}

DEVICES: Mapping[str, str] = {
    "English": "Sent from my iPhone",
    "English, Outlook": "Get Outlook for Android<https://aka.example/android>",
    "English, Yahoo": "Sent from Yahoo Mail on Android",
    "German": "Von meinem iPhone gesendet",
    "German, Samsung": "Von meinem Samsung Galaxy Smartphone gesendet.",
    "French": "Envoyé de mon iPhone",
    "Spanish": "Enviado desde mi iPhone",
    "Italian": "Inviato da iPhone",
    "Portuguese": "Enviado do meu iPhone",
    "Dutch": "Verstuurd vanaf mijn iPad",
    "Danish": "Sendt fra min iPhone",
    "Swedish": "Skickat från min iPhone",
    "Finnish": "Lähetetty iPhonesta",
    "Polish": "Wysłano z iPhone’a",
    "Russian": "Отправлено с iPhone",
    "Czech": "Odesláno z iPhonu",
    "Turkish": "iPhone’umdan gönderildi",
    "Japanese": "iPhoneから送信",
    "Chinese": "发自我的iPhone",
}

FORWARDS: Mapping[str, str] = {
    "Gmail": "---------- Forwarded message ---------",
    "Apple Mail": "Begin forwarded message:",
    "German": "-------- Weitergeleitete Nachricht --------",
    "French": "---------- Message transféré ---------",
    "Russian": "-------- Пересылаемое сообщение --------",
}


def marked(text: str) -> str:
    """The text with a quote mark before each line."""
    return "\n".join(f"> {line}" for line in text.split("\n"))


def headed(labels: tuple[str, str, str, str], form: str = "{label}: {value}") -> str:
    """Header lines above the quoted mail."""
    values = ("Lamp & Loom <help@lamp.example>", "04.01.2027 09:12", "Anna Vogel", "Your lamp")
    lines = [form.format(label=label, value=value) for label, value in zip(labels, values)]
    return "\n".join([*lines, "", QUOTED])
