"""Words that tell how many, when or how much: hardly ever are they what a question is about.

Whoever asks "can I still cancel after 5 hours" asks about cancelling, so that an article without
the word "hours" lacks nothing. Data only, in the languages the product speaks; words that say
nothing at all are in `core.pipeline.reading.stop_words`.
"""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "en": """
    one two three four five six seven eight nine ten eleven twelve twenty hundred thousand first
    second third half dozen once twice
    yesterday today tomorrow tonight ago morning evening afternoon night noon monday tuesday
    wednesday thursday friday saturday sunday weekend weekends minute minutes hour hours day days
    week weeks month months year years january february march april may june july august september
    october november december last next recently later earlier sooner soon long early late often
    allowed already another anyway big biggest bit different else extra far fast fine happen
    happens kind least left lot maximum mean means minimum new normal old own point possible quick
    quickly rest same still sure though time times together way works wrong yet
""",
    "de": """
    eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig hundert tausend erste
    ersten zweite zweiten dritte dritten halb halbe dutzend einmal zweimal
    gestern heute morgen abend abends morgens nachmittag nacht mittag montag dienstag mittwoch
    donnerstag freitag samstag sonntag wochenende minute minuten stunde stunden tag tage tagen woche
    wochen monat monate monaten jahr jahre jahren januar februar märz april mai juni juli august
    september oktober november dezember letzte letzten nächste nächsten kürzlich später früher bald
    lang lange früh spät oft
    anders andere anderen anderes bereits eigene eigenen egal eigentlich erlaubt falsch fern
    gleiche gleichen groß größte höchstens mindestens möglich neu neue neuen normal rest schnell
    schon sicher trotzdem überhaupt übrig weit zusammen
""",
    "fr": """
    deux trois quatre cinq six sept huit neuf dix onze douze vingt cent mille premier première
    second seconde troisième moitié demi douzaine fois
    hier aujourd demain soir matin midi nuit lundi mardi mercredi jeudi vendredi samedi dimanche
    minute minutes heure heures jour jours semaine semaines mois an ans année années janvier février
    mars avril mai juin juillet août septembre octobre novembre décembre dernier dernière prochain
    prochaine récemment tard tôt bientôt longtemps souvent
    autorisé déjà ensemble faux grand grande loin même minimum maximum normal nouveau nouvelle
    nouvelles possible quand rapide reste sûr temps toujours vite vieux
""",
    "es": """
    dos tres cuatro cinco seis siete ocho nueve diez once doce veinte cien mil primero primera
    segundo segunda tercero tercera medio media docena vez veces
    ayer hoy mañana noche tarde mediodía lunes martes miércoles jueves viernes sábado domingo minuto
    minutos hora horas día días semana semanas mes meses año años enero febrero marzo abril mayo
    junio julio agosto septiembre octubre noviembre diciembre último última próximo próxima luego
    pronto temprano menudo
    diferente grande igual juntos lejos máximo mínimo mismo misma normal nuevo nueva permitido
    posible propio propia queda rápido resto seguro siempre tiempo todavía viejo
""",
}

PASSING_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(text.split()) for language, text in _WORDS.items()
}
"""Language by its code -> its words; a language that is not here has none."""
