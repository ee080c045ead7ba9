"""The commands of `onethread`, one module for each group, and what several of them need. No
decisions here."""
