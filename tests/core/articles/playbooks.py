"""Articles of three businesses, with questions they answer and questions they do not."""

from __future__ import annotations

from core.playbook.model import Article


def article(name: str, title: str, body: str, *keywords: str, intents: str = "") -> Article:
    return Article(
        name=name,
        title=title,
        url=f"https://help.example.com/{name}",
        body=body,
        keywords=keywords,
        intents=tuple(intents.split()),
    )


SHOP = (
    article(
        "returns",
        "Returning an item",
        "# Returning an item\n\nYou can send back anything unused within 30 days of delivery. "
        "Print the return label from your account and drop the parcel at any post office.\n\n"
        "## Refunds\n\nWe pay the money back to the card you used. It takes 3 to 5 working days "
        "after the parcel reaches us.\n\n## Exchanges\n\nFor another size, order the new size and "
        "return the old one.",
        "send back",
        "exchange",
        "wrong size",
        intents="return_item",
    ),
    article(
        "delivery",
        "Delivery times and costs",
        "Standard delivery takes 2 to 4 working days and costs 4.90. Orders over 50 ship free. "
        "Express delivery arrives the next working day and costs 9.90.\n\n## Abroad\n\n"
        "We ship to all of Europe. Parcels to other countries take 5 to 10 days.",
        "shipping",
        "postage",
        "express",
    ),
    article(
        "payment",
        "Ways to pay",
        "We take Visa, Mastercard, PayPal and bank transfer. Your card is charged when the parcel "
        "leaves our warehouse.\n\nA payment can fail when the address does not match the card.",
        "credit card",
        "paypal",
        "invoice",
    ),
    article(
        "sizes",
        "Finding your size",
        "Our shoes run true to size. Between two sizes, take the larger one.\n\n"
        "- **Jackets** are cut close to the body.\n- **Trousers** come in two leg lengths.",
        "fit",
        "measurements",
    ),
    article(
        "password",
        "Signing in and passwords",
        "Use *Forgot password* on the sign-in page. We send a link that is valid for one hour. "
        "If no mail arrives, look in the spam folder.",
        "login",
        "account",
        "reset",
    ),
    article(
        "cancel",
        "Changing or cancelling an order",
        "An order can be changed or cancelled until it is packed, usually within two hours. "
        "After that, wait for the parcel and return it.",
        "cancellation",
        "change order",
    ),
    article(
        "care",
        "Washing and care",
        "Wash wool by hand in cold water. Waxed jackets must not be washed; wipe them with a damp "
        "cloth and wax them once a year.",
        "laundry",
        "cleaning",
    ),
    article(
        "warranty",
        "Warranty and repairs",
        "We repair or replace faulty items for two years. Send us a photo of the fault and your "
        "order number. Wear and tear is not covered.",
        "broken",
        "damaged",
        "defect",
        "guarantee",
    ),
    article(
        "vouchers",
        "Gift cards and discount codes",
        "Enter the code at the checkout. Gift cards are valid for three years. Only one discount "
        "code can be used per order.",
        "voucher",
        "coupon",
        "promo",
    ),
    article(
        "store",
        "Our shop in town",
        "The shop at Mill Street 4 is open Monday to Saturday from 10 to 18. You can pick up and "
        "return online orders there.",
        "opening hours",
        "address",
        "pickup",
    ),
)

SHOP_ANSWERED = (
    ("how long does shipping take?", "delivery"),
    ("How much is express delivery", "delivery"),
    ("do you ship to other countries in europe", "delivery"),
    ("I'd like to send my shoes back, how does that work?", "returns"),
    ("how do I return something", "returns"),
    ("when will I get my refund", "returns"),
    ("can i pay with paypal", "payment"),
    ("when is my credit card charged", "payment"),
    ("I forgot my password", "password"),
    ("cant log in to my account, how do I reset the password", "password"),
    ("is it too late to cancel my order", "cancel"),
    ("how should I wash a wool jumper", "care"),
    ("my jacket arrived damaged", "warranty"),
    ("the zip is broken, is there a guarantee", "warranty"),
    ("my discount code does not work at checkout", "vouchers"),
    ("what are your opening hours", "store"),
    ("what are the delivry costs", "delivery"),
    ("which size should I take between two sizes", "sizes"),
)

BANK = (
    article(
        "lost-card",
        "Lost or stolen cards",
        "Block the card in the app under Cards. A new card reaches you in five working days. "
        "Payments made after blocking are refused.",
        "block card",
        "stolen",
        intents="lost_card",
    ),
    article(
        "fees",
        "Account fees",
        "The current account costs nothing with a monthly income of 700. Otherwise it is 4.50 a "
        "month. Cash machines abroad charge 2 percent.",
        "charges",
        "monthly cost",
    ),
    article(
        "transfer",
        "Transfers and standing orders",
        "Transfers within Europe arrive the next working day. Instant transfers take ten seconds. "
        "A standing order can be changed until the evening before.",
        "send money",
        "wire",
    ),
    article(
        "overdraft",
        "Overdrafts",
        "The overdraft limit is twice your monthly income. Interest is charged daily at 9 percent.",
        "overdrawn",
        "interest",
    ),
)

BANK_ANSWERED = (
    ("someone stole my card", "lost-card"),
    ("I lost my card, how do I block it", "lost-card"),
    ("how long do transfers take", "transfer"),
    ("what does the account cost per month", "fees"),
    ("what is the interest on an overdraft", "overdraft"),
)

CLINIC = (
    article(
        "appointments",
        "Making an appointment",
        "Book online or by phone between 8 and 12. Bring your insurance card to the first visit. "
        "If you cannot come, please tell us a day before.",
        "book",
        "cancel appointment",
    ),
    article(
        "prescriptions",
        "Repeat prescriptions",
        "Order a repeat prescription by phone; it is ready the next working day after 14:00.",
        "medicine",
        "refill",
    ),
    article(
        "vaccinations",
        "Vaccinations",
        "Flu vaccinations start in October. Travel vaccinations need four weeks before departure.",
        "flu shot",
        "jab",
    ),
)

CLINIC_ANSWERED = (
    ("how can I book an appointment", "appointments"),
    ("I need a refill of my medicine", "prescriptions"),
    ("when do you give the flu jab", "vaccinations"),
)

UNRELATED = (
    "what is the capital of france",
    "tell me a joke",
    "who won the football match yesterday evening",
    "can you write a poem about autumn leaves",
    "how tall is mount everest",
    "what's the weather like tomorrow",
    "do you believe in ghosts",
    "translate good morning into italian",
    "how do I bake sourdough bread",
    "are you hiring software developers",
    "asdf qwer zxcv",
    "how are you?",
    "ok",
    "",
    "🙂🙂🙂",
)
