"""The Spanish wording of the talk about who is writing, and of what is written to an address.

Data only, beside `core.languages.spanish`. What is said of a code says the same whether anybody has
the address or not.
"""

from __future__ import annotations

from collections.abc import Mapping

IDENTITY_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "code_sent": (
        "Si a esa dirección se puede escribir, he enviado allí un código. Escríbalo aquí.",
        "Un código va en camino, si se puede escribir a esa dirección. Escríbalo aquí, por favor.",
        "Si llega algo allí, es un código nuestro. Escríbalo aquí.",
    ),
    "code_waiting": (
        "Para eso necesito aún el código que envié. Escríbalo aquí, por favor.",
        "Primero el código, por favor: los números que envié.",
        "En cuanto escriba el código, seguimos.",
    ),
    "code_limited": (
        "Ya le he enviado varios códigos. Inténtelo de nuevo en una hora, por favor.",
        "Son bastantes códigos por ahora. En una hora puedo enviar otro.",
        "Por su seguridad espero una hora antes de otro código.",
    ),
    "code_cannot": (
        "Allí no puedo enviar un código. ¿Tiene otra dirección?",
        "A esa dirección no llega ningún código. ¿Hay otra?",
        "A esa dirección no puedo escribir, lo siento. ¿Qué otra usa?",
    ),
    "code_proved": (
        "Gracias, es el código correcto.",
        "Correcto, gracias. Ahora sé que ambos son usted.",
        "El código es correcto. Esa dirección es ahora también suya aquí.",
    ),
    "code_proved_later": (
        "Gracias, es el código correcto. Por seguridad, uso lo dicho allí solo en {minutes} "
        "minutos.",
        "El código es correcto. Los mensajes anteriores de allí siguen cerrados {minutes} minutos.",
        "Correcto, gracias. En {minutes} minutos puedo usar también lo que escribió desde allí.",
    ),
    "code_wrong": (
        "Ese no es el código. Intentos restantes: {left}.",
        "Esos números no coinciden. Intentos restantes: {left}.",
        "No es lo que envié, compárelo otra vez. Intentos restantes: {left}.",
    ),
    "code_spent": (
        "Fue un intento de más y el código ya no vale. Dígame de nuevo la dirección para otro.",
        "El código está agotado. Diga otra vez la dirección y envío otro.",
        "Ese código ya no vale. Para uno nuevo, dígame otra vez la dirección.",
    ),
    "code_expired": (
        "Ese código ha caducado. Dígame otra vez la dirección y envío uno nuevo.",
        "El código solo era válido por poco tiempo. Diga otra vez la dirección para otro.",
        "Es tarde para ese código, lo siento. Para uno nuevo, dígame otra vez la dirección.",
    ),
    "code_none": (
        "No espero ningún código. ¿Qué puedo hacer por usted?",
        "Aquí no hay ningún código pendiente. ¿De qué se trata?",
        "Ahora no hace falta ningún código. ¿En qué puedo ayudarle?",
    ),
    "code_refused": (
        "El código es correcto, pero no puedo unir los dos. Una persona puede revisarlo.",
        "Es el código, pero no debo unir los dos. Pida una persona, si quiere.",
        "Los números coinciden. Aun así siguen separados; una persona puede saber más.",
    ),
    "code_dropped": (
        "De acuerdo, entonces sin código. ¿Qué más puedo hacer?",
        "Bien, olvido el código. ¿Hay algo más?",
        "Entonces sin código. ¿En qué más puedo ayudarle?",
    ),
    "step_up": (
        "Para eso debo saber quién es usted. ¿Desde qué dirección nos escribió antes? Envío allí "
        "un código.",
        "Eso es solo para usted. ¿A qué otra dirección suya puede ir un código?",
        "Antes debo comprobar que es usted. Dígame un correo o un número suyo para un código.",
    ),
    "step_up_offer": (
        "Para eso debo comprobar que es usted. ¿Envío un código a {to}?",
        "Eso es solo para usted. ¿Puede ir un código a {to}?",
        "Antes debo comprobar que es usted. ¿Está bien un código a {to}?",
    ),
    "step_up_which": (
        "Para eso debo comprobar que es usted. ¿Adónde envío un código?",
        "Eso es solo para usted. ¿Cuál de estos puede recibir un código?",
        "Antes debo comprobar que es usted. ¿Adónde puede ir el código?",
    ),
    "step_up_failed": (
        "Gracias. Para esto aún no basta, así que le atenderá una persona.",
        "Gracias, esto lo tiene que revisar una persona.",
        "Es correcto, pero no debo hacerlo yo. Se ocupará alguien del equipo.",
    ),
    "disowned": (
        "Gracias por decírmelo. Empiezo aquí de cero y no uso nada de antes.",
        "Entendido. Lo anterior no se usa aquí.",
        "Gracias por avisar. Aquí empezamos de nuevo.",
    ),
    "move_done": (
        "Le he escrito a {to}. Sigamos allí.",
        "Hay un mensaje mío en {to}; allí seguimos.",
        "Hecho, he escrito a {to}. Puede responder allí.",
    ),
    "move_which": (
        "¿Dónde sigo?",
        "¿Adónde puedo escribir?",
        "¿Cuál le conviene?",
    ),
    "move_ask_phone": (
        "¿A qué número puedo escribir? Primero envío allí un código, para saber que es suyo.",
        "¿Cuál es el número? Antes lo compruebo con un código.",
        "Dígame el número, por favor. Primero recibe un código.",
    ),
    "move_ask_email": (
        "¿A qué dirección puedo escribir? Primero envío allí un código, para saber que es suya.",
        "¿Cuál es la dirección? Antes la compruebo con un código.",
        "Dígame la dirección, por favor. Primero recibe un código.",
    ),
    "move_opted_out": (
        "Nos pidieron no escribir a {to}. Sigamos aquí.",
        "{to} no quiere mensajes nuestros. Quedémonos aquí.",
        "Consta que no debemos escribir a {to}. Sigo aquí.",
    ),
    "move_cannot": (
        "Allí no puedo escribirle. Sigamos aquí.",
        "Eso no es posible, lo siento. Aquí sigo para ayudarle.",
        "Desde aquí no puedo escribirle allí. Sigamos aquí.",
    ),
    "moved_here": (
        "¡Hola! Quería seguir aquí. ¿Qué puedo hacer por usted?",
        "Aquí seguimos, como pidió. Escriba sin más.",
        "Como pidió, le escribo aquí. Responda sin más.",
    ),
    "where_to_answer": (
        "¿Dónde le respondemos si deja este chat? Basta un correo o un número.",
        "Si tiene que irse: ¿a qué correo o número respondemos?",
        "Para que la respuesta le llegue, puede dejar un correo o un número.",
    ),
    "answer_there": (
        "Si deja este chat, la respuesta le llegará también a {to}.",
        "Si ya no está, le respondemos a {to}.",
        "Puede irse: la respuesta le llegará a {to}.",
    ),
    "answer_waits": (
        "Hay una respuesta para usted en nuestro chat. Ábralo para leerla.",
        "Le hemos respondido en el chat. Allí la encuentra.",
        "En el chat le espera una respuesta.",
    ),
    "elsewhere": (
        "Eso no lo escribo por este medio. Pregúntemelo {where}, y allí se lo digo.",
        "Este no es el lugar para eso. Escríbame {where}, y se lo digo.",
        "Por su seguridad no lo escribo aquí. Pregúntemelo {where}, por favor.",
        "Eso no lo escribo por este medio. Una persona le dirá cómo obtenerlo.",
        "Este no es el lugar para eso. Dígalo si quiere una persona.",
    ),
    "code_message": (
        "{business}: alguien que nos escribe dice que esta dirección también es suya. Si es usted, "
        "escriba este código donde se lo pidieron: {code}. Es válido {minutes} minutos. Si no fue "
        "usted, no haga caso o responda {not_me}.",
    ),
    "code_link": ("O abra esta página donde está escribiendo con nosotros: {link}",),
    "joined_notice": (
        "{business}: un código que enviamos a {target} lo acaba de indicar {asker}. Ahora "
        "consideramos "
        "que ambos son la misma persona. Si no fue usted, responda {not_me}, y los separamos "
        "enseguida.",
    ),
    "parted_notice": (
        "{business}: alguien que escribe desde {handle} nos dijo que no es usted. Hemos separado "
        "esa dirección de esta, y una persona lo revisa.",
    ),
    "link_shown": ("Gracias. Ha mostrado que lee {target}, así que también le reconocemos allí.",),
    "link_refused": (
        "Ese enlace ya no funciona, o se pidió en otro lugar. Escriba en su lugar el código, o "
        "pida otro.",
    ),
    "not_me": ("NO SOY YO",),
    "memory_away": (
        "Ahora no puedo ver nuestros mensajes anteriores, y prefiero no adivinar. "
        "He pasado su mensaje a alguien del equipo, que lo revisará.",
    ),
}
"""Answer key -> variants, the first being preferred."""
