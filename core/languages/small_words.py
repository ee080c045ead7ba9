"""The words by which a language is told: small words that nearly every sentence has one of.

Lists only; what is made of them stands in `core.languages.telling`. A word may stand in several
lists and counts the less for it, so a word that English borrowed or that is a name in it belongs in
the English list as well. Names of things do not belong here: they travel between languages.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "en": """
        a about after again ago all already also although always am an and another any anyone
        anything are aren't arrived as ask at away back be because been before being between both
        but buy by bye call called can can't cancel cannot change could couldn't day days delayed
        den did didn't die different do does doesn't doing don't done down each either else enough
        even favor ever every everything few for found from get getting give given go going gone
        good got had has hai hat have haven't having he hello help her here hers him his hope how i
        i'd i'll i'm i've if in instead into is isn't it it's its just know las last later least
        leave like long look looking los lost made make man many may maybe me mean might mine more
        morning most much must my myself need needs never new next no nobody none nope not nothing
        now of off old on once one only or order other others our out over own pay per please put
        rather really received right said same say see send sent shall she should show since so
        some somebody someone something soon sorry still such sure take tell than thank thanks that
        that's the their them then there there's these they thing things think this those though
        through time to today told tomorrow too tonight tried try twice under until up us use very
        via wait waiting want wanted wants war was wasn't way we we'd we'll we're week weeks well
        were what what's when where where's which while who whose why will with within without
        won't word work working would wouldn't wrong yeah yes yesterday yet you you'd you'll you're
        you've your yours con era hay come son si par pour chat plan yo dice
    """,
    "de": """
        aber alle allem allen aller alles als also am an andere anderen anderer anderes anderswo
        auch auf aus bei beim bekomme bekommen benötige bereits bestellt bestellung bin bis bisher
        bitte brauche da dabei dafür damit danach danke dann daran darauf darf das dass davon dazu
        dein deine dem den denn der des deshalb dich die dies diese diesem diesen dieser dieses
        doch dort du durch dürfen ein eine einem einen einer eines einfach erhalten erst etwa etwas
        euch euer fehlt frage für geben gegen gehen geht gekauft genau gerne gestern gibt guten hab
        habe haben habt hallo hat hatte hatten heute hier hätte ich ihm ihn ihnen ihr ihre ihren im
        immer ins ist ja jede jeden jeder jedoch jemand jetzt kam kann kannst kaputt kein keine
        keinen klappt komme kommt können könnte könnten lange leider machen mal man mehr mein meine
        meinem meinen meiner mich mir mit morgen muss möchte möchten müssen nach nachricht nein
        nicht nichts nie niemand noch nochmal nun nur ob oder ohne rechnung schon schreiben sehr
        sein seine seit sich sie sind so sollen sollte soll sondern stimmt tag trotzdem um und uns
        unser unsere unter vielen vielleicht vom von vor wann war waren warte warten warum was weg
        wegen weil weiter welche welchen welcher welches wenn wer werde werden wie wieder will wir
        wird wo wohin wollen wollte wurde wurden während wäre würde zu zum zur zurück zwei über
    """,
    "fr": """
        ai alors après assez au aucun aucune aujourd'hui aussi autre autres aux avant avec avez
        avoir avons bien bonjour bonsoir car ce cela celle celui ces cet cette chez colis combien
        commande comme comment contre dans de demain depuis des deux dois doit donc dont du déjà
        elle elles en encore ensuite entre est et eu eux fait faire faut fois hier ici il ils j'ai
        jamais je jour jours jusqu'à la laquelle le lequel les leur leurs lors lui là ma mais me
        merci mes moi moins mon même ne ni non nos notre nous nouveau on ont ou oui où par parce
        pas pendant personne peu peut peux plus plutôt pour pourquoi pourriez pouvez pouvoir
        première puis puisque puis-je qu'est quand que quel quelle quelles quels quelqu'un quelque
        qui quoi reçu rien sa salut sans savoir se sera serait ses seulement si sinon son sont
        souhaite sous suis sur ta te tes toi tous tout toute toutes trop très tu un une veuillez
        vers veut veux voilà vos votre voudrais voulez vous vraiment vu y à ça était étais être été
        c'est d'un d'une l'ai m'a m'aider n'ai n'a n'est qu'il s'il j'aimerais svp aide aidez-moi
        avez-vous est-ce êtes-vous laissez oubliez peut-on pourriez-vous pouvez-vous rendez-vous
    """,
    "es": """
        a ahora al algo alguien algún alguna antes aquí así aun aunque aún ayer ayuda ayudar
        ayudarme años bien buenas buenos cada casi como con contra cosa cual cuando cuál cuándo
        cuánto cuántos cómo de debe debo dejar del desde después dice dinero donde dos durante día
        días dónde e el ella ellas ellos en entonces entre era eran eres es esa ese eso esta estaba
        estado estamos estar este esto estos está están estoy favor fue fueron gracias ha haber
        había hace hacen hacer hacia han hasta hay he hemos hola hoy igual la las le les llegado
        llegó lo los luego mañana me mejor menos mi mis mismo mucha mucho muchos muy más mí nada
        nadie ni ninguna ninguno no nos nosotros nuestra nuestro nueva nuevo nunca o otra otras
        otro otros para parte pedido pero persona poco podría por porque pronto pude puede pueden
        puedo pues que quería quien quiere quiero quisiera quién qué recibido recibí saber se sea
        sería según ser si sido siempre sin sobre solo son soy su sus sé sí sólo también tan
        tampoco tarda te tengo tenido tener tenía tiene tienen todavía todo todos tu tus un una
        unas uno unos usted ustedes va vez voy y ya yo cita dígame déjelo necesita necesito olvídelo
    """,
    "pt": """
        a agora ainda algo alguém algum alguma amanhã antes ao aos aonde apenas aqui as assim até
        boa bom cada chegou com como contra da das de deles demora depois desde deve dia do dois
        dos e ela elas ele eles em encomenda entre era essa esse esta estamos estava este estou
        está estão eu favor fazer foi foram gostaria há hoje isso isto já lhe mais mas me mesmo meu
        meus mim minha minhas muito muita na nada nas nem nenhum nenhuma no nos nossa nosso novo
        num nunca não nós o obrigada obrigado olá onde ontem os ou outra outro para pela pelo pode
        podem poderia podia por porque porém posso pouco preciso primeiro quais qual quando quanto
        que quem quer quero recebi saber se seja sem ser será seu seus sim sobre sou sua suas são
        só também te tem tenho ter teve tinha toda todo todos tudo tu um uma vai vez você vocês vou
        à às é
    """,
    "it": """
        a abbiamo adesso ai al alcuni alla alle allora altra altre altri altro anche ancora appena
        arrivato aspetto avere avete aveva avevo bene buona buongiorno buonasera c'è che chi ci
        ciao cioè col come con contro cosa così cui da dagli dal dalla degli dei del della delle
        dello devo di dire dopo dove dov'è due e ed era essere fa fare fatto fino già giorni giorno
        gli grazie ha hai hanno ho i il in indietro invece io l'ho la le lei li lo loro lui ma mai
        maggiore me meno mi mia miei mie mio molto ne neanche negli nei nel nella nessun nessuno
        niente noi non nostra nostro nulla o oggi ogni oppure ora ordine per perché però più poco
        poi posso potete potrei potreste prego prima proprio può puoi qualche qualcosa qualcuno
        quale quali quando quanto quella quelle quelli quello questa queste questi questo qui
        ricevuto sarebbe se sei sempre senza si siamo siete sono sta stata stato su sua sul sulla
        suo sì tanto te tempo ti tra troppo tu tutta tutti tutto un un'altra una uno va vero voglio
        vorrei vostra vostro è
    """,
    "nl": """
        aan al alleen alles als altijd alstublieft anders andere bedankt ben beter bij bestelling
        binnen daar dag dan dank dat de deze die dit doe doen door dus echt een eens eerste elke en
        er erg gaan gaat geen gekregen gewoon goed goedemiddag goedemorgen graag had hallo heb
        hebben hebt heeft heel het hier hij hoe hoeveel hun ik iemand iets in is ja je jou jouw
        jullie kan keer kon komt kun kunnen kunt maar maken mag mee meer met mij mijn misschien
        moest moet moeten morgen na naar nee niemand niet niets nieuwe nog nodig nooit nu of om
        omdat onder ons onze ook op over pakket snel te tegen terug toch toe toen tot tussen u uit
        uw van vanaf vandaag veel verder voor waar waarom wanneer want waren wat weer wel welke
        werd wie wij wil wilt word worden wordt zal ze zeer zei zelf zich zij zijn zo zonder zou
        zouden
    """,
    "pl": """
        a albo ale bardzo bez bo był była było być chcę chcesz chce chciałbym chciałabym ci co coś
        czego czemu czy dla dlaczego do dobry dziękuję dzień dziś gdy gdzie go i ich ile im innego
        inny ja jak jaka jaki jakie jeden jego jej jest jestem jeszcze jeśli już kiedy kto która
        które który którzy ma mam masz mi mnie mogą mogę mogła mógłbym mojego mojej moja moje może
        możecie możesz mój mną muszę musi na nadal nam nas nasz nie niego nic nich nigdy nim niż o
        od on ona oni otrzymałam otrzymałem pan pani paczka po pod pomóc poproszę ponieważ potem
        pomocy potrzebuję proszę przed przez przy są się skąd swój ta tak tam te tego tej ten to tu
        tutaj tylko tym w wasz wam we witam wszystko z za zamówienia zamówienie zamówieniem że żeby
    """,
    "sv": """
        alla allt att av blev bli blir bra de dem den denna det detta dig din du där då efter eller
        en er ett finns från få fått för ganska gör göra ha hade han har hej hjälp hjälpa hon hur
        här i idag igen ingen inget inte ja jag kan kanske kommer kunde kvar man med mellan men mer
        mig min mina mitt mycket måste ni nu när något några nån och också oss på redan sedan sig
        sin ska skall skulle snart som så tack till tillbaka under upp ut utan vad var varför vem
        vet vi vid vill vilken vilket väldigt än är åt över
    """,
    "da": """
        af aldrig alle allerede alt anden andet at bare blev blive bliver da de dem den denne der
        det dette dig din dit du efter eller en end er et fik for fordi fra få fået før gerne godt
        gør ham han har have havde hej her hjælp hjælpe hun hvad hvem hvilken hvis hvor hvordan
        hvorfor hvornår i igen ikke ind ingen jeg jer kan kom komme kommer kun kunne lige man mange
        med meget men mere mig min mine mit må nej noget nogen nogle nu når og også om op os over
        på selv sig sin skal skulle som så tak til tilbage ud uden under var ved vi vil ville være
        været
    """,
    "no": """
        alle allerede alt annen at av bare ble bli blir da de dem den denne der dere det dette din
        ditt du eller en enn er et ett etter fikk for fordi fra fått få før gjerne gjør ha hadde
        han har hei her hjelp hjelpe hun hva hvem hvilken hvis hvor hvordan hvorfor i igjen ikke
        ingen jeg kan kom komme kommer kunne man mange med meg meget men mer min mine mitt mye må
        nei noe noen nå når og også om opp oss over på seg selv si sin skal skulle som så takk til
        tilbake under uten var ved vi vil ville være vært
    """,
    "cs": """
        aby ale ani bych byl byla být bez chci chtěl chtěla co dobrý den děkuji dnes do ho jak jaká
        jaké jaký je jeho jejich jen jestli ještě jsem jsme jsou jste kde kdy kdo která které který
        ke mám mě mi moc moje mohl mohu můj můžete můžu má na nebo než není nic nikdy o objednávka
        objednávku od po pod potřebuji pro prosím proč před při se si s tak tam to tím u už v vám
        vás ve velmi z za ze že
    """,
    "ro": """
        acum aceasta acest acesta adresa aici am ar are asta au avea aveți bună ca care ce ceva
        comanda când cât cu cum cumva da dar de deja din doar după este eu fi fost fără foarte iar
        îmi în încă la mai mea meu mi mie mulțumesc multe nici nimic noastră nu o pe pentru poate
        pot prea puteți sau se să si și sunt suntem sunteți te trebuie un unde unei unui vă va
        vreau voastră zile
    """,
    "hu": """
        a amikor az azt azért be csak de egy el ez ezt én hogy hogyan hol ha igen is itt jó jön
        kell kérem kérek köszönöm ki le lehet lesz még meg mennyi mert mi miért mikor mint most már
        nagyon nekem nem nincs ott rendelés rendelésem sem segít segítség semmi szeretném szia
        tudna tudnak tudok vagy vagyok van vannak volt üdvözlöm
    """,
    "fi": """
        ei eivät en että haluan hei hän ja jo joka jos kiitos kuin kuinka kun kuka minulla minun
        minä missä mikä miksi milloin mitä moi mutta mukaan myös ne niin nyt ole oli olen on ovat
        paljon sen se sinä sitä tai tämä tämän te tilaukseni tilaus vai vain vielä voi voisitteko
        voitteko voinko
    """,
    "tr": """
        acaba ama artık bana ben beni benim bir biraz bize bu bunu da daha de değil diye en gibi
        hala hangi hiç ile için istiyorum iyi kadar kaç kargo lütfen merhaba mi mı mu mü miyim
        misiniz musunuz nasıl ne neden nerede niye olan olarak oldu olmuyor ona onu paramı sana sen
        siparişi siparişim siz size sonra şu teşekkür teşekkürler var ve veya ya yardım yok zaman
        çok
    """,
    "ru": """
        а без бы был была были быть в вам вас во вот вы где да для до добрый его если есть еще ещё
        же за здравствуйте и из или их к как какой когда кто купил ли меня мне могу можно можете
        мой моего моей моя мы на надо не нет ни ничего но нужно о он она они от очень по пожалуйста
        почему привет при с сейчас со спасибо так там то только тоже у уже хочу что чтобы это этот
        я
    """,
    "uk": """
        а але без був була бути в вам вас ви від вже все де для до добрий дуже дякую є за з зараз
        ще що щоб і із або й їх його її коли ласка мене мені мій моє моя можу можна можете ми на не
        немає ні ось по при привіт про та так також там те тільки треба у хочу хто це цей чи чому я
        як яка який які
    """,
    "bg": """
        а аз ако благодаря беше в ви все във да дали до добър за защо здравейте и или как какво
        кога когато коя към къде ли ме ми много може можете мога моля моята моя му на не нещо ние
        но няма от по поръчката при с са само се си след съм със така този това тук че ще
    """,
}
"""Language code (ISO 639-1) -> its words, as they are written in small letters."""

LETTERS: Mapping[str, str] = {
    "ß": "de",
    "ñ": "es",
    "¿": "es",
    "¡": "es",
    "ã": "pt",
    "õ": "pt",
    "œ": "fr",
    "ł": "pl",
    "ż": "pl",
    "ź": "pl",
    "ś": "pl",
    "ą": "pl",
    "ę": "pl",
    "ř": "cs",
    "ě": "cs",
    "ů": "cs",
    "ț": "ro",
    "ș": "ro",
    "ő": "hu",
    "ű": "hu",
    "ğ": "tr",
    "ı": "tr",
    "ї": "uk",
    "є": "uk",
    "ґ": "uk",
    "ы": "ru",
    "э": "ru",
}
"""Letters that one of these languages has alone."""

SCRIPTS: tuple[tuple[str, str], ...] = (
    ("ja", "\u3040-\u30ff"),
    ("ko", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"),
    ("zh", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"),
    ("ur", "\u0679\u0688\u0691\u06ba\u06be\u06d2"),
    ("fa", "\u067e\u0686\u0698\u06a9\u06af\u06cc"),
    ("ar", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"),
    ("he", "\u0590-\u05ff\ufb1d-\ufb4f"),
    ("el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("hy", "\u0530-\u058f"),
    ("ka", "\u10a0-\u10ff"),
    ("hi", "\u0900-\u097f"),
    ("bn", "\u0980-\u09ff"),
    ("pa", "\u0a00-\u0a7f"),
    ("gu", "\u0a80-\u0aff"),
    ("ta", "\u0b80-\u0bff"),
    ("te", "\u0c00-\u0c7f"),
    ("kn", "\u0c80-\u0cff"),
    ("ml", "\u0d00-\u0d7f"),
    ("si", "\u0d80-\u0dff"),
    ("th", "\u0e00-\u0e7f"),
    ("am", "\u1200-\u137f"),
    ("km", "\u1780-\u17ff"),
    ("ru", "\u0400-\u04ff"),
)
"""The language that is most written in a script of its own, and its letters. Of two that share
letters, the one that has some to itself stands first."""
