"""What Maplestead's shop system knows, allows and does, by its policy.

Each deed has a look-up beside it, which says what would come of it and changes nothing; the deed
goes through the same checks again, since what was so before the customer's yes may not be so now.
"""

from __future__ import annotations

from collections.abc import Mapping

from .books import LARGE, Answer, Asked, Books, Deed, Record, Refused, listed, money, plain, words

DAYS = "within 5 to 7 business days"
_ALL = {"all", "both", "everything", "whole", "them"}


def order(books: Books, asked: Asked) -> Answer:
    """An order, for its owner or for a guest who knows the zip code of the account."""
    found = _found(books, asked, guests=True)
    return {
        "contents": _contents(found["items"]),
        "status": found["status"],
        "news": found["news"],
    }


def orders(books: Books, asked: Asked) -> Answer:
    """All orders of an account, for its owner or for who knows its e-mail address and zip code."""
    known = books.owners("account", asked.proved)
    if not known:
        guest = books.get("account", asked["email"])
        if guest is None or not asked["zip"] or plain(asked["zip"]) != plain(guest["zip"]):
            raise Refused
        known = {guest["id"]}
    return {"orders": _orders(books, known)}


def may_cancel(books: Books, asked: Asked) -> Answer:
    """What comes back when a pending order is cancelled."""
    found = _found(books, asked)
    _must_be(found, "pending")
    if found.get("changed"):
        raise Refused("changed_once")
    total = sum(one["price"] for one in found["items"])
    return {"contents": _contents(found["items"]), **_refund(total, found["paid"])}


def cancel_order(books: Books, asked: Asked) -> Answer:
    """Cancels an order as a whole."""
    back = may_cancel(books, asked)
    news = f"the money goes back {back['way']}"
    books.change("order", _found(books, asked), status="cancelled", news=news)
    return {}


def may_readdress(books: Books, asked: Asked) -> Answer:
    """Whether a pending order can still go elsewhere."""
    found = _found(books, asked)
    _must_be(found, "pending")
    if not any(one.isdigit() for one in asked["new_address"]) or len(asked["new_address"]) < 15:
        raise Refused("new_address")
    return {"contents": _contents(found["items"])}


def change_address(books: Books, asked: Asked) -> Answer:
    """Sends an order elsewhere."""
    may_readdress(books, asked)
    books.change("order", _found(books, asked), address=asked["new_address"])
    return {}


def may_return(books: Books, asked: Asked) -> Answer:
    """What comes back for items of a delivered order."""
    found = _found(books, asked)
    _must_be(found, "delivered")
    chosen = _chosen(found, asked)
    gift = "gift" in asked["refund_to"].casefold()
    refund = _refund(sum(one["price"] for one in chosen), "gift card" if gift else found["paid"])
    return {"contents": _contents(chosen), **refund}


def return_items(books: Books, asked: Asked) -> Answer:
    """Takes a return on."""
    may_return(books, asked)
    news = "waiting for your parcel"
    books.change("order", _found(books, asked), status="return requested", news=news)
    return {}


def may_exchange(books: Books, asked: Asked) -> Answer:
    """Which item would come for which, and the difference in price."""
    found = _found(books, asked)
    _must_be(found, "delivered")
    chosen = _chosen(found, asked)
    if len(chosen) > 1:
        raise Refused("several_items")
    [old] = chosen
    new = _option(books, old, asked["new_option"])
    more = new["price"] - old["price"]
    account = books.get("account", found["account"])
    assert account is not None
    if "gift" in asked["payment"].casefold() and more > account["gift_card"]:
        raise Refused("payment", balance=money(account["gift_card"]), difference=money(more))
    swap = f"{old['product']} ({new['option']}) for the one with {old['option']}"
    return {"swap": swap, "difference": _difference(more)}


def exchange_items(books: Books, asked: Asked) -> Answer:
    """Takes an exchange on."""
    may_exchange(books, asked)
    news = "waiting for your parcel, the new item follows"
    books.change("order", _found(books, asked), status="exchange requested", news=news)
    return {}


DEEDS: Mapping[str, Deed] = {
    one.__name__: one
    for one in (
        order,
        orders,
        may_cancel,
        cancel_order,
        may_readdress,
        change_address,
        may_return,
        return_items,
        may_exchange,
        exchange_items,
    )
}


def _found(books: Books, asked: Asked, *, guests: bool = False) -> Record:
    """The order that is asked about, if it is the sender's. Guests may look, and change nothing."""
    known = books.owners("account", asked.proved)
    if not asked["order_id"] and known:
        raise Refused("order_id", orders=_orders(books, known))
    found = books.get("order", asked["order_id"])
    if found is not None and found["account"] in known:
        return found
    if not guests and asked["email"]:
        # Whether that is the account's address is not told: people look.
        raise Refused("unknown_address")
    account = books.get("account", found["account"]) if found is not None else None
    if found is None or account is None or not (guests and asked["zip"]):
        raise Refused
    if plain(asked["zip"]) != plain(account["zip"]):
        raise Refused
    return found


def _must_be(found: Record, status: str) -> None:
    if found["status"] != status:
        raise Refused(f"not_{status}", status=found["status"])


def _chosen(found: Record, asked: Asked) -> list[Record]:
    """The items that the customer means, by the words of their names."""
    told = words(asked["items"])
    chosen = [one for one in found["items"] if words(one["product"]) & told]
    if told & _ALL and not chosen:
        chosen = list(found["items"])
    if not chosen:
        raise Refused("items", in_order=_contents(found["items"]))
    return chosen


def _option(books: Books, old: Record, told: str) -> Record:
    """The option that the customer means, among those of the same product that are in stock."""
    product = books.get("product", old["product"])
    options = product["options"] if product is not None else []
    others = [one for one in options if one["left"] and one["option"] != old["option"]]
    fits = [(len(words(one["option"]) & words(told)), one) for one in others]
    most, best = max(fits, key=lambda fit: fit[0], default=(0, {}))
    if not most:
        there = listed([one["option"] for one in others]) if others else "no other at the moment"
        raise Refused("new_option", options=there)
    return best


def _refund(total: float, paid: str) -> Answer:
    if total > LARGE["maplestead"]:
        raise Refused("large_sum")
    way = "to the gift card at once" if paid == "gift card" else f"to your {paid} {DAYS}"
    return {"refund": money(total), "way": way}


def _difference(more: float) -> str:
    if more > 0:
        return f"{money(more)} more"
    return f"with {money(-more)} back" if more < 0 else "at the same price"


def _orders(books: Books, accounts: set[str]) -> str:
    mine = [one for one in books.all("order") if one["account"] in accounts]
    return listed([f"{one['id']} ({one['status']})" for one in mine]) if mine else "none yet"


def _contents(items: list[Record]) -> str:
    return listed([f"the {_named(one)}" for one in items])


def _named(item: Record) -> str:
    return f"{item['product']} ({item['option']})"
