"""The sentence said to whoever writes in a language that the business does not answer in.

Data only: it says that a person takes over, and promises no time. Whether it is said is
`core.pipeline.response.foreign`'s to decide.
"""

from __future__ import annotations

from collections.abc import Mapping

UNSPOKEN: Mapping[str, tuple[str, ...]] = {
    "ar": (
        "عذرًا، لا أستطيع الرد بالعربية هنا. سيتولى شخص من الفريق الرد عليك.",
        "وصلت رسالتك إلى الفريق، وسيرد عليك أحد أعضائه.",
    ),
    "cs": (
        "Omlouvám se, česky zde odpovídat neumím. Odpoví vám někdo z týmu.",
        "Vaši zprávu dostal tým a někdo z něj vám odpoví.",
    ),
    "da": (
        "Beklager, jeg kan ikke svare på dansk her. En medarbejder fra teamet svarer dig.",
        "Teamet har fået din besked, og en person svarer.",
    ),
    "de": (
        "Auf Deutsch kann ich hier leider nicht antworten. Ein Mensch aus dem Team übernimmt.",
        "Ihre Nachricht liegt beim Team, und jemand antwortet Ihnen.",
    ),
    "el": (
        "Λυπάμαι, δεν μπορώ να απαντήσω εδώ στα ελληνικά. Θα σας απαντήσει κάποιος από την ομάδα.",
        "Το μήνυμά σας έφτασε στην ομάδα και κάποιος θα απαντήσει.",
    ),
    "en": (
        "I am sorry, I cannot answer in English here. A person from the team takes over.",
        "The team has your message, and somebody will answer you.",
    ),
    "es": (
        "Lo siento, aquí no puedo responder en español. Le atenderá una persona del equipo.",
        "El equipo tiene su mensaje y alguien le responderá.",
    ),
    "fi": (
        "Valitettavasti en osaa vastata täällä suomeksi. Joku tiimistä vastaa sinulle.",
        "Tiimi on saanut viestisi, ja joku vastaa siihen.",
    ),
    "fr": (
        "Désolé, je ne peux pas répondre en français ici. Quelqu'un de l'équipe prend le relais.",
        "L'équipe a votre message et quelqu'un vous répondra.",
    ),
    "he": (
        "מצטערים, אי אפשר לענות כאן בעברית. אדם מהצוות יענה לך.",
        "ההודעה שלך הגיעה לצוות, ומישהו יענה לך.",
    ),
    "hi": (
        "क्षमा करें, यहाँ हिंदी में उत्तर देना संभव नहीं है। टीम का कोई व्यक्ति आपको उत्तर देगा।",
        "आपका संदेश टीम को मिल गया है, कोई आपको उत्तर देगा।",
    ),
    "hu": (
        "Sajnálom, itt nem tudok magyarul válaszolni. A csapat egyik tagja fog válaszolni Önnek.",
        "Az üzenetét megkapta a csapat, és valaki válaszolni fog.",
    ),
    "it": (
        "Mi dispiace, qui non posso rispondere in italiano. Le risponderà una persona del team.",
        "Il team ha il suo messaggio e qualcuno le risponderà.",
    ),
    "ja": (
        "申し訳ありませんが、ここでは日本語でお答えできません。担当者がお答えします。",
        "メッセージは担当チームに届いています。担当者が返信いたします。",
    ),
    "ko": (
        "죄송합니다. 여기서는 한국어로 답변해 드릴 수 없습니다. 담당자가 답변해 드리겠습니다.",
        "메시지가 담당 팀에 전달되었습니다. 담당자가 답변해 드립니다.",
    ),
    "nl": (
        "Sorry, ik kan hier niet in het Nederlands antwoorden. Iemand van het team neemt het over.",
        "Het team heeft uw bericht en iemand antwoordt u.",
    ),
    "no": (
        "Beklager, jeg kan ikke svare på norsk her. En medarbeider fra teamet svarer deg.",
        "Teamet har fått meldingen din, og noen svarer deg.",
    ),
    "pl": (
        "Przepraszam, nie mogę tu odpowiadać po polsku. Odpowie Państwu osoba z zespołu.",
        "Zespół ma Państwa wiadomość i ktoś na nią odpowie.",
    ),
    "pt": (
        "Lamento, não consigo responder aqui em português. Uma pessoa da equipa vai responder-lhe.",
        "A equipa tem a sua mensagem e alguém vai responder.",
    ),
    "ro": (
        "Îmi pare rău, aici nu pot răspunde în română. Vă va răspunde o persoană din echipă.",
        "Echipa are mesajul dvs. și cineva vă va răspunde.",
    ),
    "ru": (
        "Извините, я не могу отвечать здесь по-русски. Вам ответит сотрудник.",
        "Ваше сообщение передано команде, вам ответят.",
    ),
    "sv": (
        "Tyvärr kan jag inte svara på svenska här. En person i teamet svarar dig.",
        "Teamet har ditt meddelande, och någon svarar dig.",
    ),
    "th": (
        "ขออภัย ที่นี่ไม่สามารถตอบเป็นภาษาไทยได้ เจ้าหน้าที่จะตอบคุณ",
        "ทีมงานได้รับข้อความของคุณแล้ว และจะมีผู้ตอบกลับ",
    ),
    "tr": (
        "Üzgünüm, burada Türkçe yanıt veremiyorum. Ekipten biri size yanıt verecek.",
        "Mesajınız ekibe ulaştı, biri size yanıt verecek.",
    ),
    "uk": (
        "Вибачте, я не можу відповідати тут українською. Вам відповість працівник.",
        "Ваше повідомлення передано команді, вам дадуть відповідь.",
    ),
    "vi": (
        "Xin lỗi, tôi không thể trả lời bằng tiếng Việt ở đây. Một nhân viên sẽ trả lời bạn.",
        "Nhóm đã nhận được tin nhắn của bạn và sẽ có người trả lời.",
    ),
    "zh": (
        "抱歉，我在这里无法用中文回答。我们的工作人员会回复您。",
        "团队已收到您的消息，会有人回复您。",
    ),
}
"""Language by its code -> the sentence in that language, and one for when it was said before."""

OTHER = "I am sorry, I cannot answer in this language. A person from the team takes over."
"""What is said in a language for which there is no sentence here."""

NAMES: Mapping[str, str] = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""Language by its code -> what the people who take over call it."""
