"""Words that say nothing about what a question is about, in the languages the product speaks.

Data only; what is searched without them is `core.pipeline.response.articles`'s.
"""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "en": """
    a about actually after again all also although am an and another any anyone anything are
    aren around as ask at be because been before being both but by can cannot cant could couldn
    couldnt d did didn didnt do does doesn doesnt doing don done dont each either else even ever
    every for from get gets getting give go goes going gonna good got had has hasn have haven
    having he hello help her here hey hi him his how however i id if im in into is isn isnt it
    its ive just kind know let like ll m make many may maybe me might more most much must my
    need needed needs no not now of off ok okay on one only or other our out over people please
    possible put question quite re really s said same say see shall she should show so some
    something soon sorry still such sure t take tell than thank thanks that the their them then
    there these they thing things think this those through to today too try trying u um until up
    upon us use ve very want wanted wants was wasn way we well were what when where which while
    who whose why will with within without won wont work working works would wouldn wouldnt yes
    yet you your yours
""",
    "de": """
    aber alle allem allen aller alles als also am an auch auf aus bei beim bekomme bekommen bin bis
    bist bitte brauche brauchen da dabei damit danke dann darf das dass dem den denn der des dich
    die dies diese diesem diesen dieser dieses dir doch du durch dürfen ein eine einem einen einer
    eines er es etwas euch euer eure für gehen geht gern gerne gibt haben habe hallo hat hatte heute
    hier hilfe ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ist ja jede jeden jeder
    jetzt kann kein keine können könnte leider mal man mehr mein meine meinem meinen meiner mich mir
    mit möchte muss müssen nach nein nicht noch nun nur ob oder ohne schon sehr sein seine sich sie
    sind so soll sollte über um und uns unser unsere vom von vor wann war waren warum was weil
    welche welchem welchen welcher welches wem wen wenn wer werde werden wie wieder wieso will wir
    wird wo woher wohin wurde würde würden zu zum zur
""",
    "fr": """
    ai aider alors as au aucun aussi autre aux avec avez avoir avons beaucoup bien bon bonjour c ce
    cela celle celui ces cet cette chez comme comment d dans de depuis des donc du elle elles en
    encore est et etes eu faire fait faites faut hui ici il ils j je jour l la le les leur leurs
    lorsque lui m ma mais me merci mes moi mon n ne non nos notre nous on ont ou où oui par pas peut
    peux plaît plus pour pourquoi pouvez puis qu quand que quel quelle quelles quels qui quoi s sa
    salut sans se ses si son sont sous suis sur svp t ta te tes toi ton tous tout toute tu un une va
    vais veux voudrais vos votre vous y été être
""",
    "es": """
    a al algo alguna alguno ante antes aquí aun ayuda buenas buenos como cómo con cual cuál cuales
    cuando cuándo cuanto cuánto de del desde donde dónde dos el él ella ellas ellos en entre era es
    esa ese eso está están estar este esta esto estos estoy favor gracias ha hacer hasta hay hola la
    las le les lo los más me mi mí mis mucho muy nada ni no nos nosotros o os otra otro para pero
    poco por porque puede pueden puedo que qué quien quién quiero se sea según ser si sí sin sobre
    son soy su sus también tan tengo tiene tienen todo todos tu tú tus un una uno unos usted ustedes
    va voy y ya yo
""",
}

STOP_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(text.split()) for language, text in _WORDS.items()
}
"""Language by its code -> its words; a language that is not here has none."""
