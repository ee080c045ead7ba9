"""What customers ask in German, French and Spanish, by intent."""

from __future__ import annotations

from collections.abc import Mapping

TOLD: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "de": {
        "order_status": (
            "wo ist meine bestellung",
            "wann kommt mein paket an",
            "ist meine lieferung schon unterwegs",
            "können sie nachsehen, wo das paket bleibt",
            "meine bestellung ist noch nicht da",
        ),
        "return_item": (
            "ich möchte die jacke zurückgeben",
            "wie schicke ich einen artikel zurück",
            "die schuhe passen nicht, kann ich sie umtauschen",
            "ich brauche ein rücksendeetikett",
            "kann ich die hose zurückschicken",
        ),
        "opening_hours": (
            "wann haben sie geöffnet",
            "hat der laden am samstag offen",
            "bis wann ist heute offen",
            "wie sind ihre öffnungszeiten",
            "haben sie sonntags geöffnet",
        ),
        "payment_problem": (
            "meine karte wurde abgelehnt",
            "die zahlung hat nicht funktioniert",
            "ich wurde zweimal belastet",
            "warum kann ich nicht mit karte zahlen",
            "die rechnung ist falsch abgebucht",
        ),
    },
    "fr": {
        "order_status": (
            "où est ma commande",
            "quand arrive mon colis",
            "ma livraison est-elle déjà en route",
            "pouvez-vous vérifier où est le colis",
            "ma commande n'est pas encore arrivée",
        ),
        "return_item": (
            "je voudrais rendre la veste",
            "comment renvoyer un article",
            "les chaussures ne vont pas, puis-je les échanger",
            "j'ai besoin d'une étiquette de retour",
            "est-ce que je peux renvoyer le pantalon",
        ),
        "opening_hours": (
            "quand êtes-vous ouverts",
            "le magasin est-il ouvert le samedi",
            "jusqu'à quelle heure êtes-vous ouverts aujourd'hui",
            "quels sont vos horaires d'ouverture",
            "êtes-vous ouverts le dimanche",
        ),
        "payment_problem": (
            "ma carte a été refusée",
            "le paiement n'a pas fonctionné",
            "j'ai été débité deux fois",
            "pourquoi je ne peux pas payer par carte",
            "la facture a été mal débitée",
        ),
    },
    "es": {
        "order_status": (
            "dónde está mi pedido",
            "cuándo llega mi paquete",
            "mi entrega ya está en camino",
            "puede mirar dónde está el paquete",
            "mi pedido todavía no ha llegado",
        ),
        "return_item": (
            "quiero devolver la chaqueta",
            "cómo devuelvo un artículo",
            "los zapatos no me quedan bien, puedo cambiarlos",
            "necesito una etiqueta de devolución",
            "puedo devolver los pantalones",
        ),
        "opening_hours": (
            "cuándo abren",
            "la tienda abre los sábados",
            "hasta qué hora abren hoy",
            "cuál es su horario",
            "abren los domingos",
        ),
        "payment_problem": (
            "mi tarjeta fue rechazada",
            "el pago no ha funcionado",
            "me han cobrado dos veces",
            "por qué no puedo pagar con tarjeta",
            "la factura está mal cobrada",
        ),
    },
}
