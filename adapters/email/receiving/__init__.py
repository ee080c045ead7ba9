"""How mail comes in, by IMAP or by webhook, and what a raw one is to us."""
